"""Reads what was said of the patch sets of a day, as of a moment."""

import datetime
import itertools

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import summary
from ciwatch.insight import facts
from ciwatch.insight import scene
from ciwatch.insight.facts import midnight
from ciwatch.parsers import base

_CHUNK = 500


def read(known, project_id, branch, wanted, as_of):
    """The scenes of some days of a project's branch: date -> :class:`~ciwatch.insight.scene.Scene`.

    :param known: a :class:`~ciwatch.rollup.known.Known`.
    :param wanted: dates.
    :param as_of: nothing is told that happened after this moment.
    """
    wanted = sorted(wanted)
    patch_sets = read_patch_sets(known, project_id, branch, wanted, as_of)
    ids = [patch_set.id for patch_set in patch_sets]
    attempts = read_attempts(known.connection, ids, as_of)
    rechecks = _read_rechecks(known.connection, ids, as_of)
    by_day = {day: [] for day in wanted}
    for patch_set in patch_sets:
        by_day[patch_set.seen_at.date()].append(patch_set)
    return {
        day: scene.Scene(
            day, there, attempts, rechecks, known.watched(project_id, branch, day, as_of) if there else []
        )
        for day, there in by_day.items()
    }


def _chunks(ids):
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


def read_patch_sets(known, project_id, branch, wanted, as_of):
    """The :class:`~ciwatch.insight.facts.PatchSet` of some days of a project's branch, in their order."""
    wanted = sorted(wanted)
    table = models.PatchSet
    until = min(midnight(wanted[-1]) + datetime.timedelta(days=1), as_of + datetime.timedelta(seconds=1))
    statement = (
        sa.select(
            table.id,
            table.change_id,
            models.Change.number.label("change"),
            table.number,
            table.kind,
            table.seen_at,
            table.created_at,
            table.merged_at,
            table.abandoned_at,
            table.is_unready,
            table.files,
        )
        .join(models.Change, models.Change.id == table.change_id)
        .where(
            models.Change.project_id == project_id,
            models.Change.branch == branch,
            table.seen_at >= midnight(wanted[0]),
            table.seen_at < until,
        )
        .order_by(table.seen_at, models.Change.number, table.number)
    )
    rows = known.connection.execute(statement).all()
    chosen = set(wanted)
    rows = [row for row in rows if row.seen_at.date() in chosen]
    replaced = _read_replaced(known.connection, {row.change_id for row in rows})
    return [
        facts.PatchSet(
            row.id,
            row.change,
            row.number,
            known.projects[project_id],
            branch,
            row.kind,
            row.seen_at,
            row.created_at,
            _until(replaced.get((row.change_id, row.number)), as_of),
            _until(row.merged_at, as_of),
            _until(row.abandoned_at, as_of),
            row.is_unready,
            None if row.files is None else tuple(row.files),
        )
        for row in rows
    ]


def _until(moment, as_of):
    return moment if moment is not None and moment <= as_of else None


def _read_replaced(connection, change_ids):
    """(change id, patch set number) -> when the next patch set came."""
    table, by_change = models.PatchSet, {}
    for part in _chunks(sorted(change_ids)):
        statement = sa.select(table.change_id, table.number, table.seen_at).where(table.change_id.in_(part))
        for change_id, number, seen_at in connection.execute(statement):
            by_change.setdefault(change_id, []).append((number, seen_at))
    replaced = {}
    for change_id, found in by_change.items():
        found.sort()
        for (number, _), (_, next_at) in itertools.pairwise(found):
            replaced[change_id, number] = next_at
    return replaced


def read_attempts(connection, patch_set_ids, as_of):
    """Patch set id -> CI id -> its :class:`~ciwatch.insight.facts.Attempt`, in the order of their times."""
    report, found = models.Report, {}
    for part in _chunks(patch_set_ids):
        statement = (
            sa.select(
                report.id,
                models.Account.ci_system_id,
                report.patch_set_id,
                report.pipeline,
                report.attempt,
                report.posted_at,
                sa.type_coerce(report.verdict, sa.String()),
                report.digest,
                report.summary,
            )
            .join(models.Account, models.Account.id == report.account_id)
            .where(report.patch_set_id.in_(part), report.kind == base.Kind.FINISHED)
            .where(report.posted_at <= as_of)
            .order_by(report.posted_at, report.pipeline, report.attempt, report.digest)
        )
        for *values, line in connection.execute(statement):
            builds = tuple(facts.Build(job, kind, voting) for job, kind, voting, _, _ in _unpack(line))
            attempt = facts.Attempt(*values, builds)
            of_patch_set = found.setdefault(attempt.patch_set, {})
            of_patch_set.setdefault(attempt.system, []).append(attempt)
    return found


def _unpack(line):
    return summary.unpack(line) if line else ()


def _read_rechecks(connection, patch_set_ids, as_of):
    """Patch set id -> when a re-run was asked for, in order."""
    table, found = models.Recheck, {}
    for part in _chunks(patch_set_ids):
        statement = (
            sa.select(table.patch_set_id, table.posted_at)
            .where(table.patch_set_id.in_(part), table.posted_at <= as_of)
            .order_by(table.posted_at)
        )
        for patch_set_id, posted_at in connection.execute(statement):
            found.setdefault(patch_set_id, []).append(posted_at)
    return found
