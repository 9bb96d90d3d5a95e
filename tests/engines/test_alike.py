"""What was recorded, and what is told of it, is the same on every engine."""

import datetime
import re
import urllib.parse

import fixtures
import testtools
import webtest

from ciwatch import service
from ciwatch.db import engine
from ciwatch.db import schema
from ciwatch.registry import model
from ciwatch.rollup import updater
from ciwatch.web import app
from ciwatch.web import request
from tests import base
from tests import databases
from tests.functional import data
from tests.functional import test_openapi
from tests.unit.queries import stories

#: Names that a language's order, or one that takes capitals and marks for nothing, mixes up.
NAMES = (
    *("Harbor-ci", "harbor-ci", "HARBOR-CI", "harbor_ci", "harbor ci", "harb\u00f6r-ci", "harbor-ci2"),
    *("\u00c5land-ci", "aland-ci", "Zebra-ci", "_under-ci", "\u540d-ci", "\U0001f6a2-ci", "stra\u00dfe-ci"),
)

#: So many addresses are compared.
MOST = 200

_HREF = re.compile(r'(?:href|src)="(/[^"#]*)')


def events():
    """A month of a project, and of others whose names are hard to tell apart."""
    yield from data.events()
    at = data.START + 20 * stories.DAY
    for place, name in enumerate(NAMES):
        number = 300 + place
        for event in (
            stories.upload(at, number),
            stories.results(
                at + stories.HOUR, name, number, **{name.replace(" ", "-"): "FAILURE", "unit": "SUCCESS"}
            ),
            stories.results(at + 2 * stories.HOUR, name, number, unit="SUCCESS", Unit="OUT_OF_CHEESE"),
            stories.comment("\n\nrecheck \U0001f9c0", at + 3 * stories.HOUR, "\u00e9mile", number),
        ):
            event["change"] |= {"project": f"openstack/{name}", "branch": f"stable/{name}"}
            event["change"]["subject"] = f"Mend {name} \\ 100%_ 'now'"
            yield event


class World:
    """A database in which all was recorded and counted, and the site over it."""

    def __init__(self, test, database):
        """Records it."""
        self.conf = service.prepare([], config_files=[])
        self.conf.set_override("connection", database.url, group="database")
        self.conf.set_override("registry_file", "", group="insight")
        self.conf.set_override("state_path", str(test.folder))
        self.store = engine.create_engine(self.conf)
        test.addCleanup(self.store.dispose)
        schema.prepare(self.store)
        recorder = test.make_recorder(self.store)
        lines = [*map(base.line, events()), b"no event", b"nor \xff this", b'{"type": "\\u0000"}']
        for start in range(0, len(lines), 50):
            recorder.record(lines[start : start + 50])
        list(updater.Updater(self.store, model.Registry()).update(data.AS_OF))
        self.site = webtest.TestApp(app.create_app(self.conf))

    def ask(self, address):
        """(status, bytes) of an address."""
        response = self.site.get(address, expect_errors=True)
        return response.status_int, response.body


@testtools.skipIf(databases.engine_name() == "sqlite", "the others are compared with what SQLite does")
class TestAlike(base.TestCase):
    """SQLite beside the engine that is tested."""

    def setUp(self):
        """Records the same twice, at one moment."""
        super().setUp()
        moment = data.AS_OF + datetime.timedelta(minutes=1)
        self.useFixture(fixtures.MonkeyPatch("ciwatch.web.request._now", lambda: moment))
        self.assertTrue(callable(request._now))
        self.ours = World(self, databases.Database("sqlite", self.folder, "beside.sqlite"))
        self.theirs = World(self, self.make_database())

    def test_rows_and_answers(self):
        """Every table, every page and every answer of the API, by whatever link one comes to it."""
        ours, theirs = base.rows_of(self.ours.store), base.rows_of(self.theirs.store)
        for table, rows in ours.items():
            self.assertEqual(rows, theirs[table], table)
        self.assertLess(len(NAMES), len(ours["ci_systems"]))
        waiting = [*_beginnings()]
        asked = set(waiting)
        kinds = set()
        compared = 0
        while waiting and compared < MOST:
            address = waiting.pop(0)
            status, body = self.ours.ask(address)
            found = self.theirs.ask(address)
            # As a line each, so that a difference is short.
            self.assertEqual((status, body.split(b"\n")), (found[0], found[1].split(b"\n")), address)
            self.assertLess(status, 500, address)
            compared += 1
            kinds.add(address.partition("?")[0])
            for link in _HREF.findall(body.decode(errors="replace")):
                link = link.replace("&amp;", "&")
                # One of each page first: then the same ones in other ways.
                if link not in asked and not link.startswith("/static/"):
                    asked.add(link)
                    waiting.insert(0 if link.partition("?")[0] not in kinds else len(waiting), link)
        self.assertGreater(compared, 150)


def _beginnings():
    """The overviews, all of the API, and searches for names that are hard to tell apart."""
    for path in ("/", "/ci", "/coverage", "/upstream", "/status", "/about"):
        yield f"{path}?{data.UNTIL}"
    for endpoint in test_openapi.endpoints.ENDPOINTS:
        yield f"{test_openapi.path_of(endpoint)}?{data.UNTIL}"
    for word in ("harbor", "HARB\u00d6R", "_", "%", "\\", "30", "ci", "\U0001f6a2", "e"):
        yield f"/search?q={urllib.parse.quote(word)}"
        yield f"/api/v1/search?q={urllib.parse.quote(word)}"
