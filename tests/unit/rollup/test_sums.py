"""Figures that the database adds up are those of the days."""

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.registry import model
from ciwatch.rollup import daily
from ciwatch.rollup import known as knowns
from ciwatch.rollup import window as windows
from tests import base
from tests.unit.queries import stories
from tests.unit.queries.stories import DAY
from tests.unit.queries.stories import HOUR
from tests.unit.queries.stories import START

NOW = START + 30 * DAY

_OF_SYSTEMS = ("reported", "answered", "passed", "failed", "confirmed", "refuted")
_OF_JOBS = ("passed", "failed", "flaked", "judged")


def added(rows, names):
    """Key -> the sums of some figures of (key, row) pairs."""
    found = {}
    for key, row in rows:
        sums = found.setdefault(key, [0] * len(names))
        for number, name in enumerate(names):
            sums[number] += getattr(row.figures, name)
    return found


class TestSums(base.TestCase):
    """Each sum against the rows of the days, now and then, of all CIs, of one and of the gate."""

    def setUp(self):
        """Plays the month."""
        super().setUp()
        self.store = stories.record(self, stories.month(), NOW)

    def assert_sums(self, scope, as_of, systems):
        """They are those of the rows, and of so many CIs."""
        first, last = windows.ending(as_of, 30)
        with self.store.connect() as connection:
            known = knowns.Known(connection, model.Registry())
            window = windows.Window(known, scope, first, last, as_of)
            jobs = [
                row
                for each in known.systems.values()
                if scope.system_id in (None, each.id) and (each.is_gate or not scope.of_gate)
                for row in windows.Window(known, windows.Scope(each.id), first, last, as_of).jobs()
            ]
            by_project = [((row.place.project_id, row.id), row) for row in window.systems()]
            self.assertEqual(added(by_project, _OF_SYSTEMS), window.sums(_OF_SYSTEMS))
            of_each = {system_id: [] for (_, system_id), _ in by_project}
            for (_, system_id), row in by_project:
                of_each[system_id].append(row.figures)
            expected = {system_id: daily.total(figures) for system_id, figures in of_each.items()}
            project_ids = {project_id for (project_id, _), _ in by_project}
            self.assertEqual((expected, project_ids), window.totals())
            by_job = [(row.id, row) for row in jobs]
            self.assertEqual(added(by_job, _OF_JOBS), window.job_sums(_OF_JOBS))
            self.assertEqual(systems, len(window.sums(_OF_SYSTEMS)))

    def system(self, name):
        """The id of a CI."""
        with self.store.connect() as connection:
            return connection.scalar(sa.select(models.CISystem.id).where(models.CISystem.name == name))

    def test_now(self):
        """Nothing has to be counted anew."""
        self.assert_sums(windows.Scope(), NOW, 3)
        self.assert_sums(windows.Scope(self.system("basalt-ci")), NOW, 1)
        self.assert_sums(windows.Scope(of_gate=True), NOW, 1)

    def test_then(self):
        """Days that were otherwise then are counted anew, and none twice."""
        for hours in (1.5, 2.5, 100 * 24):
            self.assert_sums(windows.Scope(), START + 10 * DAY + hours * HOUR, 3 if hours < 99 else 0)
        self.assert_sums(windows.Scope(self.system("basalt-ci")), START + 10 * DAY + 1.5 * HOUR, 1)
        self.assert_sums(windows.Scope(of_gate=True), START + 10 * DAY + 1.5 * HOUR, 1)

    def test_days_that_wait(self):
        """They are counted as they were kept, of the CIs that are asked for, a branch at a time."""
        scope = windows.Scope(self.system("basalt-ci"))
        kept, few = self.read(scope), self.statements(scope)
        with self.store.begin() as connection:
            days = connection.execute(sa.select(models.DailyProject)).mappings().all()
            rows = [{name: row[name] for name in ("project_id", "branch", "day")} for row in days]
            connection.execute(sa.insert(models.DirtyDay), [{**row, "is_fresh": True} for row in rows])
            # Whatever was kept of them is not read.
            connection.execute(sa.update(models.DailySystem).values(passed=1000))
        self.assertEqual(kept, self.read(scope))
        # Two of each day tell who was expected then.
        self.assertLess(self.statements(scope), few + 2 * len(rows) + 10)

    def read(self, scope):
        """(day, id, figures) of a CI and of its jobs, in their order."""
        first, last = windows.ending(NOW, 30)
        with self.store.connect() as connection:
            window = windows.Window(knowns.Known(connection, model.Registry()), scope, first, last, NOW)
            return [
                sorted((row.place, row.id, msgspec.structs.astuple(row.figures)) for row in rows)
                for rows in (window.systems(), window.jobs())
            ]

    def statements(self, scope):
        """How many statements it takes."""
        seen = []
        sa.event.listen(self.store, "before_cursor_execute", lambda *_: seen.append(1))
        self.read(scope)
        return len(seen)

    def test_no_gate(self):
        """Without one there are no figures of it, not those of all."""
        with self.store.begin() as connection:
            connection.execute(sa.update(models.CISystem).values(is_gate=False))
        self.assert_sums(windows.Scope(of_gate=True), NOW, 0)
        self.assert_sums(windows.Scope(of_gate=True), START + 10 * DAY + 1.5 * HOUR, 0)
