"""The days of a window as of a moment: read where what was counted was right then, counted anew where not.

What is kept of a day is as of its last count. A page as of an earlier moment must not know what was said
later, and one as of now has to see that an answer which was pending is missed by now; the few days that this
changes are counted while the page is made.
"""

import datetime
import functools
import typing

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import days
from ciwatch.insight import scene
from ciwatch.recorder.dirty import Place
from ciwatch.rollup import daily
from ciwatch.rollup import scenes

DIRTY = models.DirtyDay.__table__

# Where more days than these wait to be counted, a page tells so, and does not count them for itself.
_MOST_WAITING = 60

# Of a list, so many patch sets are read at once, of so many days: about a page.
_PATCH_SETS_AT_ONCE = 110
_DAYS_AT_ONCE = 60


class Scope(typing.NamedTuple):
    """Of what the figures are: each None for all.

    :ivar system_id: of this CI.
    :ivar project_id: on this project, and *branch*.
    :ivar of_gate: of the CIs that are the gate, and no others.
    :ivar job_id: of this job of the CI, where it is asked about jobs.
    """

    system_id: int | None = None
    project_id: int | None = None
    branch: str | None = None
    of_gate: bool = False
    job_id: int | None = None


class Days(typing.NamedTuple):
    """Lists of :class:`~ciwatch.rollup.daily.Row`."""

    projects: list
    systems: list
    jobs: list


class Found(typing.NamedTuple):
    """A patch set that a figure counts: its :class:`~ciwatch.insight.scene.Case`, and the CI's."""

    place: Place
    case: typing.Any
    system: typing.Any


class Window:
    """Some days as of a moment."""

    def __init__(self, known, scope, first, last, as_of):
        """Takes what is asked for.

        :param known: a :class:`~ciwatch.rollup.known.Known`.
        :param scope: a :class:`Scope`.
        :param first: the first date.
        :param last: the last one; what came after *as_of* is left out.
        """
        self._known = known
        self._connection = known.connection
        self._scope = scope
        self._first = first
        self._last = min(last, as_of.date())
        self._as_of = as_of
        self._systems = _systems(known, scope)
        self._stale = None
        self._counted = None
        #: How many days wait to be counted, and are not counted here since they are too many.
        self.waiting = 0

    def read(self, with_jobs=False):
        """The :class:`Days`."""
        stale = self.stale()
        projects = self._kept(daily.read_projects, daily.PROJECTS, stale)
        systems = self._kept(daily.read_systems, daily.SYSTEMS, stale, self._of_system())
        jobs = self._kept(daily.read_jobs, daily.JOBS, stale, self._of_jobs()) if with_jobs else []
        for place in sorted(stale):
            counted = self._count(place)
            if counted.project.patch_sets:
                projects.append(daily.Row(place, 0, counted.project))
            systems += [
                daily.Row(place, system_id, counted.systems[system_id])
                for system_id in self._own_systems(counted.systems)
            ]
            if with_jobs:
                ours = self._own_jobs(counted.jobs)
                jobs += [daily.Row(place, job_id, counted.jobs[job_id]) for job_id in ours]
        return Days(projects, systems, jobs)

    def jobs(self):
        """The :class:`~ciwatch.rollup.daily.Row` of a CI's jobs, or of one: no more is counted than these."""
        stale, spoke = self.stale(), scene.NEEDS["answered"]
        rows = self._kept(daily.read_jobs, daily.JOBS, stale, self._of_jobs())
        told = (
            scenes.read_some(self._known, stale, self._as_of, spoke, self._scope.system_id) if stale else {}
        )
        for place, there in told.items():
            counted = {}
            for patch_set in there.patch_sets:
                days.add_jobs(counted, there.attempts[patch_set.id][self._scope.system_id])
            rows += [daily.Row(place, job_id, counted[job_id]) for job_id in self._own_jobs(counted)]
        return rows

    def sums(self, names, of_jobs=False):
        """(project id, CI id) -> sums of some figures of :class:`~ciwatch.insight.days.SystemDay`, as a list.

        The database adds them up: a hundred thousand rows are too many for a page to read.

        :param names: their names.
        :param of_jobs: whether they are those of :class:`~ciwatch.insight.days.JobDay`, by job id.
        """
        table, key = (daily.JOBS.c, "job_id") if of_jobs else (daily.SYSTEMS.c, "ci_system_id")
        stale, keys = self.stale(), (table.project_id, table[key])
        conditions = self._at(table) + (self._of_jobs() if of_jobs else self._of_system())
        if stale:
            place = sa.tuple_(table.project_id, table.branch, table.day)
            conditions.append(place.not_in([tuple(each) for each in sorted(stale)]))
        statement = (
            sa.select(*keys, *(sa.func.sum(table[name]) for name in names)).where(*conditions).group_by(*keys)
        )
        # MySQL's sums are decimals.
        found = {tuple(row[:2]): list(map(int, row[2:])) for row in self._connection.execute(statement)}
        for place in sorted(stale):
            counted = self._count(place)
            rows = counted.jobs if of_jobs else counted.systems
            for row_id in self._own_jobs(rows) if of_jobs else self._own_systems(rows):
                sums = found.setdefault((place.project_id, row_id), [0] * len(names))
                found[place.project_id, row_id] = [
                    before + getattr(rows[row_id], name) for before, name in zip(sums, names, strict=True)
                ]
        return found

    @property
    def known(self):
        """The :class:`~ciwatch.rollup.known.Known` that it reads with."""
        return self._known

    def behind(self, names, skip=0, with_others=False, wanted=None):
        """Yields a :class:`Found` for each patch set that one of some figures counts, the newest first.

        :param names: of :data:`~ciwatch.insight.scene.NEEDS`; a patch set counts in one of them at most. The
            scope has a CI.
        :param skip: so many of the newest are left out, most of them without looking at them.
        :param with_others: whether it is asked what others said, too.
        :param wanted: how many are asked for, where it is known: more days than these need are not looked at.
        """
        names, left = frozenset(names), self._counts(names)
        most = _PATCH_SETS_AT_ONCE if wanted is None else min(_PATCH_SETS_AT_ONCE, skip + wanted)
        while left and left[-1].is_known and left[-1].count <= skip:
            skip -= left.pop().count
        while left:
            found = self._look(_lot(left, most), names, with_others)
            yield from found[skip:]
            skip = max(0, skip - len(found))

    def _counts(self, names):
        """A :class:`_Count` for each day on which some figures count, or may count now, the newest last."""
        columns = daily.SYSTEMS.c
        count = sum((columns[name] for name in sorted(names)), sa.literal(0))
        statement = sa.select(columns.project_id, columns.branch, columns.day, count).where(
            *self._at(columns), *self._of_system(), count > 0
        )
        stale, by_day = self.stale(), {}
        for *place, number in self._connection.execute(statement):
            by_day.setdefault(place[-1], {})[Place._make(place)] = number
        for place in stale:
            by_day.setdefault(place.day, {}).setdefault(place, 0)
        return [
            # Where so many days wait to be counted, no count can be relied upon.
            _Count(sorted(counts), sum(counts.values()), not self.waiting and stale.isdisjoint(counts))
            for _, counts in sorted(by_day.items())
        ]

    def _look(self, places, names, with_others):
        """The :class:`Found` of some days, the newest first."""
        found, system_id = [], self._scope.system_id
        branches = {(place.project_id, place.branch) for place in places}
        if not self._known.may_depend_on_files(system_id, branches):
            # For these it would have to look at all that was answered, too.
            names = names - {"unknown_files"}
        if not names:
            return []
        need = functools.reduce(scene.Need.joined, (scene.NEEDS[name] for name in names))
        need = need._replace(of_others=need.of_others or with_others)
        for place, there in scenes.read_some(self._known, places, self._as_of, need, system_id).items():
            system = next(each for each in there.systems if each.id == system_id)
            found += [
                Found(place, case, system)
                for case in there.cases(self._as_of)
                if not names.isdisjoint(case.figures(system))
            ]
        return sorted(found, key=_age, reverse=True)

    def stale(self):
        """The :class:`~ciwatch.recorder.dirty.Place` of the days whose kept figures were others then."""
        if self._stale is None:
            self._stale = self._find_stale()
        return self._stale

    def _find_stale(self):
        columns = daily.PROJECTS.c
        statement = sa.select(columns.project_id, columns.branch, columns.day).where(
            *self._counted_at(columns),
            sa.or_(columns.changed_at > self._as_of, columns.due_at < self._as_of),
            *self._where_it_reports(columns),
        )
        found = {Place._make(row) for row in self._connection.execute(statement)}
        waiting = (
            sa.select(DIRTY.c.project_id, DIRTY.c.branch, DIRTY.c.day)
            .where(*self._waiting_at(DIRTY.c), *self._where_it_reports(DIRTY.c))
            .distinct()
        )
        dirty = {Place._make(row) for row in self._connection.execute(waiting.limit(_MOST_WAITING + 1))}
        if len(dirty) <= _MOST_WAITING:
            return found | dirty
        count = sa.select(sa.func.count()).select_from(waiting.subquery())
        self.waiting = self._connection.scalar(count)
        return found

    def _counted_at(self, columns):
        """The conditions of the days that matter, among those that were counted."""
        return self._at(columns)

    def _waiting_at(self, columns):
        """The same among those that wait to be counted."""
        return self._at(columns)

    def _kept(self, read, table, stale, conditions=()):
        rows = read(self._connection, *self._at(table.c), *conditions)
        return [row for row in rows if row.place not in stale]

    def _at(self, columns):
        conditions = [columns.day.between(self._first, self._last)]
        if self._scope.project_id is not None:
            conditions.append(columns.project_id == self._scope.project_id)
        if self._scope.branch is not None:
            conditions.append(columns.branch == self._scope.branch)
        return conditions

    def _of_system(self):
        return [] if self._systems is None else [daily.SYSTEMS.c.ci_system_id.in_(self._systems)]

    def _own_systems(self, system_ids):
        return [each for each in system_ids if self._systems is None or each in self._systems]

    def _of_jobs(self):
        if self._scope.job_id is not None:
            return [daily.JOBS.c.job_id == self._scope.job_id]
        if self._systems is None:
            return []
        jobs = sa.select(models.Job.id).where(models.Job.ci_system_id.in_(self._systems))
        return [daily.JOBS.c.job_id.in_(jobs)]

    def _own_jobs(self, job_ids):
        if self._scope.job_id is not None:
            return [each for each in job_ids if each == self._scope.job_id]
        if self._systems is None or not job_ids:
            return sorted(job_ids)
        jobs = sa.select(models.Job.id).where(
            models.Job.ci_system_id.in_(self._systems), models.Job.id.in_(job_ids)
        )
        return sorted(self._connection.scalars(jobs))

    def _where_it_reports(self, columns):
        if self._systems is None or self._scope.project_id is not None:
            return []
        there = (
            sa.select(models.AccountProject.project_id)
            .join(models.Account, models.Account.id == models.AccountProject.account_id)
            .where(models.Account.ci_system_id.in_(self._systems))
        )
        return [columns.project_id.in_(there)]

    def _count(self, place):
        """The :class:`~ciwatch.insight.days.Counted` of a stale day; all of them are read at once."""
        if self._counted is None:
            self._counted, by_branch = {}, {}
            for each in self.stale():
                by_branch.setdefault((each.project_id, each.branch), []).append(each.day)
            for branch, wanted in by_branch.items():
                self._known.learn(branch[0], min(wanted), max(wanted))
                for day, there in self._read_scenes(branch, wanted).items():
                    counted = days.count(there, self._as_of, self._systems)
                    self._counted[Place(*branch, day)] = counted
        return self._counted[place]

    def _read_scenes(self, branch, wanted):
        """What some stale days of a (project id, branch) are counted from."""
        return scenes.read(self._known, *branch, wanted, self._as_of)


class _Count(typing.NamedTuple):
    """How many patch sets of a day figures count, or if it is not known, did when they were counted last."""

    places: list
    count: int
    is_known: bool


def _lot(left, most):
    """Takes as many of the newest days of *left* as are worth looking at at once, for so many patch sets."""
    places, counted = [], 0
    while left and counted < most and len(places) < _DAYS_AT_ONCE:
        day = left.pop()
        places += day.places
        counted += day.count
    return places


def _age(found):
    return found.case.patch_set.seen_at, found.case.patch_set.id


def _systems(known, scope):
    """The ids of the CIs of which figures are asked for, or None for all."""
    if scope.system_id is not None:
        return [scope.system_id]
    return sorted(row.id for row in known.systems.values() if row.is_gate) if scope.of_gate else None


def ending(as_of, count):
    """The first and the last date of the *count* days that end with that of *as_of*.

    At midnight that is the day which ends then, and not the one that begins.
    """
    last = (as_of - datetime.timedelta(seconds=1)).date()
    return last - datetime.timedelta(days=count - 1), last
