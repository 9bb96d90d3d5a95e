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
_FEW_DAYS, _NEAR_DAYS = 2, 30


def read(known, project_id, branch, wanted, as_of):
    """The scenes of some days of a project's branch: date -> :class:`~ciwatch.insight.scene.Scene`.

    :param known: a :class:`~ciwatch.rollup.known.Known`.
    :param wanted: dates.
    :param as_of: nothing is told that happened after this moment.
    """
    wanted, time = sorted(wanted), _Time(as_of)
    patch_sets = _of_days(known, project_id, branch, wanted, time)
    return _scenes(known, project_id, branch, wanted, patch_sets, time)


def read_change(known, change_id, oldest, as_of):
    """The scenes of a change, with no patch set of another one in them, by date as :func:`read` has them.

    :param oldest: the number of the first patch set that is told of.
    """
    table, time = models.Change, _Time(as_of)
    project_id, branch = known.connection.execute(
        sa.select(table.project_id, table.branch).where(table.id == change_id)
    ).one()
    own = models.PatchSet.change_id == change_id, models.PatchSet.number >= oldest
    patch_sets = _read_patch_sets(known, project_id, branch, time, *own)
    wanted = sorted({patch_set.seen_at.date() for patch_set in patch_sets})
    # Each day by itself takes two statements; all between two days that are far apart would be too many.
    if len(wanted) > _FEW_DAYS and (wanted[-1] - wanted[0]).days <= _NEAR_DAYS:
        known.learn(project_id, wanted[0], wanted[-1])
    return _scenes(known, project_id, branch, wanted, patch_sets, time)


def _scenes(known, project_id, branch, wanted, patch_sets, time):
    ids = [patch_set.id for patch_set in patch_sets]
    attempts = _read_attempts(known.connection, ids, time)
    rechecks = _read_rechecks(known.connection, ids, time)
    speakers = {system_id for said in attempts.values() for system_id in said}
    by_day = {day: [] for day in wanted}
    for patch_set in patch_sets:
        by_day[patch_set.seen_at.date()].append(patch_set)
    return {
        day: scene.Scene(
            day,
            there,
            attempts,
            rechecks,
            known.watched(project_id, branch, day, time.as_of, also=speakers) if there else [],
            time.later_at,
        )
        for day, there in by_day.items()
    }


class _Time:
    """The moment of which is told, and the earliest after it of which is not."""

    def __init__(self, as_of):
        self.as_of = as_of
        self.later_at = None

    def is_past(self, moment):
        """Whether something happened by then; what did not is remembered."""
        if moment <= self.as_of:
            return True
        self.later_at = min(moment, self.later_at or moment)
        return False

    def past(self, moment):
        """A moment, or None where it is None or yet to come."""
        return moment if moment is not None and self.is_past(moment) else None


def _chunks(ids):
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


def read_patch_sets(known, project_id, branch, wanted, as_of):
    """The :class:`~ciwatch.insight.facts.PatchSet` of some days of a project's branch, in their order."""
    return _of_days(known, project_id, branch, sorted(wanted), _Time(as_of))


def _of_days(known, project_id, branch, wanted, time):
    seen_at, chosen = models.PatchSet.seen_at, set(wanted)
    return _read_patch_sets(
        known,
        project_id,
        branch,
        time,
        models.Change.project_id == project_id,
        models.Change.branch == branch,
        seen_at >= midnight(wanted[0]),
        seen_at < midnight(wanted[-1]) + datetime.timedelta(days=1),
        is_chosen=lambda row: row.seen_at.date() in chosen,
    )


def _read_patch_sets(known, project_id, branch, time, *conditions, is_chosen=lambda row: True):
    table = models.PatchSet
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
        .where(*conditions)
        .order_by(table.seen_at, models.Change.number, table.number)
    )
    rows = known.connection.execute(statement).all()
    rows = [row for row in rows if is_chosen(row) and time.is_past(row.seen_at)]
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
            time.past(replaced.get((row.change_id, row.number))),
            time.past(row.merged_at),
            time.past(row.abandoned_at),
            row.is_unready,
            None if row.files is None else tuple(row.files),
        )
        for row in rows
    ]


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


def _read_attempts(connection, patch_set_ids, time):
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
            .order_by(report.posted_at, report.pipeline, report.attempt, report.digest)
        )
        for *values, line in connection.execute(statement):
            builds = tuple(facts.Build(job, kind, voting) for job, kind, voting, _, _ in _unpack(line))
            attempt = facts.Attempt(*values, builds)
            if not time.is_past(attempt.posted_at):
                continue
            of_patch_set = found.setdefault(attempt.patch_set, {})
            of_patch_set.setdefault(attempt.system, []).append(attempt)
    return found


def _unpack(line):
    return summary.unpack(line) if line else ()


def _read_rechecks(connection, patch_set_ids, time):
    """Patch set id -> when a re-run was asked for, in order."""
    table, found = models.Recheck, {}
    for part in _chunks(patch_set_ids):
        statement = (
            sa.select(table.patch_set_id, table.posted_at)
            .where(table.patch_set_id.in_(part))
            .order_by(table.posted_at)
        )
        for patch_set_id, posted_at in connection.execute(statement):
            if time.is_past(posted_at):
                found.setdefault(patch_set_id, []).append(posted_at)
    return found
