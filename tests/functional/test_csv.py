"""Lists as CSV: what a spreadsheet gets."""

import csv
import io

import msgspec

from ciwatch.insight import statistics
from ciwatch.web import tables
from ciwatch.web.api import endpoints
from tests import base
from tests.functional import data
from tests.functional import test_openapi


def read(response):
    """The rows of a response, as dicts."""
    return list(csv.DictReader(io.StringIO(response.body.decode(), newline="")))


class TestCsv(data.SiteTestCase):
    """Over the month."""

    def setUp(self):
        """Records it."""
        super().setUp()
        self.record(data.events())

    def csv(self, path, query=""):
        """The rows at an address of the API."""
        return read(self.site.get(f"/api/v1/{path}?{data.UNTIL}&format=csv{query}"))

    def test_every_list(self):
        """Each list of each address has its header and its rows, a name for its file, and is UTF-8."""
        for endpoint in endpoints.ENDPOINTS:
            path = test_openapi.path_of(endpoint)
            for name, table in endpoint.tables.items():
                choice = f"&list={name}" if len(endpoint.tables) > 1 else ""
                response = self.site.get(f"{path}?{data.UNTIL}&format=csv{choice}")
                self.assertEqual(("text/csv", "utf-8"), (response.content_type, response.charset.lower()))
                disposition = response.headers["Content-Disposition"]
                self.assertRegex(disposition, r'^attachment; filename="[A-Za-z0-9_-]+\.csv"$')
                header, _, rows = response.body.decode().partition("\r\n")
                self.assertEqual(",".join(table.header), header)
                # All is well in this story, and nothing was looked for.
                is_empty = name in ("spells", "found")
                self.assertEqual(is_empty, not rows, (path, name))

    def test_rates(self):
        """A rate is four columns."""
        (row,) = self.csv("ci/basalt-ci", "&list=projects&window=33d")
        names = ("figures_trust_n", "figures_trust_of", "figures_trust_low", "figures_trust_high")
        self.assertEqual(["1", "7", *map(str, statistics.wilson(1, 7))], [row[name] for name in names])

    def test_same_as_json(self):
        """The rows are the items of the answer."""
        items = self.ask("ci/basalt-ci/trust")["items"]
        rows = self.csv("ci/basalt-ci/trust")
        self.assertEqual([str(item["change"]) for item in items], [row["change"] for row in rows])
        self.assertEqual([item["failed_at"] for item in items], [row["failed_at"] for row in rows])

    def test_formulas(self):
        """What a stranger wrote is text to a spreadsheet, and names a file no otherwise than we do."""
        (row,) = self.csv("ci/basalt-ci/trust", "&outcome=confirmed")
        self.assertEqual("'" + data.HOSTILE, row["subject"])
        titles = {row["name"]: row["title"] for row in self.csv("ci")}
        self.assertEqual("'" + data.HOSTILE_TITLE, titles["elm/x"])
        response = self.site.get("/api/v1/ci/elm/x/jobs?format=csv")
        self.assertIn('filename="ci-jobs-elm-x.csv"', response.headers["Content-Disposition"])

    def test_default(self):
        """JSON, unless CSV is asked for; an answer without a list takes no format."""
        self.assertEqual("application/json", self.site.get("/api/v1/ci").content_type)
        self.assertEqual("application/json", self.site.get("/api/v1/ci?format=json").content_type)
        self.assertEqual("application/json", self.site.get("/api/v1/status?format=csv").content_type)


class Inner(msgspec.Struct):
    """A part of a row."""

    n: int


class Row(msgspec.Struct):
    """A row of all kinds of cells."""

    text: str
    number: float | None
    flag: bool
    inner: Inner | None


class Holder(msgspec.Struct):
    """What does not fit in a cell."""

    items: list[int]


class TestTable(base.TestCase):
    """Cells."""

    def rows(self, *found):
        """The lines below the header."""
        return tables.Table(Row, list).write(found).decode().split("\r\n")[1:-1]

    def test_cells(self):
        """Each kind, and none."""
        self.assertEqual(
            ["text,number,flag,inner_n"], tables.Table(Row, list).write([]).decode().splitlines()
        )
        self.assertEqual(
            ["a,1.5,true,2", "b,,false,"],
            self.rows(Row("a", 1.5, True, Inner(2)), Row("b", None, False, None)),
        )

    def test_every_beginning_of_a_formula(self):
        """Text gets an apostrophe; a number below nothing is one."""
        for mark in "=+-@\t\r\n":
            written = "\r\n".join(self.rows(Row(mark + "1", 0, True, None)))
            ((cell, *_),) = csv.reader(io.StringIO(written, newline=""))
            self.assertEqual(f"'{mark}1", cell)
        self.assertEqual(["1=1,-1,true,"], self.rows(Row("1=1", -1, True, None)))

    def test_lists(self):
        """A list that would be lost is refused when the table is declared."""
        self.assertRaises(TypeError, tables.Table, Holder, list)
