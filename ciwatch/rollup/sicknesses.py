"""Tells anew when a CI was sick, from a day on."""

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import facts
from ciwatch.insight import sickness
from ciwatch.insight.facts import midnight
from ciwatch.parsers import base
from ciwatch.rollup import kept
from ciwatch.rollup import spells

_JUDGEMENTS = (facts.PASSED, facts.FAILED, facts.INFRASTRUCTURE)


# The newest first, of one account: so it is found by an index, however many there are before it.
_LAST_PASS = (
    sa.select(models.Report.posted_at)
    .where(
        models.Report.account_id == sa.bindparam("account_id"),
        models.Report.kind == base.Kind.FINISHED,
        models.Report.verdict == facts.PASSED,
        models.Report.posted_at < sa.bindparam("before"),
    )
    .order_by(models.Report.posted_at.desc())
    .limit(1)
)


def tell(connection, system_id, day, as_of):
    """Brings the stored spells of a CI up to date; those that were over before the *day* stay as they are.

    :param day: the first date on which anything of it changed.
    :returns: the spells that are new, and those that are no longer there.
    """
    stored = spells.of(connection, system_id, spells.SET_ASIDE)
    kept_until, day = kept.since(connection, day)
    accounts, since = spells.accounts_of(connection, system_id), midnight(day)

    def others(places, until):
        return _others(connection, system_id, places, min(until, as_of))

    covering = [spell for spell in stored if spell.covers(since)]
    if kept_until and covering and covering[0].started_at < kept_until:
        told = _go_on(connection, accounts, stored, covering[0], since, as_of, others)
        return spells.replace(connection, system_id, spells.SET_ASIDE, told)
    base_at = _last_pass(connection, accounts, min([since, *(spell.started_at for spell in covering)]))
    if kept_until and (base_at is None or base_at < kept_until):
        base_at = kept_until
    over = [spell for spell in stored if base_at and spell.started_at < base_at]
    votes = _votes(connection, accounts, base_at and base_at - sickness.HISTORY, as_of)
    history = [
        vote
        for vote in votes
        if base_at and vote.at < base_at and not any(spell.covers(vote.at) for spell in over)
    ]
    votes = [vote for vote in votes if not base_at or vote.at >= base_at]
    told = over + sickness.find(votes, others, as_of, history)
    return spells.replace(connection, system_id, spells.SET_ASIDE, told)


def _go_on(connection, accounts, stored, lasting, since, as_of, others):
    """The spells of a CI where what the one that lasted at a moment began with is deleted.

    :param stored: its spells; ``lasting``: that one; ``since``: the moment.
    """
    over = [spell for spell in stored if spell.started_at < lasting.started_at]
    votes = _votes(connection, accounts, since - sickness.HISTORY, as_of)
    before = [vote for vote in votes if vote.at < since]
    # At the second pass it would have been over.
    passes = [vote for vote in before[-1:] if lasting.covers(vote.at) and not vote.is_bad]
    history = [vote for vote in before if not any(spell.covers(vote.at) for spell in (*over, lasting))]
    votes = [vote for vote in votes if vote.at >= since]
    return over + sickness.find(votes, others, as_of, history, lasting, passes)


def _last_pass(connection, accounts, before):
    """When a CI passed last before a moment: then it was well, or just became so. None for never."""
    found = (
        connection.scalar(_LAST_PASS, {"account_id": account_id, "before": before}) for account_id in accounts
    )
    return max(filter(None, found), default=None)


def _votes(connection, accounts, since, as_of):
    """The votes of a CI in their order, from a moment on, or all."""
    report = models.Report
    statement = (
        sa.select(
            report.posted_at,
            models.Change.number,
            models.PatchSet.number,
            sa.type_coerce(report.verdict, sa.String()),
        )
        .join(models.PatchSet, models.PatchSet.id == report.patch_set_id)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .where(
            report.account_id.in_(accounts),
            report.kind == base.Kind.FINISHED,
            report.verdict.in_(_JUDGEMENTS),
            report.posted_at <= as_of,
        )
        .order_by(
            report.posted_at, models.Change.number, models.PatchSet.number, report.pipeline, report.attempt
        )
    )
    if since is not None:
        statement = statement.where(report.posted_at >= since)
    return [
        sickness.Vote(at, change, number, verdict != facts.PASSED)
        for at, change, number, verdict in connection.execute(statement)
    ]


def _others(connection, system_id, places, until):
    """(how many other CIs failed it until a moment, how many judged it) of each patch set that some judged.

    One that failed and passed later counts as bad: a re-run that comes after the breakage was mended says
    nothing of the time before, and a slow CI's spell ends long after those of the others.
    """
    report, was_bad = models.Report, {}
    for start in range(0, len(places), 200):
        part = places[start : start + 200]
        statement = (
            sa.select(
                models.Account.ci_system_id, report.patch_set_id, sa.type_coerce(report.verdict, sa.String())
            )
            .join(models.Account, models.Account.id == report.account_id)
            .join(models.PatchSet, models.PatchSet.id == report.patch_set_id)
            .join(models.Change, models.Change.id == models.PatchSet.change_id)
            .where(
                # By the first an index finds them; by pairs of two tables' columns none would.
                models.Change.number.in_(sorted({number for number, _ in part})),
                sa.tuple_(models.Change.number, models.PatchSet.number).in_(part),
                models.Account.ci_system_id != system_id,
                report.kind == base.Kind.FINISHED,
                report.verdict.in_(_JUDGEMENTS),
                report.posted_at <= until,
            )
        )
        for other, patch_set_id, verdict in connection.execute(statement):
            key = other, patch_set_id
            was_bad[key] = was_bad.get(key, False) or verdict in facts.BAD
    by_patch_set = {}
    for (_, patch_set_id), is_bad in was_bad.items():
        by_patch_set.setdefault(patch_set_id, []).append(is_bad)
    return [(sum(said), len(said)) for said in by_patch_set.values()]
