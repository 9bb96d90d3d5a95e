"""Tests of who was expected on a change's patch sets, and what is said of those that did not answer."""

from ciwatch.queries import change
from ciwatch.registry import model
from tests import base
from tests.unit.queries import stories
from tests.unit.queries.stories import DAY
from tests.unit.queries.stories import HOUR
from tests.unit.queries.stories import START

AT = START + 30 * DAY


class TestStances(base.TestCase):
    """On change 200, after a month."""

    def read(self, *events, after, registry=None):
        """The patch sets so long after the first of them came, the newest first."""
        registry = registry or model.Registry()
        upload = stories.upload(AT, 200)
        store = stories.record(self, [*stories.month(), upload, *events], AT + after, registry)
        with store.connect() as connection:
            return change.read(connection, 200, AT + after, registry).patch_sets

    def told(self, patch_set):
        """Name of a CI -> (state, standing, note)."""
        return {
            system.name: (
                system.state,
                system.stance and system.stance.standing,
                system.stance and system.stance.note,
            )
            for system in patch_set.systems
        }

    def test_pending(self):
        """Until its limit has passed, whoever is expected is pending."""
        (patch_set,) = self.read(after=2 * HOUR)
        self.assertEqual(["zuul", "basalt-ci", "delta-ci"], [each.name for each in patch_set.systems])
        told = self.told(patch_set)
        self.assertEqual(("pending", "pending", "Expected until Sun 1 Nov 08:00 UTC."), told["basalt-ci"])
        self.assertEqual([("pending", 3)], patch_set.tally)

    def test_missed(self):
        """After it, it is missed; who answered comes after that, and the gate first."""
        (patch_set,) = self.read(
            stories.results(AT + HOUR, "zuul", 200, unit="SUCCESS"),
            stories.results(AT + 2 * HOUR, "basalt-ci", 200, steady="SUCCESS"),
            after=25 * HOUR,
        )
        self.assertEqual(["zuul", "delta-ci", "basalt-ci"], [each.name for each in patch_set.systems])
        told = self.told(patch_set)
        self.assertEqual(("missed", "missed", "It was expected until 08:00 UTC."), told["delta-ci"])
        self.assertEqual(("passed", "answered", None), told["basalt-ci"])
        (zuul, _, basalt) = patch_set.systems
        self.assertEqual((3600, False), (zuul.stance.answered_after_s, zuul.stance.is_late))
        self.assertEqual("unstable", basalt.stance.status)

    def test_late(self):
        """An answer after the limit is one all the same."""
        (patch_set,) = self.read(
            stories.results(AT + 30 * HOUR, "basalt-ci", 200, steady="SUCCESS"), after=31 * HOUR
        )
        (basalt,) = [each for each in patch_set.systems if each.name == "basalt-ci"]
        self.assertEqual(("passed", True), (basalt.state, basalt.stance.is_late))
        self.assertEqual(30 * 3600, basalt.stance.answered_after_s)

    def test_superseded(self):
        """Who did not answer before the next patch set came need not any more."""
        second, first = self.read(stories.upload(AT + HOUR, 200, 2), after=2 * HOUR)
        self.assertEqual({"superseded"}, {state for state, *_ in self.told(first).values()})
        self.assertEqual(
            "A newer patch set came before it was due.", self.told(first)["basalt-ci"][2]
        )
        self.assertEqual({"pending"}, {state for state, *_ in self.told(second).values()})

    def test_closed(self):
        """Nor after the change was merged."""
        merged = {**stories.upload(AT + HOUR, 200), "type": "change-merged"}
        merged["eventCreatedOn"] += 3600
        (patch_set,) = self.read(merged, after=5 * HOUR)
        self.assertEqual(
            ("superseded", "superseded", "The change was merged before it was due."),
            self.told(patch_set)["basalt-ci"],
        )

    def test_silent(self):
        """Of one that is silent it is told since when, and by what."""
        events = []
        for number in range(8):
            at = AT + number * HOUR
            events.append(stories.upload(at, 300 + number))
            events.append(stories.results(at + HOUR / 2, "zuul", 300 + number, unit="SUCCESS"))
        (patch_set,) = self.read(*events, after=40 * HOUR)
        state, _, note = self.told(patch_set)["delta-ci"]
        self.assertEqual("missed", state)
        told = r"^Silent since Fri 30 Oct 09:00 UTC: \d+ expected patch sets passed their limit"
        self.assertRegex(note, told)
        (delta,) = [each for each in patch_set.systems if each.name == "delta-ci"]
        self.assertEqual("silent", delta.stance.status)

    def test_running(self):
        """A run that goes on is no answer, and no miss."""
        start = stories.comment("\n\nStarting check jobs.", AT + HOUR, "zuul", 200)
        (patch_set,) = self.read(start, after=2 * HOUR)
        (zuul, *_) = patch_set.systems
        self.assertEqual(("zuul", "running", None), (zuul.name, zuul.state, zuul.deciding))

    def test_runs_again(self):
        """What it said before is what is told meanwhile."""
        (patch_set,) = self.read(
            stories.comment("\n\nStarting check jobs.", AT + HOUR, "zuul", 200),
            stories.results(AT + 2 * HOUR, "zuul", 200, unit="FAILURE"),
            stories.comment("\n\nrecheck", AT + 3 * HOUR, "ada", 200),
            stories.comment("\n\nStarting check jobs.", AT + 4 * HOUR, "zuul", 200),
            after=5 * HOUR,
        )
        (zuul, *_) = patch_set.systems
        self.assertEqual(("running", "failed"), (zuul.state, zuul.deciding.verdict))

    def test_not_expected(self):
        """Nobody is on a patch set with nothing in it to test."""
        again = stories.upload(AT + HOUR, 200, 2)
        again["patchSet"]["kind"] = "NO_CODE_CHANGE"
        second, _ = self.read(again, after=2 * HOUR)
        self.assertEqual([], second.systems)

    def test_registered(self):
        """Whom to ask and what to type stand with those that missed it, too."""
        system = model.System("delta-ci", "Delta", contact="ci@delta.example", recheck="run-delta")
        (patch_set,) = self.read(after=25 * HOUR, registry=model.Registry([system]))
        (delta,) = [each for each in patch_set.systems if each.name == "delta-ci"]
        self.assertEqual(("ci@delta.example", "run-delta"), (delta.contact, delta.recheck))

    def test_many_patch_sets(self):
        """Of more than twenty, the newest are told of; of the others, what was said."""
        events = [stories.upload(AT + number * HOUR, 200, number) for number in range(2, 24)]
        events.append(stories.results(AT + HOUR / 2, "zuul", 200, unit="FAILURE"))
        found = self.read(*events, after=24 * HOUR)
        self.assertEqual(23, len(found))
        self.assertEqual([3] * 20, [len(patch_set.systems) for patch_set in found[: change.MOST_TOLD]])
        (zuul,) = found[-1].systems
        self.assertEqual(("failed", None), (zuul.state, zuul.stance))
        self.assertIsNone(zuul.deciding.explanation)
