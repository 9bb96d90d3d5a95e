"""Marks the days whose figures are to be counted anew, in the transaction that recorded what changes them."""

import datetime
import typing

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import upsert
from ciwatch.recorder import horizon
from ciwatch.recorder.rows import chunks

DIRTY = models.DirtyDay.__table__
PATCH_SETS = models.PatchSet.__table__
CHANGES = models.Change.__table__


class Place(typing.NamedTuple):
    """The day of a project's branch on which a patch set counts."""

    project_id: int
    branch: str
    day: datetime.date


def mark_days(connection, days, is_fresh=True):
    """Marks *days*, :class:`Place` tuples; *is_fresh* says that something was recorded of them.

    Not those before the :mod:`~ciwatch.recorder.horizon`: what they would be counted by is deleted.
    """
    places = sorted(set(map(Place._make, days)))
    first = horizon.read(connection) if places else None
    rows = [{**place._asdict(), "is_fresh": is_fresh} for place in places if place.day >= first]
    if rows:
        connection.execute(upsert.insert_missing(connection, DIRTY, [*Place._fields, "is_fresh"]), rows)


def mark_patch_sets(connection, patch_set_ids, is_fresh=True):
    """Marks the days of patch sets."""
    _mark(connection, PATCH_SETS.c.id, patch_set_ids, is_fresh)


def mark_touched(connection, touched):
    """Marks the days of patch sets, and of the ones before them, which they ended.

    :param touched: (change id, number) of patch sets.
    """
    ids = set()
    for part in chunks(sorted({change_id for change_id, _ in touched})):
        statement = (
            sa.select(PATCH_SETS.c.change_id, PATCH_SETS.c.number, PATCH_SETS.c.id)
            .where(PATCH_SETS.c.change_id.in_(part))
            .order_by(PATCH_SETS.c.change_id, PATCH_SETS.c.number)
        )
        before = (None, None, None)
        for row in connection.execute(statement):
            if (row.change_id, row.number) in touched:
                ids.add(row.id)
                if before[0] == row.change_id:
                    ids.add(before[2])
            before = row
    mark_patch_sets(connection, ids)


def mark_changes(connection, change_ids):
    """Marks the days of all patch sets of changes."""
    _mark(connection, PATCH_SETS.c.change_id, change_ids)


def _mark(connection, column, ids, is_fresh=True):
    for part in chunks(sorted(ids)):
        mark_days(connection, places(connection, column.in_(part)).values(), is_fresh)


def places(connection, *conditions):
    """Patch set id -> :class:`Place` of those that *conditions* let through."""
    statement = (
        sa.select(PATCH_SETS.c.id, CHANGES.c.project_id, CHANGES.c.branch, PATCH_SETS.c.seen_at)
        .join(CHANGES, CHANGES.c.id == PATCH_SETS.c.change_id)
        .where(*conditions)
    )
    return {
        patch_set_id: Place(project_id, branch, at.date())
        for patch_set_id, project_id, branch, at in connection.execute(statement)
    }


def mark_project(connection, project_id, since, until=None):
    """Marks the days of a project whose patch sets came from the moment *since* on, and before *until*."""
    conditions = [PATCH_SETS.c.project_id == project_id, PATCH_SETS.c.seen_at >= since]
    if until is not None:
        conditions.append(PATCH_SETS.c.seen_at < until)
    mark_days(connection, places(connection, *conditions).values())
