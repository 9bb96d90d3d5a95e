"""Who has a CI, as read from a database."""

import datetime

import sqlalchemy as sa

from ciwatch.queries import coverage
from ciwatch.queries.coverage import State
from ciwatch.registry import model
from tests import base
from tests.unit.queries import stories
from tests.unit.queries.stories import DAY
from tests.unit.queries.stories import HOUR
from tests.unit.queries.stories import START

NOW = START + 30 * DAY
LANTERN = "openstack/lantern"


def registry(components, *names, **more):
    """A registry of CIs, and of components of lantern: name -> names of its CIs."""
    systems = [model.System(name, f"The {name}", **more.get(name.partition("-")[0], {})) for name in names]
    parts = tuple(model.Component(name, (), tuple(of)) for name, of in components.items())
    return model.Registry(systems, [model.Project(LANTERN, parts)])


class CoverageTestCase(base.TestCase):
    """Reads it."""

    def read(self, store, known=None, as_of=NOW, project=None, **more):
        """The :class:`~ciwatch.queries.coverage.Coverage`."""
        with store.connect() as connection:
            return coverage.read(connection, known or model.Registry(), as_of, project, **more)


class TestCoverage(CoverageTestCase):
    """Components, and the CIs that serve them."""

    def setUp(self):
        """Plays the month."""
        super().setUp()
        self.store = stories.record(self, stories.month(), NOW)

    def test_worst_first(self):
        """No CI, one that never reported, one that is retired, one that is well, in this order."""
        known = registry(
            {"served": ["basalt-ci"], "old": ["delta-ci"], "none": [], "quiet": ["quartz-ci"]},
            *("basalt-ci", "delta-ci", "quartz-ci"),
            delta={"retired": datetime.date(2026, 10, 20)},
        )
        (project,) = self.read(self.store, known).projects
        self.assertEqual(
            [("none", State.NONE), ("quiet", State.NEVER), ("old", State.RETIRED), ("served", State.SERVED)],
            [(component.name, component.state) for component in project.components],
        )
        none, quiet, old, served = (component.systems for component in project.components)
        self.assertEqual([], none)
        self.assertEqual("never reported", quiet[0].status)
        self.assertEqual("The quartz-ci", quiet[0].title)
        self.assertIsNone(quiet[0].last_report_at)
        self.assertEqual((0, None), (quiet[0].answered.of, quiet[0].answered.low))
        self.assertEqual("retired", old[0].status)
        self.assertEqual(NOW - DAY + 2 * HOUR, served[0].last_report_at)
        self.assertEqual(["zuul"], [service.name for service in project.others])

    def test_best_of_several(self):
        """A component is served where one of its CIs does."""
        known = registry({"nfs": ["quartz-ci", "delta-ci"]}, "quartz-ci", "delta-ci")
        (component,) = self.read(self.store, known).projects[0].components
        self.assertEqual(State.SERVED, component.state)
        self.assertEqual(["quartz-ci", "delta-ci"], [service.name for service in component.systems])

    def test_figures(self):
        """Those of the CI's pages: it answered the patch sets that it was expected on."""
        basalt = self.service("basalt-ci", self.read(self.store))
        self.assertEqual((basalt.answered.of, basalt.answered.of), (basalt.answered.n, 19))
        # A re-run passed each time; the first failure was 31 days ago.
        self.assertEqual((0, 5), (basalt.trust.n, basalt.trust.of))
        self.assertIsNone(basalt.rules)

    def service(self, name, found):
        """A CI of the only project."""
        return next(service for service in found.projects[0].others if service.name == name)

    def test_learned(self):
        """Without a registry each project has the CIs that report on it, the gate first."""
        found = self.read(self.store)
        self.assertFalse(found.has_components)
        self.assertEqual([LANTERN], [project.name for project in found.projects])
        self.assertEqual(
            ["zuul", "basalt-ci", "delta-ci"], [service.name for service in found.projects[0].others]
        )

    def test_rules(self):
        """Where they are asked for, each stands in one of three lists."""
        basalt = self.service("basalt-ci", self.read(self.store, project=LANTERN, with_rules=True))
        self.assertIn("links its page", basalt.rules.broken)
        self.assertIn("one comment", basalt.rules.kept)
        rules = basalt.rules.kept + basalt.rules.broken + basalt.rules.too_few
        self.assertEqual(6, len(set(rules)))

    def test_idle(self):
        """Forty days later nobody has reported for long."""
        known = registry({"array": ["basalt-ci"]}, "basalt-ci")
        (component,) = self.read(self.store, known, as_of=NOW + 40 * DAY).projects[0].components
        self.assertEqual(State.IDLE, component.state)
        self.assertEqual(0, component.systems[0].answered.of)

    def test_as_of_then(self):
        """Nothing later is told: neither a report nor a CI that came later."""
        found = self.read(self.store, as_of=START + 5 * DAY + 90 * HOUR / 60)
        self.assertEqual(START + 5 * DAY + HOUR, self.service("zuul", found).last_report_at)
        self.assertEqual(START + 4 * DAY + 2 * HOUR, self.service("basalt-ci", found).last_report_at)
        self.assertEqual([], self.read(self.store, as_of=START - DAY).projects)

    def test_long_before(self):
        """A last report is found however old it was then."""
        at = NOW + 300 * DAY
        late = [stories.upload(at, 900), stories.results(at, "zuul", 900, a="SUCCESS")]
        store = stories.record(self, [*stories.month(), *late])
        found = self.read(store, as_of=NOW + 290 * DAY)
        self.assertEqual(START + 29 * DAY + HOUR, self.service("zuul", found).last_report_at)

    def test_few_statements(self):
        """Two hundred components take as many statements as one."""
        counts = []
        for number in (1, 200):
            names = [f"ci-{each}" for each in range(number)]
            known = registry({f"driver {name}": [name] for name in names}, *names)
            seen = []
            with self.store.connect() as connection:
                sa.event.listen(connection, "before_cursor_execute", lambda *_, seen=seen: seen.append(1))
                coverage.read(connection, known, NOW)
            counts.append(len(seen))
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[0], 15)


class TestNothing(CoverageTestCase):
    """An empty database."""

    def test_empty(self):
        """No project, and with a registry the one that it names."""
        store = self.make_engine()
        self.assertEqual([], self.read(store).projects)
        known = registry({"array": ["basalt-ci"], "tape": []}, "basalt-ci")
        (project,) = self.read(store, known).projects
        self.assertEqual(
            [("tape", State.NONE), ("array", State.NEVER)], [(c.name, c.state) for c in project.components]
        )
        self.assertEqual([], project.others)

    def test_unknown_project(self):
        """One that nobody knows has nothing."""
        (project,) = self.read(self.make_engine(), project="openstack/wick").projects
        self.assertEqual(([], []), (project.components, project.others))
