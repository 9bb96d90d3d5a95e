"""The matrix: what each cell shows, which rows and columns there are, and in which order."""

import datetime

from ciwatch.queries import card as cards
from ciwatch.queries import matrix
from ciwatch.queries import projects
from ciwatch.queries import window
from ciwatch.queries.cells import State
from ciwatch.registry import model
from ciwatch.rollup import known as knowns
from tests import base
from tests.unit.queries import stories

AS_OF = stories.START + 32 * stories.DAY


def events():
    """The month; then a patch set missed, one superseded, one pending, one running."""
    yield from stories.month()
    at = stories.START + 30 * stories.DAY
    yield stories.upload(at, 200)
    yield stories.results(at + stories.HOUR, "zuul", 200, unit="SUCCESS")
    yield stories.upload(at + stories.HOUR, 201)
    yield stories.upload(at + 2 * stories.HOUR, 201, 2)
    yield stories.results(at + 3 * stories.HOUR, "basalt-ci", 201, 2, steady="FAILURE", flaky="SUCCESS")
    yield stories.upload(AS_OF - 3 * stories.HOUR, 202)
    yield stories.comment("\n\nStarting check jobs.", AS_OF - 2 * stories.HOUR, "zuul", 202)


class MatrixTestCase(base.TestCase):
    """A database with the story above."""

    def setUp(self):
        """Records it, and counts."""
        super().setUp()
        store = stories.record(self, events(), as_of=AS_OF)
        self.connection = self.enterContext(store.connect())
        self.project = projects.find(self.connection, "openstack/lantern")

    def read(self, days=3, registry=None, as_of=AS_OF, **filters):
        """The matrix of some days."""
        asked = window.ending(AS_OF, datetime.timedelta(days=days))
        filters = matrix.Filters(window=asked, **filters)
        return matrix.read(self.connection, registry or model.Registry(), self.project, filters, as_of)

    def cells(self, name, **asked):
        """Change -> state, or (change, patch set) where it is not the first, of a CI."""
        read = self.read(**asked)
        (row,) = (system.row for system in read.systems if system.row.name == name)
        return {
            (column.change if column.patch_set == 1 else (column.change, column.patch_set)): state
            for column, (state, _) in zip(read.columns, row.cells, strict=True)
        }


class TestCells(MatrixTestCase):
    """What a CI's cell shows."""

    def test_standing(self):
        """Where it said no verdict, how it stands, by the rule that the figures count by."""
        found = self.cells("basalt-ci")
        self.assertEqual(
            {202: State.PENDING, (201, 2): State.FAILED, 201: State.SUPERSEDED, 200: State.MISSED},
            {key: found[key] for key in (202, (201, 2), 201, 200)},
        )

    def test_running(self):
        """What began is running for a day; after it the gate has missed it."""
        self.assertEqual(State.RUNNING, self.cells("zuul")[202])
        self.assertEqual(State.MISSED, self.cells("zuul", as_of=AS_OF + 2 * stories.DAY)[202])

    def test_not_expected(self):
        """Nobody expects a CI that the registry has retired."""
        basalt = model.System(name="basalt-ci", title="Basalt CI", retired=datetime.date(2026, 10, 1))
        registry = model.Registry((basalt,))
        found = self.cells("basalt-ci", registry=registry)
        self.assertEqual({State.NOT_EXPECTED}, {found[200], found[201], found[202]})
        self.assertEqual(State.FAILED, found[201, 2])

    def test_learned_at_once(self):
        """Who is expected is the same whether it is read day by day or for all days at once."""
        days = [(stories.START + number * stories.DAY).date() for number in range(-2, 40)]
        at_once = knowns.Known(self.connection, model.Registry())
        at_once.learn(self.project.id, days[0], days[-1])
        told = set()
        for day in days:
            for branch in ("master", "stable"):
                by_day = knowns.Known(self.connection, model.Registry())
                expected = [
                    [
                        (each.id, each.expected(None))
                        for each in known.watched(self.project.id, branch, day, AS_OF)
                    ]
                    for known in (by_day, at_once)
                ]
                self.assertEqual(*expected)
                told.update(expected[0])
        self.assertEqual({True, False}, {is_expected for _, is_expected in told})


class TestRows(MatrixTestCase):
    """Which rows there are."""

    def names(self, **asked):
        """Names of the CIs, in their order."""
        return [system.row.name for system in self.read(**asked).systems]

    def test_order(self):
        """The gate, then the worst: delta has said nothing of all this; by name it comes after basalt."""
        read = self.read()
        self.assertEqual("zuul", read.systems[0].row.name)
        words = {system.row.name: system.status for system in read.systems}
        self.assertEqual(["zuul", "basalt-ci", "delta-ci"], self.names(order=matrix.BY_NAME))
        worst = sorted(("basalt-ci", "delta-ci"), key=lambda name: matrix.WORST_FIRST[words[name]])
        self.assertEqual(worst, self.names()[1:])

    def test_picked(self):
        """CIs with all their jobs, or single jobs."""
        read = self.read(days=5, rows=("zuul", "basalt-ci/flaky"))
        self.assertEqual(
            {"zuul": ["unit"], "basalt-ci": ["flaky"]},
            {system.row.name: [job.name for job in system.jobs] for system in read.systems},
        )

    def test_parts(self):
        """Of a CI's name, or of its jobs'."""
        self.assertEqual(["delta-ci"], self.names(ci="delt"))
        self.assertEqual(["basalt-ci"], self.names(job="lak"))


class TestColumns(MatrixTestCase):
    """Which patch sets there are."""

    def changes(self, **asked):
        """Their changes and numbers, in their order."""
        return [(column.change, column.patch_set) for column in self.read(**asked).columns]

    def test_result(self):
        """Of any CI; or only of those asked for."""
        self.assertEqual([(201, 2)], self.changes(result="failed"))
        self.assertEqual([], self.changes(result="failed", ci="zuul"))
        self.assertEqual([(200, 1)], self.changes(result="passed", ci="zuul"))

    def test_pages(self):
        """All pages together are the whole; the total is the same on each."""
        whole = self.changes(days=40)
        read = [self.read(days=40, columns=10, page=page) for page in (1, 2, 3, 4)]
        pages = [(column.change, column.patch_set) for page in read for column in page.columns]
        self.assertEqual(whole, pages)
        self.assertEqual({len(whole)}, {page.total for page in read})


class TestCard(MatrixTestCase):
    """What a cell tells when somebody looks closer."""

    def card(self, change, name=None, job=None, patch_set=1):
        """A card."""
        return cards.read(self.connection, model.Registry(), change, patch_set, name, job, AS_OF)

    def test_attempts(self):
        """All of them, the newest first, with the word that the CI wrote and how long the job took."""
        found = self.card(105, "basalt-ci", "flaky")
        self.assertEqual(
            [("SUCCESS", State.PASSED, 2, 300), ("FAILURE", State.FAILED, 1, 300)],
            [(each.result, each.state, each.number, each.duration_s) for each in found.attempts],
        )
        self.assertEqual(2, self.card(105, "basalt-ci").count)

    def test_standing(self):
        """Until when an answer is expected, or since when it runs, or why none is."""
        self.assertEqual(State.MISSED, self.card(200, "basalt-ci").state)
        self.assertEqual(stories.START + 31 * stories.DAY, self.card(200, "basalt-ci").due_at)
        self.assertEqual(AS_OF - 2 * stories.HOUR, self.card(202, "zuul").began_at)
        self.assertEqual(State.SUPERSEDED, self.card(201, "basalt-ci").state)

    def test_patch_set(self):
        """Without a CI, the patch set alone; and nothing where there is none."""
        found = self.card(200)
        self.assertEqual(("Change 200", None, []), (found.subject, found.title, found.attempts))
        self.assertIsNone(self.card(999))
        self.assertIsNone(self.card(200, "nobody"))
