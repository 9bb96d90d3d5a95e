"""What a cell of the matrix shows of a CI on a patch set: the same rule on every page."""

import enum

from ciwatch.parsers import base
from ciwatch.parsers import results


class State(enum.StrEnum):
    """The states of a cell. An empty cell has none of them, and never looks like passed."""

    PASSED = "passed"
    FAILED = "failed"
    INFRASTRUCTURE = "infrastructure"
    NOT_RUN = "not run"
    UNKNOWN = "unknown"
    RUNNING = "running"
    UNREAD = "unread"


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
    of its pipelines; else unread where no parser took what it said.

    :param reports: things with ``kind``, ``pipeline``, ``verdict`` and ``parser``, in the order of their
        times.
    :returns: (:class:`State` or None, number of attempts).
    """
    latest, running, attempts, unread = {}, set(), 0, False
    for report in reports:
        if report.kind == base.Kind.FINISHED:
            latest[report.pipeline] = report.verdict
            running.discard(report.pipeline)
            attempts += 1
        elif report.kind == base.Kind.STARTED:
            running.add(report.pipeline)
        elif report.parser is None:
            unread = True
    if running:
        return State.RUNNING, attempts
    verdicts = set(latest.values())
    for state in _WORST_FIRST:
        if state in verdicts:
            return state, attempts
    if latest:
        # It ended, and said neither how its jobs did nor a vote.
        return State.UNKNOWN, attempts
    return (State.UNREAD if unread else None), attempts


class Tally:
    """How many of the judged patch sets passed: n of N, never a bare per cent."""

    __slots__ = ("judged", "passed")

    def __init__(self):
        """Counts from zero."""
        self.passed = self.judged = 0

    def add(self, state):
        """Counts one patch set; only passed and failed are judgements of it."""
        if state == results.ResultClass.PASSED:
            self.passed += 1
            self.judged += 1
        elif state == results.ResultClass.FAILED:
            self.judged += 1
