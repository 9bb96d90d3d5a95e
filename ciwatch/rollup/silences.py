"""Tells anew when a CI was silent, from a day on."""

import bisect
import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import scene
from ciwatch.insight import silence
from ciwatch.insight.expectation import Standing
from ciwatch.insight.facts import midnight
from ciwatch.parsers import base
from ciwatch.rollup import daily
from ciwatch.rollup import kept
from ciwatch.rollup import scenes
from ciwatch.rollup import spells

_KINDS = (silence.SILENT,)


def tell(known, system_id, day, as_of):
    """Brings the stored spells of a CI up to date; those that were over before the *day* stay as they are.

    :param known: a :class:`~ciwatch.rollup.known.Known`.
    :returns: the spells that are new, and those that are no longer there.
    """
    connection, report = known.connection, models.Report
    kept_until, day = kept.since(connection, day)
    mine = sa.and_(
        report.account_id.in_(spells.accounts_of(connection, system_id)), report.kind == base.Kind.FINISHED
    )
    last_at = connection.scalar(
        sa.select(sa.func.max(report.posted_at)).where(mine, report.posted_at < midnight(day))
    )
    deleted_at = _last_deleted(connection, system_id, midnight(day)) if kept_until and not last_at else None
    last_at = last_at or deleted_at
    stored = spells.of(connection, system_id, _KINDS)
    lasting = [
        spell
        for spell in stored
        if kept_until and spell.started_at < kept_until and spell.covers(midnight(day))
    ]
    if lasting:
        # Of what was missed since its last report it is not asked again, only when it spoke again.
        last_at, deleted_at = midnight(day), None
    statement = sa.select(report.posted_at).where(mine, report.posted_at <= as_of).order_by(report.posted_at)
    if last_at:
        statement = statement.where(report.posted_at >= last_at)
    reports = [*filter(None, [deleted_at]), *connection.scalars(statement)]
    over = [
        spell
        for spell in stored
        if spell not in lasting
        and ((last_at and spell.started_at < last_at) or (kept_until and spell.started_at < kept_until))
    ]
    over += [msgspec.structs.replace(spell, ended_at=next(iter(reports), None)) for spell in lasting]
    told = over + list(_find(known, system_id, reports, as_of))
    return spells.replace(connection, system_id, _KINDS, told)


def _last_deleted(connection, system_id, before):
    """When a CI spoke last, if that was before a moment and is deleted; else None."""
    last_at = models.AccountProject.last_at
    accounts = spells.accounts_of(connection, system_id)
    found = connection.scalar(
        sa.select(sa.func.max(last_at)).where(models.AccountProject.account_id.in_(accounts))
    )
    return found if found is not None and found < before else None


def _find(known, system_id, reports, as_of):
    """Yields the spells between the moments of the *reports*, and after the last of them."""
    if not reports:
        return
    coverage = _Coverage(known.connection, system_id, reports[0].date())
    by_last = {}
    for due_at, patch_set in _unanswered(known, system_id, reports[0], as_of):
        after = bisect.bisect_left(reports, due_at)
        following = reports[after] if after < len(reports) else None
        if after and patch_set.seen_at > reports[after - 1] and due_at < (following or as_of):
            by_last.setdefault(after, []).append((due_at, patch_set.change, patch_set.number))
    for after, due in sorted(by_last.items()):
        last, following = reports[after - 1], reports[after] if after < len(reports) else None
        if spell := silence.find(last, following, sorted(due), coverage.before(last.date())):
            yield spell


def _unanswered(known, system_id, since, as_of):
    """Yields (due at, patch set) of those from a moment on that a CI did not answer within its limit."""
    columns = daily.SYSTEMS.c
    rows = daily.read_systems(
        known.connection,
        columns.ci_system_id == system_id,
        columns.day >= since.date(),
        # It answered some of them late, when it spoke again.
        sa.or_(columns.missed > 0, columns.late > 0),
    )
    by_branch = {}
    for place, *_ in rows:
        by_branch.setdefault((place.project_id, place.branch), []).append(place.day)
    for (project_id, branch), wanted in by_branch.items():
        systems = {
            day: known.watched(project_id, branch, day, as_of, only=system_id) for day in sorted(wanted)
        }
        for patch_set in scenes.read_patch_sets(known, project_id, branch, wanted, as_of):
            for system in systems[patch_set.seen_at.date()]:
                # Until it was due it had said nothing of it, or it would not have been silent.
                due_at = patch_set.seen_at + system.limit
                if scene.standing_of(system, patch_set, [], as_of) is Standing.MISSED:
                    yield due_at, patch_set


class _Coverage:
    """The share of expected patch sets that a CI answered in the days before another."""

    def __init__(self, connection, system_id, first):
        table = daily.SYSTEMS.c
        self._reach = datetime.timedelta(days=silence.HISTORY_DAYS)
        statement = (
            sa.select(table.day, sa.func.sum(table.answered), sa.func.sum(table.missed))
            .where(table.ci_system_id == system_id, table.day >= first - self._reach)
            .group_by(table.day)
            .order_by(table.day)
        )
        self._days, self._answered, self._missed = [], [0], [0]
        for day, answered, missed in connection.execute(statement):
            self._days.append(day)
            self._answered.append(self._answered[-1] + int(answered))
            self._missed.append(self._missed[-1] + int(missed))

    def before(self, day):
        first, end = (bisect.bisect_left(self._days, each) for each in (day - self._reach, day))
        return silence.usual_coverage(
            self._answered[end] - self._answered[first], self._missed[end] - self._missed[first]
        )
