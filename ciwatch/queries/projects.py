"""Projects by their names, and how a CI does on one at a glance."""

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.queries import cells


class SystemGlance(msgspec.Struct, frozen=True):
    """A CI on a project: its state on the newest patch set it judged, and *passed* of *judged*."""

    name: str
    title: str
    is_gate: bool
    latest: cells.State | None
    passed: int
    judged: int


def find(connection, name):
    """The row (id, name) of a project, or None."""
    statement = sa.select(models.Project.id, models.Project.name).where(models.Project.name == name)
    return connection.execute(statement).first()


def find_by_short_name(connection, name):
    """The whole name of the project whose name, or its last part, is *name*; or None.

    The old pages named a project by its last part; where several share it, OpenStack's own is meant.
    """
    statement = sa.select(models.Project.name).where(
        sa.or_(
            models.Project.name == name,
            models.Project.name.endswith("/" + name, autoescape=True),
        )
    )
    names = sorted(
        connection.scalars(statement),
        key=lambda found: (found != name, not found.startswith("openstack/"), found),
    )
    return names[0] if names else None


def system_glance(name, title, is_gate, by_patch_set):
    """A :class:`SystemGlance` from a CI's reports.

    :param by_patch_set: patch set id -> its reports in the order of their times, the patch sets in the
        order in which they were first reported on.
    """
    tally, latest = cells.Tally(), None
    for reports in by_patch_set.values():
        state, _ = cells.state_of(reports)
        tally.add(state)
        if state in (cells.State.PASSED, cells.State.FAILED, cells.State.INFRASTRUCTURE):
            latest = cells.State(state)
    return SystemGlance(name, title, is_gate, latest, tally.passed, tally.judged)
