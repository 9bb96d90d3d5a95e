"""What befalls a world that is not in the default story: CIs get worse, come back, and the project breaks."""

import collections
import dataclasses

import testtools

from ciwatch.demo import characters
from ciwatch.demo import world
from tests.unit.demo import stories

STEADY = next(ci for ci in characters.CAST if ci.trait == "steady")


def play(broken=(), **character):
    """(World, its events) of ten days of the gate and a steady CI that is changed so."""
    cast = (characters.GATE, dataclasses.replace(STEADY, **character))
    told = world.World(seed=4, days=10, changes=200, until=stories.UNTIL, cast=cast, broken=broken)
    return told, list(told.history())


def failing(attempts):
    """The share of those that did not pass."""
    return sum(attempt.verdict != "passed" for attempt in attempts) / len(attempts)


class TestPlights(testtools.TestCase):
    """One at a time."""

    def test_silence_that_ends(self):
        """Not a word while it lasts; before and after it speaks; what came in between stays unanswered."""
        told, events = play(silent=((5.0, 2.0),))
        ((start, end),) = told.truth.silent[STEADY.username]
        self.assertEqual((stories.END - 5 * stories.DAY_S, stories.END - 3 * stories.DAY_S), (start, end))
        times = [event["eventCreatedOn"] for event in stories.comments_of(STEADY.username, events)]
        self.assertEqual([], [at for at in times if start <= at < end])
        self.assertLess(min(times), start)
        self.assertGreater(max(times), end)
        self.assertLess(min(at for at in times if at >= end), end + stories.DAY_S)
        self.assertGreater(list(told.truth.unanswered.values()).count("silent"), 10)

    def test_worse(self):
        """It fails more often from a time on, for no reason of the patches."""
        told, _ = play(noise=0.0, worse=(5.0, 0.5))
        since = told.truth.worse_since[STEADY.username]
        self.assertEqual(stories.END - 5 * stories.DAY_S, since)
        mine = [a for a in told.truth.attempts if a.ci == STEADY.username and not a.about_patch]
        before = failing([attempt for attempt in mine if attempt.posted_at < since])
        after = failing([attempt for attempt in mine if attempt.posted_at >= since])
        self.assertLess(before, 0.1)
        self.assertGreater(after, 0.35)

    def test_broken(self):
        """Nearly all tests of the main project's master that begin then fail; others do as ever."""
        told, _ = play(broken=((5, 10, 10),))
        ((start, end),) = told.truth.broken
        self.assertEqual(10 * 3600, end - start)
        inside = [attempt for attempt in told.truth.attempts if attempt.broken]
        self.assertEqual({"zuul", STEADY.username}, {attempt.ci for attempt in inside})
        self.assertGreater(len(inside), 10)
        self.assertGreater(failing(inside), 0.85)
        for attempt in inside:
            patch_set = told.truth.patch_sets[attempt.change, attempt.patch_set]
            self.assertEqual((characters.MAIN_PROJECT, "master"), (patch_set.project, patch_set.branch))
            self.assertLess(attempt.asked_at, end)
            self.assertGreater(attempt.posted_at, start)
        others = [attempt for attempt in told.truth.attempts if not attempt.broken]
        self.assertLess(failing(others), 0.4)

    def test_nothing_is_broken_by_default(self):
        """The story of the demo is about its CIs."""
        told, _ = stories.story()
        self.assertEqual([], told.truth.broken)

    def test_the_same_patch_fails_the_same_jobs(self):
        """However often it is tested, and whatever else fails by chance; nor is a miss made up for."""
        told, _ = stories.story()
        found, seen = collections.defaultdict(list), collections.defaultdict(set)
        for attempt in told.truth.attempts:
            key = attempt.ci, attempt.change, attempt.patch_set
            # Where it does not apply, nothing was tested.
            if attempt.ci in told.truth.patch_sets[key[1:]].bad and attempt.verdict != "infrastructure":
                seen[key].add(attempt.about_patch)
                if attempt.about_patch and attempt.failed_jobs:
                    found[key].append(set(attempt.failed_jobs))
        again = [jobs for jobs in found.values() if len(jobs) > 1]
        self.assertGreater(len(again), 50)
        for jobs in again:
            self.assertNotEqual(set(), set.intersection(*jobs))
        self.assertEqual([], [key for key, about in seen.items() if len(about) > 1])
