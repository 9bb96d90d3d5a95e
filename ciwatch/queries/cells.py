"""What a cell of the matrix shows of a CI on a patch set: the same rule on every page."""

import datetime
import enum

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight.expectation import Standing
from ciwatch.parsers import base


class State(enum.StrEnum):
    """The states of a cell: what a CI said of a patch set, or how it stands where it said no verdict.

    An empty cell has none of them, and never looks like passed.
    """

    PASSED = "passed"
    FAILED = "failed"
    INFRASTRUCTURE = "infrastructure"
    RUNNING = "running"
    PENDING = "pending"
    MISSED = "missed"
    SUPERSEDED = "superseded"
    NOT_EXPECTED = "not expected"
    UNKNOWN = "unknown"
    NOT_RUN = "not run"
    UNREAD = "unread"

    # A matrix looks up tens of thousands; an enum's own hash is many times slower.
    __hash__ = str.__hash__


#: What a cell shows of a CI that was expected, and did not answer.
UNANSWERED = {
    Standing.PENDING: State.PENDING,
    Standing.MISSED: State.MISSED,
    Standing.SUPERSEDED: State.SUPERSEDED,
}


#: What :func:`state_of` takes, as plain text: a page reads tens of thousands of them.
COLUMNS = (
    sa.type_coerce(models.Report.kind, sa.String()).label("kind"),
    models.Report.pipeline,
    sa.type_coerce(models.Report.verdict, sa.String()).label("verdict"),
    models.Report.attempt,
)

#: The order in which :func:`state_of` takes them; a start and the end of a job that did nothing may share
#: their second.
ORDER = (models.Report.posted_at, models.Report.kind.desc(), models.Report.id)

#: The reports that it needs: starts that led to an attempt, and comments that were understood and no result,
#: change nothing, and are half of all.
NEEDED = sa.or_(
    models.Report.kind == base.Kind.FINISHED,
    sa.and_(models.Report.kind == base.Kind.STARTED, models.Report.attempt.is_(None)),
    sa.and_(models.Report.kind == base.Kind.OTHER, models.Report.parser.is_(None)),
)

#: What began so long ago and did not end runs no more, whoever forgot to say so.
RUNS_AT_MOST = datetime.timedelta(hours=24)


def needed(began_after):
    """Those of :data:`NEEDED` without starts before a moment: :data:`RUNS_AT_MOST` ago, if it still runs."""
    return sa.and_(
        NEEDED, sa.or_(models.Report.kind != base.Kind.STARTED, models.Report.posted_at > began_after)
    )


_STARTED, _FINISHED = base.Kind.STARTED.value, base.Kind.FINISHED.value
_STATES = {state.value: state for state in State}
_UNKNOWN = State.UNKNOWN

# The worst counts: a patch set on which one pipeline failed is not saved by another that passed.
_WORST_FIRST = (
    State.FAILED,
    State.INFRASTRUCTURE,
    State.PASSED,
    State.UNKNOWN,
    State.NOT_RUN,
)


def state_of(reports):
    """The state of one CI on one patch set, from its reports there.

    Running where a pipeline began and did not end since; else the worst verdict among the latest attempts
    of its pipelines; else unread.

    :param reports: at least one of those that :data:`NEEDED` lets through, in the order of their times;
        sequences that begin with kind, pipeline, verdict and attempt: rows of a query that selects
        :data:`COLUMNS` first.
    :returns: (:class:`State`, number of attempts in the pipeline that had most).
    """
    first, last = reports[0], reports[-1]
    if last[0] == _FINISHED and (first is last or (len(reports) == 2 and first[1] == last[1])):
        # One pipeline that ended, once or twice: nearly all cells are, and a matrix has thousands.
        return _STATES.get(last[2], _UNKNOWN), last[3]
    latest, running, attempts = {}, set(), 0
    for report in reports:
        kind = report[0]
        if kind == _FINISHED:
            pipeline = report[1]
            latest[pipeline] = report[2]
            attempts = max(attempts, report[3])
            if running:
                running.discard(pipeline)
        elif kind == _STARTED:
            running.add(report[1])
    if running:
        return State.RUNNING, attempts
    verdicts = set(latest.values())
    for state in _WORST_FIRST:
        if state in verdicts:
            return state, attempts
    if latest:
        # It ended, and said neither how its jobs did nor a vote.
        return State.UNKNOWN, attempts
    return State.UNREAD, attempts
