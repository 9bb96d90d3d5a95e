"""How the gate does, and whether all fail at once: is it me, or is it upstream?"""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import flakes
from ciwatch.insight import regression
from ciwatch.insight import statistics
from ciwatch.insight import trend
from ciwatch.queries import breakage
from ciwatch.queries import figures
from ciwatch.queries import jobs
from ciwatch.rollup import known as knowns
from ciwatch.rollup import window as windows

#: So many jobs are named, those that flip most.
MOST_JOBS = 15


class Span(msgspec.Struct, frozen=True):
    """The days from *first* to *last*."""

    first: datetime.date
    last: datetime.date


class Compared(msgspec.Struct, frozen=True):
    """A rate of the last days and of those before, and the :class:`~ciwatch.insight.trend.Trend`."""

    now: statistics.Rate
    before: statistics.Rate
    trend: str


class Waits(msgspec.Struct, frozen=True):
    """Lengths of time of the last days and of those before."""

    now: figures.Times
    before: figures.Times


class Health(msgspec.Struct, frozen=True):
    """How a gate does, or all of them together.

    :ivar passed: patch sets, of the judged ones.
    :ivar infrastructure: patch sets that it could not test, of all that it reported on.
    """

    passed: Compared
    infrastructure: Compared
    time_to_verdict: Waits
    time_to_recheck: Waits


class Gate(msgspec.Struct, frozen=True):
    """One of the gates."""

    name: str
    title: str
    health: Health


class Traffic(msgspec.Struct, frozen=True):
    """The patch sets that came in some days: how many of them were merged, and what was asked for on them.

    The quotients are None where there are too few to divide by.
    """

    patch_sets: int
    merged: int
    rechecks: int
    rechecks_per_merged: float | None
    rechecks_per_patch_set: float | None


class Job(msgspec.Struct, frozen=True):
    """A job of a gate, and on how many of the patch sets that it judged it both passed and failed."""

    gate: str
    name: str
    flaked: Compared
    is_unstable: bool


class Upstream(msgspec.Struct, frozen=True):
    """The health of what all CIs depend on.

    :ivar project: the only one that is told of, or None.
    :ivar waiting: how many days are recorded and not counted yet.
    :ivar gates: none where no gate is known; *health* is None then.
    :ivar jobs: the flakiest ones, of the *flaked_jobs* that flaked at all.
    """

    as_of: datetime.datetime
    project: str | None
    now: Span
    before: Span
    waiting: int
    health: Health | None
    gates: list[Gate]
    traffic_now: Traffic
    traffic_before: Traffic
    jobs: list[Job]
    flaked_jobs: int
    breakages: list[breakage.Breakage]


def read(connection, registry, as_of, project=None):
    """The :class:`Upstream`, as of a moment.

    :param registry: the :class:`~ciwatch.registry.model.Registry`.
    :param project: a row with an *id* and a *name*, to be told of alone; None for all.
    """
    scope = windows.Scope(project_id=project and project.id, of_gate=True)
    first, last = windows.ending(as_of, regression.NOW_DAYS)
    a_day = datetime.timedelta(days=1)
    spans = Span(first, last), Span(first - regression.BEFORE_DAYS * a_day, first - a_day)
    known = knowns.Known(connection, registry, since=spans[1].first)
    both = [windows.Window(known, scope, span.first, span.last, as_of) for span in spans]
    totals, places = zip(*(window.totals() for window in both), strict=True)
    gates = _gates(connection)
    there = set().union(*places)
    traffic = [_traffic(window, there) for window in both]
    flaked = _jobs(connection, both, as_of) if gates else []
    each = [
        Gate(gate.name, gate.title, _health(*(_figures(found, gate.id) for found in totals)))
        for gate in gates
    ]
    together = _health(*(list(found.values()) for found in totals)) if len(each) > 1 else None
    return Upstream(
        as_of,
        project and project.name,
        *spans,
        sum(window.waiting for window in both),
        each[0].health if len(each) == 1 else together,
        each,
        *traffic,
        flaked[:MOST_JOBS],
        len(flaked),
        breakage.read(connection, as_of, project and project.name),
    )


def _gates(connection):
    system = models.CISystem
    statement = sa.select(system.id, system.name, system.title).where(system.is_gate).order_by(system.name)
    return connection.execute(statement).all()


def _figures(totals, gate_id):
    return [totals[gate_id]] if gate_id in totals else []


def _health(now, before):
    """The :class:`Health` by lists of :class:`~ciwatch.insight.days.SystemDay`."""
    now, before = figures.of(now), figures.of(before)
    return Health(
        Compared(now.passed, before.passed, trend.of_good(now.passed, before.passed)),
        Compared(
            now.infrastructure,
            before.infrastructure,
            trend.of_bad(now.infrastructure, before.infrastructure),
        ),
        Waits(now.time_to_answer, before.time_to_answer),
        Waits(now.time_to_recheck, before.time_to_recheck),
    )


def _traffic(window, project_ids):
    by_project = window.project_sums(("patch_sets", "merged", "rechecks"))
    there = [sums for project_id, sums in by_project.items() if project_id in project_ids]
    patch_sets, merged, rechecks = (sum(each[n] for each in there) for n in range(3))
    return Traffic(patch_sets, merged, rechecks, _quotient(rechecks, merged), _quotient(rechecks, patch_sets))


def _quotient(count, of):
    return round(count / of, 2) if of >= statistics.MIN_SAMPLE else None


def _jobs(connection, both, as_of):
    """The :class:`Job` that flaked: the unstable ones first, then those that surely flaked most."""
    counts = [window.job_sums(("flaked", "judged")) for window in both]
    found = []
    names = _names(connection, {job for of in counts for job, (flaked, _) in of.items() if flaked})
    unstable = _unstable(connection, counts, names, as_of)
    for job_id, job in names.items():
        now, before = (statistics.rate(*of.get(job_id, (0, 0))) for of in counts)
        low = statistics.rate(now.n + before.n, now.of + before.of).low
        compared = Compared(now, before, trend.of_bad(now, before))
        found.append((low, Job(job.gate, job.name, compared, job_id in unstable)))
    found.sort(key=lambda each: (not each[1].is_unstable, -each[0], each[1].gate, each[1].name))
    return [job for _, job in found]


def _names(connection, job_ids):
    found, job_ids = {}, sorted(job_ids)
    for start in range(0, len(job_ids), 500):
        statement = (
            sa.select(models.Job.id, models.Job.name, models.CISystem.id, models.CISystem.name.label("gate"))
            .join(models.CISystem, models.CISystem.id == models.Job.ci_system_id)
            .where(models.Job.id.in_(job_ids[start : start + 500]))
        )
        found.update((row.id, row) for row in connection.execute(statement))
    return found


def _unstable(connection, counts, names, as_of):
    """The ids of those jobs that are unstable."""
    # Builds are read only where a job flaked so often that it may be: most gates have none on most days.
    may_be = {
        job_id for job_id in names if sum(of.get(job_id, (0, 0))[0] for of in counts) >= flakes.MIN_FLAKED
    }
    by_gate = {}
    for job_id in may_be:
        by_gate.setdefault(names[job_id][2], []).append(job_id)
    found = set()
    for gate_id, job_ids in by_gate.items():
        unstable = dict(jobs.unstable(connection, gate_id, as_of))
        found |= {each for each in job_ids if names[each].name in unstable}
    return found
