"""Tests of what became of a failed verdict."""

import hypothesis
from hypothesis import strategies

from ciwatch.insight import trust
from ciwatch.insight.trust import Outcome
from tests import base
from tests.unit.insight import values
from tests.unit.insight.values import at
from tests.unit.insight.values import said

VERDICTS = strategies.sampled_from(("passed", "failed", "infrastructure", "unknown", None))


def became(mine, gate=None, peers=(), is_set_aside=False, **patch_set):
    """The outcome alone."""
    found = trust.outcome(values.patch_set(**patch_set), mine, gate, list(peers), is_set_aside)
    return found and found[0]


class TestOutcome(base.TestCase):
    """Confirmed, refuted, open, set aside; and which of them holds where two do."""

    def test_none(self):
        """Who did not fail it has nothing to be believed."""
        for attempts in ([], said("passed"), said("infrastructure", None, "unknown")):
            self.assertIsNone(became(attempts, "failed", ["failed", "failed"]))

    def test_open(self):
        """Nothing is known, or nothing that tells."""
        self.assertIs(Outcome.OPEN, became(said("failed")))
        self.assertIs(Outcome.OPEN, became(said("failed"), "passed", ["passed", "passed"]))
        self.assertIs(Outcome.OPEN, became(said("failed", "infrastructure", None)))
        # That the next patch set passed is told, and counts for neither.
        self.assertIs(Outcome.OPEN, became(said("failed"), replaced_at=at(9), abandoned_at=at(9)))

    def test_gate(self):
        """The gate failed it, too; what it could not test says nothing."""
        self.assertIs(Outcome.CONFIRMED, became(said("failed"), "failed"))
        self.assertIs(Outcome.OPEN, became(said("failed"), "infrastructure"))

    def test_peers(self):
        """At least half of at least two that judged."""
        for peers, outcome in (
            (["failed"], Outcome.OPEN),
            (["failed", "passed"], Outcome.CONFIRMED),
            (["failed", "passed", "passed"], Outcome.OPEN),
            (["failed", "failed", "passed"], Outcome.CONFIRMED),
            (["failed", "infrastructure", None, "unknown"], Outcome.OPEN),
            (["failed", "passed", "infrastructure", None], Outcome.CONFIRMED),
        ):
            self.assertIs(outcome, became(said("failed"), None, peers), peers)

    def test_again(self):
        """A re-run failed again: one whose text is another, in the same pipeline."""
        self.assertIs(Outcome.CONFIRMED, became(said("failed", "failed")))
        self.assertIs(Outcome.OPEN, became(said("failed", "failed", digests=("same", "same"))))
        other = said("failed", pipeline="other", first=3)
        self.assertIs(Outcome.OPEN, became(said("failed") + other))

    def test_again_in_another_job(self):
        """Where jobs are named, the same voting one must have failed: chance fails now this, now that."""
        failed, passed = "failed", "passed"
        first, again = said("failed", "failed")
        for jobs, jobs_again, outcome in (
            ([(1, failed), (2, passed)], [(1, failed), (2, failed)], Outcome.CONFIRMED),
            ([(1, failed), (2, passed)], [(1, passed), (2, failed)], Outcome.OPEN),
            ([(1, failed)], [], Outcome.CONFIRMED),
            ([], [(2, failed)], Outcome.CONFIRMED),
        ):
            mine = [values.with_builds(first, *jobs), values.with_builds(again, *jobs_again)]
            self.assertIs(outcome, became(mine), (jobs, jobs_again))

    def test_refuted(self):
        """A later attempt passed, in the same pipeline; or it was merged."""
        self.assertIs(Outcome.REFUTED, became(said("failed", "passed")))
        self.assertIs(Outcome.REFUTED, became(said("failed", "failed", "passed")))
        self.assertIs(Outcome.OPEN, became(said("passed", "failed")))
        self.assertIs(Outcome.OPEN, became(said("failed") + said("passed", pipeline="other", first=3)))
        self.assertIs(Outcome.REFUTED, became(said("failed"), merged_at=at(9)))

    def test_both(self):
        """A later pass and a merge outweigh whoever failed with it."""
        for mine, patch_set in (
            (said("failed", "passed"), {}),
            (said("failed", "failed"), {"merged_at": at(9)}),
        ):
            self.assertIs(Outcome.REFUTED, became(mine, "failed", ["failed", "failed"], **patch_set))

    def test_set_aside(self):
        """What was said in a spell is neither, whatever came after."""
        for mine in (said("failed"), said("failed", "passed"), said("failed", "failed")):
            self.assertIs(Outcome.SET_ASIDE, became(mine, "failed", [], True, merged_at=at(9)))
        self.assertIsNone(became(said("passed"), None, [], True))
        _, why = trust.outcome(values.patch_set(), said("failed"), None, [], True)
        self.assertEqual("cast while the CI was sick, or while all failed", why)

    def test_why(self):
        """The numbers stand in the reason."""
        peers = ["failed", "passed", "failed", None]
        found = trust.outcome(values.patch_set(), said("failed"), "passed", peers)
        self.assertEqual((Outcome.CONFIRMED, "2 of 3 peers failed it too"), found)

    @hypothesis.given(
        strategies.lists(VERDICTS, max_size=4),
        VERDICTS,
        strategies.lists(VERDICTS, max_size=6),
        strategies.booleans(),
    )
    def test_peers_in_any_order(self, mine, gate, peers, is_merged):
        """Each failed verdict has one outcome; in which order peers are told does not matter."""
        patch_set = {"merged_at": at(9)} if is_merged else {}
        found = became(said(*mine), gate, peers, **patch_set)
        self.assertEqual("failed" in mine, found is not None)
        self.assertEqual(found, became(said(*mine), gate, reversed(peers), **patch_set))
        if "failed" in mine and is_merged:
            self.assertIs(Outcome.REFUTED, found)
