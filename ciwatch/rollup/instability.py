"""Which jobs of a CI were unstable on a day."""

import bisect
import collections
import datetime
import functools
import operator
import typing

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import summary
from ciwatch.db import types
from ciwatch.insight import flakes
from ciwatch.insight import statistics
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
        self._dialect, self._by_job = connection.dialect, {}
        said = _read_said(connection, system_id, since, until)
        self._last_at = said.times[-1] if said.times else None
        for at, patch_set, line in zip(*said, strict=True):
            for job, result in _voting(line):
                self._by_job.setdefault(job, []).append((at, patch_set, result))
        self._windows = {job: _Window(builds) for job, builds in self._by_job.items()}
        self._names = _read_names(connection, self._by_job)
        self._known = {}

    @property
    def last_at(self):
        """When the newest was posted, or None."""
        return types.moment(self._last_at, self._dialect)

    def flakiness(self, moment):
        """(job, :class:`~ciwatch.insight.flakes.Flakiness`) of those that judged in the 28 days before."""
        found = []
        for job, builds in self._by_job.items():
            chosen = _between(builds, *self._reach(moment))
            if chosen:
                found.append((self._names[job], flakes.flakiness(chosen)))
        return sorted(found, key=lambda each: each[0])

    def unstable(self, day):
        """(job, rate of flaked patch sets) of those that are unstable on the morning of a *day*."""
        if day not in self._known:
            self._known[day] = sorted(self._find(midnight(day)))
        return self._known[day]

    def _find(self, moment):
        since, until = self._reach(moment)
        for job, window in self._windows.items():
            if window.may_be_unstable(since, until):
                found = flakes.flakiness(_between(self._by_job[job], since, until))
                if found.is_unstable:
                    yield self._names[job], found.flaked

    def _reach(self, moment):
        return _reach(moment, self._dialect)


def builds_of(connection, system_id, job_id, moment, until):
    """(moment, patch set, result) of the builds of a job of which it is asked whether it is unstable then.

    The moments are :class:`~ciwatch.db.types.KeptMoment`.

    :param until: what was said later is not known.
    """
    return [
        (at, patch_set, result)
        for at, patch_set, line in zip(*_read_reach(connection, system_id, moment, until), strict=True)
        if line
        for result in _voting_of(line, job_id)
    ]


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


def unstable_at(connection, system_id, moment, until):
    """(job, rate of flaked patch sets) of the jobs that are unstable at one moment, by name.

    The same as :meth:`Builds.unstable`, with less to do: few jobs flip at all, and only of these all builds
    are looked at.

    :param until: what was said later is not known.
    """
    _, patch_sets, lines = _read_reach(connection, system_id, moment, until)
    said, mixed = {}, {}
    for patch_set, line in zip(patch_sets, lines, strict=True):
        if line and said.setdefault(patch_set, line) != line:
            mixed.setdefault(patch_set, {said[patch_set]}).add(line)
    # Most lines of a CI are alike: what they say is asked of each once.
    alike = collections.Counter(said.values())
    twice = {line for line in alike if _names_twice(line)}
    if twice:
        mixed.update({place: {line} for place, line in said.items() if line in twice and place not in mixed})
    flaked, judged = collections.Counter(), collections.Counter()
    for found in mixed.values():
        builds = set().union(*map(_voting, found))
        for job, result in builds:
            if result == PASSED and (job, FAILED) in builds:
                flaked[job] += 1
    for line, count in alike.items() if flaked else ():
        for job in {job for job, _ in _voting(line)}.intersection(flaked):
            judged[job] += count
    # Without the runs of failures, and with what only a later report judged, it is less.
    most = {job: statistics.rate(count, max(count, judged[job])) for job, count in flaked.items()}
    by_job = {job: [] for job, rate in most.items() if flakes.Flakiness(rate).is_unstable}
    told = {line: [build for build in _voting(line) if build[0] in by_job] for line in set(lines)}
    for patch_set, line in zip(patch_sets, lines, strict=True) if by_job else ():
        for job, result in told[line]:
            by_job[job].append((patch_set, result))
    names = _read_names(connection, by_job)
    found = ((names[job], flakes.flakiness(builds)) for job, builds in by_job.items())
    return sorted((name, of.flaked) for name, of in found if of.is_unstable)


def _between(builds, since, until):
    first = bisect.bisect_left(builds, since, key=lambda build: build[0])
    end = bisect.bisect_left(builds, until, lo=first, key=lambda build: build[0])
    return [(patch_set, result) for _, patch_set, result in builds[first:end]]


def _kept(column):
    return sa.type_coerce(column, types.KeptMoment())


# Said once: to put a statement together takes longer than SQLite takes for it.

# The start, and the end or None, of the spells in which votes are set aside.
_SPELLS = (
    sa.select(_kept(models.Spell.started_at), _kept(models.Spell.ended_at))
    .where(
        models.Spell.ci_system_id == sa.bindparam("ci_system_id"),
        models.Spell.kind.in_(spells.SET_ASIDE),
        models.Spell.called_at <= sa.bindparam("until"),
        sa.or_(models.Spell.ended_at.is_(None), models.Spell.ended_at >= sa.bindparam("since")),
    )
    .order_by(models.Spell.started_at)
)

_LINES = (
    sa.select(
        _kept(models.Report.posted_at),
        models.Report.digest,
        models.Report.patch_set_id,
        models.Report.summary,
    )
    .where(
        models.Report.account_id.in_(sa.bindparam("account_ids", expanding=True)),
        models.Report.kind == base.Kind.FINISHED,
        models.Report.summary.is_not(None),
        models.Report.posted_at >= sa.bindparam("first"),
        models.Report.posted_at <= sa.bindparam("until"),
    )
    # In this order the index has them; those of one second are brought into theirs when they are read.
    .order_by(models.Report.posted_at)
)
_IN_ORDER = operator.itemgetter(0, 1, 2)


class _Said(typing.NamedTuple):
    """What a CI said, in the order of time, by columns: a row for each of thousands would take as long again.

    :ivar times: when, as moments are kept.
    :ivar patch_sets: of which patch set.
    :ivar lines: the builds, a summary; empty where they do not count.
    """

    times: list
    patch_sets: list
    lines: list


def _read_said(connection, system_id, since, until):
    """The :class:`_Said` of the reports of a CI.

    What is posted once more does not count, nor what was said in a spell in which every job failed: that it
    passed when it was asked again, is no flake.

    :param since: the first moment of which is asked; the days that it looks back at are read, too.
    """
    first = since - _REACH - _AGAIN
    asked = {"account_ids": spells.accounts_of(connection, system_id), "first": first, "until": until}
    # Row by row takes twice as long.
    rows = sorted(connection.execute(_LINES, asked).all(), key=_IN_ORDER)
    times, digests, patch_sets, lines = map(list, zip(*rows, strict=True)) if rows else ([], [], [], [])
    before, counts = {}, collections.Counter(patch_sets)
    # Of what is read of the first days, it is known whether it was posted once more.
    for place, patch_set in enumerate(patch_sets):
        if counts[patch_set] > 1:
            text = patch_set, digests[place]
            if text in before and _is_again(times[before[text]], times[place], connection.dialect):
                lines[place] = ""
            before[text] = place
    asked = {"ci_system_id": system_id, "since": first, "until": until}
    for start, end in connection.execute(_SPELLS, asked).all():
        stop = len(times) if end is None else bisect.bisect_left(times, end)
        for place in range(bisect.bisect_left(times, start), stop):
            lines[place] = ""
    return _Said(times, patch_sets, lines)


def _is_again(before, at, dialect):
    return types.moment(at, dialect) - types.moment(before, dialect) <= _AGAIN


def _read_reach(connection, system_id, moment, until):
    """That of :func:`_read_said` of which it is asked whether a job is unstable at one moment."""
    said = _read_said(connection, system_id, moment, until)
    first, end = (bisect.bisect_left(said.times, each) for each in _reach(moment, connection.dialect))
    return _Said(*(column[first:end] for column in said))


def _reach(moment, dialect):
    """The days before a moment in which a job flakes: from when, and until when, as moments are kept."""
    return types.kept(moment - _REACH, dialect), types.kept(moment, dialect)


@functools.lru_cache(maxsize=16384)
def _names_twice(line):
    """Whether a summary tells of a job that it both passed and failed."""
    builds = _voting(line)
    return len(set(builds)) != len({job for job, _ in builds})


@functools.lru_cache(maxsize=16384)
def _voting(line):
    """(job id, result) of the voting builds of a summary that passed or failed."""
    return tuple(
        (build.job, str(build.result))
        for build in summary.unpack(line)
        if build.voting and build.result in (PASSED, FAILED)
    )


@functools.lru_cache(maxsize=16384)
def _voting_of(line, job_id):
    """The results of one job among those of :func:`_voting`."""
    return tuple(result for job, result in _voting(line) if job == job_id)


def _read_names(connection, job_ids):
    found, job_ids = {}, sorted(job_ids)
    for start in range(0, len(job_ids), 500):
        found.update(map(tuple, connection.execute(_NAMES, {"job_ids": job_ids[start : start + 500]})))
    return found


_NAMES = sa.select(models.Job.id, models.Job.name).where(
    models.Job.id.in_(sa.bindparam("job_ids", expanding=True))
)
