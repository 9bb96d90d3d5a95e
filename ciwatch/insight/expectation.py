"""Should a CI have answered a patch set, and did it?"""

import datetime
import enum

from ciwatch.insight import facts
from ciwatch.insight import statistics

#: The time in which an answer is expected where the registry names none.
LIMIT = datetime.timedelta(hours=24)

#: So many days tell where a CI can be expected. The day before is left out: its answers may be on their way.
LEARNED_FROM_DAYS = 14
LEFT_OUT_DAYS = 1

#: Kinds of a patch set which change nothing that could be tested.
_NOTHING_TO_TEST = frozenset({"NO_CODE_CHANGE", "NO_CHANGE"})


class Standing(enum.StrEnum):
    """How a CI stands to a patch set."""

    ANSWERED = "answered"
    PENDING = "pending"
    SUPERSEDED = "superseded"
    MISSED = "missed"
    UNKNOWN_FILES = "unknown files"
    NOT_EXPECTED = "not expected"

    # As that of the text: an enum's own hash is many times slower.
    __hash__ = str.__hash__


def is_learned(reported, patch_sets):
    """Whether a CI is expected on a project's branch because of what it did there.

    :param reported: on how many patch sets of the trailing days it reported in time.
    :param patch_sets: how many there were.
    """
    return patch_sets >= statistics.MIN_SAMPLE and 2 * reported >= patch_sets


def learned_days(day):
    """The days, dates, whose patch sets tell who is expected on those of *day*: (first, last)."""
    last = day - datetime.timedelta(days=1 + LEFT_OUT_DAYS)
    return last - datetime.timedelta(days=LEARNED_FROM_DAYS - 1), last


def reported_until(day):
    """Until when a report on a patch set of *day* tells that a CI can be expected: the next day's end."""
    return facts.midnight(day) + datetime.timedelta(days=1 + LEFT_OUT_DAYS)


def exemption(patch_set, first_report_at):
    """Why nobody can expect this CI to answer, in words, or None.

    :param patch_set: a :class:`~ciwatch.insight.facts.PatchSet`.
    :param first_report_at: when the CI first reported on the project, or None where it never did.
    """
    if patch_set.kind in _NOTHING_TO_TEST:
        return "nothing in it to test"
    if patch_set.is_set_aside:
        return "work in progress, or private"
    if first_report_at is None or patch_set.seen_at < first_report_at:
        return "before the CI's first report on the project"
    return None


def standing(patch_set, answered_at, limit, as_of):
    """How a CI which is expected on a patch set stands to it.

    :param answered_at: when its first finished report was posted, or None.
    :param limit: the time in which an answer is expected, a timedelta.
    :param as_of: the moment of which this is told.
    """
    if answered_at is not None and answered_at <= as_of:
        return Standing.ANSWERED
    due_at = patch_set.seen_at + limit
    ended_at = patch_set.ended_at
    if ended_at is not None and ended_at <= min(due_at, as_of):
        return Standing.SUPERSEDED
    return Standing.MISSED if due_at < as_of else Standing.PENDING
