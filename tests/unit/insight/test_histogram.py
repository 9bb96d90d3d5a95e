"""Tests of the mergeable histogram of lengths of time."""

import math
import random

import hypothesis
from hypothesis import strategies

from ciwatch.insight import histogram
from ciwatch.insight.histogram import Histogram
from tests import base

LENGTHS = strategies.lists(strategies.floats(0, 1e8), min_size=1, max_size=200)


def counted(lengths):
    """A histogram of *lengths* in seconds."""
    found = Histogram()
    for length in lengths:
        found.add(length)
    return found


class TestHistogram(base.TestCase):
    """Days are added up; their quantiles are those of all."""

    @hypothesis.given(LENGTHS, strategies.sampled_from((0.5, 0.9, 0.99)))
    def test_quantile(self, lengths, share):
        """At most 2.2 % off from the one of the sorted list."""
        exact = max(1.0, sorted(lengths)[math.ceil(share * len(lengths)) - 1])
        self.assertLess(abs(math.log(counted(lengths).quantile(share) / exact)), 0.0219)

    @hypothesis.given(LENGTHS, LENGTHS)
    def test_total(self, some, others):
        """Two days together are the same as one day with all."""
        both = histogram.total([counted(some).pack(), "", counted(others).pack()])
        self.assertEqual(counted(some + others).pack(), both)
        self.assertEqual(len(some) + len(others), Histogram.unpack(both).total)

    @hypothesis.given(LENGTHS)
    def test_pack(self, lengths):
        """What was packed is unpacked, whatever the order."""
        packed = counted(lengths).pack()
        self.assertEqual(packed, Histogram.unpack(packed).pack())
        random.shuffle(lengths)
        self.assertEqual(packed, counted(lengths).pack())

    def test_nothing(self):
        """Without a length there is no quantile."""
        empty = Histogram.unpack("")
        self.assertEqual((0, None, "", 0), (empty.total, empty.quantile(0.5), empty.pack(), empty.within(9)))

    def test_within(self):
        """How many kept a limit."""
        found = counted([10, 60, 3600, 86400])
        self.assertEqual([0, 1, 2, 3, 4], [found.within(limit) for limit in (5, 20, 65, 4000, 10**6)])

    def test_backwards(self):
        """A clock that went backwards is no crash; it counts as at once."""
        found = counted([-5, 0])
        self.assertEqual(2, found.within(1))
