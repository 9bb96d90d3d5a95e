"""A stretch of time that ends now or earlier, and where the newest data is."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.recorder import horizon

# Made once: every page asks, also one of which nothing more is said than that it is the same.
_NEWEST_EVENT = sa.select(sa.func.max(models.StreamPosition.position_at)).where(
    models.StreamPosition.source != models.ASKED
)


class Window(msgspec.Struct, frozen=True):
    """From *since*, not included, until *until*; both UTC."""

    since: datetime.datetime
    until: datetime.datetime


def ending(until, length):
    """The :class:`Window` of a *length*, a timedelta, that ends at *until*."""
    return Window(until - length, until)


def newest_event(connection):
    """When the newest event that was recorded happened, UTC, or None in an empty database."""
    return connection.scalar(_NEWEST_EVENT)


def kept_from(connection):
    """The first date of whose patch sets all is kept, and not only what was counted; None for all of them."""
    day = horizon.read(connection)
    return None if day == horizon.NEVER else day


def newest_patch_set(connection, project_id):
    """When the newest patch set of a project was seen first, UTC, or None where it has none."""
    patch_set = models.PatchSet
    newest = sa.select(sa.func.max(patch_set.seen_at)).where(patch_set.project_id == project_id)
    return connection.scalar(newest)
