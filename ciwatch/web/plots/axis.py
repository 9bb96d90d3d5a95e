"""Axes: where a value stands, and which values are told beside it."""

import datetime
import math

#: Lengths of time that are round, in seconds, as they are told.
_ROUND_TIMES = (
    (1, "1 s"),
    (10, "10 s"),
    (60, "1 min"),
    (300, "5 min"),
    (900, "15 min"),
    (3600, "1 h"),
    (4 * 3600, "4 h"),
    (12 * 3600, "12 h"),
    (86400, "1 day"),
    (3 * 86400, "3 days"),
    (7 * 86400, "7 days"),
    (30 * 86400, "30 days"),
    (365 * 86400, "1 year"),
    (3653 * 86400, "10 years"),
)

# Every so many days one is told, the fewest that leave room for the letters of each; all but the first two
# fall on a Monday.
_DAY_STEPS = (1, 2, 7, 14, 28, 91, 182, 364, 728)
_MOST_DAYS = 7


class Counts:
    """An axis of whole numbers from zero: *top* is round, and not below any of them."""

    def __init__(self, most):
        """Takes the greatest number."""
        self.top = _round_up(max(1, most))

    def share(self, count):
        """Where a number is, between 0 and 1."""
        return count / self.top

    def ticks(self):
        """The numbers that are told: the top, and half of it where that is whole."""
        return [self.top // 2, self.top] if self.top % 2 == 0 else [self.top]


def _round_up(number):
    scale = 10 ** math.floor(math.log10(number))
    return next(int(step * scale) for step in (1, 2, 3, 4, 6, 8, 10) if step * scale >= number)


class LogTimes:
    """An axis of lengths of time on which each doubling is as long as the others."""

    def __init__(self, shortest_s, longest_s):
        """Takes its ends, in seconds; they stand apart by a doubling at least."""
        self._low = math.log2(max(1, shortest_s))
        self._width = max(1, math.log2(max(1, longest_s)) - self._low)

    def share(self, seconds):
        """Where a length of time is, between 0 and 1; at an end what is beyond it."""
        return min(1, max(0, (math.log2(max(1, seconds)) - self._low) / self._width))

    def ticks(self, apart=0.11):
        """(seconds, words) of the round ones, so that no two are nearer than a share of the width."""
        found, before = [], -1
        for seconds, words in _ROUND_TIMES:
            place = (math.log2(seconds) - self._low) / self._width
            if 0 <= place <= 1 and place - before >= apart:
                found.append((seconds, words))
                before = place
        return found


def told_days(first, last):
    """The days from *first* to *last* that are told beside an axis, seven at most."""
    count = (last - first).days + 1
    step = next((step for step in _DAY_STEPS if count <= step * _MOST_DAYS), _DAY_STEPS[-1])
    start = first if step < 7 else first + datetime.timedelta(days=-first.weekday() % 7)
    return [start + datetime.timedelta(days=day) for day in range(0, (last - start).days + 1, step)]
