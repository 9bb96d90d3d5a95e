"""The rows of the daily figures: written by the day, read by the window."""

import functools
import typing

import msgspec
import sqlalchemy as sa

from ciwatch.db import bulk
from ciwatch.db import lookup
from ciwatch.db import models
from ciwatch.insight import days
from ciwatch.insight import histogram
from ciwatch.recorder.dirty import Place

PROJECTS = models.DailyProject.__table__
SYSTEMS = models.DailySystem.__table__
JOBS = models.DailyJob.__table__

_KEY = ("project_id", "branch", "day")


class Told(typing.NamedTuple):
    """What it changed that days were counted anew.

    :ivar expecting: the places where it changed who can be expected later.
    :ivar changed: CI id -> the first day on which its figures changed.
    :ivar gone: the same of the CIs that have no figures any more on a day.
    :ivar project_ids: the projects of which any row changed.
    """

    expecting: set
    changed: dict
    gone: dict
    project_ids: set


class Row(typing.NamedTuple):
    """A CI's figures, or a job's, on one day of a project's branch."""

    place: Place
    id: int
    figures: typing.Any


def write(connection, counted):
    """Puts days in the place of what was counted of them before.

    :param counted: :class:`~ciwatch.recorder.dirty.Place` -> :class:`~ciwatch.insight.days.Counted`.
    :returns: :class:`Told`.
    """
    places = list(counted)
    told_projects = {
        place: of.project for place, of in counted.items() if of.project.patch_sets or of.project.later_at
    }
    told_systems = {(place, key): row for place, of in counted.items() for key, row in of.systems.items()}
    told_jobs = {(place, key): row for place, of in counted.items() for key, row in of.jobs.items()}
    known_projects = {
        place: row
        for place, _, row in _read(connection, PROJECTS, days.ProjectDay, None, _at(PROJECTS, places))
    }
    known_systems = {
        (place, key): row
        for place, key, row in _read(
            connection, SYSTEMS, days.SystemDay, "ci_system_id", _at(SYSTEMS, places)
        )
    }
    known_jobs = {
        (place, key): row
        for place, key, row in _read(connection, JOBS, days.JobDay, "job_id", _at(JOBS, places))
    }
    project_ids = _replace(
        connection,
        PROJECTS,
        {(p, None): r for p, r in known_projects.items()},
        {(p, None): r for p, r in told_projects.items()},
        None,
    )
    project_ids |= _replace(connection, SYSTEMS, known_systems, told_systems, "ci_system_id")
    project_ids |= _replace(connection, JOBS, known_jobs, told_jobs, "job_id")
    changed, gone = {}, {}
    for place, system_id in known_systems.keys() | told_systems.keys():
        told = told_systems.get((place, system_id))
        if known_systems.get((place, system_id)) != told:
            for first in (changed, gone) if told is None else (changed,):
                first[system_id] = min(place.day, first.get(system_id, place.day))
    expecting = _expecting(known_projects, told_projects, known_systems, told_systems)
    return Told(expecting, changed, gone, project_ids)


def _expecting(known_projects, told_projects, known_systems, told_systems):
    """The places whose count of patch sets, or of those that a CI reported on, changed."""

    def patch_sets(row):
        return row.patch_sets if row else 0

    def reported(row):
        return row.reported if row else 0

    return {
        place
        for place in known_projects.keys() | told_projects.keys()
        if patch_sets(known_projects.get(place)) != patch_sets(told_projects.get(place))
    } | {
        key[0]
        for key in known_systems.keys() | told_systems.keys()
        if reported(known_systems.get(key)) != reported(told_systems.get(key))
    }


def _at(table, places):
    return _among(table, _KEY, [tuple(place) for place in places])


def _among(table, names, found):
    return lookup.among([table.c[name] for name in names], found, by=[table.c.project_id, table.c.day])


@functools.cache
def _select(table, kind, id_name):
    keys = [table.c[name] for name in _KEY]
    ids = [table.c[id_name]] if id_name else [sa.literal(0)]
    return sa.select(*keys, *ids, *(table.c[name] for name in kind.__struct_fields__))


def _read(connection, table, kind, id_name, *conditions):
    """Yields a :class:`Row` for each row of *table*."""
    return _rows(connection.execute(_select(table, kind, id_name).where(*conditions)), kind)


def _rows(found, kind):
    for project_id, branch, day, row_id, *values in found.all():
        yield Row(Place(project_id, branch, day), row_id, kind(*values))


def _replace(connection, table, known, told, id_name):
    """Deletes rows that are gone, or no longer right, and inserts those that are new.

    :returns: the ids of the projects that these are of.
    """
    gone = [key for key, row in known.items() if told.get(key) != row]
    new = [key for key, row in told.items() if known.get(key) != row]
    names = [*_KEY, id_name] if id_name else list(_KEY)
    for start in range(0, len(gone), 200):
        part = [(*place, row_id) if id_name else tuple(place) for place, row_id in gone[start : start + 200]]
        connection.execute(sa.delete(table).where(_among(table, names, part)))
    rows = []
    for place, row_id in new:
        row = {**place._asdict(), **msgspec.structs.asdict(told[place, row_id])}
        if id_name:
            row[id_name] = row_id
        rows.append(row)
    bulk.insert(connection, table, rows)
    return {place.project_id for place, _ in (*gone, *new)}


class Kind(typing.NamedTuple):
    """A kind of rows: their table, what their figures are, and the name of their id; None for none."""

    table: sa.Table
    figures: type
    id_name: str | None

    def select(self, *conditions):
        """The statement for :meth:`read`, to be said once, with bound parameters."""
        return _select(*self).where(*conditions)

    def read(self, connection, statement, asked):
        """A :class:`Row` for each that a statement finds.

        :param asked: its parameters.
        """
        return list(_rows(connection.execute(statement, asked), self.figures))


#: The figures of :class:`~ciwatch.insight.days.SystemDay` that are packed histograms.
TIMES = ("answer_times", "recheck_times")

OF_PROJECTS = Kind(PROJECTS, days.ProjectDay, None)
OF_SYSTEMS = Kind(SYSTEMS, days.SystemDay, "ci_system_id")
OF_JOBS = Kind(JOBS, days.JobDay, "job_id")


def read_systems(connection, *conditions):
    """A :class:`Row` of :class:`~ciwatch.insight.days.SystemDay` for each day that meets the conditions."""
    return list(_read(connection, SYSTEMS, days.SystemDay, "ci_system_id", *conditions))


def total(figures):
    """The sum of some days' figures of a kind, as another one.

    :param figures: at least one, of :class:`~ciwatch.insight.days.SystemDay` or of
        :class:`~ciwatch.insight.days.JobDay`.
    """
    columns = zip(*map(msgspec.structs.astuple, figures), strict=True)
    return type(figures[0])(
        *(sum(each) if isinstance(each[0], int) else histogram.total(each) for each in columns)
    )


def corrected(kept, come, gone):
    """The figures of a day without what is *gone*, and with what is *come*; each None for none of a kind.

    Moments, which cannot be added up, stay as they are kept.
    """
    kind = next(type(each) for each in (kept, come, gone) if each is not None)
    each = [figures or kind() for figures in (kept, come, gone)]
    found = {}
    for name in kind.__struct_fields__:
        before, more, less = (getattr(figures, name) for figures in each)
        if isinstance(before, int):
            found[name] = before + more - less
        elif isinstance(before, str):
            found[name] = histogram.corrected(before, more, less)
        else:
            found[name] = before
    return kind(**found)
