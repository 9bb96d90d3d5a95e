"""Spells in which a CI says nothing although it is expected to."""

from ciwatch.insight import statistics
from ciwatch.insight.facts import Spell

SILENT = "silent"

#: So many unanswered patch sets would be an accident less often than this ...
IMPROBABLE = 0.001
#: ... for a CI that answers so many of those on which it is expected; at most this share.
HISTORY_DAYS = 28
_MOST_COVERAGE = 0.98
# Where there is no history to speak of, it may well leave out every other one.
_UNKNOWN_COVERAGE = 0.5


def usual_coverage(answered, missed):
    """The share of expected patch sets that a CI answers.

    :param answered: of the days before its last report, how many it answered.
    :param missed: how many it missed.
    """
    expected = answered + missed
    if expected < statistics.MIN_SAMPLE:
        return _UNKNOWN_COVERAGE
    return min(_MOST_COVERAGE, answered / expected)


def needed(coverage):
    """How many patch sets in a row must be missed until a CI of that coverage is called silent."""
    count = 1
    while statistics.chance_of_none(coverage, count) >= IMPROBABLE:
        count += 1
        if count > 10_000:
            return None
    return count


def find(last_report_at, next_report_at, due, coverage):
    """The silent :class:`~ciwatch.insight.facts.Spell` between two finished reports of a CI, or None.

    :param last_report_at: the report before the silence.
    :param next_report_at: the one after it, or None where it still lasts.
    :param due: (due at, change, patch set) of the expected patch sets that came after the last report, were
        not superseded, and passed their limit before the next report, in the order of when they were due.
    :param coverage: of :func:`usual_coverage`.
    """
    count = needed(coverage)
    if count is None or len(due) < count:
        return None
    why = (
        f"{len(due)} expected patch sets passed their limit without a report since the last one, by a CI"
        f" that answers {coverage:.0%} of them"
    )
    evidence = tuple((change, patch_set) for _, change, patch_set in due[:200])
    return Spell(SILENT, last_report_at, due[count - 1][0], next_report_at, why, evidence)
