"""CI systems: which there are, and what one of them did."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.parsers import base
from ciwatch.queries import cells
from ciwatch.queries import disagreement
from ciwatch.queries import projects
from ciwatch.queries import unread
from ciwatch.queries import window as windows

#: The stretch of time that the figures of a CI's page cover, before its newest report.
FIGURES = datetime.timedelta(days=30)


class Account(msgspec.Struct, frozen=True):
    """One of a CI's accounts. *found_by* tells by what it was known to be a CI's."""

    username: str
    name: str
    found_by: str | None


class SystemSummary(msgspec.Struct, frozen=True):
    """A CI in the list: what it ever said, and when last.

    :ivar disagree_count: its results whose headline, vote and job lines do not say the same.
    """

    name: str
    title: str
    is_gate: bool
    accounts: list[Account]
    report_count: int
    unread_count: int
    disagree_count: int
    last_report_at: datetime.datetime | None

    @property
    def found_by(self):
        """By what its accounts were found, each once."""
        return sorted({account.found_by for account in self.accounts if account.found_by})


class JobFigures(msgspec.Struct, frozen=True):
    """A job: *passed* of *judged* builds, all its builds, and its newest result's class."""

    name: str
    passed: int
    judged: int
    builds: int
    latest: str


class ReportLine(msgspec.Struct, frozen=True):
    """A report in the list of a CI's newest."""

    project: str
    change: int
    patch_set: int
    subject: str
    posted_at: datetime.datetime
    kind: str
    pipeline: str
    attempt: int | None
    verdict: str | None
    verdict_source: str | None
    vote: int | None
    parser: str | None
    text: str


class SystemPage(msgspec.Struct, frozen=True):
    """What a CI's page tells; figures of the :data:`FIGURES` before *until*."""

    summary: SystemSummary
    until: datetime.datetime | None
    projects: list[projects.SystemGlance]
    jobs: list[JobFigures]
    reports: list[ReportLine]
    disagreement: disagreement.Disagreement | None
    unread: list[unread.Shape]
    unknown_words: list[unread.UnknownWord]


def list_systems(connection, name=None, until=None):
    """All CIs by title, or the one called *name*, as a list of :class:`SystemSummary`.

    :param until: only reports until this moment count, if it is given.
    """
    reports = sa.select(
        models.Report.account_id,
        sa.func.count().label("reports"),
        sa.func.sum(sa.case((models.Report.parser.is_(None), 1), else_=0)).label("unread"),
        sa.func.sum(sa.case((disagreement.DISAGREES, 1), else_=0)).label("disagree"),
        sa.func.max(models.Report.posted_at).label("last"),
    ).group_by(models.Report.account_id)
    if name is not None:
        reports = reports.where(models.Report.account_id.in_(_accounts(name)))
    if until is not None:
        reports = reports.where(models.Report.posted_at <= until)
    reports = reports.subquery()
    statement = (
        sa.select(
            models.CISystem.name,
            models.CISystem.title,
            models.CISystem.is_gate,
            models.Account.username,
            models.Account.name.label("account_name"),
            models.Account.found_by,
            reports.c.reports,
            reports.c.unread,
            reports.c.disagree,
            reports.c.last,
        )
        .join(models.Account, models.Account.ci_system_id == models.CISystem.id)
        .outerjoin(reports, reports.c.account_id == models.Account.id)
        .order_by(models.Account.username)
    )
    if name is not None:
        statement = statement.where(models.CISystem.name == name)
    by_name = {}
    for row in connection.execute(statement):
        by_name.setdefault(row.name, []).append(row)
    found = [_summary(rows) for rows in by_name.values()]
    return sorted(found, key=lambda system: (not system.is_gate, system.title.lower(), system.name))


def _summary(rows):
    return SystemSummary(
        rows[0].name,
        rows[0].title,
        rows[0].is_gate,
        [Account(row.username, row.account_name, row.found_by) for row in rows],
        sum(row.reports or 0 for row in rows),
        sum(row.unread or 0 for row in rows),
        sum(row.disagree or 0 for row in rows),
        max((row.last for row in rows if row.last), default=None),
    )


def read(connection, name, until=None):
    """The :class:`SystemPage` of the CI called *name*, or None where there is none.

    :param until: what was said later is left out, if it is given; but not from what nobody could read.
    """
    found = list_systems(connection, name, until)
    if not found:
        return None
    summary = found[0]
    mine = _of_accounts(connection.scalars(_accounts(name)).all())
    newest = sa.true() if until is None else models.Report.posted_at <= until
    until = summary.last_report_at
    figures, jobs, disagreed = [], [], None
    if until:
        window = windows.ending(until, FIGURES)
        figures = _by_project(connection, mine, window)
        jobs = _jobs(connection, mine, window)
        disagreed = disagreement.read(connection, mine, window)
    return SystemPage(
        summary,
        until,
        figures,
        jobs,
        _lines(connection, mine, newest),
        disagreed,
        unread.shapes(connection, name),
        unread.words(connection, name),
    )


def name_of(connection, username):
    """The name of the CI that an account called *username* is one of, or None."""
    return connection.scalar(
        sa.select(models.CISystem.name)
        .join(models.Account, models.Account.ci_system_id == models.CISystem.id)
        .where(models.Account.username == username)
    )


def accounts(connection, system_id):
    """The :class:`Account` of a CI, by their names."""
    account = models.Account
    statement = (
        sa.select(account.username, account.name, account.found_by)
        .where(account.ci_system_id == system_id)
        .order_by(account.username)
    )
    return [Account(*row) for row in connection.execute(statement)]


def _accounts(name):
    """A statement that selects the ids of a CI's accounts."""
    return (
        sa.select(models.Account.id)
        .join(models.CISystem, models.CISystem.id == models.Account.ci_system_id)
        .where(models.CISystem.name == name)
    )


def _of_accounts(ids):
    """The condition that a report is of one of some accounts.

    Nearly all CIs have one; only then does the database find its newest reports by an index.
    """
    return models.Report.account_id == ids[0] if len(ids) == 1 else models.Report.account_id.in_(ids)


def _in(window):
    return sa.and_(models.Report.posted_at > window.since, models.Report.posted_at <= window.until)


def _by_project(connection, mine, window):
    """*passed* of *judged* patch sets by project; the glance's name and title are the project's."""
    statement = (
        sa.select(*cells.COLUMNS, models.Project.name, models.Report.patch_set_id)
        .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .join(models.Project, models.Project.id == models.Change.project_id)
        .where(mine, _in(window), cells.NEEDED)
        .order_by(*cells.ORDER)
    )
    by_project = {}
    for row in connection.execute(statement):
        by_project.setdefault(row.name, {}).setdefault(row.patch_set_id, []).append(row)
    return [
        projects.system_glance(name, name, False, by_patch_set)
        for name, by_patch_set in sorted(by_project.items())
    ]


def _jobs(connection, mine, window):
    statement = (
        sa.select(
            models.Job.name,
            sa.type_coerce(models.Build.result_class, sa.String()).label("result_class"),
        )
        .join(models.Build, models.Build.job_id == models.Job.id)
        .join(models.Report, models.Report.id == models.Build.report_id)
        .where(mine, _in(window), models.Report.kind == base.Kind.FINISHED)
        .order_by(models.Report.posted_at, models.Report.id)
    )
    tallies, counts, latest = {}, {}, {}
    for name, result_class in connection.execute(statement):
        tallies.setdefault(name, cells.Tally()).add(result_class)
        counts[name] = counts.get(name, 0) + 1
        latest[name] = result_class
    return [
        JobFigures(name, tally.passed, tally.judged, counts[name], latest[name])
        for name, tally in sorted(tallies.items())
    ]


def _lines(connection, *conditions, limit=50):
    statement = (
        sa.select(
            models.Project.name,
            models.Change.number,
            models.PatchSet.number,
            models.Change.subject,
            models.Report.posted_at,
            models.Report.kind,
            models.Report.pipeline,
            models.Report.attempt,
            models.Report.verdict,
            models.Report.verdict_source,
            models.Report.vote,
            models.Report.parser,
            models.Report.text,
        )
        .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .join(models.Project, models.Project.id == models.Change.project_id)
        .where(*conditions, models.Report.kind == base.Kind.FINISHED)
        .order_by(models.Report.posted_at.desc(), models.Report.id.desc())
        .limit(limit)
    )
    return [ReportLine(*row) for row in connection.execute(statement)]
