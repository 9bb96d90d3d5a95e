"""Tests of what a CI says of a patch set, given all that it said."""

import hypothesis
from hypothesis import strategies

from ciwatch.insight import verdicts
from tests import base
from tests.unit.insight.values import said

VERDICTS = strategies.sampled_from(("passed", "failed", "infrastructure", "not run", "unknown", None))
PIPELINES = strategies.sampled_from(("check", "gate", "experimental"))


class TestStanding(base.TestCase):
    """The verdict that stands."""

    def test_latest(self):
        """A re-run replaces what was said before, for better and for worse."""
        self.assertEqual("passed", verdicts.standing_verdict(said("failed", "passed")))
        self.assertEqual("failed", verdicts.standing_verdict(said("passed", "failed")))

    def test_worst_pipeline(self):
        """A pipeline that passed does not save one that failed, whichever came last."""
        check, other = said("failed"), said("passed", pipeline="other", first=2)
        self.assertEqual("failed", verdicts.standing_verdict(check + other))
        other = said("infrastructure", pipeline="other", first=2)
        self.assertEqual("failed", verdicts.standing_verdict(check + other))
        self.assertEqual("infrastructure", verdicts.standing_verdict(said("passed") + other))

    def test_none(self):
        """What judges nothing is no verdict, and least of all a pass."""
        for nothing in ([], said(None), said("not run"), said("unknown"), said("passed", "unknown")):
            self.assertIsNone(verdicts.standing_verdict(nothing))
        other = said("unknown", pipeline="other", first=2)
        self.assertEqual("passed", verdicts.standing_verdict(said("passed") + other))

    @hypothesis.given(strategies.lists(strategies.tuples(PIPELINES, VERDICTS), max_size=8))
    def test_by_hand(self, pairs):
        """The worst of the last words of the pipelines."""
        attempts = []
        for hour, (pipeline, verdict) in enumerate(pairs, 1):
            attempts += said(verdict, pipeline=pipeline, first=hour)
        last = [
            verdict
            for number, (pipeline, verdict) in enumerate(pairs)
            if all(later != pipeline for later, _ in pairs[number + 1 :])
        ]
        expected = None
        for verdict in ("passed", "infrastructure", "failed"):
            expected = verdict if verdict in last else expected
        self.assertEqual(expected, verdicts.standing_verdict(attempts))


class TestFirst(base.TestCase):
    """What was said before anybody re-ran."""

    def test_first(self):
        """The first that judges, or tells that the infrastructure failed."""
        for told, number in (
            (("failed", "passed"), 1),
            (("infrastructure", "passed"), 1),
            ((None, "unknown", "passed", "failed"), 3),
        ):
            self.assertEqual(number, verdicts.first_judgement(said(*told)).number)
        self.assertIsNone(verdicts.first_judgement(said(None, "not run")))
        self.assertIsNone(verdicts.first_judgement([]))


class TestRepetitions(base.TestCase):
    """The same text once more is no re-run."""

    def test_same_text(self):
        """The first stays; other texts do, too."""
        attempts = said("failed", "failed", "passed", "failed", digests="aaba")
        self.assertEqual([1, 3], [attempt.number for attempt in verdicts.without_repetitions(attempts)])

    def test_unknown_text(self):
        """Where no text is known, none is the same."""
        attempts = said("failed", "failed", digests=("", ""))
        self.assertEqual(attempts, verdicts.without_repetitions(attempts))
