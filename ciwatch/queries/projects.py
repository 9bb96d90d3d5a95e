"""Projects, and how their CIs do at a glance."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.queries import cells
from ciwatch.queries import window as windows

#: The stretch of time that a glance covers.
GLANCE = datetime.timedelta(days=7)


class SystemGlance(msgspec.Struct, frozen=True):
    """A CI on a project: its state on the newest patch set it judged, and *passed* of *judged*."""

    name: str
    title: str
    is_gate: bool
    latest: cells.State | None
    passed: int
    judged: int


class ProjectGlance(msgspec.Struct, frozen=True):
    """A project over the last :data:`GLANCE` before *until*, which is now or its newest patch set."""

    name: str
    until: datetime.datetime
    newest: datetime.datetime
    patch_sets: int
    systems: list[SystemGlance]


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


def glance(connection, now):
    """All projects by name, as a list of :class:`ProjectGlance`."""
    newest = (
        sa.select(
            models.Project.id, models.Project.name, sa.func.max(models.PatchSet.seen_at).label("newest")
        )
        .join(models.Change, models.Change.project_id == models.Project.id)
        .join(models.PatchSet, models.PatchSet.change_id == models.Change.id)
        .group_by(models.Project.id, models.Project.name)
        .order_by(models.Project.name)
    )
    return [_glance(connection, project, now) for project in connection.execute(newest).all()]


def _glance(connection, project, now):
    until = now if project.newest > now - GLANCE else project.newest
    window = windows.ending(until, GLANCE)
    shown = (
        sa.select(models.PatchSet.id)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .where(
            models.Change.project_id == project.id,
            models.PatchSet.seen_at > window.since,
            models.PatchSet.seen_at <= window.until,
        )
    )
    statement = (
        sa.select(*cells.COLUMNS, models.Report.patch_set_id, models.Account.ci_system_id)
        .join(models.Account, models.Account.id == models.Report.account_id)
        .where(models.Report.patch_set_id.in_(shown), cells.NEEDED)
        .order_by(*cells.ORDER)
    )
    by_system = {}
    for report in connection.execute(statement):
        by_system.setdefault(report.ci_system_id, {}).setdefault(report.patch_set_id, []).append(report)
    rows = sa.select(models.CISystem.id, models.CISystem.name, models.CISystem.title, models.CISystem.is_gate)
    systems = [
        system_glance(row.name, row.title, row.is_gate, by_system[row.id])
        for row in connection.execute(rows)
        if row.id in by_system
    ]
    systems.sort(key=lambda system: (not system.is_gate, system.title.lower()))
    count = connection.scalar(sa.select(sa.func.count()).select_from(shown.subquery()))
    return ProjectGlance(project.name, until, project.newest, count, systems)


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
