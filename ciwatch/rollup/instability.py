"""Which jobs of a CI were unstable on a day."""

import bisect
import collections
import datetime

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import summary
from ciwatch.insight import flakes
from ciwatch.insight.facts import FAILED
from ciwatch.insight.facts import PASSED
from ciwatch.insight.facts import midnight
from ciwatch.parsers import base
from ciwatch.rollup import spells

_REACH = datetime.timedelta(days=flakes.DAYS)
# The same text within this time is posted once more, and no re-run.
_AGAIN = datetime.timedelta(days=2)


class Builds:
    """The voting builds of a CI, and what they say of its jobs; days are asked for in their order."""

    def __init__(self, connection, system_id, since, until):
        """Reads them.

        :param since: the first moment of which is asked, UTC; *until* the last.
        """
        self._times, self._by_job, self._names = [], {}, {}
        said, first = {}, since - _REACH - _AGAIN
        # In these every job failed, and passed when it was asked again: that is no flake.
        is_aside = _Aside(_read_spells(connection, system_id, first, until))
        # Of what is read of the first days, it is known whether it was posted once more.
        for at, patch_set, digest, line in _read(connection, system_id, first, until):
            self._times.append(at)
            before, said[patch_set, digest] = said.get((patch_set, digest)), at
            if before is not None and at - before <= _AGAIN:
                continue
            if is_aside(at):
                continue
            for job, result, voting, *_ in summary.unpack(line):
                if voting and result in (PASSED, FAILED):
                    self._by_job.setdefault(job, []).append((at, patch_set, str(result)))
        self._windows = {job: _Window(builds) for job, builds in self._by_job.items()}
        self._names = _read_names(connection, self._by_job)
        self._known = {}

    @property
    def last_at(self):
        """When the newest was posted, or None."""
        return self._times[-1] if self._times else None

    def flakiness(self, moment):
        """(job, :class:`~ciwatch.insight.flakes.Flakiness`) of those that judged in the 28 days before."""
        found = []
        for job, builds in self._by_job.items():
            chosen = _between(builds, moment - _REACH, moment)
            if chosen:
                found.append((self._names[job], flakes.flakiness(chosen)))
        return sorted(found, key=lambda each: each[0])

    def unstable(self, day):
        """(job, rate of flaked patch sets) of those that are unstable on the morning of a *day*."""
        if day not in self._known:
            self._known[day] = sorted(self._find(midnight(day)))
        return self._known[day]

    def _find(self, moment):
        for job, window in self._windows.items():
            if window.may_be_unstable(moment - _REACH, moment):
                found = flakes.flakiness(_between(self._by_job[job], moment - _REACH, moment))
                if found.is_unstable:
                    yield self._names[job], found.flaked


class _Aside:
    """Whether moments, which are asked for in their order, lie in one of some spells."""

    def __init__(self, stretches):
        """Takes (start, end or None) in their order."""
        self._stretches = stretches
        self._next = 0

    def __call__(self, moment):
        while self._next < len(self._stretches):
            start, end = self._stretches[self._next]
            if end is None or moment < end:
                return start <= moment
            self._next += 1
        return False


class _Window:
    """On how many patch sets a job both passed and failed, as the window moves on; breakage counts, too."""

    def __init__(self, builds):
        self._builds = builds
        self._first = self._end = self._flaked = 0
        self._counts = collections.Counter()

    def may_be_unstable(self, since, until):
        """Whether it can be: who does not flake often enough even so need not be looked at."""
        while self._end < len(self._builds) and self._builds[self._end][0] < until:
            self._count(self._builds[self._end], 1)
            self._end += 1
        while self._first < self._end and self._builds[self._first][0] < since:
            self._count(self._builds[self._first], -1)
            self._first += 1
        return self._flaked >= flakes.MIN_FLAKED

    def _count(self, build, step):
        _, patch_set, _ = build
        self._flaked -= self._is_flaked(patch_set)
        self._counts[build[1:]] += step
        self._flaked += self._is_flaked(patch_set)

    def _is_flaked(self, patch_set):
        return self._counts[patch_set, PASSED] > 0 and self._counts[patch_set, FAILED] > 0


def _between(builds, since, until):
    first = bisect.bisect_left(builds, since, key=lambda build: build[0])
    end = bisect.bisect_left(builds, until, lo=first, key=lambda build: build[0])
    return [(patch_set, result) for _, patch_set, result in builds[first:end]]


def _read_spells(connection, system_id, since, until):
    """(start, end or None) of those in which votes are set aside, in their order; they do not overlap."""
    table = models.Spell
    statement = (
        sa.select(table.started_at, table.ended_at)
        .where(
            table.ci_system_id == system_id,
            table.kind.in_(spells.SET_ASIDE),
            table.called_at <= until,
            sa.or_(table.ended_at.is_(None), table.ended_at >= since),
        )
        .order_by(table.started_at)
    )
    return [tuple(row) for row in connection.execute(statement)]


def _read(connection, system_id, since, until):
    report = models.Report
    statement = (
        sa.select(report.posted_at, report.patch_set_id, report.digest, report.summary)
        .where(
            report.account_id.in_(spells.accounts_of(connection, system_id)),
            report.kind == base.Kind.FINISHED,
            report.summary.is_not(None),
            report.posted_at >= since,
            report.posted_at <= until,
        )
        .order_by(report.posted_at, report.digest, report.patch_set_id)
    )
    return connection.execute(statement)


def _read_names(connection, job_ids):
    found, job_ids = {}, sorted(job_ids)
    for start in range(0, len(job_ids), 500):
        statement = sa.select(models.Job.id, models.Job.name).where(
            models.Job.id.in_(job_ids[start : start + 500])
        )
        found.update(map(tuple, connection.execute(statement)))
    return found
