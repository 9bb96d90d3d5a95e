"""Whether a share got better or worse than it was, beyond what chance does."""

import enum
import fractions

from ciwatch.insight import regression

#: Chance alone would do it in fewer cases than these, and so many points are worth a word.
P = 0.01
POINTS = fractions.Fraction(3, 100)


class Trend(enum.StrEnum):
    """What is said of a share, now against before."""

    BETTER = "better"
    WORSE = "worse"
    AS_BEFORE = "as before"
    TOO_FEW = "too few"


def of_bad(now, before):
    """The :class:`Trend` of a share that should be small.

    :param now: the :class:`~ciwatch.insight.statistics.Rate` of the days looked at.
    :param before: that of the days before them.
    """
    if not (now.is_enough and before.is_enough):
        return Trend.TOO_FEW
    pair = regression.Day(now.n, now.of), regression.Day(before.n, before.of)
    for (later, earlier), trend in ((pair, Trend.WORSE), (pair[::-1], Trend.BETTER)):
        p, points = regression.compare(later, earlier)
        if points >= POINTS and p < P:
            return trend
    return Trend.AS_BEFORE


def of_good(now, before):
    """The :class:`Trend` of a share that should be large; as :func:`of_bad`."""
    return of_bad(*(rate.rest for rate in (now, before)))
