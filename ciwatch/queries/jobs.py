"""A CI's jobs: what came of their builds, and which of them flip."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import statistics
from ciwatch.insight.facts import midnight
from ciwatch.rollup import daily
from ciwatch.rollup import instability
from ciwatch.rollup import known as knowns
from ciwatch.rollup import window as windows


class JobFigures(msgspec.Struct, frozen=True):
    """A job's figures.

    :ivar passed: builds that passed, of those that judged.
    :ivar flaked: patch sets on which it both passed and failed, of those that it judged.
    :ivar flips: the same of its voting builds in the 28 days before, without runs of failures; None for none.
    :ivar is_unstable: whether these make it so.
    """

    name: str
    passed: statistics.Rate
    infrastructure: int
    not_run: int
    unknown: int
    flaked: statistics.Rate
    flips: statistics.Rate | None
    is_unstable: bool


def read(connection, registry, system_id, as_of, count):
    """The :class:`JobFigures` of a CI's jobs: the unstable ones first, then by name.

    :param count: of so many days, of which the last is that of *as_of*.
    """
    first, last = windows.ending(as_of, count)
    known = knowns.Known(connection, registry, first)
    rows = windows.Window(known, windows.Scope(system_id), first, last, as_of).jobs()
    by_job = {}
    for row in rows:
        by_job.setdefault(row.id, []).append(row.figures)
    flips = dict(unstable_first(connection, system_id, as_of))
    names = _names(connection, system_id)
    found = [
        _figures(names[job_id], daily.total(figures), flips.get(names[job_id]))
        for job_id, figures in by_job.items()
    ]
    return sorted(found, key=lambda job: (not job.is_unstable, job.name))


def unstable_first(connection, system_id, as_of):
    """(job, :class:`~ciwatch.insight.flakes.Flakiness`) of the jobs of a CI: those that flip most first."""
    morning = _morning_after(as_of)
    builds = instability.Builds(connection, system_id, morning, as_of)
    found = builds.flakiness(morning)
    return sorted(found, key=lambda each: (not each[1].is_unstable, -(each[1].flaked.low or 0), each[0]))


def unstable(connection, system_id, as_of):
    """(job, rate of flaked patch sets) of the unstable jobs of a CI: those that flip most first."""
    found = instability.unstable_at(connection, system_id, _morning_after(as_of), as_of)
    return sorted(found, key=lambda each: (-each[1].low, each[0]))


def _morning_after(as_of):
    # In which the status word is found: all that was said until the moment counts.
    return midnight(as_of.date() + datetime.timedelta(days=1))


def _names(connection, system_id):
    statement = sa.select(models.Job.id, models.Job.name).where(models.Job.ci_system_id == system_id)
    return dict(map(tuple, connection.execute(statement)))


def _figures(name, total, flips):
    return JobFigures(
        name,
        statistics.rate(total.passed, total.passed + total.failed),
        total.infrastructure,
        total.not_run,
        total.unknown,
        statistics.rate(total.flaked, total.judged),
        flips and flips.flaked,
        bool(flips and flips.is_unstable),
    )
