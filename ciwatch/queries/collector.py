"""Does anybody listen, and how are they doing: what stands between a page and the present."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models

#: A listener that said nothing for so long is taken to be dead; it says something every few seconds.
SEEN_WITHIN = datetime.timedelta(minutes=2)

#: Where there never was a listener, somebody may hand events over all the same, if the newest is no older.
FRESH_WITHIN = datetime.timedelta(minutes=15)

_LISTENING = "listening"


class Listener(msgspec.Struct, frozen=True):
    """A process that listens, and how it did when it last said so; as in the table ``listeners``."""

    name: str
    source: str
    state: str
    detail: str
    started_at: datetime.datetime
    state_since: datetime.datetime
    seen_at: datetime.datetime
    heard_at: datetime.datetime | None
    caught_up_at: datetime.datetime | None
    read: int
    recorded: int
    duplicate: int
    ignored: int
    rejected: int
    per_minute: float
    spooled: int
    spool_bytes: int
    spool_limit: int

    def is_alive(self, now):
        """Whether the process said something lately."""
        return now - self.seen_at <= SEEN_WITHIN

    def hears(self, now):
        """Whether it listens; a connection that broke a moment ago will be there again."""
        return self.is_alive(now) and (self.state == _LISTENING or now - self.state_since <= SEEN_WITHIN)


# Made once: every page asks, also one of which nothing more is said than that it is the same.
_LISTENERS = sa.select(*(getattr(models.Listener, name) for name in Listener.__struct_fields__)).order_by(
    models.Listener.name
)


class Gap(msgspec.Struct, frozen=True):
    """A stretch of time in which a source was not heard; *filled_by* is None until it is filled."""

    source: str
    started_at: datetime.datetime
    ended_at: datetime.datetime
    reason: str
    filled_by: str | None
    event_count: int | None


class Silence(msgspec.Struct, frozen=True):
    """Nothing new comes in.

    :ivar newest: the newest event that was recorded, UTC.
    :ivar listener: the listener that was seen last, or None where there never was one.
    :ivar is_alive: whether that one runs, and cannot hear Gerrit.
    """

    newest: datetime.datetime
    listener: Listener | None
    is_alive: bool


def listeners(connection):
    """All :class:`Listener`, by name."""
    return [Listener(*row) for row in connection.execute(_LISTENERS)]


def gaps(connection, limit):
    """The newest *limit* :class:`Gap`, those that are open first."""
    columns = [getattr(models.Gap, name) for name in Gap.__struct_fields__]
    statement = (
        sa.select(*columns)
        .order_by(models.Gap.filled_by.is_not(None), models.Gap.ended_at.desc(), models.Gap.id.desc())
        .limit(limit)
    )
    return [Gap(*row) for row in connection.execute(statement)]


def silence(connection, now, newest):
    """The :class:`Silence`, or None where pages are current or the database is empty.

    :param newest: when the newest event happened that was recorded, or None.
    """
    if newest is None:
        return None
    known = listeners(connection)
    if any(listener.hears(now) for listener in known) or (not known and now - newest <= FRESH_WITHIN):
        return None
    last = max(known, key=lambda listener: listener.seen_at, default=None)
    return Silence(newest, last, last is not None and last.is_alive(now))
