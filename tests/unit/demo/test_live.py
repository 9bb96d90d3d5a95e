"""What happens behind the end of the history."""

import itertools
import tracemalloc

import testtools

from ciwatch.demo import people
from ciwatch.demo import world
from tests.unit.demo import stories


class TestLive(testtools.TestCase):
    """The live world."""

    def play(self, count, speed=60.0, days=4, changes=120, **more):
        """(World, history, the first events behind it)."""
        play = world.World(seed=1, days=days, changes=changes, until=stories.UNTIL, **more)
        return play, list(play.history()), list(itertools.islice(play.live(speed), count))

    def test_goes_on(self):
        """In order, from the end on, with changes of the history and new ones."""
        _, history, live = self.play(3000)
        times = [event["eventCreatedOn"] for event in live]
        self.assertEqual(sorted(times), times)
        self.assertGreaterEqual(times[0], stories.END)
        self.assertGreaterEqual(times[0], history[-1]["eventCreatedOn"])
        self.assertLess(times[0], stories.END + 60)
        old = {event["change"]["number"] for event in history}
        new = [event["change"]["number"] for event in live]
        self.assertIn(new[0], old)
        born = {event["change"]["number"] for event in live if event["type"] == "patchset-created"} - old
        self.assertGreater(min(born), max(old))
        self.assertGreater(len(born), 20)
        self.assertEqual({"NEW", "MERGED", "ABANDONED"}, {event["change"]["status"] for event in live})

    def test_speed(self):
        """The same happens, at times squeezed by the speed; comments stay as they are."""
        _, _, real = self.play(2000, speed=1.0)
        _, _, fast = self.play(2000, speed=60.0)
        self.assertGreater(real[-1]["eventCreatedOn"], stories.END + 3600)
        for slow, quick in zip(real, fast, strict=True):
            self.assertEqual(slow.get("comment"), quick.get("comment"))
            self.assertEqual(slow["change"], quick["change"])
            pairs = [
                (slow["eventCreatedOn"], quick["eventCreatedOn"]),
                (slow["patchSet"]["createdOn"], quick["patchSet"]["createdOn"]),
            ]
            for simulated, stated in pairs:
                if simulated <= stories.END:
                    self.assertEqual(simulated, stated)
                else:
                    # Both are cut to whole seconds.
                    self.assertAlmostEqual((simulated - stories.END) / 60, stated - stories.END, delta=1.02)

    def test_something_happens_every_few_seconds(self):
        """On a weekday."""
        _, _, live = self.play(1000, days=14, changes=400)
        took_s = live[-1]["eventCreatedOn"] - stories.END
        self.assertLess(took_s / len(live), 5)

    def test_changes_come_at_the_same_rate(self):
        """Over weeks, as many as in the history."""
        play = world.World(seed=2, days=14, changes=50, until=stories.UNTIL, keep_truth=False)
        first = max(event["change"]["number"] for event in play.history())
        weeks, speed = 40, 1000.0
        end = stories.END + weeks * 7 * stories.DAY_S / speed
        created = sum(
            event["type"] == "patchset-created"
            and event["patchSet"]["number"] == 1
            and event["change"]["number"] > first
            for event in itertools.takewhile(lambda event: event["eventCreatedOn"] < end, play.live(speed))
        )
        # 1000 are expected; four standard deviations are 126.
        self.assertTrue(874 <= created <= 1126, created)

    def test_week(self):
        """The rhythm that the rate is corrected for has the mean it is said to have."""
        hours = [people.busy(stories.END + 3600 * hour) for hour in range(168)]
        self.assertNotEqual(hours[:24], hours[-48:-24])
        self.assertAlmostEqual(people.MEAN_BUSY, sum(hours) / 168)
        self.assertEqual(1.0, max(hours))
        saturday = stories.END // stories.DAY_S * stories.DAY_S - 2 * stories.DAY_S
        self.assertTrue(people.is_weekend(saturday) and people.is_weekend(saturday + stories.DAY_S))
        self.assertFalse(people.is_weekend(saturday - 1))

    def test_memory_is_bounded(self):
        """Without the truth nothing grows for ever."""
        play = world.World(seed=1, days=1, changes=30, until=stories.UNTIL, keep_truth=False)
        for _ in play.history():
            pass
        live = play.live()
        for _ in itertools.islice(live, 10000):
            pass
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        for _ in itertools.islice(live, 15000):
            pass
        # What is under way at busy and at quiet times differs; all the events would take some 30 MB.
        self.assertLess(tracemalloc.get_traced_memory()[0], 4_000_000)
