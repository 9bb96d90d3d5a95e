"""Counts anew what is marked as dirty, until nothing is.

What was recorded of a day tells first which CIs' votes changed, and so when they were sick; then days are
counted, since votes cast in a sick spell are set aside; and what the days say of each CI is told last. Each
step marks what the next one has to do in the transaction in which it does its own: so whatever is recorded
meanwhile, and wherever this is interrupted, nothing is forgotten.
"""

import contextlib
import datetime
import hashlib
import itertools

import sqlalchemy as sa

from ciwatch.db import lookup
from ciwatch.db import models
from ciwatch.db import upsert
from ciwatch.db.models import DirtyPart
from ciwatch.insight import days
from ciwatch.insight import expectation
from ciwatch.insight.facts import midnight
from ciwatch.recorder import dirty
from ciwatch.recorder import horizon
from ciwatch.recorder import rows
from ciwatch.recorder import versions
from ciwatch.recorder.dirty import Place
from ciwatch.rollup import daily
from ciwatch.rollup import kept
from ciwatch.rollup import known as knowns
from ciwatch.rollup import regressions
from ciwatch.rollup import rules
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
VERSION = 2

_TASK = "rollup"
_REBUILD = "rollup --rebuild"
_DAILY = (models.DailyProject, models.DailySystem, models.DailyJob, models.DailyRule)
_TOLD = (models.Spell, models.StatusPeriod)

# Where more wait than these, they are not counted after each transaction: after a replay of years it would
# take longer than what each does.
_MANY = 5000
_COUNTED_EVERY = 100

# So many are done in one transaction, in which no recorder records.
_FRESH_AT_ONCE = 400
_DAYS_AT_ONCE = 40
_SYSTEMS_AT_ONCE = 1

_ONE_DAY = datetime.timedelta(days=1)


class Updater:
    """Keeps the figures of a database."""

    def __init__(self, engine, registry):
        """Takes the engine, and the :class:`~ciwatch.registry.model.Registry`."""
        self._engine = engine
        self._registry = registry

    def rebuild(self):
        """Throws all figures away; :meth:`update` tells them anew.

        Not those that nobody can tell any more, since what they were counted by is deleted; and none where
        that was done before, and what was thrown away is still to be told.

        :returns: whether it threw any away.
        """
        with self._turn() as connection:
            statement = sa.select(POSITIONS.c.fingerprint).where(POSITIONS.c.task == _REBUILD)
            if connection.scalar(statement) == self._fingerprint:
                return False
            first, kept_until = horizon.read(connection), kept.told_until(connection)
            for model in _DAILY:
                connection.execute(sa.delete(model).where(model.day >= first))
            for model in _TOLD:
                statement = sa.delete(model)
                if kept_until is not None:
                    statement = statement.where(model.started_at >= kept_until)
                connection.execute(statement)
            for model in (models.DirtySystem, models.DirtyDay):
                connection.execute(sa.delete(model))
            connection.execute(sa.delete(POSITIONS).where(POSITIONS.c.task.in_([_TASK, _REBUILD])))
            row = {"task": _REBUILD, "fingerprint": self._fingerprint, "position": 0, "counts": {}}
            connection.execute(upsert.insert_missing(connection, POSITIONS, ["task"]), row)
            versions.move_all(connection)
        return True

    def update(self, as_of):
        """Counts what is dirty, or became so by the time that passed.

        :param as_of: the present moment, UTC.
        :returns: a generator that yields (done, total) after each part; the figures are right when it ends.
        """
        with self._turn() as connection:
            self._begin(connection, as_of)
        done, steps = 0, (self._look, self._tell_sicknesses, self._count_days, self._tell_the_rest)
        left = 0
        for turn in itertools.count():
            with self._turn() as connection:
                count = next(filter(None, (step(connection, as_of) for step in steps)), 0)
                is_counted = left <= _MANY or turn % _COUNTED_EVERY == 0
                left = _left(connection) if is_counted else left - count
                if not count:
                    connection.execute(sa.delete(POSITIONS).where(POSITIONS.c.task == _REBUILD))
            if not count:
                return
            done += count
            yield done, done + left

    @property
    def _fingerprint(self):
        """In which way figures are counted."""
        words = f"{VERSION} {self._registry.digest}"
        return hashlib.blake2b(words.encode(), digest_size=16).hexdigest()

    @contextlib.contextmanager
    def _turn(self):
        """A transaction in which no recorder records; what those remember of their rows stays true."""
        with self._engine.begin() as connection:
            connection.execute(sa.select(TURNS.c.mark).with_for_update())
            yield connection

    def _begin(self, connection, as_of):
        """Marks what the passing of time, another registry, or another way of counting changes."""
        fingerprint = self._fingerprint
        row = connection.execute(sa.select(POSITIONS).where(POSITIONS.c.task == _TASK)).mappings().first()
        today = as_of.date().toordinal()
        if row is None or row["fingerprint"] != fingerprint:
            dirty.mark_days(connection, set(dirty.places(connection).values()))
            _mark_systems(connection, _first_days(connection), DirtyPart.FIGURES)
        table = daily.PROJECTS.c
        for is_fresh, passed in ((False, table.due_at < as_of), (True, table.later_at <= as_of)):
            statement = sa.select(table.project_id, table.branch, table.day).where(passed)
            dirty.mark_days(connection, map(Place._make, connection.execute(statement)), is_fresh)
        if row is not None and row["position"] < today:
            day = datetime.date.fromordinal(row["position"])
            _mark_systems(connection, dict.fromkeys(_first_days(connection), day), DirtyPart.FIGURES)
        position = max(today, row["position"] if row else 0)
        values = {"fingerprint": fingerprint, "position": position, "counts": {}}
        connection.execute(upsert.insert_missing(connection, POSITIONS, ["task"]), {"task": _TASK, **values})
        connection.execute(sa.update(POSITIONS).where(POSITIONS.c.task == _TASK).values(**values))

    def _look(self, connection, as_of):
        """Finds out whose votes the news of some days change, and hands the days on."""
        places = _take_days(connection, [DAYS.c.is_fresh.is_(True)], _FRESH_AT_ONCE)
        if places:
            dirty.mark_days(connection, places, is_fresh=False)
            patch_sets = _patch_sets_at(connection, places)
            for systems in (_speakers(connection, patch_sets), _judged(connection, patch_sets)):
                _mark_systems(connection, systems, DirtyPart.VOTES)
        return len(places)

    def _tell_sicknesses(self, connection, as_of):
        """Tells of some CIs when they were sick; the days on which they spoke then are counted anew."""
        found = _take_systems(connection, DirtyPart.VOTES)
        for system_id, day in found:
            changed = sicknesses.tell(connection, system_id, day, as_of)
            if changed:
                versions.move_system(connection, system_id)
            for spell in changed:
                _mark_spell(connection, system_id, spell)
                day = min(day, spell.started_at.date())
            _mark_systems(connection, {system_id: day}, DirtyPart.FIGURES)
        return len(found)

    def _count_days(self, connection, as_of):
        """Counts some dirty days, the earliest first, since the later ones may depend on them."""
        # Of these alone, since by now all fresh ones were looked at; and only of one stretch: who can be
        # expected is learned from days long before.
        is_seen = DAYS.c.is_fresh.is_(False)
        first = connection.scalar(sa.select(sa.func.min(DAYS.c.day)).where(is_seen))
        if first is None:
            return 0
        last = first + datetime.timedelta(days=expectation.LEFT_OUT_DAYS)
        places = _take_days(connection, [is_seen, DAYS.c.day <= last], _DAYS_AT_ONCE)
        known = knowns.Known(connection, self._registry, first)
        # All at once: most branches of a large Gerrit have a patch set or two on a day.
        found = scenes.read(known, places, as_of, with_comments=True)
        counted = {place: days.count(scene, as_of) for place, scene in found.items()}
        told = daily.write(connection, counted)
        versions.move(connection, told.project_ids | rules.write(connection, counted))
        _mark_expected(connection, told.expecting)
        _mark_systems(connection, told.changed, DirtyPart.FIGURES)
        _mark_systems(connection, told.gone, DirtyPart.VOTES)
        return len(places)

    def _tell_the_rest(self, connection, as_of):
        """Tells the other spells, and the words, of some CIs."""
        found = _take_systems(connection, DirtyPart.FIGURES)
        known = knowns.Known(connection, self._registry)
        for system_id, day in found:
            changed = [part.tell(known, system_id, day, as_of) for part in (silences, regressions, statuses)]
            if any(changed):
                versions.move_system(connection, system_id)
        return len(found)


def _left(connection):
    # A fresh day is looked at, and counted.
    count = sa.func.count()
    return sum(
        connection.scalar(sa.select(count).select_from(table).where(*conditions))
        for table, *conditions in ((DAYS,), (DAYS, DAYS.c.is_fresh.is_(True)), (SYSTEMS,))
    )


def _take_days(connection, conditions, limit):
    """Some of the dirty days that meet *conditions*, the earliest first; their marks are taken away."""
    statement = sa.select(DAYS).where(*conditions).order_by(DAYS.c.day, DAYS.c.project_id, DAYS.c.branch)
    found = connection.execute(statement.limit(limit)).all()
    taken = [tuple(row) for row in found]
    for part in rows.chunks(taken, 200):
        connection.execute(
            sa.delete(DAYS).where(
                lookup.among(
                    [DAYS.c.project_id, DAYS.c.branch, DAYS.c.day, DAYS.c.is_fresh],
                    part,
                    by=[DAYS.c.is_fresh, DAYS.c.day],
                )
            )
        )
    return [Place(*key[:3]) for key in taken]


def _take_systems(connection, part):
    """(CI id, day) of some dirty CIs; their marks are taken away."""
    found = connection.execute(
        sa.select(SYSTEMS.c.ci_system_id, SYSTEMS.c.day)
        .where(SYSTEMS.c.part == part)
        .order_by(SYSTEMS.c.ci_system_id)
        .limit(_SYSTEMS_AT_ONCE)
    ).all()
    ids = [system_id for system_id, _ in found]
    connection.execute(sa.delete(SYSTEMS).where(SYSTEMS.c.part == part, SYSTEMS.c.ci_system_id.in_(ids)))
    return found


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
        dirty.mark_days(connection, map(Place._make, connection.execute(statement)), is_fresh=False)


def _mark_systems(connection, from_day, part):
    """Marks CIs: id -> the date from which on a *part* of them is to be told anew."""
    for system_id, day in sorted(from_day.items()):
        row = {"ci_system_id": system_id, "part": part, "day": day}
        connection.execute(upsert.insert_missing(connection, SYSTEMS, ["ci_system_id", "part"]), row)
        connection.execute(
            sa.update(SYSTEMS)
            .where(SYSTEMS.c.ci_system_id == system_id, SYSTEMS.c.part == part, SYSTEMS.c.day > day)
            .values(day=day)
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
    dirty.mark_patch_sets(connection, set(connection.scalars(statement)), is_fresh=False)


def _patch_sets_at(connection, places):
    """Patch set id -> (change, patch set number, day) of all at some places."""
    change, patch_set = models.Change, models.PatchSet
    wanted, found = set(places), {}
    # A day at a time, whatever the number of projects, is one look at an index.
    for day in sorted({place.day for place in places}):
        statement = (
            sa.select(patch_set.id, change.number, patch_set.number, change.project_id, change.branch)
            .join(change, change.id == patch_set.change_id)
            .where(patch_set.seen_at >= midnight(day), patch_set.seen_at < midnight(day) + _ONE_DAY)
        )
        for patch_set_id, number, patch, project_id, branch in connection.execute(statement):
            if Place(project_id, branch, day) in wanted:
                found[patch_set_id] = number, patch, day
    return found


def _speakers(connection, patch_sets):
    """CI id -> the first day, of the CIs that reported on some patch sets."""
    report, found = models.Report, {}
    for part in rows.chunks(sorted(patch_sets)):
        statement = (
            sa.select(models.Account.ci_system_id, report.patch_set_id)
            .join(models.Account, models.Account.id == report.account_id)
            .where(report.patch_set_id.in_(part))
            .distinct()
        )
        for system_id, patch_set_id in connection.execute(statement):
            day = patch_sets[patch_set_id][2]
            found[system_id] = min(day, found.get(system_id, day))
    return found


def _judged(connection, patch_sets):
    """CI id -> a day, of the CIs that what others said of some patch sets may show to be well."""
    if not patch_sets:
        return {}
    days_at = {(number, patch): day for number, patch, day in patch_sets.values()}
    first = min(days_at.values())
    is_recent = sa.or_(models.Spell.ended_at.is_(None), models.Spell.ended_at >= midnight(first))
    found = {}
    for system_id, spell in spells.read(connection, models.Spell.kind.in_(spells.SET_ASIDE), is_recent):
        if not days_at.keys().isdisjoint(spell.evidence):
            day = spell.started_at.date()
            found[system_id] = min(day, found.get(system_id, day))
    return found
