"""Tests of what the front page tells."""

import datetime

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.queries import home
from ciwatch.registry import model
from tests import base
from tests.unit.queries import stories
from tests.unit.queries.stories import DAY
from tests.unit.queries.stories import HOUR
from tests.unit.queries.stories import START

END = START + 30 * DAY


def of_project(event, name):
    """The event on another project."""
    event["change"]["project"] = name
    return event


class HomeTestCase(base.TestCase):
    """A month, and what came after it."""

    def play(self, *events, as_of=END):
        """Records the month and some events, counted as of a moment."""
        self.store = stories.record(self, [*stories.month(), *events], as_of)

    def read(self, as_of=END):
        """What is told."""
        with self.store.connect() as connection:
            return home.read(connection, model.Registry(), as_of)

    def set_words(self, name, *periods):
        """Gives a CI other status words: (word, since, until)."""
        table = models.StatusPeriod.__table__
        with self.store.begin() as connection:
            system_id = connection.scalar(sa.select(models.CISystem.id).where(models.CISystem.name == name))
            connection.execute(sa.delete(table).where(table.c.ci_system_id == system_id))
            rows = [
                {
                    "ci_system_id": system_id,
                    "word": word,
                    "rule": "It was so.",
                    "started_at": since,
                    "ended_at": until,
                }
                for word, since, until in periods
            ]
            connection.execute(sa.insert(table), rows)


class TestProjects(HomeTestCase):
    """Which there are, and how their CIs do."""

    def test_words(self):
        """Each CI with its word; those that are well are counted."""
        self.play()
        (project,) = self.read().projects
        self.assertEqual(("openstack/lantern", 6), (project.name, project.patch_sets))
        self.assertEqual(START + 29 * DAY, project.active_at)
        self.assertEqual(
            [("basalt-ci", "unstable")], [(each.name, each.status) for each in project.not_well]
        )
        self.assertEqual([("healthy", 2)], project.others)

    def test_worst_first(self):
        """Projects by the worst word of their CIs, and the CIs alike; the gate is one of them."""
        self.play(
            of_project(stories.upload(END - 5 * HOUR, 900), "a/first"),
            of_project(stories.results(END - 4 * HOUR, "zuul", 900, unit="SUCCESS"), "a/first"),
        )
        self.set_words("basalt-ci", ("sick", START, None))
        self.set_words("delta-ci", ("silent", START, None))
        lantern, first = self.read().projects
        self.assertEqual(("openstack/lantern", "a/first"), (lantern.name, first.name))
        told = [(each.status, each.name) for each in lantern.not_well]
        self.assertEqual([("silent", "delta-ci"), ("sick", "basalt-ci")], told)
        self.assertEqual([("healthy", 1)], lantern.others)

    def test_no_longer_there(self):
        """A CI that reports no more is none of the project's; a silent one is, for a while."""
        self.play()
        later = END + 60 * DAY
        (project,) = self.read(later).projects
        self.assertEqual((0, [], 0), (project.patch_sets, project.systems, project.long_silent))
        self.assertEqual(START + 29 * DAY + 2 * HOUR, project.active_at)
        self.set_words("delta-ci", ("silent", START + 25 * DAY, None))
        (project,) = self.read(later).projects
        self.assertEqual(["delta-ci"], [each.name for each in project.not_well])
        (project,) = self.read(END + 100 * DAY).projects
        self.assertEqual(([], 1), (project.systems, project.long_silent))

    def test_uncounted(self):
        """What nobody counted yet is new, and never healthy."""
        self.play(as_of=None)
        (project,) = self.read().projects
        self.assertEqual([("new", 3)], project.others)

    def test_past(self):
        """As of a moment before anything, the project is there without anything."""
        self.play()
        told = self.read(START - DAY)
        (project,) = told.projects
        self.assertEqual((0, None, []), (project.patch_sets, project.active_at, project.systems))
        self.assertEqual((0, []), (told.gate.now.of, told.happenings))

    def test_empty(self):
        """Nothing at all."""
        self.store = self.make_engine()
        told = self.read()
        self.assertEqual(([], [], None, []), (told.projects, told.happenings, told.gate, told.breakages))
        self.assertIsNone(told.newest)


class TestHappenings(HomeTestCase):
    """What changed in a day."""

    def setUp(self):
        """Records the month."""
        super().setUp()
        self.play()

    def told(self, as_of=END):
        """(kind, CI, word before) of each."""
        return [(each.kind, each.name, each.before) for each in self.read(as_of).happenings]

    def test_kinds(self):
        """Bad news by its word, the worst first; then who recovered."""
        since = END - 3 * HOUR
        self.set_words("zuul", ("regressed", START, since), ("healthy", since, None))
        self.set_words("basalt-ci", ("healthy", START, since), ("sick", since, None))
        self.set_words("delta-ci", ("healthy", START, since), ("silent", since, None))
        self.assertEqual(
            [
                ("silent", "delta-ci", "healthy"),
                ("sick", "basalt-ci", "healthy"),
                ("recovered", "zuul", "regressed"),
            ],
            self.told(),
        )

    def test_last_one(self):
        """Of a CI that was sick for some hours the recovery is told."""
        first, last = END - 9 * HOUR, END - 2 * HOUR
        self.set_words("basalt-ci", ("healthy", START, first), ("sick", first, last), ("healthy", last, None))
        self.assertEqual([("recovered", "basalt-ci", "sick")], self.told())
        self.assertEqual([("sick", "basalt-ci", "healthy")], self.told(END - 5 * HOUR))

    def test_a_day(self):
        """What changed 24 hours ago is told no more; what will change is not told yet."""
        since = END - 24 * HOUR
        self.set_words("basalt-ci", ("healthy", START, since), ("sick", since, None))
        self.assertEqual([], self.told())
        self.assertEqual(1, len(self.told(END - datetime.timedelta(seconds=1))))
        self.assertEqual([], self.told(since - HOUR))

    def test_no_news(self):
        """A CI of which enough is known by now is no news; one that was not known is."""
        since = END - HOUR
        self.set_words("basalt-ci", ("new", START, since), ("healthy", since, None))
        self.set_words("delta-ci", ("new", since, None))
        self.assertEqual([("new", "delta-ci", None)], self.told())


class TestGate(HomeTestCase):
    """One line."""

    def test_rates(self):
        """Patch sets passed of those judged, in 7 days and in the four weeks before."""
        self.play()
        gate = self.read(START + 29 * DAY + 12 * HOUR).gate
        self.assertEqual(["zuul"], [each.name for each in gate.systems])
        self.assertEqual((7, 7, 23, 23), (gate.now.n, gate.now.of, gate.before.n, gate.before.of))
        self.assertEqual("too few", gate.trend)

    def test_breakage(self):
        """What fails for all is told while it lasts."""
        events = []
        for number in range(8):
            at, change = END + number * HOUR, 700 + number
            events.append(stories.upload(at, change))
            for account in ("basalt-ci", "delta-ci", "zuul"):
                events.append(stories.results(at + HOUR / 3, account, change, unit="FAILURE"))
        self.play(*events, as_of=END + 12 * HOUR)
        (breakage,) = self.read(END + 12 * HOUR).breakages
        self.assertEqual((["openstack/lantern"], 3), (breakage.projects, len(breakage.systems)))
        self.assertEqual([], self.read(END).breakages)
