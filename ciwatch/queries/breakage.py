"""What fails for all: shared breakages, of which each CI that met one has a spell of its own."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import sickness
from ciwatch.rollup import spells

#: One that ended is told for so many days.
DAYS = 7


class Met(msgspec.Struct, frozen=True):
    """A CI that met a breakage, and *why* that is said."""

    name: str
    title: str
    is_gate: bool
    why: str


class Breakage(msgspec.Struct, frozen=True):
    """A time in which most CIs of some projects failed one change after the other.

    :ivar until: None while it lasts.
    :ivar changes: numbers of those that they failed, the newest first.
    """

    since: datetime.datetime
    until: datetime.datetime | None
    projects: list[str]
    systems: list[Met]
    changes: list[int]


def read(connection, as_of, project=None):
    """The :class:`Breakage` that last at a moment, or ended in the days before: the newest first.

    :param project: the name of the only project that is asked for, or None.
    """
    asked = {"as_of": as_of, "ended_after": as_of - datetime.timedelta(days=DAYS)}
    found = spells.told(connection.execute(_SPELLS, asked))
    if not found:
        return []
    projects = _projects(connection, {change for _, spell in found for change, _ in spell.evidence})
    groups = []
    for system_id, spell in found:
        until = spell.ended_at if spell.ended_at is not None and spell.ended_at <= as_of else None
        there = {projects[change] for change, _ in spell.evidence if change in projects}
        if project is None or project in there:
            groups = _join(groups, _Group(spell.started_at, until, there, [(system_id, spell)]))
    systems = _systems(connection) if groups else {}
    told = [_tell(group, systems) for group in groups]
    return sorted(told, key=lambda each: (each.until is None, each.since, each.projects), reverse=True)


# Said once: to put a statement together takes longer than SQLite takes for it.

_SPELLS = spells.SPELLS_IN_ORDER.where(
    models.Spell.kind == sickness.SHARED,
    models.Spell.called_at <= sa.bindparam("as_of"),
    sa.or_(models.Spell.ended_at.is_(None), models.Spell.ended_at > sa.bindparam("ended_after")),
)

_PROJECTS = (
    sa.select(models.Change.number, models.Project.name)
    .join(models.Project, models.Project.id == models.Change.project_id)
    .where(models.Change.number.in_(sa.bindparam("numbers", expanding=True)))
)

_SYSTEMS = sa.select(
    models.CISystem.id, models.CISystem.name, models.CISystem.title, models.CISystem.is_gate
)


class _Group(msgspec.Struct):
    """Spells that are of one breakage."""

    since: datetime.datetime
    until: datetime.datetime | None
    projects: set
    spells: list

    def meets(self, other):
        """Whether they are of the same: at the same time, and on a project."""
        return (
            not self.projects.isdisjoint(other.projects)
            and (self.until is None or other.since <= self.until)
            and (other.until is None or self.since <= other.until)
        )


def _join(groups, new):
    """The groups with a new one, which joins all that it meets."""
    others = [group for group in groups if not group.meets(new)]
    same = [group for group in groups if group.meets(new)] + [new]
    joined = _Group(
        min(group.since for group in same),
        None if any(group.until is None for group in same) else max(group.until for group in same),
        set().union(*(group.projects for group in same)),
        [each for group in same for each in group.spells],
    )
    return [*others, joined]


def _tell(group, systems):
    # A CI may have met it twice; the last time counts.
    met = {system_id: spell.why for system_id, spell in group.spells}
    named = [Met(*systems[system_id], why) for system_id, why in met.items()]
    changes = {change for _, spell in group.spells for change, _ in spell.evidence}
    return Breakage(
        group.since,
        group.until,
        sorted(group.projects),
        sorted(named, key=lambda each: (not each.is_gate, each.name)),
        sorted(changes, reverse=True),
    )


def _projects(connection, numbers):
    """Number of a change -> name of its project."""
    found, numbers = {}, sorted(numbers)
    for start in range(0, len(numbers), 500):
        rows = connection.execute(_PROJECTS, {"numbers": numbers[start : start + 500]}).all()
        found.update(map(tuple, rows))
    return found


def _systems(connection):
    return {row[0]: tuple(row[1:]) for row in connection.execute(_SYSTEMS).all()}
