"""Tests of comparing a CI with the gate and with its peers."""

import hypothesis
from hypothesis import strategies
from scipy import stats

from ciwatch.insight import agreement
from tests import base

VERDICTS = strategies.sampled_from(("passed", "failed", "infrastructure", "unknown", None))


class TestTable(base.TestCase):
    """The 2x2 table."""

    def test_cells(self):
        """Both directions have their own; where one did not judge, there is none."""
        self.assertEqual("both_passed", agreement.cell("passed", "passed"))
        self.assertEqual("only_ci_failed", agreement.cell("failed", "passed"))
        self.assertEqual("only_gate_failed", agreement.cell("passed", "failed"))
        self.assertEqual("both_failed", agreement.cell("failed", "failed"))
        for nothing in ("infrastructure", "unknown", "not run", None):
            self.assertIsNone(agreement.cell(nothing, "failed"))
            self.assertIsNone(agreement.cell("passed", nothing))

    def test_agreed(self):
        """How many of all; of none, nothing."""
        rate = agreement.Table(60, 8, 2, 10).agreed
        self.assertEqual((70, 80), (rate.n, rate.of))
        self.assertIsNone(agreement.Table().agreed.share)


class TestSurelyBroken(base.TestCase):
    """Many others failed it."""

    def test_limits(self):
        """Five judges, seven of ten."""
        for failed, passed, is_broken in (
            (4, 0, False),
            (5, 0, True),
            (4, 1, True),
            (3, 2, False),
            (7, 3, True),
            (69, 31, False),
            (70, 30, True),
            (0, 5, False),
        ):
            others = ["failed"] * failed + ["passed"] * passed
            self.assertEqual(is_broken, agreement.is_surely_broken(others), (failed, passed))

    def test_only_judges(self):
        """Who could not test it does not count."""
        self.assertFalse(agreement.is_surely_broken(["failed"] * 4 + ["infrastructure", None, "unknown"]))
        self.assertTrue(agreement.is_surely_broken(["failed"] * 5 + ["infrastructure"] * 9))

    @hypothesis.given(strategies.lists(VERDICTS, max_size=20))
    def test_one_more(self, others):
        """One more that failed never makes it less broken."""
        if agreement.is_surely_broken(others):
            self.assertTrue(agreement.is_surely_broken([*others, "failed"]))


class TestSuspiciouslyGreen(base.TestCase):
    """It never fails."""

    def test_worked_example(self):
        """Where peers fail one in ten, 65 passes and no failure may be luck, 66 are not."""
        self.assertFalse(agreement.is_suspiciously_green(0, 65, 100, 1000))
        self.assertTrue(agreement.is_suspiciously_green(0, 66, 100, 1000))

    def test_one_failure(self):
        """Who failed once can fail."""
        self.assertFalse(agreement.is_suspiciously_green(1, 1000, 500, 1000))

    def test_too_few(self):
        """Neither nine of its own nor nine of others say anything."""
        self.assertFalse(agreement.is_suspiciously_green(0, 9, 90, 90))
        self.assertTrue(agreement.is_suspiciously_green(0, 10, 90, 90))
        self.assertFalse(agreement.is_suspiciously_green(0, 90, 9, 9))
        self.assertFalse(agreement.is_suspiciously_green(0, 0, 0, 0))
        self.assertFalse(agreement.is_suspiciously_green(0, 500, 0, 0))

    @hypothesis.given(strategies.integers(10, 300), strategies.integers(10, 300), strategies.data())
    def test_binomial(self, judged, peers_judged, data):
        """By scipy's binomial distribution."""
        peers_failed = data.draw(strategies.integers(0, peers_judged))
        chance = stats.binom.cdf(0, judged, peers_failed / peers_judged)
        hypothesis.assume(abs(chance - 0.001) > 1e-9)
        self.assertEqual(
            chance < 0.001, agreement.is_suspiciously_green(0, judged, peers_failed, peers_judged)
        )
