"""The matrix of a project: every CI, and every job, on every patch set of a window."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import summary
from ciwatch.parsers import results
from ciwatch.queries import cells
from ciwatch.queries import window as windows

#: A CI without report on the patch sets shown still has its row if it reported within this time before: who
#: has gone silent must not vanish.
REMEMBERED = datetime.timedelta(days=180)

#: A CI may report on a patch set long after it was uploaded.
LATE = datetime.timedelta(days=30)


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


class SystemRow(msgspec.Struct, frozen=True):
    """A CI's cells by column: what :func:`~ciwatch.queries.cells.state_of` says, None where it is silent."""

    name: str
    cells: list[tuple[cells.State, int] | None]
    passed: int
    judged: int


class JobRow(msgspec.Struct, frozen=True):
    """A job's cells by column, as three lists, since there are tens of thousands.

    :ivar builds: what :func:`ciwatch.db.summary.unpack` gives of the latest build, or None for none.
    :ivar runs: how many builds of the job there are on the patch set, in the pipeline that had most.
    :ivar reports: the id of the report that the latest is from.
    """

    name: str
    builds: list
    runs: list[int]
    reports: list[int]
    passed: int
    judged: int


class System(msgspec.Struct, frozen=True):
    """A CI's row, with those of its jobs."""

    title: str
    is_gate: bool
    row: SystemRow
    jobs: list[JobRow]


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
    reports = _read_reports(connection, list(place))
    states = _states(reports, place)
    jobs = _read_builds(connection, reports, place, filters.job)
    gates = [states[system.id] for system in systems if system.is_gate and system.id in states]
    columns = [
        Column(
            row.change,
            row.number,
            row.subject,
            row.branch,
            row.status,
            row.seen_at,
            next((gate[number][0] for gate in gates if gate[number]), None),
        )
        for number, row in enumerate(patch_sets)
    ]
    nothing = [None] * len(patch_sets)
    found = [
        System(
            system.title,
            system.is_gate,
            _system_row(system.name, states.get(system.id, nothing)),
            jobs.get(system.id, []),
        )
        for system in systems
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
    """The CIs that reported on the project in the window or not long before, the gate first."""
    there = models.AccountProject
    statement = (
        sa.select(models.CISystem.id, models.CISystem.name, models.CISystem.title, models.CISystem.is_gate)
        .join(models.Account, models.Account.ci_system_id == models.CISystem.id)
        .join(there, there.account_id == models.Account.id)
        .where(
            there.project_id == project_id,
            there.last_at > filters.window.since - REMEMBERED,
            # What was said of a patch set in the window may have been said after it.
            there.first_at <= filters.window.until + LATE,
        )
        .distinct()
    )
    systems = connection.execute(statement).all()
    return sorted(systems, key=lambda system: (not system.is_gate, system.title.lower(), system.name))


def _read_reports(connection, patch_set_ids):
    """The reports that cells need, in the order of their times."""
    if not patch_set_ids:
        return []
    statement = (
        sa.select(
            *cells.COLUMNS,
            models.Report.id,
            models.Report.patch_set_id,
            models.Account.ci_system_id,
            models.Report.summary,
        )
        .join(models.Account, models.Account.id == models.Report.account_id)
        .where(models.Report.patch_set_id.in_(patch_set_ids), cells.NEEDED)
        .order_by(*cells.ORDER)
    )
    return connection.execute(statement).all()


def _states(reports, place):
    """CI id -> its cells by column."""
    said = {}
    for report in reports:
        columns = said.get(report[6])
        if columns is None:
            columns = said[report[6]] = {}
        column = place[report[5]]
        if column in columns:
            columns[column].append(report)
        else:
            columns[column] = [report]
    found = {}
    for ci_system_id, columns in said.items():
        row = found[ci_system_id] = [None] * len(place)
        for column, ours in columns.items():
            row[column] = cells.state_of(ours)
    return found


def _read_builds(connection, reports, place, wanted):
    """CI id -> a list of :class:`JobRow`."""
    width, rows, runs_in = len(place), {}, {}
    unpack = summary.unpack
    # In the order of time, so that the latest run of a job is the one that stays.
    for _, pipeline, _, _, report_id, patch_set_id, _, line in reports:
        if line is None:
            continue
        column = place[patch_set_id]
        counted = runs_in.get(pipeline)
        if counted is None:
            counted = runs_in[pipeline] = {}
        for build in unpack(line):
            job_id = build[0]
            runs = counted.get(job_id)
            if runs is None:
                runs = counted[job_id] = [0] * width
                rows.setdefault(job_id, ([None] * width, [0] * width))
            runs[column] += 1
            builds, report_ids = rows[job_id]
            builds[column] = build
            report_ids[column] = report_id
    found = {}
    for job_id, ci_system_id, name in _read_jobs(connection, rows):
        if wanted.lower() in name.lower():
            runs = [counted[job_id] for counted in runs_in.values() if job_id in counted]
            most = list(map(max, *runs)) if len(runs) > 1 else runs[0]
            found.setdefault(ci_system_id, []).append(_job_row(name, *rows[job_id], most))
    return found


def _read_jobs(connection, job_ids):
    """(id, CI id, name) of each job, by name."""
    found, job_ids = [], sorted(job_ids)
    for start in range(0, len(job_ids), 500):
        statement = sa.select(models.Job.id, models.Job.ci_system_id, models.Job.name).where(
            models.Job.id.in_(job_ids[start : start + 500])
        )
        found.extend(connection.execute(statement))
    return sorted(found, key=lambda job: job.name)


def _system_row(name, row):
    states = [cell[0] for cell in row if cell]
    passed = states.count(cells.State.PASSED)
    return SystemRow(name, row, passed, passed + states.count(cells.State.FAILED))


def _job_row(name, builds, report_ids, runs):
    classes = [build[1] for build in builds if build]
    passed = classes.count(results.ResultClass.PASSED)
    return JobRow(name, builds, runs, report_ids, passed, passed + classes.count(results.ResultClass.FAILED))
