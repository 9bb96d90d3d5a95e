"""Figures that are kept up to date while events come in are those of counting everything anew."""

import datetime
import random

import sqlalchemy as sa
import testtools.matchers

from ciwatch.db import models
from ciwatch.demo import world
from ciwatch.registry import model as registry_model
from ciwatch.rollup import updater
from ciwatch.sources import batches
from ciwatch.sources import file
from tests import base

DERIVED = (
    models.DailyProject,
    models.DailySystem,
    models.DailyJob,
    models.DailyRule,
    models.Spell,
    models.StatusPeriod,
)
MARKS = (models.DirtyDay, models.DirtySystem)
UNTIL = datetime.datetime(2026, 3, 20, 14, 30, tzinfo=datetime.UTC)


class RollupTestCase(base.TestCase):
    """A database whose figures are compared."""

    def setUp(self):
        """Makes it."""
        super().setUp()
        self.store = self.make_engine()
        self.recorder = self.make_recorder(self.store)
        self.updater = updater.Updater(self.store, registry_model.Registry())

    def figures(self, *models_):
        """Table -> its rows without ids, as text, in an order of their own."""
        found = {}
        with self.store.connect() as connection:
            for each in models_ or DERIVED:
                table = each.__table__
                columns = [column for column in table.c if column.name != "id"]
                rows = connection.execute(sa.select(*columns))
                found[table.name] = sorted(repr(tuple(row)) for row in rows)
        return found

    def update(self, as_of):
        """Counts what waits, until nothing does."""
        for _ in self.updater.update(as_of):
            pass
        self.assertEqual({"dirty_days": [], "dirty_systems": []}, self.figures(*MARKS))

    def assert_same_anew(self, as_of):
        """Compares, table by table, so that a difference is a short list."""
        kept = self.figures()
        self.updater.rebuild()
        self.assertEqual([], self.figures()["daily_systems"])
        self.update(as_of)
        anew = self.figures()
        for name, rows in kept.items():
            self.assertThat(rows, testtools.matchers.HasLength(len(anew[name])), name)
            self.assertEqual([], [row for row in rows if row not in set(anew[name])], name)
        for name in ("daily_systems", "daily_rules"):
            self.assertThat(kept[name], testtools.matchers.Not(testtools.matchers.HasLength(0)))
        return kept


class TestSimulated(RollupTestCase):
    """Worlds with sick, silent and flaky CIs."""

    def lines(self, seed=3, days=16, changes=160):
        """The events of a world, as lines."""
        play = world.World(seed=seed, days=days, changes=changes, until=UNTIL)
        return [base.line(event) for event in play.history()]

    def test_in_parts(self):
        """Counted after each part, as of then."""
        for part in batches.full(iter(self.lines()), 700):
            self.recorder.record(part)
            self.update(_newest(part))
        self.update(UNTIL)
        kept = self.assert_same_anew(UNTIL)
        self.assertThat(kept["spells"], testtools.matchers.Not(testtools.matchers.HasLength(0)))

    def test_in_any_order(self):
        """Events come as they like, and counting is broken off again and again."""
        lines, luck = self.lines(seed=5), random.Random(5)
        luck.shuffle(lines)
        for part in batches.full(iter(lines), 1200):
            self.recorder.record(part)
            for number, _ in enumerate(self.updater.update(UNTIL)):
                if number == luck.randrange(12):
                    break
        self.update(UNTIL)
        self.assert_same_anew(UNTIL)

    def test_time_passes(self):
        """Nothing is said any more: what was pending is missed, and who speaks no more is silent, or new."""
        self.recorder.record(self.lines(days=10, changes=90))
        for days in (0, 1, 2, 3, 40):
            self.update(UNTIL + datetime.timedelta(days=days))
        self.assert_same_anew(UNTIL + datetime.timedelta(days=40))
        with self.store.connect() as connection:
            self.assertEqual(0, connection.scalar(sa.select(sa.func.sum(models.DailySystem.pending))))
            lasting = models.StatusPeriod.ended_at.is_(None)
            words = set(connection.scalars(sa.select(models.StatusPeriod.word).where(lasting)))
        self.assertEqual({"new", "silent"}, words - {"sick"})

    def test_nothing_twice(self):
        """The same events once more leave nothing to count."""
        lines = self.lines(days=5, changes=40)
        self.recorder.record(lines)
        self.update(UNTIL)
        self.recorder.record(lines)
        self.assertEqual([], list(self.updater.update(UNTIL)))


    def test_rebuild_goes_on(self):
        """Who asks for all to be counted anew once more, before that is done, has the rest of it counted."""
        self.recorder.record(self.lines(days=8, changes=60))
        self.update(UNTIL)
        before = self.figures()
        self.assertTrue(self.updater.rebuild())
        for number, _ in enumerate(self.updater.update(UNTIL)):
            if number == 3:
                break
        left = len(self.figures(*MARKS)["dirty_days"])
        self.assertFalse(updater.Updater(self.store, registry_model.Registry()).rebuild())
        self.assertEqual(left, len(self.figures(*MARKS)["dirty_days"]))
        self.update(UNTIL)
        self.assertEqual(before, self.figures())
        self.assertTrue(self.updater.rebuild())


class TestMoved(RollupTestCase):
    """A change that Gerrit says is elsewhere now."""

    def test_to_another_project(self):
        """What a CI said of it counts there, although it never reported on anything else of that project."""
        seconds = int(UNTIL.timestamp()) - 7200
        text = "Patch Set 1: Verified+1\n\nBuild succeeded.\n\n- unit https://logs.example/1 : SUCCESS in 1m"
        said = base.comment_event(text, seconds, "basalt-ci", "Basalt CI")
        self.recorder.record([base.line(said)])
        self.update(UNTIL)
        moved = base.comment_event("Patch Set 1:\n\nMoved.", seconds + 60, "ann", "Ann")
        moved["change"] = {**moved["change"], "project": "openstack/wick", "branch": "stable"}
        self.recorder.record([base.line(moved)])
        self.update(UNTIL)
        self.assert_same_anew(UNTIL)
        with self.store.connect() as connection:
            rows = connection.execute(sa.select(models.DailySystem.branch, models.DailySystem.passed)).all()
        self.assertEqual([("stable", 1)], [tuple(row) for row in rows])


class TestRecorded(RollupTestCase):
    """Recordings of real servers."""

    def test_in_parts(self):
        """Half a year of a busy project, counted after each fortnight of it."""
        path = self.require_corpus("events/spdk-2019h1.jsonl.gz")
        for part in batches.full(file.FileSource(path).lines(), 6000):
            self.recorder.record(part)
            newest = _newest(part)
            self.update(newest)
        self.assert_same_anew(newest)


def _newest(lines):
    """The time of the newest of some events."""
    seconds = max(base.read_line(line)["eventCreatedOn"] for line in lines)
    return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC)
