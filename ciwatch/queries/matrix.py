"""The matrix of a project: every CI, and every job, on every patch set of a window."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.queries import cells
from ciwatch.queries import window as windows

#: A CI without report on the patch sets shown still has its row if it reported within this time before.
REMEMBERED = datetime.timedelta(days=30)


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for, beside the project.

    :ivar ci: part of a CI's name or title; ``job``: part of a job's name.
    :ivar result: a cell state; only patch sets on which some CI has it.
    :ivar page: from 1; ``columns``: patch sets a page.
    """

    window: windows.Window
    branch: str = ""
    ci: str = ""
    job: str = ""
    result: str = ""
    page: int = 1
    columns: int = 100


class Column(msgspec.Struct, frozen=True):
    """A patch set. *gate* is the gate's state on it."""

    change: int
    patch_set: int
    subject: str
    branch: str
    status: str | None
    seen_at: datetime.datetime
    gate: cells.State | None


class Cell(msgspec.Struct, frozen=True):
    """What a row has to say of a column.

    :ivar attempts: how often the CI judged the patch set, or the job ran on it.
    :ivar log_url: a job's log, as the comment gave it: not necessarily an address to follow.
    """

    state: cells.State
    attempts: int = 1
    voting: bool = True
    log_url: str | None = None


class Row(msgspec.Struct, frozen=True):
    """A job's, or a CI's, cells; None where there is nothing to tell. *passed* of *judged* are counted."""

    name: str
    cells: list[Cell | None]
    passed: int
    judged: int


class System(msgspec.Struct, frozen=True):
    """A CI's row, with those of its jobs."""

    title: str
    is_gate: bool
    row: Row
    jobs: list[Row]


class Matrix(msgspec.Struct, frozen=True):
    """The whole. *total* counts the patch sets of the window, on all pages."""

    project: str
    branches: list[str]
    total: int
    columns: list[Column]
    systems: list[System]


def read(connection, project, filters):
    """Reads the matrix of *project*, a row of :func:`ciwatch.queries.projects.find`.

    :param filters: :class:`Filters`.
    """
    patch_sets, total = _read_columns(connection, project.id, filters)
    place = {row.id: number for number, row in enumerate(patch_sets)}
    systems = _read_systems(connection, project.id, filters)
    by_cell, reports = _read_reports(connection, list(place))
    states = {key: cells.state_of(said) for key, said in by_cell.items()}
    jobs = _read_builds(connection, list(place), reports, place, systems, filters.job)
    gate_ids = [system.id for system in systems.values() if system.is_gate]
    columns = [
        Column(
            row.change,
            row.number,
            row.subject,
            row.branch,
            row.status,
            row.seen_at,
            next((states[gate, row.id][0] for gate in gate_ids if (gate, row.id) in states), None),
        )
        for row in patch_sets
    ]
    ordered = sorted(systems.values(), key=lambda system: (not system.is_gate, system.title.lower()))
    found = [
        System(
            system.title,
            system.is_gate,
            _system_row(system, patch_sets, states),
            [_job_row(name, row) for name, row in sorted(jobs.get(system.id, {}).items())],
        )
        for system in ordered
        if _asked_for(system, filters) and (not filters.job or jobs.get(system.id))
    ]
    return Matrix(project.name, _read_branches(connection, project.id), total, columns, found)


def _asked_for(system, filters):
    wanted = filters.ci.lower()
    return wanted in system.name.lower() or wanted in system.title.lower()


def _in_window(project_id, filters):
    """The conditions of the patch sets that are asked for."""
    conditions = [
        models.Change.project_id == project_id,
        models.PatchSet.seen_at > filters.window.since,
        models.PatchSet.seen_at <= filters.window.until,
    ]
    if filters.branch:
        conditions.append(models.Change.branch == filters.branch)
    if filters.result:
        wanted = (
            sa.select(models.Report.id)
            .where(models.Report.patch_set_id == models.PatchSet.id)
            .where(models.Report.verdict == filters.result)
        )
        conditions.append(wanted.exists())
    return conditions


def _read_columns(connection, project_id, filters):
    conditions = _in_window(project_id, filters)
    patch_sets = (
        sa.select(
            models.PatchSet.id,
            models.PatchSet.number,
            models.PatchSet.seen_at,
            models.Change.number.label("change"),
            models.Change.subject,
            models.Change.branch,
            models.Change.status,
        )
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .where(*conditions)
        .order_by(models.PatchSet.seen_at.desc(), models.Change.number.desc(), models.PatchSet.number.desc())
        .limit(filters.columns)
        .offset((filters.page - 1) * filters.columns)
    )
    total = (
        sa.select(sa.func.count())
        .select_from(models.PatchSet)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .where(*conditions)
    )
    return connection.execute(patch_sets).all(), connection.scalar(total)


def _read_branches(connection, project_id):
    statement = sa.select(models.Change.branch).where(models.Change.project_id == project_id).distinct()
    return sorted(connection.scalars(statement))


def _read_systems(connection, project_id, filters):
    """The CIs that reported on the project in the window or not long before: id -> row."""
    recent = (
        sa.select(models.PatchSet.id)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .where(
            models.Change.project_id == project_id,
            models.PatchSet.seen_at > filters.window.since - REMEMBERED,
            models.PatchSet.seen_at <= filters.window.until,
        )
    )
    accounts = sa.select(models.Report.account_id).where(models.Report.patch_set_id.in_(recent)).distinct()
    statement = (
        sa.select(models.CISystem.id, models.CISystem.name, models.CISystem.title, models.CISystem.is_gate)
        .join(models.Account, models.Account.ci_system_id == models.CISystem.id)
        .where(models.Account.id.in_(accounts))
        .distinct()
    )
    return {row.id: row for row in connection.execute(statement)}


def _read_reports(connection, patch_set_ids):
    """(CI id, patch set id) -> its reports in the order of their times; and all of them in that order."""
    if not patch_set_ids:
        return {}, []
    text = sa.String()
    statement = (
        sa.select(
            models.Report.id,
            models.Report.patch_set_id,
            models.Account.ci_system_id,
            sa.type_coerce(models.Report.kind, text).label("kind"),
            models.Report.pipeline,
            sa.type_coerce(models.Report.verdict, text).label("verdict"),
            models.Report.parser,
        )
        .join(models.Account, models.Account.id == models.Report.account_id)
        .where(models.Report.patch_set_id.in_(patch_set_ids))
        # A start and the end of a job that did nothing may share their second.
        .order_by(models.Report.posted_at, models.Report.kind.desc(), models.Report.id)
    )
    reports = connection.execute(statement).all()
    by_cell = {}
    for report in reports:
        by_cell.setdefault((report.ci_system_id, report.patch_set_id), []).append(report)
    return by_cell, reports


def _read_builds(connection, patch_set_ids, reports, place, systems, wanted):
    """CI id -> job name -> a list of (state, voting, log, number of runs) or None by column."""
    if not patch_set_ids:
        return {}
    statement = (
        sa.select(
            models.Build.report_id,
            models.Build.job_id,
            sa.type_coerce(models.Build.result_class, sa.String()),
            sa.type_coerce(models.Build.voting, sa.Integer()),
            models.Build.log_url,
        )
        .join(models.Report, models.Report.id == models.Build.report_id)
        .where(models.Report.patch_set_id.in_(patch_set_ids))
    )
    by_report = {}
    for report_id, job_id, state, voting, log_url in connection.execute(statement):
        by_report.setdefault(report_id, []).append((job_id, state, voting, log_url))
    names = _read_jobs(connection, {job[0] for builds in by_report.values() for job in builds})
    width, rows = len(patch_set_ids), {}
    # In the order of time, so that the latest run of a job is the one that stays.
    for report in reports:
        column = place[report.patch_set_id]
        for job_id, state, voting, log_url in by_report.get(report.id, ()):
            row = rows.get(job_id)
            if row is None:
                row = rows[job_id] = [None] * width
            before = row[column]
            row[column] = (state, voting, log_url, before[3] + 1 if before else 1)
    found = {}
    for job_id, row in rows.items():
        ci_system_id, name = names[job_id]
        if wanted.lower() in name.lower():
            found.setdefault(ci_system_id, {})[name] = row
    return found


def _read_jobs(connection, job_ids):
    found, job_ids = {}, sorted(job_ids)
    for start in range(0, len(job_ids), 500):
        statement = sa.select(models.Job.id, models.Job.ci_system_id, models.Job.name).where(
            models.Job.id.in_(job_ids[start : start + 500])
        )
        found.update((row.id, (row.ci_system_id, row.name)) for row in connection.execute(statement))
    return found


def _system_row(system, patch_sets, states):
    row, tally = [], cells.Tally()
    for patch_set in patch_sets:
        state, attempts = states.get((system.id, patch_set.id), (None, 0))
        row.append(Cell(state, attempts) if state else None)
        tally.add(state)
    return Row(system.name, row, tally.passed, tally.judged)


def _job_row(name, row):
    passed = judged = 0
    found = []
    for cell in row:
        if cell is None:
            found.append(None)
            continue
        state, voting, log_url, runs = cell
        if state == "passed":
            passed += 1
            judged += 1
        elif state == "failed":
            judged += 1
        found.append(Cell(state, runs, bool(voting), log_url))
    return Row(name, found, passed, judged)
