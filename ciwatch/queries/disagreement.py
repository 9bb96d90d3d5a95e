"""Where a CI's headline, vote and job lines do not say the same: did the patch pass, or not?"""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.parsers import base
from ciwatch.parsers.results import ResultClass

_NOT_PASSED = (ResultClass.FAILED, ResultClass.INFRASTRUCTURE)

#: Whether the lines of a report decided its verdict: else it only repeats the vote or the headline.
BY_LINES = models.Report.verdict_source == models.VerdictSource.BUILDS

#: The same rule as :func:`ciwatch.parsers.results.disagreement`, for the database to count by.
DISAGREES = sa.and_(
    models.Report.kind == base.Kind.FINISHED,
    sa.or_(
        sa.and_(BY_LINES, models.Report.verdict == ResultClass.PASSED),
        models.Report.vote > 0,
        models.Report.headline == ResultClass.PASSED,
    ),
    sa.or_(
        sa.and_(BY_LINES, models.Report.verdict.in_(_NOT_PASSED)),
        models.Report.vote < 0,
        models.Report.headline.in_(_NOT_PASSED),
    ),
)


class Line(msgspec.Struct, frozen=True):
    """A report whose voices disagree; *lines* is the verdict of its job lines, None where they judge not."""

    change: int
    patch_set: int
    subject: str
    posted_at: datetime.datetime
    lines: str | None
    vote: int | None
    headline: str | None


class Disagreement(msgspec.Struct, frozen=True):
    """How many of a CI's results disagree with themselves, of how many, and the newest of them."""

    count: int
    results: int
    newest: list[Line]


# The greater part of the statements, put together once.

_COUNTS = sa.select(sa.func.count(), sa.func.sum(sa.case((DISAGREES, 1), else_=0)))

_LINES = (
    sa.select(
        models.Change.number,
        models.PatchSet.number,
        models.Change.subject,
        models.Report.posted_at,
        sa.case((BY_LINES, models.Report.verdict)),
        models.Report.vote,
        models.Report.headline,
    )
    .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
    .join(models.Change, models.Change.id == models.PatchSet.change_id)
    .where(DISAGREES)
    .order_by(models.Report.posted_at.desc(), models.Report.id.desc())
)


def read(connection, mine, window, limit=10):
    """The :class:`Disagreement` of some reports in a window.

    :param mine: the condition that a report is one of them.
    :param window: a :class:`~ciwatch.queries.window.Window`.
    """
    these = sa.and_(
        mine,
        models.Report.kind == base.Kind.FINISHED,
        models.Report.posted_at > window.since,
        models.Report.posted_at <= window.until,
    )
    results, count = connection.execute(_COUNTS.where(these)).one()
    newest = connection.execute(_LINES.where(these).limit(limit)) if count else ()
    newest = [Line(*row) for row in newest]
    return Disagreement(int(count or 0), results, newest)
