"""What a cell of a matrix tells when somebody looks closer: the patch set, and a CI's, or job's, attempts."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import expectation
from ciwatch.insight.expectation import Standing
from ciwatch.parsers import base
from ciwatch.queries import cells
from ciwatch.queries import figures
from ciwatch.rollup import known as knowns
from ciwatch.rollup import scenes

#: So many attempts are told, the newest.
MOST = 5


class Attempt(msgspec.Struct, frozen=True):
    """A finished report of the CI, or the job's build in it.

    :ivar number: the n-th on this patch set and pipeline; *result* the word as the CI wrote it, or None.
    :ivar duration_s: how long the job took, seconds; of a CI None.
    """

    pipeline: str
    number: int
    posted_at: datetime.datetime
    state: cells.State
    result: str | None
    duration_s: int | None


class Card(msgspec.Struct, frozen=True):
    """A cell.

    :ivar author: who wrote the change, or None where nobody knows.
    :ivar title: of the CI; None where the patch set alone is asked for, as *job* is where the CI is.
    :ivar state: that of the CI where it said no verdict; else None.
    :ivar began_at: when it began, where it is running; else None.
    :ivar due_at: until when its answer is, or was, expected; None where it is not.
    :ivar why: why no answer is expected, in words, or None.
    :ivar attempts: the newest first; *count* of all.
    """

    change: int
    patch_set: int
    subject: str
    author: str | None
    branch: str
    status: str | None
    uploaded_at: datetime.datetime
    title: str | None
    job: str | None
    state: cells.State | None
    began_at: datetime.datetime | None
    due_at: datetime.datetime | None
    why: str | None
    attempts: list[Attempt]
    count: int


def read(connection, registry, change, patch_set, name, job, as_of):
    """The :class:`Card` of a cell, or None where there is no such patch set, or CI.

    :param change: number; ``patch_set``: number.
    :param name: of the CI, or None.
    :param job: name of its job, or None.
    """
    row = _read_patch_set(connection, change, patch_set)
    system = None if name is None else figures.find(connection, name)
    if row is None or (name is not None and system is None):
        return None
    head = (change, patch_set, row.subject, row.owner or None, row.branch, row.status, row.seen_at)
    if system is None:
        return Card(*head, None, None, None, None, None, None, [], 0)
    attempts = _read_attempts(connection, row.id, system.id, job)
    began_at = _read_began(connection, row.id, system.id, as_of)
    if began_at:
        told = cells.State.RUNNING, began_at, None, None
    elif attempts:
        told = None, None, None, None
    else:
        told = _tell(connection, registry, row, system.id, as_of)
    return Card(*head, system.title, job, *told, attempts[:MOST], len(attempts))


def _read_patch_set(connection, change, patch_set):
    table, of = models.PatchSet, models.Change
    statement = (
        sa.select(
            table.id,
            table.change_id,
            table.number,
            table.seen_at,
            of.branch,
            of.subject,
            of.owner,
            of.status,
        )
        .join(of, of.id == table.change_id)
        .where(of.number == change, table.number == patch_set)
    )
    return connection.execute(statement).first()


def _read_attempts(connection, patch_set_id, system_id, job):
    """The newest first."""
    report = models.Report
    statement = (
        sa.select(
            report.pipeline, report.attempt, report.posted_at, sa.type_coerce(report.verdict, sa.String())
        )
        .join(models.Account, models.Account.id == report.account_id)
        .where(
            report.patch_set_id == patch_set_id,
            models.Account.ci_system_id == system_id,
            report.kind == base.Kind.FINISHED,
        )
        .order_by(report.posted_at.desc(), report.id.desc())
    )
    if job is None:
        rows = [(*row, None, None) for row in connection.execute(statement)]
    else:
        build = models.Build
        statement = (
            statement.join(build, build.report_id == report.id)
            .join(models.Job, models.Job.id == build.job_id)
            .where(models.Job.name == job)
            .add_columns(sa.type_coerce(build.result_class, sa.String()), build.result, build.duration_s)
        )
        rows = [(*row[:3], *row[4:]) for row in connection.execute(statement)]
    return [
        Attempt(pipeline, number, posted_at, cells.State(state or cells.State.UNKNOWN), result, duration_s)
        for pipeline, number, posted_at, state, result, duration_s in rows
    ]


def _read_began(connection, patch_set_id, system_id, as_of):
    """When the CI began what has not ended yet, or None."""
    statement = (
        sa.select(*cells.COLUMNS, models.Report.posted_at)
        .join(models.Account, models.Account.id == models.Report.account_id)
        .where(
            models.Report.patch_set_id == patch_set_id,
            models.Account.ci_system_id == system_id,
            cells.needed(as_of - cells.RUNS_AT_MOST),
        )
        .order_by(*cells.ORDER)
    )
    reports = connection.execute(statement).all()
    if not reports or cells.state_of(reports)[0] != cells.State.RUNNING:
        return None
    return next(report.posted_at for report in reversed(reports) if report.kind == base.Kind.STARTED)


def _tell(connection, registry, row, system_id, as_of):
    """(state, None, until when an answer is expected, why it is not) of a CI without an attempt."""
    known = knowns.Known(connection, registry, since=row.seen_at.date())
    told = scenes.read_change(known, row.change_id, row.number, as_of)[row.seen_at.date()]
    case = next(case for case in told.cases(as_of) if case.patch_set.id == row.id)
    system = next((each for each in told.systems if each.id == system_id), None)
    if system is None:
        return cells.State.NOT_EXPECTED, None, None, "it never reported on this project"
    standing = case.standing(system)
    if standing in cells.UNANSWERED:
        return cells.UNANSWERED[standing], None, row.seen_at + system.limit, None
    why = expectation.exemption(case.patch_set, system.first_report_at)
    if standing is Standing.UNKNOWN_FILES:
        why = "nobody knows the files that it changes"
    why = why or "it reports on less than half of such patch sets, or its registration leaves them out"
    return cells.State.NOT_EXPECTED, None, None, why
