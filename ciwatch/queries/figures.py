"""A CI's figures over some days, as of a moment; doc/source/user/figures.rst has what each of them means."""

import datetime
import operator
import typing

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import agreement
from ciwatch.insight import days
from ciwatch.insight import histogram
from ciwatch.insight import statistics
from ciwatch.rollup import daily
from ciwatch.rollup import known as knowns
from ciwatch.rollup import window as windows

#: So many days, where nobody asks for others.
DAYS = 30


class Times(msgspec.Struct, frozen=True):
    """Lengths of time in seconds: how many there are, and what half, 90 % and 99 % of them do not exceed."""

    count: int
    p50_s: int | None
    p90_s: int | None
    p99_s: int | None


class Figures(msgspec.Struct, frozen=True):
    """What the days say of a CI; each rate counts patch sets.

    :ivar answered: of those that were expected, and are neither pending nor superseded.
    :ivar in_time: of the answered ones, those within the limit.
    :ivar unknown_files: whether an answer is expected depends on files that Gerrit did not tell.
    :ivar passed: of the judged ones.
    :ivar infrastructure: of all that it reported on, those that it could not test.
    :ivar trust: of the failed ones that were confirmed or refuted, those confirmed; *open*, *set_aside* are
        neither.
    :ivar against_gate: how it and the gate judged the same patch sets; *agreed* is the rate of the same.
    :ivar wrongly_passed: of those that nearly all of many others failed, those that it passed.
    :ivar is_suspiciously_green: whether it never fails where others do.
    """

    answered: statistics.Rate
    in_time: statistics.Rate
    missed: int
    pending: int
    superseded: int
    unknown_files: int
    passed: statistics.Rate
    infrastructure: statistics.Rate
    unjudged: int
    trust: statistics.Rate
    open: int
    set_aside: int
    agreed: statistics.Rate
    against_gate: agreement.Table
    wrongly_passed: statistics.Rate
    is_suspiciously_green: bool
    time_to_answer: Times
    time_to_recheck: Times


class ProjectFigures(msgspec.Struct, frozen=True):
    """The same on one project; *limit_s* is the time in which an answer is expected there."""

    project: str
    limit_s: int
    figures: Figures


class Day(msgspec.Struct, frozen=True):
    """How many patch sets of a day it passed, failed, could not test, missed, and was set aside on."""

    day: datetime.date
    passed: int
    failed: int
    infrastructure: int
    unjudged: int
    missed: int
    pending: int
    superseded: int


class SystemFigures(msgspec.Struct, frozen=True):
    """A CI's figures of the days from *first* to *last*, as of a moment.

    :ivar waiting: how many days are recorded and not counted yet.
    """

    as_of: datetime.datetime
    first: datetime.date
    last: datetime.date
    waiting: int
    figures: Figures
    projects: list[ProjectFigures]
    days: list[Day]


class Counted(typing.NamedTuple):
    """What the days of a CI say, before it is told.

    :ivar window: the :class:`~ciwatch.rollup.window.Window` that they were read from.
    :ivar by_project: its name -> the sum of its days, a :class:`~ciwatch.insight.days.SystemDay`.
    :ivar total: the sum of these.
    """

    name: str
    as_of: datetime.datetime
    first: datetime.date
    last: datetime.date
    window: windows.Window
    by_project: dict
    total: days.SystemDay
    days: list[Day]

    @property
    def answer_times(self):
        """How long first answers took, a :class:`~ciwatch.insight.histogram.Histogram`."""
        return histogram.Histogram.unpack(self.total.answer_times)

    @property
    def recheck_times(self):
        """How long the answers to requests for a re-run took."""
        return histogram.Histogram.unpack(self.total.recheck_times)


def count(connection, registry, system_id, as_of, length=DAYS):
    """The :class:`Counted` of a CI.

    :param registry: the :class:`~ciwatch.registry.model.Registry`.
    :param as_of: the moment, UTC, of which it is told.
    :param length: how many days, of which the last is that of *as_of*.
    """
    first, last = windows.ending(as_of, length)
    known = knowns.Known(connection, registry, first)
    window = windows.Window(known, windows.Scope(system_id), first, last, as_of)
    by_project, by_day = {}, {}
    for row in window.systems():
        by_project.setdefault(known.projects[row.place.project_id], []).append(row.figures)
        by_day.setdefault(row.place.day, []).append(row.figures)
    by_project = {project: daily.total(figures) for project, figures in sorted(by_project.items())}
    total = daily.total(list(by_project.values())) if by_project else days.SystemDay()
    told = [_day(day, figures) for day, figures in sorted(by_day.items())]
    name = known.systems[system_id].name
    return Counted(name, as_of, first, last, window, by_project, total, told)


def read(connection, registry, system_id, as_of, length=DAYS):
    """The :class:`SystemFigures` of a CI; parameters are those of :func:`count`."""
    return tell(registry, count(connection, registry, system_id, as_of, length))


def tell(registry, counted):
    """The :class:`SystemFigures` of a :class:`Counted`."""
    projects = [
        ProjectFigures(project, int(registry.limit(counted.name, project).total_seconds()), _tell(total))
        for project, total in counted.by_project.items()
    ]
    return SystemFigures(
        counted.as_of,
        counted.first,
        counted.last,
        counted.window.waiting,
        _tell(counted.total),
        projects,
        counted.days,
    )


def find(connection, name):
    """The row (id, name, title, is_gate) of the CI called *name*, or None."""
    return connection.execute(_FIND, {"name": name}).first()


_FIND = sa.select(
    models.CISystem.id, models.CISystem.name, models.CISystem.title, models.CISystem.is_gate
).where(models.CISystem.name == sa.bindparam("name"))


def of(figures):
    """The :class:`Figures` of a list of :class:`~ciwatch.insight.days.SystemDay`."""
    return _tell(daily.total(figures) if figures else days.SystemDay())


def _tell(total):
    table = agreement.Table(
        total.both_passed, total.only_ci_failed, total.only_gate_failed, total.both_failed
    )
    judged = total.passed + total.failed
    reported = judged + total.infrastructure + total.unjudged
    return Figures(
        answered=statistics.rate(total.answered, total.answered + total.missed),
        in_time=statistics.rate(total.answered - total.late, total.answered),
        missed=total.missed,
        pending=total.pending,
        superseded=total.superseded,
        unknown_files=total.unknown_files,
        passed=statistics.rate(total.passed, judged),
        infrastructure=statistics.rate(total.infrastructure, reported),
        unjudged=total.unjudged,
        trust=statistics.rate(total.confirmed, total.confirmed + total.refuted),
        open=total.open,
        set_aside=total.set_aside,
        agreed=table.agreed,
        against_gate=table,
        wrongly_passed=statistics.rate(total.wrongly_passed, total.surely_broken),
        is_suspiciously_green=agreement.is_suspiciously_green(
            total.failed, judged, total.peers_failed, total.peers_judged
        ),
        time_to_answer=_times(total.answer_times),
        time_to_recheck=_times(total.recheck_times),
    )


def _times(packed):
    found = histogram.Histogram.unpack(packed)
    shares = (found.quantile(share) for share in (0.5, 0.9, 0.99))
    return Times(found.total, *(None if each is None else round(each) for each in shares))


# Without the times, which nobody shows by day, and which take longest to add.
_OF_DAY = operator.attrgetter(*Day.__struct_fields__[1:])


def _day(day, figures):
    return Day(day, *map(sum, zip(*map(_OF_DAY, figures), strict=True)))
