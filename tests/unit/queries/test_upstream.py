"""The gate's health, and what fails for all, as read from a database."""

import types

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.queries import upstream
from ciwatch.registry import model
from tests import base
from tests.unit.queries import stories
from tests.unit.queries.stories import DAY
from tests.unit.queries.stories import HOUR
from tests.unit.queries.stories import START

#: The month's last 28 days, and a week after it.
NOW = START + 34 * DAY + 10 * HOUR
MINUTE = HOUR / 60


def week(passes, infrastructure=0):
    """The seven days after the month: 10 changes, of which the gate passes so many."""
    for number in range(10):
        at, change = START + (28 + number // 2) * DAY, 500 + number
        yield stories.upload(at, change)
        word = "SUCCESS" if number < passes else "FAILURE"
        if number >= 10 - infrastructure:
            word = "NODE_FAILURE"
        yield stories.results(at + 2 * HOUR, "zuul", change, unit=word)


def month(days=28):
    """The same month, without its last two days."""
    return [event for event in stories.month() if event["eventCreatedOn"] < (START + days * DAY).timestamp()]


class UpstreamTestCase(base.TestCase):
    """Reads it."""

    def read(self, store, as_of=NOW, project=None):
        """The :class:`~ciwatch.queries.upstream.Upstream`."""
        with store.connect() as connection:
            return upstream.read(connection, model.Registry(), as_of, project)

    def assert_rate(self, n, of, rate):
        """A rate is n of N."""
        self.assertEqual((n, of), (rate.n, rate.of))


class TestGate(UpstreamTestCase):
    """How it does."""

    def test_worse(self):
        """It passed all in four weeks, and 2 of 10 in the last one."""
        store = stories.record(self, [*month(), *week(2)], NOW)
        found = self.read(store)
        self.assertEqual((START + 28 * DAY).date(), found.now.first)
        self.assertEqual(NOW.date(), found.now.last)
        self.assertEqual((START.date(), (START + 27 * DAY).date()), (found.before.first, found.before.last))
        self.assert_rate(2, 10, found.health.passed.now)
        self.assert_rate(28, 28, found.health.passed.before)
        self.assertEqual("worse", found.health.passed.trend)
        self.assertEqual("as before", found.health.infrastructure.trend)
        self.assertEqual(["zuul"], [gate.name for gate in found.gates])
        self.assertEqual(found.health, found.gates[0].health)

    def test_infrastructure(self):
        """What could not be tested was not judged."""
        found = self.read(stories.record(self, [*month(), *week(10, infrastructure=4)], NOW))
        self.assert_rate(6, 6, found.health.passed.now)
        self.assertEqual("too few", found.health.passed.trend)
        self.assert_rate(4, 10, found.health.infrastructure.now)
        self.assertEqual("worse", found.health.infrastructure.trend)

    def test_latency(self):
        """An hour in the month, two in the week, as near as a bucket is."""
        found = self.read(stories.record(self, [*month(), *week(10)], NOW)).health.time_to_verdict
        self.assertEqual((10, 28), (found.now.count, found.before.count))
        self.assertAlmostEqual(7200, found.now.p50_s, delta=7200 * 0.03)
        self.assertAlmostEqual(3600, found.before.p99_s, delta=3600 * 0.03)

    def test_as_of_then(self):
        """Before the week nothing of it is told, and the windows are others."""
        store = stories.record(self, [*month(), *week(2)], NOW)
        found = self.read(store, as_of=START + 20 * DAY + 90 * MINUTE)
        self.assert_rate(7, 7, found.health.passed.now)
        self.assert_rate(14, 14, found.health.passed.before)
        self.assertEqual("too few", found.health.passed.trend)

    def test_at_midnight(self):
        """At the end of a day the week ends with it."""
        store = stories.record(self, month(), NOW)
        midnight = (START + 20 * DAY).replace(hour=0)
        found = self.read(store, as_of=midnight)
        self.assertEqual((START + 19 * DAY).date(), found.now.last)
        self.assert_rate(7, 7, found.health.passed.now)

    def test_no_gate(self):
        """Nothing is said of one, and nothing of its jobs."""
        store = stories.record(self, month(), NOW)
        with store.begin() as connection:
            connection.execute(sa.update(models.CISystem).values(is_gate=False))
        found = self.read(store)
        self.assertIsNone(found.health)
        self.assertEqual(([], [], 0), (found.gates, found.jobs, found.traffic_before.patch_sets))

    def test_empty(self):
        """Nothing was recorded."""
        found = self.read(self.make_engine())
        self.assertIsNone(found.health)
        self.assertEqual([], found.breakages)

    def test_two_gates(self):
        """They count together, and each by itself; others do not."""
        store = stories.record(self, month(), NOW)
        with store.begin() as connection:
            statement = sa.update(models.CISystem).where(models.CISystem.name == "delta-ci")
            connection.execute(statement.values(is_gate=True))
        found = self.read(store)
        self.assertEqual(["delta-ci", "zuul"], [gate.name for gate in found.gates])
        self.assert_rate(56, 56, found.health.passed.before)
        self.assert_rate(28, 28, found.gates[0].health.passed.before)

    def test_project(self):
        """On a project where nothing came there is nothing to tell, and no per cent."""
        store = stories.record(self, month(), NOW)
        found = self.read(store, project=types.SimpleNamespace(id=99, name="openstack/wick"))
        self.assert_rate(0, 0, found.health.passed.before)
        self.assertIsNone(found.health.passed.before.low)
        self.assertEqual("too few", found.health.passed.trend)
        self.assertIsNone(found.health.time_to_verdict.before.p50_s)


class TestJobsAndTraffic(UpstreamTestCase):
    """Its jobs, and what people ask for."""

    def flips(self, count):
        """The gate fails *count* of the month's changes at first, and passes them when it is asked again."""
        for number in range(count):
            at, change = START + number * DAY + 2 * HOUR, 600 + number
            yield stories.upload(at, change)
            yield stories.results(at + HOUR, "zuul", change, shaky="FAILURE", unit="SUCCESS")
            yield stories.comment("\n\nrecheck", at + 2 * HOUR, "ada", change)
            yield stories.results(at + 3 * HOUR, "zuul", change, shaky="SUCCESS", unit="SUCCESS")

    def test_flaky(self):
        """The flipping job is named, and unstable; the steady one is not."""
        found = self.read(stories.record(self, [*month(), *self.flips(12)], NOW - 7 * DAY), NOW - 7 * DAY)
        self.assertEqual(["shaky"], [job.name for job in found.jobs])
        self.assertTrue(found.jobs[0].is_unstable)
        self.assertEqual("zuul", found.jobs[0].gate)
        self.assert_rate(12, 12, found.jobs[0].flaked.before)
        self.assert_rate(0, 0, found.jobs[0].flaked.now)
        self.assertEqual(1, found.flaked_jobs)

    def test_rarely_flaky(self):
        """Two flips are no unstable job."""
        found = self.read(stories.record(self, [*month(), *self.flips(2)], NOW - 7 * DAY), NOW - 7 * DAY)
        self.assertEqual([False], [job.is_unstable for job in found.jobs])

    def test_rechecks(self):
        """18 rechecks: 6 of the month, 12 more; where nothing was merged there is no quotient."""
        found = self.read(stories.record(self, [*month(), *self.flips(12)], NOW))
        self.assertEqual((40, 18), (found.traffic_before.patch_sets, found.traffic_before.rechecks))
        self.assertEqual(0.45, found.traffic_before.rechecks_per_patch_set)
        self.assertIsNone(found.traffic_before.rechecks_per_merged)
        self.assertIsNone(found.traffic_now.rechecks_per_patch_set)


class TestBreakages(UpstreamTestCase):
    """What fails for all."""

    def setUp(self):
        """A month, and a day on which all fail."""
        super().setUp()
        self.broken_at = START + 30 * DAY
        events = list(stories.month())
        for number in range(8):
            at, change = self.broken_at + number * HOUR, 700 + number
            events.append(stories.upload(at, change))
            for account in ("basalt-ci", "delta-ci", "zuul"):
                events.append(stories.results(at + 20 * MINUTE, account, change, unit="FAILURE"))
        for number in range(4):
            at, change = self.broken_at + (20 + number) * HOUR, 800 + number
            events.append(stories.upload(at, change))
            for account in ("basalt-ci", "delta-ci", "zuul"):
                events.append(stories.results(at + 20 * MINUTE, account, change, unit="SUCCESS"))
        self.store = stories.record(self, events, self.broken_at + 40 * DAY)

    def test_lasts(self):
        """It is told while it lasts, once, with all who met it."""
        (found,) = self.read(self.store, self.broken_at + 12 * HOUR).breakages
        self.assertIsNone(found.until)
        self.assertEqual(["openstack/lantern"], found.projects)
        self.assertEqual(["zuul", "basalt-ci", "delta-ci"], [system.name for system in found.systems])
        self.assertEqual([], sorted(set(found.changes).difference(range(700, 708))))
        self.assertGreaterEqual(len(found.changes), 5)
        self.assertLess(abs(found.since - self.broken_at), HOUR)

    def test_not_yet_known(self):
        """After two failures nobody could know."""
        self.assertEqual([], self.read(self.store, self.broken_at + 90 * MINUTE).breakages)

    def test_over(self):
        """It is told for a week after it ended, and no longer."""
        (found,) = self.read(self.store, self.broken_at + 3 * DAY).breakages
        self.assertLess(found.until, self.broken_at + DAY)
        self.assertEqual([], self.read(self.store, self.broken_at + 9 * DAY).breakages)

    def test_elsewhere(self):
        """It is none of another project's."""
        wick = types.SimpleNamespace(id=99, name="openstack/wick")
        self.assertEqual([], self.read(self.store, self.broken_at + 12 * HOUR, wick).breakages)
