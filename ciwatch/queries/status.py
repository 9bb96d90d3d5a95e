"""Is it running, current and complete: what the status page tells."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.queries import collector
from ciwatch.queries import unread
from ciwatch.queries import window


class Source(msgspec.Struct, frozen=True):
    """How far a source has been recorded."""

    name: str
    position_at: datetime.datetime


class Rejected(msgspec.Struct, frozen=True):
    """A line that was no event; *length* is in bytes, *text* its beginning."""

    received_at: datetime.datetime
    reason: str
    length: int
    text: str


class Fault(msgspec.Struct, frozen=True):
    """A parser plugin that failed: how, how often, and what it said the last time."""

    parser: str
    kind: str
    count: int
    reason: str
    last_at: datetime.datetime


class Status(msgspec.Struct, frozen=True):
    """The whole.

    *counts* is table name -> number of rows; *silence* is None where pages are current. *registry* is what is
    wrong with the file that describes the CIs, or None. *uncounted_days* are those of projects' branches of
    which something was recorded and the figures are not counted yet. *gaps* are the newest of them, those
    that are open first; *open_gaps* is how many are. *kept_from* is the first date of whose patch sets all is
    kept: of those before only what was counted is; None where nothing was deleted.
    """

    registry: str | None
    silence: collector.Silence | None
    listeners: list[collector.Listener]
    gaps: list[collector.Gap]
    open_gaps: int
    sources: list[Source]
    counts: dict[str, int]
    uncounted_days: int
    kept_from: datetime.date | None
    rejected_count: int
    rejected: list[Rejected]
    faults: list[Fault]
    unread: list[unread.Shape]
    unknown_words: list[unread.UnknownWord]


class Collection(msgspec.Struct, frozen=True):
    """How the collecting does, in numbers; cheap, since monitors ask for it again and again."""

    newest: datetime.datetime | None
    open_gaps: int
    uncounted_days: int
    rejected: int
    listeners: list[collector.Listener]


def collection(connection):
    """The :class:`Collection`."""
    return Collection(
        window.newest_event(connection),
        _open_gaps(connection),
        _count(connection, models.DirtyDay),
        _count(connection, models.RejectedEvent),
        collector.listeners(connection),
    )


def read(connection, now, registry_fault=None):
    """The :class:`Status` as of *now*, UTC.

    :param registry_fault: what is wrong with the registry, in words, or None.
    """
    counted = (models.Project, models.Change, models.PatchSet, models.CISystem, models.Report, models.Build)
    return Status(
        registry_fault,
        collector.silence(connection, now, window.newest_event(connection)),
        collector.listeners(connection),
        collector.gaps(connection, 20),
        _open_gaps(connection),
        [
            Source(*row)
            for row in connection.execute(
                sa.select(models.StreamPosition.source, models.StreamPosition.position_at)
                .where(models.StreamPosition.source != models.ASKED)
                .order_by(models.StreamPosition.source)
            )
        ],
        {model.__tablename__: _count(connection, model) for model in counted},
        _count(connection, models.DirtyDay),
        window.kept_from(connection),
        _count(connection, models.RejectedEvent),
        rejected_events(connection, 20),
        _faults(connection),
        unread.shapes(connection),
        unread.words(connection),
    )


def rejected_events(connection, limit):
    """The newest *limit* of the rejected lines, as a list of :class:`Rejected`."""
    statement = (
        sa.select(
            models.RejectedEvent.received_at,
            models.RejectedEvent.reason,
            models.RejectedEvent.length,
            sa.func.substr(models.RejectedEvent.text, 1, 200),
        )
        .order_by(models.RejectedEvent.received_at.desc(), models.RejectedEvent.id.desc())
        .limit(limit)
    )
    return [Rejected(*row) for row in connection.execute(statement)]


def _count(connection, model):
    return connection.scalar(sa.select(sa.func.count()).select_from(model))


def _open_gaps(connection):
    return connection.scalar(
        sa.select(sa.func.count()).select_from(models.Gap).where(models.Gap.filled_by.is_(None))
    )


def _faults(connection):
    fault = models.ParserFault
    statement = sa.select(fault.parser, fault.kind, fault.count, fault.reason, fault.last_at)
    return [Fault(*row) for row in connection.execute(statement.order_by(fault.last_at.desc(), fault.parser))]
