"""Tests of where a CI is expected, and what is said when it does not answer."""

import datetime

import hypothesis
from hypothesis import strategies

from ciwatch.insight import expectation
from ciwatch.insight import facts
from ciwatch.insight.expectation import Standing
from tests import base
from tests.unit.insight import values
from tests.unit.insight.values import at

LIMIT = datetime.timedelta(hours=24)
A_SECOND = 1 / 3600

MAYBE_HOUR = strategies.none() | strategies.integers(-5, 40)


class TestLearned(base.TestCase):
    """Expected because of what it did."""

    def test_half(self):
        """Half of them is enough."""
        self.assertEqual([False, True, True], [expectation.is_learned(n, 20) for n in (9, 10, 20)])
        self.assertEqual([False, True], [expectation.is_learned(n, 21) for n in (10, 11)])

    def test_ten(self):
        """Nine patch sets say nothing, though it reported on all."""
        self.assertEqual([False, True], [expectation.is_learned(n, n) for n in (9, 10)])
        self.assertFalse(expectation.is_learned(0, 0))

    def test_days(self):
        """Fourteen, up to the day before yesterday, of which answers until yesterday's end count."""
        day = datetime.date(2026, 3, 20)
        first, last = expectation.learned_days(day)
        self.assertEqual((datetime.date(2026, 3, 5), datetime.date(2026, 3, 18)), (first, last))
        self.assertEqual(14, (last - first).days + 1)
        # All of it is over when the day begins.
        self.assertEqual(facts.midnight(day), expectation.reported_until(last))


class TestExemption(base.TestCase):
    """Where nobody can expect it."""

    def test_reasons(self):
        """Nothing to test, work in progress, or before its time; else none."""
        for known, first_report_at, reason in (
            ({"kind": "NO_CODE_CHANGE"}, at(-9), "nothing in it to test"),
            ({"kind": "NO_CHANGE"}, at(-9), "nothing in it to test"),
            ({"is_set_aside": True}, at(-9), "work in progress, or private"),
            ({}, None, "before the CI's first report on the project"),
            ({}, at(A_SECOND), "before the CI's first report on the project"),
            ({}, at(0), None),
            ({"kind": "TRIVIAL_REBASE"}, at(-9), None),
        ):
            self.assertEqual(reason, expectation.exemption(values.patch_set(**known), first_report_at), known)


class TestStanding(base.TestCase):
    """How it stands to a patch set."""

    def of(self, answered=None, as_of=30.0, **ends):
        """The standing; all in hours after the patch set came."""
        patch_set = values.patch_set(**{name: at(hours) for name, hours in ends.items()})
        answered_at = None if answered is None else at(answered)
        return expectation.standing(patch_set, answered_at, LIMIT, at(as_of))

    def test_limit(self):
        """Pending up to the limit, then missed."""
        self.assertIs(Standing.PENDING, self.of(as_of=24))
        self.assertIs(Standing.MISSED, self.of(as_of=24 + A_SECOND))

    def test_answered(self):
        """However late, and whatever came in between; but not before it happened."""
        self.assertIs(Standing.ANSWERED, self.of(1))
        self.assertIs(Standing.ANSWERED, self.of(29))
        self.assertIs(Standing.ANSWERED, self.of(3, replaced_at=2))
        self.assertIs(Standing.ANSWERED, self.of(30, as_of=30))
        self.assertIs(Standing.PENDING, self.of(5, as_of=4))

    def test_superseded(self):
        """A newer patch set, a merge or an abandonment came first; after the limit they come too late."""
        for name in ("replaced_at", "merged_at", "abandoned_at"):
            self.assertIs(Standing.SUPERSEDED, self.of(**{name: 5}))
            self.assertIs(Standing.SUPERSEDED, self.of(**{name: 24}))
            self.assertIs(Standing.MISSED, self.of(**{name: 24 + A_SECOND}))
            self.assertIs(Standing.PENDING, self.of(**{name: 5}, as_of=4))
            self.assertIs(Standing.SUPERSEDED, self.of(**{name: 5}, as_of=5))

    @hypothesis.given(MAYBE_HOUR, MAYBE_HOUR, MAYBE_HOUR, strategies.integers(-5, 60))
    def test_as_time_passes(self, answered, replaced, merged, hour):
        """What is pending may become anything; the rest only answered; and pending ends with the limit."""
        ends = {
            name: hours
            for name, hours in (("replaced_at", replaced), ("merged_at", merged))
            if hours is not None
        }
        now, later = self.of(answered, hour, **ends), self.of(answered, hour + 1, **ends)
        if now is not Standing.PENDING:
            self.assertIn(later, (now, Standing.ANSWERED))
        self.assertEqual(now is Standing.ANSWERED, answered is not None and answered <= hour)
        if hour > 24:
            self.assertIsNot(Standing.PENDING, now)
        else:
            self.assertIsNot(Standing.MISSED, now)
