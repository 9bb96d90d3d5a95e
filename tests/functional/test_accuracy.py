"""What the figures say of a simulated month is what happened in it; benchmarks.accuracy plays many more."""

import collections

from benchmarks.accuracy import answers
from benchmarks.accuracy import cast
from benchmarks.accuracy import jobs
from benchmarks.accuracy import spells
from benchmarks.accuracy import story
from benchmarks.accuracy import table
from tests import base

TRAITS = (
    "gate",
    "steady",
    "steady, everywhere",
    "sick, for long",
    "silent",
    "flaky jobs",
    "only votes",
    "forgets some",
)


class TestMonth(base.TestCase):
    """A month of a gate and seven CIs, of which one is sick, one silent, and one has flaky jobs."""

    def setUp(self):
        """Plays, records and counts it."""
        super().setUp()
        chosen = [ci for ci in cast.CAST if ci.trait in TRAITS]
        self.told = story.Story(1, 31, self.folder / "accuracy.sqlite", chosen)
        self.addCleanup(self.told.close)

    def cases(self, check):
        """Rule -> its cases."""
        found = collections.defaultdict(list)
        for case in check(self.told):
            found[case.rule].append(case)
        return found

    def assert_all(self, rule, cases, least):
        """There are so many cases, and all hold."""
        self.assertGreaterEqual(len(cases[rule]), least, rule)
        for case in cases[rule]:
            self.assertTrue(case.holds, case)

    def test_figures(self):
        """Spells are found, nobody else is ill, answers are counted exactly, and trust is near the truth."""
        sick = self.cases(spells.sick)
        self.assert_all("sick found", sick, 1)
        self.assert_all("sick begun", sick, 1)
        self.assert_all("silent found", self.cases(spells.silent), 1)
        self.assert_all("healthy", self.cases(spells.healthy), 6)
        broken = self.cases(spells.broken)
        self.assert_all("breakage", broken, 1)
        self.assert_all("broken not sick", broken, 12)
        standings = self.cases(answers.standings)
        self.assert_all("standings", standings, 8)
        for case in standings["standings"]:
            self.assertGreater(case.counts[1], 0, case)
        self.assert_all("flaky", self.cases(jobs.flaky), 3)
        trusts = self.cases(answers.trusts)["trust"]
        self.assertEqual(len(TRAITS), len(trusts))
        confirmed, true, judged = (sum(case.counts[n] for case in trusts) for n in range(3))
        self.assertGreater(judged, 500)
        self.assertLess(abs(confirmed - true), table.BIAS_POINTS / 100 * judged)
