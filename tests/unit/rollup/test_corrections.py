"""Figures as of any moment are those of counting each day as of it, whatever is kept of the day."""

import datetime

from ciwatch.demo import world
from ciwatch.insight import days
from ciwatch.insight import histogram
from ciwatch.registry import model
from ciwatch.rollup import corrections
from ciwatch.rollup import daily
from ciwatch.rollup import known as knowns
from ciwatch.rollup import scenes
from ciwatch.rollup import window as windows
from tests import base
from tests.unit.queries import stories

UNTIL = datetime.datetime(2026, 3, 20, 14, 30, tzinfo=datetime.UTC)
# Of project days; the others are moments.
_COUNTS = ("patch_sets", "merged", "rechecks")


class TestMoments(base.TestCase):
    """A world with sick, silent and flaky CIs, as of many moments of it."""

    def setUp(self):
        """Plays it."""
        super().setUp()
        play = world.World(seed=3, days=14, changes=70, until=UNTIL)
        self.store = stories.record(self, play.history(), UNTIL)

    def moments(self):
        """Every 17 hours, so that they are of all times of a day."""
        return [UNTIL - number * datetime.timedelta(hours=17) for number in range(14)]

    def counted(self, connection, known, as_of):
        """Place -> what each of its days says, counted as a whole."""
        first, last = windows.ending(as_of, 10)
        places = {row.place for row in daily.OF_PROJECTS.read(connection, daily.OF_PROJECTS.select(), {})}
        told = scenes.read(known, {place for place in places if first <= place.day <= last}, as_of)
        return {place: days.count(there, as_of) for place, there in told.items()}

    def test_as_counted(self):
        """Projects, CIs and their jobs; and some of the days were not counted as a whole."""
        partly = 0
        for as_of in self.moments():
            with self.store.connect() as connection:
                known = knowns.Known(connection, model.Registry())
                window = windows.Window(known, windows.Scope(), *windows.ending(as_of, 10), as_of)
                expected = self.counted(connection, known, as_of)
                self.assertEqual(
                    {
                        (place, system_id): figures
                        for place, of in expected.items()
                        for system_id, figures in of.systems.items()
                    },
                    {(row.place, row.id): row.figures for row in window.systems()},
                    as_of,
                )
                for day in {place.day for place in expected}:
                    sums = {}
                    for place, of in expected.items():
                        if place.day == day:
                            sums.setdefault(place.project_id, []).append(counts(of.project))
                    self.assertEqual(
                        {key: list(map(sum, zip(*each, strict=True))) for key, each in sums.items()},
                        windows.Window(known, windows.Scope(), day, day, as_of).project_sums(_COUNTS),
                        (as_of, day),
                    )
                jobs = {}
                for system_id in known.systems:
                    one = windows.Scope(system_id)
                    of_one = windows.Window(known, one, *windows.ending(as_of, 10), as_of)
                    jobs.update({(row.place, row.id): row.figures for row in of_one.jobs()})
                self.assertEqual(
                    {(place, key): job for place, of in expected.items() for key, job in of.jobs.items()},
                    jobs,
                    as_of,
                )
                stale = corrections.find(known, None, (), as_of, corrections.select(), {})
                partly += len(corrections.read_partly(known, None, stale.partly, as_of))
        self.assertGreater(partly, 10)


def counts(figures):
    """Those of a project's day that can be added up."""
    return [getattr(figures, name) for name in _COUNTS]


class TestFigures(base.TestCase):
    """What is gone is taken away, and what is come is added."""

    def test_counts_and_times(self):
        """A number, and how long something took."""
        kept, come, gone = (
            days.SystemDay(answered=count, answer_times=histogram.Histogram(times).pack())
            for count, times in ((5, {10: 3, 20: 2}), (2, {20: 2}), (3, {10: 2, 20: 1}))
        )
        expected = days.SystemDay(answered=4, answer_times=histogram.Histogram({10: 1, 20: 3}).pack())
        self.assertEqual(expected, daily.corrected(kept, come, gone))

    def test_all_is_gone(self):
        """Then nothing is left, and no bucket with none in it."""
        kept = days.SystemDay(answered=1, answer_times=histogram.Histogram({10: 1}).pack())
        self.assertEqual(days.SystemDay(), daily.corrected(kept, None, kept))

    def test_nothing_was_kept(self):
        """What is come is all."""
        come = days.JobDay(passed=2, judged=2)
        self.assertEqual(come, daily.corrected(None, come, None))
