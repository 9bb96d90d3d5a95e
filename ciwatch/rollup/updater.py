"""Counts anew what is marked as dirty, until nothing is."""

import contextlib
import datetime
import hashlib

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import upsert
from ciwatch.insight import days
from ciwatch.insight import expectation
from ciwatch.insight.facts import midnight
from ciwatch.recorder import dirty
from ciwatch.recorder.dirty import Place
from ciwatch.rollup import daily
from ciwatch.rollup import known as knowns
from ciwatch.rollup import regressions
from ciwatch.rollup import scenes
from ciwatch.rollup import sicknesses
from ciwatch.rollup import silences
from ciwatch.rollup import spells
from ciwatch.rollup import statuses

DAYS = models.DirtyDay.__table__
SYSTEMS = models.DirtySystem.__table__
POSITIONS = models.TaskPosition.__table__
TURNS = models.RecorderTurn.__table__

#: Raised whenever a figure is counted in another way, so that all are counted anew.
VERSION = 1

_TASK = "rollup"
_DERIVED = (models.DailyProject, models.DailySystem, models.DailyJob, models.Spell, models.StatusPeriod)

# So many days, or CIs, are done in one transaction, in which no recorder records.
_DAYS_AT_ONCE = 40
_SYSTEMS_AT_ONCE = 10


class Updater:
    """Keeps the figures of a database."""

    def __init__(self, engine, registry):
        """Takes the engine, and the :class:`~ciwatch.registry.model.Registry`."""
        self._engine = engine
        self._registry = registry

    def rebuild(self):
        """Throws all figures away; :meth:`update` tells them anew."""
        with self._turn() as connection:
            for model in (*_DERIVED, models.DirtySystem):
                connection.execute(sa.delete(model))
            connection.execute(sa.delete(POSITIONS).where(POSITIONS.c.task == _TASK))

    def update(self, as_of):
        """Counts what is dirty, or became so by the time that passed.

        :param as_of: the present moment, UTC.
        :returns: a generator that yields (done, total) after each part; the figures are right when it ends.
        """
        with self._turn() as connection:
            self._begin(connection, as_of)
        # Votes cast in a sick spell are set aside: so these come before the days, the rest after both.
        parts = (self._some_sicknesses, self._some_days, self._some_others)
        sick_told, done = set(), 0
        while True:
            with self._turn() as connection:
                count = next(filter(None, (part(connection, as_of, sick_told) for part in parts)), 0)
                left = _count(connection, DAYS) + 2 * _count(connection, SYSTEMS) - len(sick_told)
            if not count:
                return
            done += count
            yield done, done + left

    @contextlib.contextmanager
    def _turn(self):
        """A transaction in which no recorder records; what those remember of their rows stays true."""
        with self._engine.begin() as connection:
            connection.execute(sa.select(TURNS.c.mark).with_for_update())
            yield connection

    def _begin(self, connection, as_of):
        """Marks what the passing of time, another registry, or another way of counting changes."""
        fingerprint = hashlib.blake2b(
            f"{VERSION} {self._registry.digest}".encode(), digest_size=16
        ).hexdigest()
        row = connection.execute(sa.select(POSITIONS).where(POSITIONS.c.task == _TASK)).mappings().first()
        if row is None or row["fingerprint"] != fingerprint:
            dirty.mark_days(connection, _all_days(connection))
            _mark_systems(connection, _first_days(connection))
        table = daily.PROJECTS.c
        passed = sa.select(table.project_id, table.branch, table.day).where(table.due_at < as_of)
        dirty.mark_days(connection, map(Place._make, connection.execute(passed)))
        if row is not None and row["position"] < as_of.date().toordinal():
            day = datetime.date.fromordinal(row["position"])
            _mark_systems(connection, dict.fromkeys(_first_days(connection), day))
        position = max(as_of.date().toordinal(), row["position"] if row else 0)
        values = {"fingerprint": fingerprint, "position": position, "counts": {}}
        connection.execute(upsert.insert_missing(connection, POSITIONS, ["task"]), {"task": _TASK, **values})
        connection.execute(sa.update(POSITIONS).where(POSITIONS.c.task == _TASK).values(**values))

    def _some_sicknesses(self, connection, as_of, sick_told):
        """Tells of some CIs when they were sick, and marks the days on which they spoke while they were."""
        statement = sa.select(SYSTEMS.c.ci_system_id, SYSTEMS.c.day).order_by(SYSTEMS.c.ci_system_id)
        found = [row for row in connection.execute(statement) if row.ci_system_id not in sick_told]
        for system_id, day in found[:_SYSTEMS_AT_ONCE]:
            for spell in sicknesses.tell(connection, system_id, day, as_of):
                _mark_spell(connection, system_id, spell)
            sick_told.add(system_id)
        return len(found[:_SYSTEMS_AT_ONCE])

    def _some_days(self, connection, as_of, sick_told):
        """Counts some dirty days, the earliest first, since the later ones may depend on them."""
        statement = sa.select(DAYS).order_by(DAYS.c.day, DAYS.c.project_id, DAYS.c.branch)
        places = [Place._make(row) for row in connection.execute(statement.limit(_DAYS_AT_ONCE))]
        known = knowns.Known(connection, self._registry)
        # Only days from the same stretch: who can be expected is learned from those long before.
        places = [place for place in places if (place.day - places[0].day).days <= expectation.LEFT_OUT_DAYS]
        counted = {}
        for (project_id, branch), wanted in _by_branch(places).items():
            for day, scene in scenes.read(known, project_id, branch, wanted, as_of).items():
                counted[Place(project_id, branch, day)] = days.count(scene, as_of)
        if not counted:
            return 0
        expecting, changed = daily.write(connection, counted)
        keys = [tuple(place) for place in places]
        connection.execute(
            sa.delete(DAYS).where(sa.tuple_(DAYS.c.project_id, DAYS.c.branch, DAYS.c.day).in_(keys))
        )
        _mark_expected(connection, expecting)
        for systems in (changed, _judged_by(connection, places) if changed else {}):
            _mark_systems(connection, systems)
            sick_told.difference_update(systems)
        return len(places)

    def _some_others(self, connection, as_of, sick_told):
        """Tells the other spells, and the words, of some CIs."""
        found = connection.execute(
            sa.select(SYSTEMS.c.ci_system_id, SYSTEMS.c.day)
            .order_by(SYSTEMS.c.ci_system_id)
            .limit(_SYSTEMS_AT_ONCE)
        ).all()
        known = knowns.Known(connection, self._registry)
        for system_id, day in found:
            silences.tell(known, system_id, day, as_of)
            regressions.tell(connection, system_id, day, as_of)
            statuses.tell(known, system_id, day, as_of)
        ids = [system_id for system_id, _ in found]
        connection.execute(sa.delete(SYSTEMS).where(SYSTEMS.c.ci_system_id.in_(ids)))
        sick_told.difference_update(ids)
        return len(found)


def _count(connection, table):
    return connection.scalar(sa.select(sa.func.count()).select_from(table))


def _all_days(connection):
    return set(dirty.places(connection).values())


def _first_days(connection):
    """CI id -> the date of its first report."""
    table = models.AccountProject
    statement = (
        sa.select(models.Account.ci_system_id, sa.func.min(table.first_at))
        .join(models.Account, models.Account.id == table.account_id)
        .where(models.Account.ci_system_id.is_not(None))
        .group_by(models.Account.ci_system_id)
    )
    return {system_id: first_at.date() for system_id, first_at in connection.execute(statement)}


def _by_branch(places):
    found = {}
    for place in places:
        found.setdefault((place.project_id, place.branch), []).append(place.day)
    return found


def _mark_expected(connection, places):
    """Marks the days on which others may be expected now, given what was counted anew at some *places*."""
    table = daily.PROJECTS.c
    for place in places:
        first = place.day + datetime.timedelta(days=1 + expectation.LEFT_OUT_DAYS)
        last = first + datetime.timedelta(days=expectation.LEARNED_FROM_DAYS - 1)
        statement = sa.select(table.project_id, table.branch, table.day).where(
            table.project_id == place.project_id,
            table.branch == place.branch,
            table.day.between(first, last),
        )
        dirty.mark_days(connection, map(Place._make, connection.execute(statement)))


def _mark_systems(connection, from_day):
    """Marks CIs: id -> the date from which on they are to be told anew."""
    for system_id, day in sorted(from_day.items()):
        row = {"ci_system_id": system_id, "day": day}
        connection.execute(upsert.insert_missing(connection, SYSTEMS, ["ci_system_id"]), row)
        connection.execute(
            sa.update(SYSTEMS).where(SYSTEMS.c.ci_system_id == system_id, SYSTEMS.c.day > day).values(day=day)
        )


def _mark_spell(connection, system_id, spell):
    """Marks the days of the patch sets of which a CI spoke in a *spell*."""
    report = models.Report
    statement = sa.select(report.patch_set_id).where(
        report.account_id.in_(spells.accounts_of(connection, system_id)),
        report.posted_at >= spell.started_at,
    )
    if spell.ended_at is not None:
        statement = statement.where(report.posted_at < spell.ended_at)
    dirty.mark_patch_sets(connection, set(connection.scalars(statement)))


def _judged_by(connection, places):
    """CI id -> a day, of the CIs that what others said of patch sets at *places* may show to be well."""
    first = min(place.day for place in places)
    is_recent = sa.or_(models.Spell.ended_at.is_(None), models.Spell.ended_at >= midnight(first))
    stored = spells.read(connection, models.Spell.kind.in_(spells.SET_ASIDE), is_recent)
    if not stored:
        return {}
    change, patch_set = models.Change, models.PatchSet
    statement = (
        sa.select(change.number, patch_set.number, change.project_id, change.branch, patch_set.seen_at)
        .join(change, change.id == patch_set.change_id)
        .where(
            change.project_id.in_({place.project_id for place in places}),
            patch_set.seen_at >= midnight(first),
            patch_set.seen_at < midnight(places[-1].day + datetime.timedelta(days=1)),
        )
    )
    wanted = set(places)
    numbers = {
        (number, patch)
        for number, patch, project_id, branch, at in connection.execute(statement)
        if Place(project_id, branch, at.date()) in wanted
    }
    found = {}
    for system_id, spell in stored:
        if not numbers.isdisjoint(spell.evidence):
            found.setdefault(system_id, min(first, spell.started_at.date()))
    return found
