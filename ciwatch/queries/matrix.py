"""The matrix of a project: every CI, and every job, on every patch set of a window."""

import collections
import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import summary
from ciwatch.insight import status
from ciwatch.parsers import results
from ciwatch.queries import breakage
from ciwatch.queries import cells
from ciwatch.queries import columns
from ciwatch.queries import standings
from ciwatch.queries import story
from ciwatch.queries import window as windows

#: A CI without report on the patch sets shown still has its row if it reported within this time before: who
#: has gone silent must not vanish.
REMEMBERED = datetime.timedelta(days=180)

#: A CI may report on a patch set long after it was uploaded.
LATE = datetime.timedelta(days=30)

#: The orders of the CIs, below the gate.
BY_STATUS, BY_NAME = "status", "name"

#: Status word -> its place: those first that need somebody; who is gone for good comes last.
WORST_FIRST = {
    word: place
    for place, word in enumerate(
        [*(word for word in status.Word if word != status.Word.RETIRED), status.Word.RETIRED]
    )
}


# Said once: to put a statement together takes longer than SQLite takes for most of them.

_SYSTEMS = (
    sa.select(models.CISystem.id, models.CISystem.name, models.CISystem.title, models.CISystem.is_gate)
    .join(models.Account, models.Account.ci_system_id == models.CISystem.id)
    .join(models.AccountProject, models.AccountProject.account_id == models.Account.id)
    .where(
        models.AccountProject.project_id == sa.bindparam("project_id"),
        models.AccountProject.last_at > sa.bindparam("last_after"),
        models.AccountProject.first_at <= sa.bindparam("first_until"),
    )
    .distinct()
)

_REPORTS = (
    sa.select(
        *cells.COLUMNS,
        models.Report.id,
        models.Report.patch_set_id,
        models.Account.ci_system_id,
        models.Report.summary,
    )
    .join(models.Account, models.Account.id == models.Report.account_id)
    .where(
        models.Report.patch_set_id.in_(sa.bindparam("patch_set_ids", expanding=True)),
        cells.needed(sa.bindparam("began_after")),
    )
    .order_by(*cells.ORDER)
)

_NAMES = (
    sa.select(models.Job.id, models.Job.ci_system_id, models.CISystem.name, models.Job.name)
    .join(models.CISystem, models.CISystem.id == models.Job.ci_system_id)
    .where(models.Job.id.in_(sa.bindparam("job_ids", expanding=True)))
)


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for, beside the project.

    :ivar ci: part of a CI's name or title; ``job``: part of a job's name.
    :ivar result: a result class; only patch sets on which some of these CIs have it.
    :ivar open: whether only patch sets of changes that are open are asked for.
    :ivar rows: names of the only CIs asked for, or of jobs, as ``ci/job``; none for all.
    :ivar order: :data:`BY_STATUS` or :data:`BY_NAME`.
    :ivar page: from 1; ``columns``: patch sets a page.
    """

    window: windows.Window
    branch: str = ""
    ci: str = ""
    job: str = ""
    result: str = ""
    open: bool = False
    rows: tuple[str, ...] = ()
    order: str = BY_STATUS
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
    """A CI's cells by column: its state there, and its attempts in the pipeline that had most."""

    name: str
    cells: list[tuple[cells.State, int]]
    passed: int
    judged: int


class JobRow(msgspec.Struct, frozen=True):
    """A job's cells by column, as two lists, since there are tens of thousands.

    :ivar builds: the :class:`~ciwatch.db.summary.Build` that is the latest, or None for none.
    :ivar reports: (the id of the report that it is from, as text, the attempt that this was).
    """

    name: str
    builds: list
    reports: list
    passed: int
    judged: int


class System(msgspec.Struct, frozen=True):
    """A CI's row, with those of its jobs. *status* is its status word, and *rule* why.

    :ivar has_jobs: whether there are any, be they read or not.
    """

    title: str
    is_gate: bool
    status: str
    rule: str
    row: SystemRow
    jobs: list[JobRow]
    has_jobs: bool


class Matrix(msgspec.Struct, frozen=True):
    """The whole. *total* counts the patch sets of the window, on all pages.

    :ivar breakages: the shared breakages of the project that last, or met these patch sets.
    """

    project: str
    branches: list[str]
    total: int
    columns: list[Column]
    systems: list[System]
    breakages: list[breakage.Breakage]


def read(connection, registry, project, filters, as_of, unfolded=None):
    """Reads the matrix of *project*, a row of :func:`ciwatch.queries.projects.find`.

    :param registry: the :class:`~ciwatch.registry.model.Registry`.
    :param filters: :class:`Filters`.
    :param as_of: now: what is pending, and what was missed.
    :param unfolded: names of the only CIs whose jobs are read, which are most of the cells; None for all.
    """
    systems = _read_systems(connection, project.id, filters)
    asked = [system for system in systems if _is_asked_for(system, filters)]
    ids = None if len(asked) == len(systems) else [system.id for system in asked]
    found, total, branches = columns.read(connection, project, filters, ids)
    patch_sets = [patch_set for patch_set, _, _ in found]
    place = {patch_set.id: number for number, patch_set in enumerate(patch_sets)}
    reports = _read_reports(connection, list(place), as_of)
    said = _by_cell(reports, place)
    standing = standings.Standings(connection, registry, project.id, patch_sets, as_of)
    periods = story.statuses(connection, min(as_of, filters.window.until))
    folded = {system.id for system in systems if unfolded is not None and system.name not in unfolded}
    jobs = _read_jobs(connection, reports, place, filters, folded)
    with_jobs = jobs.keys() | {report[6] for report in reports if report[6] in folded and report[7]}
    rows = [
        System(
            system.title,
            system.is_gate,
            *_status_of(periods.get(system.id)),
            _system_row(system, said.get(system.id, {}), patch_sets, standing),
            jobs.get(system.id, []),
            system.id in with_jobs,
        )
        for system in asked
        if not filters.job or system.id in jobs
    ]
    if filters.order == BY_STATUS:
        rows.sort(key=lambda each: (not each.is_gate, WORST_FIRST[each.status]))
    gates = [said.get(system.id, {}) for system in systems if system.is_gate]
    heads = [
        Column(
            patch_set.change,
            patch_set.number,
            subject,
            patch_set.branch,
            state,
            patch_set.seen_at,
            next((cells.state_of(there[number])[0] for there in gates if number in there), None),
        )
        for number, (patch_set, subject, state) in enumerate(found)
    ]
    breakages = _breakages(connection, project, filters, heads)
    return Matrix(project.name, branches, total, heads, rows, breakages)


def _is_asked_for(system, filters):
    wanted = filters.ci.lower()
    if wanted not in system.name.lower() and wanted not in system.title.lower():
        return False
    return not filters.rows or any(
        row == system.name or row.startswith(system.name + "/") for row in filters.rows
    )


def _status_of(period):
    return (period.word, period.rule) if period else (story.UNCOUNTED, story.UNCOUNTED_RULE)


def _breakages(connection, project, filters, heads):
    """Those that last at the end of the window, or in which a patch set that is shown failed."""
    shown = {head.change for head in heads}
    return [
        each
        for each in breakage.read(connection, filters.window.until, project.name)
        if each.until is None or not shown.isdisjoint(each.changes)
    ]


def _read_systems(connection, project_id, filters):
    """The CIs that reported on the project in the window or not long before, the gate first."""
    asked = {
        "project_id": project_id,
        "last_after": filters.window.since - REMEMBERED,
        # What was said of a patch set in the window may have been said after it.
        "first_until": filters.window.until + LATE,
    }
    systems = connection.execute(_SYSTEMS, asked).all()
    return sorted(systems, key=lambda system: (not system.is_gate, system.title.lower(), system.name))


def _read_reports(connection, patch_set_ids, as_of):
    """The reports that cells need, in the order of their times."""
    if not patch_set_ids:
        return []
    asked = {"patch_set_ids": patch_set_ids, "began_after": as_of - cells.RUNS_AT_MOST}
    return connection.execute(_REPORTS, asked).all()


def _by_cell(reports, place):
    """CI id -> column -> its reports there."""
    said = collections.defaultdict(dict)
    for report in reports:
        there = said[report[6]]
        column = place[report[5]]
        if column in there:
            there[column].append(report)
        else:
            there[column] = [report]
    return said


def _system_row(system, said, patch_sets, standing):
    row = [None] * len(patch_sets)
    for number, reports in said.items():
        row[number] = cells.state_of(reports)
    for number, cell in enumerate(row):
        if cell is None:
            row[number] = standing.state(system.id, patch_sets[number]), 0
    states = [state for state, _ in row]
    passed = states.count(cells.State.PASSED)
    return SystemRow(system.name, row, passed, passed + states.count(cells.State.FAILED))


def _read_jobs(connection, reports, place, filters, folded):
    """CI id -> a list of :class:`JobRow`, by name; not of the CIs whose ids are in *folded*."""
    rows = collections.defaultdict(lambda: ([None] * len(place), [None] * len(place)))
    unpack = summary.unpack
    # In the order of time, so that the latest run of a job is the one that stays.
    for _, _, _, attempt, report_id, patch_set_id, reporter_id, line in reports:
        if line is not None and reporter_id not in folded:
            # A report has several builds: its id is written once for all of them.
            column, report = place[patch_set_id], (str(report_id), attempt)
            for build in unpack(line):
                builds, reports_of = rows[build.job]
                builds[column] = build
                reports_of[column] = report
    found = {}
    wanted = filters.job.lower()
    for job_id, system_id, system, name in _read_names(connection, rows):
        if wanted in name.lower() and _is_row_asked_for(system, name, filters.rows):
            found.setdefault(system_id, []).append(_job_row(name, *rows[job_id]))
    return found


def _is_row_asked_for(system, job, rows):
    return not rows or system in rows or f"{system}/{job}" in rows


def _read_names(connection, job_ids):
    """(id, CI id, the CI's name, name) of each job, by name."""
    found, job_ids = [], sorted(job_ids)
    for start in range(0, len(job_ids), 500):
        found.extend(connection.execute(_NAMES, {"job_ids": job_ids[start : start + 500]}).all())
    return sorted(found, key=lambda job: job[3])


def _job_row(name, builds, reports):
    classes = [build.result for build in builds if build]
    passed = classes.count(results.ResultClass.PASSED)
    return JobRow(name, builds, reports, passed, passed + classes.count(results.ResultClass.FAILED))
