"""Better, worse, as before."""

from ciwatch.insight import statistics
from ciwatch.insight import trend
from ciwatch.insight.trend import Trend
from tests import base


def rates(*pairs):
    """The rates of (n, of) pairs."""
    return [statistics.rate(*pair) for pair in pairs]


class TestTrend(base.TestCase):
    """What is said of two rates."""

    def test_beyond_chance(self):
        """40 of 100 bad after 40 of 400 is no chance, in either direction."""
        self.assertEqual(Trend.WORSE, trend.of_bad(*rates((40, 100), (40, 400))))
        self.assertEqual(Trend.BETTER, trend.of_good(*rates((40, 100), (40, 400))))
        self.assertEqual(Trend.BETTER, trend.of_bad(*rates((10, 400), (40, 100))))
        self.assertEqual(Trend.WORSE, trend.of_good(*rates((10, 400), (40, 100))))

    def test_chance(self):
        """14 of 100 after 40 of 400 may be chance."""
        self.assertEqual(Trend.AS_BEFORE, trend.of_bad(*rates((14, 100), (40, 400))))

    def test_surely_but_hardly(self):
        """Two points more are no chance in ten thousands, and not worth a word."""
        self.assertEqual(Trend.AS_BEFORE, trend.of_bad(*rates((1200, 10000), (4000, 40000))))
        self.assertEqual(Trend.WORSE, trend.of_bad(*rates((1300, 10000), (4000, 40000))))

    def test_too_few(self):
        """Nine of nine say nothing, and neither does nothing."""
        self.assertEqual(Trend.TOO_FEW, trend.of_bad(*rates((9, 9), (0, 400))))
        self.assertEqual(Trend.TOO_FEW, trend.of_bad(*rates((90, 100), (0, 9))))
        self.assertEqual(Trend.TOO_FEW, trend.of_good(*rates((0, 0), (0, 0))))

    def test_never(self):
        """None before and none now."""
        self.assertEqual(Trend.AS_BEFORE, trend.of_bad(*rates((0, 100), (0, 400))))
