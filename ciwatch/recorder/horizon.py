"""The horizon: the day before which nothing but figures is kept, since 'ciwatch prune' deletes the rest.

Whoever records leaves alone what is of a patch set from before it, and nobody counts a day before it anew:
the figures of these days are those of their last count for good. It moves in one transaction, before anything
is deleted, and never back.
"""

import datetime

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import upsert

POSITIONS = models.TaskPosition.__table__

_TASK = "prune"

#: Before any day of which something is recorded.
NEVER = datetime.date(1970, 1, 1)

# Said once: each batch that is recorded asks, and many a page.
_READ = sa.select(POSITIONS.c.position).where(POSITIONS.c.task == _TASK)


def read(connection):
    """The first day of which single builds are kept; :data:`NEVER` where none were deleted."""
    position = connection.scalar(_READ)
    return NEVER if position is None else datetime.date.fromordinal(position)


def move(connection, day):
    """Moves it to a *day*, if it is before that."""
    row = {"task": _TASK, "fingerprint": "", "position": day.toordinal(), "counts": {}}
    connection.execute(upsert.insert_missing(connection, POSITIONS, ["task"]), row)
    connection.execute(
        sa.update(POSITIONS)
        .where(POSITIONS.c.task == _TASK, POSITIONS.c.position < row["position"])
        .values(position=row["position"])
    )


def is_before(day, event):
    """Whether a typed *event* is of a patch set from before a *day*, as far as the event tells."""
    created_at = event.patch_set.created_at
    return (min(created_at, event.at) if created_at else event.at).date() < day
