"""Tests of how long an answer takes."""

import hypothesis
from hypothesis import strategies

from ciwatch.insight import latency
from tests import base
from tests.unit.insight import values
from tests.unit.insight.values import at
from tests.unit.insight.values import said

HOURS = strategies.lists(strategies.integers(-5, 30), max_size=8).map(sorted)


class TestFirstAnswer(base.TestCase):
    """From the creation to the first finished report."""

    def test_first(self):
        """The first one, whatever it said."""
        self.assertEqual(5400, latency.first_answer_s(values.patch_set(), said(None, "passed", first=1.5)))
        self.assertEqual(0, latency.first_answer_s(values.patch_set(), said("passed", first=0)))

    def test_unknown(self):
        """Without a report, a creation, or a clock that goes forward."""
        self.assertIsNone(latency.first_answer_s(values.patch_set(), []))
        self.assertIsNone(latency.first_answer_s(values.patch_set(created_at=None), said("passed")))
        self.assertIsNone(latency.first_answer_s(values.patch_set(), said("passed", "passed", first=-0.5)))


class TestRecheck(base.TestCase):
    """From a request to the next finished report."""

    def answers(self, asked, posted):
        """In hours, for requests and reports in hours."""
        attempts = [attempt for hours in posted for attempt in said("passed", first=hours)]
        return [
            seconds / 3600 for seconds in latency.recheck_answers_s([at(hours) for hours in asked], attempts)
        ]

    def test_next(self):
        """Each request has the next report; what was not asked for has none."""
        self.assertEqual([1, 3], self.answers([2, 5], [1, 3, 4, 8]))

    def test_twice(self):
        """Who asks twice has waited since the first time, and gets one answer."""
        self.assertEqual([6], self.answers([2, 5], [1, 8]))

    def test_none(self):
        """No request, no report, or no report after it; one of the same second is no answer."""
        for asked, posted in (([], [1]), ([1], []), ([5], [1]), ([5], [5])):
            self.assertEqual([], self.answers(asked, posted))

    @hypothesis.given(HOURS, HOURS)
    def test_by_hand(self, asked, posted):
        """For each report, since the first request after the report before it."""
        expected = []
        for number, hours in enumerate(posted):
            since = posted[number - 1] if number else -1000
            waiting = [each for each in asked if since <= each < hours]
            expected += [hours - waiting[0]] if waiting else []
        self.assertEqual(expected, self.answers(asked, posted))
