"""Is it running, current and complete: what the status page tells."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.parsers.results import ResultClass


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


class UnknownWord(msgspec.Struct, frozen=True):
    """A result word that nobody has taught us, and how many builds bear it."""

    ci: str
    word: str
    builds: int


class Unread(msgspec.Struct, frozen=True):
    """How many comments of a CI no parser could read."""

    name: str
    title: str
    comments: int


class Status(msgspec.Struct, frozen=True):
    """The whole. *counts* is table name -> number of rows."""

    sources: list[Source]
    counts: dict[str, int]
    rejected_count: int
    rejected: list[Rejected]
    unread: list[Unread]
    unknown_words: list[UnknownWord]


def read(connection):
    """The :class:`Status`."""
    counted = (models.Project, models.Change, models.PatchSet, models.CISystem, models.Report, models.Build)
    return Status(
        [
            Source(*row)
            for row in connection.execute(
                sa.select(models.StreamPosition.source, models.StreamPosition.position_at).order_by(
                    models.StreamPosition.source
                )
            )
        ],
        {model.__tablename__: _count(connection, model) for model in counted},
        _count(connection, models.RejectedEvent),
        rejected_events(connection, 20),
        _unread(connection),
        _unknown_words(connection),
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


def _unread(connection):
    statement = (
        sa.select(models.CISystem.name, models.CISystem.title, sa.func.count())
        .join(models.Account, models.Account.ci_system_id == models.CISystem.id)
        .join(models.Report, models.Report.account_id == models.Account.id)
        .where(models.Report.parser.is_(None))
        .group_by(models.CISystem.name, models.CISystem.title)
        .order_by(sa.func.count().desc(), models.CISystem.name)
    )
    return [Unread(*row) for row in connection.execute(statement)]


def _unknown_words(connection):
    statement = (
        sa.select(models.CISystem.name, models.Build.result, sa.func.count())
        .join(models.Job, models.Job.id == models.Build.job_id)
        .join(models.CISystem, models.CISystem.id == models.Job.ci_system_id)
        .where(models.Build.result_class == ResultClass.UNKNOWN)
        .group_by(models.CISystem.name, models.Build.result)
        .order_by(sa.func.count().desc(), models.CISystem.name, models.Build.result)
        .limit(100)
    )
    return [UnknownWord(*row) for row in connection.execute(statement)]
