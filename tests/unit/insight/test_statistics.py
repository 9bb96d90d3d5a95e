"""Tests of the statistics, against scipy."""

import hypothesis
from hypothesis import strategies
from scipy import stats

from ciwatch.insight import statistics
from tests import base

COUNTS = strategies.integers(0, 400)


class TestRate(base.TestCase):
    """n of N with its interval."""

    @hypothesis.given(strategies.integers(1, 2000), strategies.floats(0, 1))
    def test_wilson(self, of, share):
        """The interval is scipy's."""
        n = round(of * share)
        low, high = stats.binomtest(n, of).proportion_ci(method="wilson")
        found = statistics.rate(n, of)
        self.assertAlmostEqual(low, found.low, places=12)
        self.assertAlmostEqual(high, found.high, places=12)
        self.assertTrue(0 <= found.low <= found.share <= found.high <= 1)

    def test_nothing(self):
        """Nothing divided by nothing is neither 0 % nor 100 %."""
        found = statistics.rate(0, 0)
        self.assertEqual((None, None, None, False), (found.low, found.high, found.share, found.is_enough))

    def test_no_rate(self):
        """More than all is a mistake of the caller."""
        for n, of in ((-1, 3), (4, 3)):
            self.assertRaises(ValueError, statistics.rate, n, of)

    def test_enough(self):
        """Ten are enough."""
        self.assertEqual([False, True], [statistics.rate(0, of).is_enough for of in (9, 10)])


class TestChance(base.TestCase):
    """What chance could have done."""

    @hypothesis.given(COUNTS, COUNTS, COUNTS, COUNTS)
    def test_fisher(self, hits, misses, hits_before, misses_before):
        """The one-sided test is scipy's."""
        table = [[hits, misses], [hits_before, misses_before]]
        expected = stats.fisher_exact(table, alternative="greater").pvalue
        found = statistics.fisher_more(hits, hits + misses, hits_before, hits_before + misses_before)
        self.assertAlmostEqual(expected, found, places=9)

    @hypothesis.given(strategies.floats(1e-6, 1), strategies.integers(0, 500))
    def test_none(self, share, of):
        """None of N is a point of the binomial distribution."""
        self.assertAlmostEqual(stats.binom.pmf(0, of, share), statistics.chance_of_none(share, of), places=9)
