"""What is listed behind a figure is what the figure counts, whichever patch sets are looked at for it."""

import datetime

from ciwatch.demo import world
from ciwatch.insight import days
from ciwatch.insight import scene
from ciwatch.registry import model
from ciwatch.rollup import daily
from ciwatch.rollup import known as knowns
from ciwatch.rollup import scenes
from ciwatch.rollup import window as windows
from tests import base
from tests.unit.queries import stories

UNTIL = datetime.datetime(2026, 3, 20, 14, 30, tzinfo=datetime.UTC)


class TestEveryFigure(base.TestCase):
    """A world with sick, silent and flaky CIs, as of its end and of moments before."""

    def setUp(self):
        """Plays it."""
        super().setUp()
        play = world.World(seed=3, days=14, changes=70, until=UNTIL)
        self.store = stories.record(self, play.history(), UNTIL)

    def window(self, connection, system_id, as_of):
        """Ten days of a CI."""
        known = knowns.Known(connection, model.Registry())
        return windows.Window(known, windows.Scope(system_id), *windows.ending(as_of, 10), as_of)

    def looked_at(self, connection, as_of):
        """(figure, CI id) -> ids of the patch sets, the newest first: by looking at all of them."""
        known, found = knowns.Known(connection, model.Registry()), {}
        first, last = windows.ending(as_of, 10)
        rows = daily.OF_PROJECTS.read(connection, daily.OF_PROJECTS.select(), {})
        for place in {row.place for row in rows}:
            if not first <= place.day <= last:
                continue
            there = scenes.read(known, [place], as_of)[place]
            for case in there.cases(as_of):
                for system in there.systems:
                    for name in set(case.figures(system)):
                        age = case.patch_set.seen_at, case.patch_set.id
                        found.setdefault((name, system.id), []).append(age)
        return {key: [each for _, each in sorted(ages, reverse=True)] for key, ages in found.items()}

    def test_same_as_looking_at_all(self):
        """Each figure of each CI, now and as of before, when days were others."""
        names = set()
        for as_of in (UNTIL, UNTIL - datetime.timedelta(days=3, hours=5)):
            with self.store.connect() as connection:
                expected = self.looked_at(connection, as_of)
                for system_id in knowns.Known(connection, model.Registry()).systems:
                    for name in scene.NEEDS:
                        window = self.window(connection, system_id, as_of)
                        listed = [found.case.patch_set.id for found in window.behind({name})]
                        self.assertEqual(expected.get((name, system_id), []), listed, (name, system_id))
                        names.update({name} if listed else ())
        # Not each happens in ten days of this world, but most do.
        self.assertGreater(len(names), len(scene.NEEDS) / 2)

    def test_pages(self):
        """What is skipped is the beginning of the list, whether its days are counted or not."""
        for as_of in (UNTIL, UNTIL - datetime.timedelta(days=3, hours=5)):
            with self.store.connect() as connection:
                for system_id in knowns.Known(connection, model.Registry()).systems:
                    window = self.window(connection, system_id, as_of)
                    whole = [found.case.patch_set.id for found in window.behind({"passed", "failed"})]
                    for skip in (1, len(whole) // 2, len(whole), len(whole) + 5):
                        window = self.window(connection, system_id, as_of)
                        rest = window.behind({"passed", "failed"}, skip)
                        self.assertEqual(whole[skip:], [found.case.patch_set.id for found in rest])

    def test_jobs(self):
        """A job's days are those that all days have of it, also where they are counted for the page."""
        as_of = UNTIL - datetime.timedelta(days=3, hours=5)
        with self.store.connect() as connection:
            for system_id in knowns.Known(connection, model.Registry()).systems:
                rows = self.window(connection, system_id, as_of).jobs()
                for job_id in {row.id for row in rows}:
                    known = knowns.Known(connection, model.Registry())
                    scope = windows.Scope(system_id, job_id=job_id)
                    window = windows.Window(known, scope, *windows.ending(as_of, 10), as_of)
                    self.assertEqual(
                        sorted((row.place, row.figures.passed, row.figures.flaked) for row in window.jobs()),
                        sorted(
                            (row.place, row.figures.passed, row.figures.flaked)
                            for row in rows
                            if row.id == job_id
                        ),
                    )


class TestNeeds(base.TestCase):
    """Of each figure it is known what it needs."""

    def test_complete(self):
        """Each that counts patch sets, and no other."""
        counts = {name for name, kind in days.SystemDay.__annotations__.items() if kind is int}
        self.assertEqual(counts - {"peers_judged", "peers_failed"}, set(scene.NEEDS))
