"""Spells in which a CI says nothing although it is expected to."""

import fractions
import math

from ciwatch.insight import statistics
from ciwatch.insight.facts import MOST_EVIDENCE
from ciwatch.insight.facts import Spell

SILENT = "silent"

#: So many unanswered patch sets would be an accident less often than this ...
IMPROBABLE = fractions.Fraction(1, 1000)
#: ... for a CI that leaves out so many of those on which it is expected; at least this share.
HISTORY_DAYS = 28
LEAST_LACKING = fractions.Fraction(2, 100)
# Where there is no history to speak of, it may well leave out every other one.
_UNKNOWN_LACKING = fractions.Fraction(1, 2)


def usual_coverage(answered, missed):
    """The :class:`~ciwatch.insight.statistics.Rate` of expected patch sets that a CI answered.

    :param answered: of the days before its last report, how many it answered.
    :param missed: how many it missed.
    """
    return statistics.rate(answered, answered + missed)


def needed(coverage):
    """How many patch sets in a row must be missed until a CI is called silent; None for no number.

    :param coverage: of :func:`usual_coverage`.
    """
    lacking = _UNKNOWN_LACKING
    if coverage.is_enough:
        lacking = max(LEAST_LACKING, fractions.Fraction(coverage.of - coverage.n, coverage.of))
    if lacking == 1:
        return None
    # Exactly, since 0.1 to the power of 3 is less than 0.001 for a computer.
    count = max(1, math.floor(math.log(IMPROBABLE) / math.log(lacking)) - 1)
    while lacking**count >= IMPROBABLE:
        count += 1
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
    why = f"{len(due)} expected patch sets passed their limit without a report since the last one; "
    if coverage.is_enough:
        why += f"of those before, it answered {coverage.n} of {coverage.of}"
    else:
        why += "those before are too few to say what it usually answers"
    evidence = tuple((change, patch_set) for _, change, patch_set in due[:MOST_EVIDENCE])
    return Spell(SILENT, last_report_at, due[count - 1][0], next_report_at, why, evidence)
