"""All that a CI's page shows: how it does at a glance, and beside that what only a reader looks at."""

import datetime
import typing

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import statistics
from ciwatch.parsers import base
from ciwatch.parsers.results import ResultClass
from ciwatch.queries import behind
from ciwatch.queries import disagreement
from ciwatch.queries import figures
from ciwatch.queries import overview
from ciwatch.queries import unread
from ciwatch.queries import window as windows
from ciwatch.rollup import spells

# So many of the newest are shown of a list that has a page of its own, and of one that has none.
_FEW = 8
_NEWEST = 15

#: In the results of so long it is looked for what disagrees with itself.
DISAGREEMENTS = datetime.timedelta(days=28)

_OF_JOBS = ("passed", "failed", "infrastructure", "flaked", "judged")


class Job(msgspec.Struct, frozen=True):
    """A job over the days: builds that *passed* of those that judged; patch sets on which it *flaked*."""

    name: str
    passed: statistics.Rate
    infrastructure: int
    flaked: statistics.Rate


class ReportLine(msgspec.Struct, frozen=True):
    """A report in the list of a CI's newest."""

    project: str
    change: int
    patch_set: int
    subject: str
    posted_at: datetime.datetime
    pipeline: str
    attempt: int | None
    verdict: ResultClass | None
    vote: int | None


class Portrait(typing.NamedTuple):
    """A CI over some days, as of a moment.

    :ivar told: the :class:`~ciwatch.queries.overview.Overview`.
    :ivar counted: the :class:`~ciwatch.queries.figures.Counted` that it is made of.
    :ivar jobs: each :class:`Job`, by name.
    :ivar missed: the newest few, each a :class:`~ciwatch.queries.behind.Unanswered`.
    :ivar reports: the newest few.
    :ivar unread: the shapes of its comments that nobody could read, ever; *unknown_words* likewise.
    """

    told: overview.Overview
    counted: figures.Counted
    jobs: list[Job]
    missed: list
    reports: list[ReportLine]
    disagreement: disagreement.Disagreement
    unread: list[unread.Shape]
    unknown_words: list[unread.UnknownWord]


def read(connection, registry, system, as_of, length):
    """The :class:`Portrait` of a CI; parameters are those of :func:`ciwatch.queries.overview.read`."""
    counted = figures.count(connection, registry, system.id, as_of, length)
    missed = behind.newest_missed(connection, counted.window, _FEW) if counted.total.missed else []
    accounts = spells.accounts_of(connection, system.id)
    # Only where it is one does the database find the newest by an index, and nearly all CIs have one.
    mine = (
        models.Report.account_id == accounts[0]
        if len(accounts) == 1
        else models.Report.account_id.in_(accounts)
    )
    return Portrait(
        overview.tell(connection, registry, system, counted),
        counted,
        _jobs(connection, counted.window),
        missed,
        _newest(connection, mine, as_of),
        disagreement.read(connection, mine, windows.ending(as_of, DISAGREEMENTS)),
        unread.shapes(connection, system.name),
        unread.words(connection, system.name),
    )


def _jobs(connection, window):
    by_job = window.job_sums(_OF_JOBS)
    return sorted(
        (
            Job(
                name,
                statistics.rate(passed, passed + failed),
                infrastructure,
                statistics.rate(flaked, judged),
            )
            for name, (passed, failed, infrastructure, flaked, judged) in _named(connection, by_job)
        ),
        key=lambda job: job.name,
    )


def _named(connection, by_job):
    """Yields (name, sums)."""
    job_ids = sorted(by_job)
    for start in range(0, len(job_ids), 500):
        for job_id, name in connection.execute(_NAMES, {"job_ids": job_ids[start : start + 500]}):
            yield name, by_job[job_id]


def _newest(connection, mine, as_of):
    return [ReportLine(*row) for row in connection.execute(_LINES.where(mine), {"as_of": as_of})]


# Put together once.

_NAMES = sa.select(models.Job.id, models.Job.name).where(
    models.Job.id.in_(sa.bindparam("job_ids", expanding=True))
)

# All but whose they are.
_LINES = (
    sa.select(
        models.Project.name,
        models.Change.number,
        models.PatchSet.number,
        models.Change.subject,
        models.Report.posted_at,
        models.Report.pipeline,
        models.Report.attempt,
        models.Report.verdict,
        models.Report.vote,
    )
    .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
    .join(models.Change, models.Change.id == models.PatchSet.change_id)
    .join(models.Project, models.Project.id == models.Change.project_id)
    .where(models.Report.posted_at <= sa.bindparam("as_of"), models.Report.kind == base.Kind.FINISHED)
    .order_by(models.Report.posted_at.desc(), models.Report.id.desc())
    .limit(_NEWEST)
)
