"""Tests of telling jobs that pass and fail on the same patch set."""

import hypothesis
from hypothesis import strategies
from scipy import stats

from ciwatch.insight import flakes
from tests import base

KINDS = strategies.sampled_from(("passed", "failed", "failed", "infrastructure", "not run", "unknown"))
BUILDS = strategies.lists(strategies.tuples(strategies.integers(1, 12), KINDS), max_size=60)


def builds_of(*patch_sets):
    """Builds of patch sets one after another: ``"xp"`` failed on one and passed then, ``i`` is neither."""
    names = {"x": "failed", "p": "passed", "i": "infrastructure"}
    return [(number, names[mark]) for number, marks in enumerate(patch_sets) for mark in marks]


def counts(*patch_sets):
    """(flaked, judged)."""
    rate = flakes.flakiness(builds_of(*patch_sets)).flaked
    return rate.n, rate.of


def by_hand(builds):
    """(flaked, judged), each build looked at with its neighbours."""
    judged = [build for build in builds if build[1] in ("passed", "failed")]
    believed = []
    for number, (patch_set, kind) in enumerate(judged):
        first = last = number
        while first and judged[first - 1][1] == kind:
            first -= 1
        while last + 1 < len(judged) and judged[last + 1][1] == kind:
            last += 1
        if kind == "passed" or last - first + 1 < 3:
            believed.append((patch_set, kind))
    flaked = {patch_set for patch_set, kind in believed if kind == "passed"} & {
        patch_set for patch_set, kind in believed if kind == "failed"
    }
    return len(flaked), len({patch_set for patch_set, _ in judged})


class TestFlake(base.TestCase):
    """One patch set."""

    def test_both(self):
        """Passed and failed, in any order; what is neither does not count."""
        self.assertTrue(flakes.is_flaked({"passed", "failed"}))
        for kinds in ({"passed"}, {"failed"}, {"passed", "infrastructure"}, {"failed", "not run"}, set()):
            self.assertFalse(flakes.is_flaked(kinds))

    def test_judged(self):
        """Passed, or failed."""
        self.assertEqual(
            [True, True, False, False],
            [flakes.is_judged(kinds) for kinds in ({"passed"}, {"failed", "unknown"}, {"not run"}, set())],
        )


class TestUnstable(base.TestCase):
    """Many of them."""

    def test_worked_example(self):
        """Four of twenty: surely more than 1 of 20, by scipy."""
        found = flakes.flakiness(builds_of(*["xp"] * 4, *["p"] * 16))
        self.assertEqual((4, 20, True), (found.flaked.n, found.flaked.of, found.is_unstable))
        self.assertGreater(stats.binomtest(4, 20).proportion_ci(method="wilson").low, 0.05)

    def test_three(self):
        """Two are an accident, though they are all."""
        self.assertFalse(flakes.flakiness(builds_of("xp", "xp")).is_unstable)
        self.assertTrue(flakes.flakiness(builds_of("xp", "xp", "xp")).is_unstable)

    def test_share(self):
        """The first N at which three are no longer surely more than 1 of 20, by scipy."""
        for of in range(3, 40):
            low = stats.binomtest(3, of).proportion_ci(method="wilson").low
            found = flakes.flakiness(builds_of(*["xp"] * 3, *["p"] * (of - 3)))
            self.assertEqual(low > 0.05, found.is_unstable, of)

    def test_breakage(self):
        """Three failures in a row are breakage, two are not; its patch sets stay judged."""
        self.assertEqual((0, 4), counts("p", "x", "x", "xp"))
        self.assertEqual((1, 4), counts("p", "px", "x", "p"))
        self.assertEqual((1, 3), counts("p", "x", "xp"))
        self.assertEqual((0, 1), counts("xxxp"))
        self.assertEqual((1, 1), counts("xxp"))

    def test_breakage_around_a_flake(self):
        """A patch set that flaked by itself still counts when a run of failures touched it, too."""
        self.assertEqual((1, 3), counts("xpx", "x", "x"))

    def test_infrastructure_between(self):
        """What judges nothing neither makes nor breaks a run."""
        self.assertEqual((0, 3), counts("x", "ix", "ixp"))
        self.assertEqual((0, 0), counts("i", "ii"))

    def test_nothing(self):
        """No builds, no rate; and no word for it."""
        found = flakes.flakiness([])
        self.assertEqual((None, None, False), (found.flaked.share, found.flaked.low, found.is_unstable))

    @hypothesis.given(BUILDS)
    def test_by_hand(self, builds):
        """The same as looking at each build with its neighbours."""
        rate = flakes.flakiness(builds).flaked
        self.assertEqual(by_hand(builds), (rate.n, rate.of))
