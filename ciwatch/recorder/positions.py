"""How far a source was recorded, and the gaps in it: moved and filled with the data that they are about."""

import datetime

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import upsert
from ciwatch.recorder.reading import bounded

POSITIONS = models.StreamPosition.__table__
GAPS = models.Gap.__table__

#: Until when Gerrit was asked for all that happened: the time of its newest change by then.
ASKED = models.ASKED


def read(connection, source):
    """How far *source* was recorded, UTC, or None."""
    return connection.scalar(sa.select(POSITIONS.c.position_at).where(POSITIONS.c.source == source))


def move(connection, source, at):
    """Moves the position of *source* to *at*, UTC, and never back."""
    key = {"source": source}
    connection.execute(upsert.insert_missing(connection, POSITIONS, ["source"]), {**key, "position_at": at})
    connection.execute(
        sa.update(POSITIONS)
        .where(POSITIONS.c.source == source, POSITIONS.c.position_at < at)
        .values(position_at=at)
    )


def open_gap(connection, source, reason, now):
    """Notes that *source* was not heard from its position until *now*, UTC.

    An open gap grows, and keeps its first reason.

    A source that was never heard before has none.
    """
    started_at = read(connection, source)
    if started_at is None:
        return
    grown = connection.execute(
        sa.update(GAPS).where(GAPS.c.source == source, GAPS.c.filled_by.is_(None)).values(ended_at=now)
    )
    if not grown.rowcount:
        gap = {"source": source, "started_at": min(started_at, now), "ended_at": now}
        connection.execute(sa.insert(GAPS), {**gap, "reason": bounded(reason, 255)})


def fill_gaps(connection, source, by, question):
    """Notes that Gerrit was asked *by* some way, and what it told.

    What fills no gap and yet told something old was missed without a sign: that is a gap, too.

    :param question: a :class:`~ciwatch.listener.questions.Question` that is answered.
    """
    filled = connection.execute(
        sa.update(GAPS)
        .where(GAPS.c.source == source, GAPS.c.filled_by.is_(None), GAPS.c.ended_at <= question.asked_at)
        .values(filled_by=by, event_count=question.news)
    )
    if question.old_news and not filled.rowcount:
        started_at = min(question.since, question.asked_at)
        gap = {"source": source, "started_at": started_at, "ended_at": question.asked_at}
        told = {"reason": "found by the hourly question", "filled_by": by, "event_count": question.old_news}
        connection.execute(sa.insert(GAPS), {**gap, **told})


def now():
    """This moment, UTC, whole seconds."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
