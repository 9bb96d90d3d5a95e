"""The days of a window as of a moment: read where what was counted was right then, counted anew where not.

What was not is counted while the page is made: see :mod:`~ciwatch.rollup.corrections`.
"""

import collections
import datetime
import functools
import operator
import typing

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import days
from ciwatch.insight import histogram
from ciwatch.insight import scene
from ciwatch.recorder.dirty import Place
from ciwatch.rollup import corrections
from ciwatch.rollup import daily
from ciwatch.rollup import scenes

DIRTY = models.DirtyDay.__table__

# All that can be added up by the database.
_COUNTS = tuple(name for name in days.SystemDay.__struct_fields__ if name not in daily.TIMES)

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
        self._narrowed = Narrowed(
            True,
            scope.project_id is not None,
            scope.branch is not None,
            self._systems is not None,
            scope.job_id is not None,
        )
        #: How many days wait to be counted, and are not counted here since they are too many.
        self.waiting = 0

    def systems(self):
        """A :class:`~ciwatch.rollup.daily.Row` of each CI's days."""
        rows = self._read(daily.OF_SYSTEMS)
        return self._then(rows, self._corrections, lambda counted: counted.systems)

    def jobs(self):
        """A :class:`~ciwatch.rollup.daily.Row` of each day of a CI's jobs: no more is counted than these."""
        rows = self._read(daily.OF_JOBS)
        said = corrections.read_jobs(self._known, self._scope.system_id, self._stale, self._as_of)
        return self._then(rows, said, self._own_jobs)

    def _then(self, rows, corrected, figures_of):
        """Kept rows as they were at the moment.

        :param corrected: place -> :class:`~ciwatch.rollup.corrections.Correction`.
        :param figures_of: gives the figures of what *corrected* has, by the ids of the rows.
        """
        if not corrected:
            return rows
        found = {(row.place, row.id): row.figures for row in rows if row.place not in self._stale.whole}
        for place, (come, gone) in corrected.items():
            come, gone = figures_of(come), figures_of(gone) if gone else {}
            for row_id in come.keys() | gone.keys():
                key = place, row_id
                found[key] = daily.corrected(found.get(key), come.get(row_id), gone.get(row_id))
        return [daily.Row(*key, figures) for key, figures in found.items() if figures != type(figures)()]

    def sums(self, names):
        """(project id, CI id) -> sums of some figures of :class:`~ciwatch.insight.days.SystemDay`, as a list.

        The database adds them up: a hundred thousand rows are too many for a page to read.

        :param names: their names.
        """
        return self._sums(
            daily.OF_SYSTEMS,
            names,
            lambda place, counted: {(place.project_id, key): each for key, each in counted.systems.items()},
        )

    def totals(self):
        """CI id -> the sum of its days, and the ids of the projects on which these are.

        What the rows of :meth:`systems` come to, in a fraction of the time: a gate has thousands.
        """
        sums, found = {key: counts for key, counts in self.sums(_COUNTS).items() if any(counts)}, {}
        for (_, system_id), counts in sums.items():
            found[system_id] = list(map(operator.add, counts, found.get(system_id, [0] * len(counts))))
        times = self._times()
        none = [""] * len(daily.TIMES)
        totals = {
            system_id: days.SystemDay(
                **dict(zip(_COUNTS, counts, strict=True)),
                **dict(zip(daily.TIMES, times.get(system_id, none), strict=True)),
            )
            for system_id, counts in found.items()
        }
        return totals, {project_id for project_id, _ in sums}

    def _times(self):
        """CI id -> its packed histograms, in the order of :data:`~ciwatch.rollup.daily.TIMES`."""
        columns, packed = daily.SYSTEMS.c, {}
        statement = self._without_stale(_select_times(self._narrowed), columns)
        for system_id, *texts in self._connection.execute(statement, self._asked).all():
            packed.setdefault(system_id, []).append(texts)
        found = {
            system_id: [histogram.total(each) for each in zip(*texts, strict=True)]
            for system_id, texts in packed.items()
        }
        for correction in self._corrections.values():
            come, gone = ({} if counted is None else counted.systems for counted in correction)
            for system_id in come.keys() | gone.keys():
                more, less = (each.get(system_id) or days.SystemDay() for each in (come, gone))
                before = found.get(system_id, [""] * len(daily.TIMES))
                found[system_id] = [
                    histogram.corrected(text, getattr(more, name), getattr(less, name))
                    for name, text in zip(daily.TIMES, before, strict=True)
                ]
        return found

    def job_sums(self, names):
        """Job id -> the same of :class:`~ciwatch.insight.days.JobDay`, on all projects together."""
        found = self._sums(
            daily.OF_JOBS,
            names,
            lambda place, counted: {(key,): each for key, each in self._own_jobs(counted.jobs).items()},
        )
        return {job_id: sums for (job_id,), sums in found.items()}

    def project_sums(self, names):
        """Project id -> the same of :class:`~ciwatch.insight.days.ProjectDay`."""
        found = self._sums(
            daily.OF_PROJECTS, names, lambda place, counted: {(place.project_id,): counted.project}
        )
        return {project_id: sums for (project_id,), sums in found.items()}

    def _sums(self, kind, names, figures_of):
        """Key -> the sums of some figures of a :class:`~ciwatch.rollup.daily.Kind`.

        :param figures_of: gives key -> figures of a day that was counted anew.
        """
        statement = self._without_stale(_select_sums(kind, tuple(names), self._narrowed), kind.table.c)
        rows = self._connection.execute(statement, self._asked).all()
        # MySQL's sums are decimals.
        found = {tuple(row[len(names) :]): list(map(int, row[: len(names)])) for row in rows}
        for place, correction in self._corrections.items():
            for sign, counted in zip((1, -1), correction, strict=True):
                for key, figures in ({} if counted is None else figures_of(place, counted)).items():
                    sums = found.setdefault(key, [0] * len(names))
                    for number, name in enumerate(names):
                        sums[number] += sign * getattr(figures, name)
        return found

    def _without_stale(self, statement, columns):
        """A *statement* about the days but for those that are counted anew as a whole."""
        if not self._stale.whole:
            return statement
        place = sa.tuple_(*(columns[name] for name in Place._fields))
        return statement.where(place.not_in([tuple(each) for each in sorted(self._stale.whole)]))

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
        names = frozenset(names)
        left = self._counts(names)
        most = _PATCH_SETS_AT_ONCE if wanted is None else min(_PATCH_SETS_AT_ONCE, skip + wanted)
        while left and left[-1].is_known and left[-1].count <= skip:
            skip -= left.pop().count
        while left:
            found = self._look(_lot(left, most), names, with_others)
            yield from found[skip:]
            skip = max(0, skip - len(found))

    def _counts(self, names):
        """A :class:`_Count` for each day on which some figures count, or may count now, the newest last."""
        counts, by_day = collections.Counter(), {}
        for *key, number in self._connection.execute(_select_counts(names, self._narrowed), self._asked):
            place = Place._make(key)
            # Before, there is nothing that could be listed.
            if place.day >= self._known.kept_from:
                counts[place] = number
        for place, (come, gone) in self._partly.items():
            counts[place] += self._count(come, names) - self._count(gone, names)
        whole = self._stale.whole
        for place in counts.keys() | whole:
            if counts[place] or place in whole:
                by_day.setdefault(place.day, []).append(place)
        return [
            # Where so many days wait to be counted, no count can be relied upon.
            _Count(
                sorted(places),
                sum(counts[place] for place in places),
                not self.waiting and whole.isdisjoint(places),
            )
            for _, places in sorted(by_day.items())
        ]

    def _count(self, counted, names):
        """How many patch sets some figures of the CI count in a :class:`~ciwatch.insight.days.Counted`."""
        figures = counted.systems.get(self._scope.system_id)
        return sum(getattr(figures, name) for name in names) if figures else 0

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

    @functools.cached_property
    def _stale(self):
        """The :class:`~ciwatch.rollup.corrections.Stale` days."""
        statement = _select_stale(self._narrowed)
        return corrections.find(
            self._known, self._systems, self._dirty(), self._as_of, statement, self._asked
        )

    def _dirty(self):
        """The places of the days that wait to be counted, unless there are too many."""
        rows = self._connection.execute(_select_dirty(self._narrowed), self._asked)
        dirty = {Place._make(row) for row in rows}
        if len(dirty) <= _MOST_WAITING:
            return dirty
        waiting = _select_dirty(self._narrowed).limit(None)
        count = sa.select(sa.func.count()).select_from(waiting.subquery())
        self.waiting = self._connection.scalar(count, self._asked)
        return set()

    @functools.cached_property
    def _partly(self):
        """Place -> :class:`~ciwatch.rollup.corrections.Correction` of days on which few patch sets differ."""
        return corrections.read_partly(self._known, self._systems, self._stale.partly, self._as_of)

    @functools.cached_property
    def _corrections(self):
        """The same of all stale days."""
        whole = corrections.read_whole(self._known, self._systems, self._stale.whole, self._as_of)
        return whole | self._partly

    def _read(self, kind):
        """The kept rows of a :class:`~ciwatch.rollup.daily.Kind`."""
        return kind.read(self._connection, _select_rows(kind, self._narrowed), self._asked)

    @property
    def _asked(self):
        """The parameters of all statements."""
        return {
            "first": self._first,
            "last": self._last,
            "project_id": self._scope.project_id,
            "branch": self._scope.branch,
            "system_ids": self._systems or (),
            "job_id": self._scope.job_id,
        }

    def _own_jobs(self, jobs):
        """Those of some jobs of the CIs, by id, that are asked about."""
        wanted = self._scope.job_id
        return jobs if wanted is None else {wanted: jobs[wanted]} if wanted in jobs else {}


class Narrowed(typing.NamedTuple):
    """By what statements are narrowed; by what just, are parameters.

    So a statement is said once for each kind of window: to put one together takes longer than SQLite takes
    for most of them.
    """

    has_first: bool
    by_project: bool
    by_branch: bool
    by_system: bool
    by_job: bool


_SYSTEM_IDS = sa.bindparam("system_ids", expanding=True)

_JOBS = sa.select(models.Job.id).where(models.Job.ci_system_id.in_(_SYSTEM_IDS))

_REPORTED_ON = (
    sa.select(models.AccountProject.project_id)
    .join(models.Account, models.Account.id == models.AccountProject.account_id)
    .where(models.Account.ci_system_id.in_(_SYSTEM_IDS))
)


def _within(columns, narrowed):
    """The conditions that a day is one of the window."""
    conditions = [columns.day <= sa.bindparam("last")]
    if narrowed.has_first:
        conditions.append(columns.day >= sa.bindparam("first"))
    if narrowed.by_project:
        conditions.append(columns.project_id == sa.bindparam("project_id"))
    if narrowed.by_branch:
        conditions.append(columns.branch == sa.bindparam("branch"))
    return conditions


def where_it_reports(columns, narrowed):
    """The same, and that the CIs report on its project."""
    conditions = _within(columns, narrowed)
    if narrowed.by_system and not narrowed.by_project:
        conditions.append(columns.project_id.in_(_REPORTED_ON))
    return conditions


def _whose(kind, narrowed):
    """The conditions that a row of a kind is of what is asked about."""
    columns = kind.table.c
    if kind.id_name == "job_id" and narrowed.by_job:
        return [columns.job_id == sa.bindparam("job_id")]
    if kind.id_name is None or not narrowed.by_system:
        return []
    return [columns.job_id.in_(_JOBS) if kind.id_name == "job_id" else columns.ci_system_id.in_(_SYSTEM_IDS)]


@functools.cache
def _select_rows(kind, narrowed):
    return kind.select(*_within(kind.table.c, narrowed), *_whose(kind, narrowed))


@functools.cache
def _select_sums(kind, names, narrowed):
    columns = kind.table.c
    # Of jobs nobody asks by project. By ids first, since SQLite would else read all of a CI to have them in
    # the order of its key.
    keys = [columns[name] for name in _SUMMED_BY[kind]]
    return (
        sa.select(*(sa.func.sum(columns[name]) for name in names), *keys)
        .where(*_within(columns, narrowed), *_whose(kind, narrowed))
        .group_by(*reversed(keys))
    )


_SUMMED_BY = {
    daily.OF_SYSTEMS: ("project_id", "ci_system_id"),
    daily.OF_JOBS: ("job_id",),
    daily.OF_PROJECTS: ("project_id",),
}


@functools.cache
def _select_times(narrowed):
    columns = daily.SYSTEMS.c
    return sa.select(columns.ci_system_id, *(columns[name] for name in daily.TIMES)).where(
        *_within(columns, narrowed), *_whose(daily.OF_SYSTEMS, narrowed)
    )


@functools.cache
def _select_counts(names, narrowed):
    columns = daily.SYSTEMS.c
    count = sum((columns[name] for name in sorted(names)), sa.literal(0))
    return sa.select(columns.project_id, columns.branch, columns.day, count).where(
        *_within(columns, narrowed), *_whose(daily.OF_SYSTEMS, narrowed), count > 0
    )


@functools.cache
def _select_stale(narrowed):
    return corrections.select(*where_it_reports(daily.PROJECTS.c, narrowed))


@functools.cache
def _select_dirty(narrowed):
    places = sa.select(DIRTY.c.project_id, DIRTY.c.branch, DIRTY.c.day)
    return places.where(*where_it_reports(DIRTY.c, narrowed)).distinct().limit(_MOST_WAITING + 1)


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
