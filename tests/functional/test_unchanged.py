"""Whoever holds a page that would be the same is told so, and the page is not made."""

import datetime
import http.client
import re
import time
from unittest import mock

import sqlalchemy as sa
from sqlalchemy import event
import webtest

from ciwatch.db import models
from ciwatch.web import app
from ciwatch.web import request
from ciwatch.web.api import endpoints
from tests import base
from tests.functional import data
from tests.functional import test_replay
from tests.unit.queries import stories

PROJECT = "project/openstack/lantern"
PAGES = {
    "",
    PROJECT,
    "ci",
    "ci/basalt-ci",
    "ci/basalt-ci/missed",
    "ci/basalt-ci/trust",
    "ci/basalt-ci/patchsets?counted=failed",
    "ci/basalt-ci/job/steady",
    "ci/basalt-ci/policy",
    "change/200",
    "coverage",
    "coverage?project=openstack/lantern",
    "upstream",
}
API = {
    "projects",
    "projects/openstack/lantern/matrix",
    "projects/openstack/lantern/matrix?format=csv",
    "ci",
    "ci/basalt-ci",
    "ci/basalt-ci/missed",
    "ci/basalt-ci/jobs",
    "ci/basalt-ci/jobs/steady",
    "ci/basalt-ci/patchsets?counted=failed",
    "ci/basalt-ci/trust",
    "ci/basalt-ci/policy",
    "changes/200",
    "search?q=unit",
    "coverage",
    "upstream",
}
LIVE = sorted({f"/{path}" for path in PAGES} | {f"/api/v1/{path}" for path in API})
#: What is told there moves without an event: how listeners do.
NOT_LIVE = ("/status", "/api/v1/status", "/about", "/healthz", "/metrics")


class UnchangedTestCase(base.TestCase):
    """A site at a time that stands still, over a change of a project."""

    def setUp(self):
        """Records it."""
        super().setUp()
        self.now = data.AS_OF
        self.use_clock()
        self.registry = self.write_registry("systems: {}\n")
        self.conf = self.make_conf()
        self.conf.set_override("registry_file", str(self.registry), group="insight")
        self.store = self.make_engine()
        self.site = webtest.TestApp(app.create_app(self.conf, engine=self.store))
        at = self.now - stories.HOUR
        self.record(
            stories.upload(at, 200),
            stories.results(at, "zuul", 200, unit="SUCCESS"),
            stories.results(at, "basalt-ci", 200, steady="FAILURE", flaky="SUCCESS"),
        )

    def use_clock(self):
        """Makes requests be of ``self.now``."""
        patch = mock.patch.object(request, "_now", lambda: self.now)
        patch.start()
        self.addCleanup(patch.stop)

    def record(self, *events):
        """Records dicts, and a second goes by: so often what is recorded is looked at."""
        self.now += datetime.timedelta(seconds=1)
        self.make_recorder(self.store).record([base.line(each) for each in events])

    def tag(self, path):
        """The ETag of an address."""
        return self.site.get(path).headers["ETag"]

    def ask(self, path, tag, **options):
        """The response to whoever has the page of a *tag*."""
        return self.site.get(path, headers={"If-None-Match": tag}, expect_errors=True, **options)

    def statuses(self, tags):
        """Address -> status for whoever has the pages of some *tags*, a dict."""
        return {path: self.ask(path, tag).status_int for path, tag in tags.items()}


class TestUnchanged(UnchangedTestCase):
    """Nothing happened."""

    def test_every_live_page(self):
        """304 without a body, with the headers that the page has."""
        for path in LIVE:
            with self.subTest(path):
                page = self.site.get(path)
                reply = self.ask(path, page.headers["ETag"])
                self.assertEqual((304, b""), (reply.status_int, reply.body))
                for name in ("ETag", "Cache-Control", "CI-Watch-Newest", "Content-Security-Policy"):
                    self.assertEqual(page.headers[name], reply.headers[name])
                self.assertEqual(
                    "public, max-age=0, s-maxage=10, must-revalidate", reply.headers["Cache-Control"]
                )
                self.assertNotIn("Content-Type", reply.headers)

    def test_every_address_of_the_api(self):
        """None was forgotten."""
        routes = {each.route for each in endpoints.ENDPOINTS if each.live}
        self.assertEqual(14, len(routes))
        self.assertEqual(len(routes) + 1, len(API))

    def test_not_live(self):
        """They are made whenever they are asked for."""
        for path in NOT_LIVE:
            self.assertNotIn("ETag", self.site.get(path).headers, path)

    def test_page_is_not_made(self):
        """Neither reports nor builds are read."""
        tag, statements = self.tag("/" + PROJECT), []
        self.now += datetime.timedelta(seconds=1)

        def note(connection, cursor, statement, *rest):
            statements.append(statement)

        event.listen(self.store, "before_cursor_execute", note)
        self.assertEqual(304, self.ask("/" + PROJECT, tag).status_int)
        self.assertTrue(statements)
        self.assertNotRegex(" ".join(statements), "reports|builds|patch_sets|jobs")

    def test_many(self):
        """Of all who ask in the same second, and hold it, one costs the database something."""
        tag, statements = self.tag("/" + PROJECT), []
        event.listen(self.store, "before_cursor_execute", lambda *about: statements.append(about[2]))
        event.listen(self.store, "checkout", lambda *about: statements.append("a connection"))
        self.assertEqual({304}, {self.ask("/" + PROJECT, tag).status_int for _ in range(3)})
        self.assertEqual([], statements)
        self.now += datetime.timedelta(seconds=1)
        self.assertEqual(304, self.ask("/" + PROJECT, tag).status_int)
        self.assertTrue(statements)

    def test_at_once(self):
        """Who does not hold the page gets what is recorded, in the same second, too."""
        tag = self.tag("/change/200")
        self.make_recorder(self.store).record(
            [base.line(stories.results(data.AS_OF, "basalt-ci", 200, steady="SUCCESS"))]
        )
        self.assertEqual(304, self.ask("/change/200", tag).status_int)
        page = self.site.get("/change/200")
        self.assertNotEqual(tag, page.headers["ETag"])
        self.assertEqual(200, self.ask("/change/200", tag).status_int)

    def test_head(self):
        """The same without a body."""
        page = self.site.head("/ci")
        self.assertEqual(self.tag("/ci"), page.headers["ETag"])
        reply = self.site.head("/ci", headers={"If-None-Match": page.headers["ETag"]})
        self.assertEqual(304, reply.status_int)

    def test_tags(self):
        """Several may be told, a server in front may have marked them, and another page's is none."""
        tag = self.tag("/ci")
        marked = tag.removesuffix('"') + '-gzip"'
        for told in (tag, tag.removeprefix("W/"), f'"other", {tag}', marked):
            self.assertEqual(304, self.ask("/ci", told).status_int, told)
        for told in ("", '"other"', "nonsense", ",,", "W/", self.tag("/upstream"), "é" * 4000):
            self.assertEqual(200, self.ask("/ci", told).status_int, told)

    def test_not_there(self):
        """What is not there has no tag, whatever is asked with."""
        tag = self.tag("/ci")
        for path in (
            "/ci/nobody",
            "/project/openstack/nothing",
            "/project/" + "x" * 300,
            "/project/%00",
            "/change/999",
            "/change/x",
            "/change/99999999999",
            "/api/v1/changes/999",
        ):
            reply = self.ask(path, tag)
            self.assertEqual(404, reply.status_int, path)
            self.assertNotIn("ETag", reply.headers)
        self.assertNotIn("ETag", self.site.get("/ci/basalt-ci?window=x", status=400).headers)


class TestChanged(UnchangedTestCase):
    """Something happened that may show."""

    def setUp(self):
        """Takes the tags of all pages, and of one that is of another project."""
        super().setUp()
        self.other = stories.upload(data.AS_OF, 900)
        self.other["change"]["project"] = "openstack/harbour"
        self.record(self.other)
        self.paths = [*LIVE, "/project/openstack/harbour", "/change/900"]
        self.tags = {path: self.tag(path) for path in self.paths}

    def changed(self):
        """The addresses of pages that are other ones now."""
        return {path for path, status in self.statuses(self.tags).items() if status == 200}

    def test_recorded(self):
        """Pages of the project, and those of all; not those of another project."""
        self.assertEqual(set(), self.changed())
        self.record(stories.results(data.AS_OF, "basalt-ci", 200, steady="SUCCESS"))
        self.assertEqual(set(LIVE), self.changed())

    def test_recorded_of_another(self):
        """Pages of the project stay, and say when the newest event was."""
        before = self.ask("/" + PROJECT, self.tags["/" + PROJECT]).headers["CI-Watch-Newest"]
        later = stories.upload(data.AS_OF + stories.HOUR, 901)
        later["change"]["project"] = "openstack/harbour"
        self.record(later)
        mine = {path for path in LIVE if "projects/openstack" in path or "200" in path} | {"/" + PROJECT}
        self.assertEqual(set(self.paths) - mine, self.changed())
        self.assertGreater(
            self.ask("/" + PROJECT, self.tags["/" + PROJECT]).headers["CI-Watch-Newest"], before
        )

    def test_registry(self):
        """Also where it changes nothing but whom to ask."""
        self.write_registry("systems:\n  basalt-ci:\n    contact: mailto:ann@basalt.example\n")
        self.assertEqual(set(self.paths), self.changed())

    def test_time(self):
        """Ages are told, windows end now, and pending becomes missed."""
        self.now = data.AS_OF + datetime.timedelta(seconds=299)
        self.assertEqual(set(), self.changed())
        self.now += datetime.timedelta(seconds=1)
        self.assertEqual(set(self.paths), self.changed())

    def test_silence(self):
        """The banner that nothing new comes in is on all pages."""
        listener = dict.fromkeys(
            ("read", "recorded", "duplicate", "ignored", "rejected", "spooled", "spool_bytes"), 0
        )
        moments = dict.fromkeys(("started_at", "state_since", "seen_at"), self.now)
        with self.store.begin() as connection:
            connection.execute(
                sa.insert(models.Listener),
                {
                    **listener,
                    **moments,
                    "name": "one",
                    "source": "ssh",
                    "state": "listening",
                    "detail": "",
                    "per_minute": 0.0,
                    "spool_limit": 1,
                },
            )
        self.assertEqual(set(), self.changed())
        with self.store.begin() as connection:
            connection.execute(sa.update(models.Listener).values(seen_at=self.now - stories.HOUR))
        self.now += datetime.timedelta(seconds=1)
        self.assertEqual(set(self.paths), self.changed())
        self.assertIn("Nothing new comes in", self.site.get("/ci").text)

    def test_release(self):
        """Another release may draw another page."""
        with mock.patch("importlib.metadata.version", lambda name: "99.0"):
            self.site = webtest.TestApp(app.create_app(self.conf, engine=self.store))
        self.assertEqual(set(self.paths), self.changed())


class TestServed(test_replay.CommandTestCase):
    """Over HTTP, as a browser asks."""

    def test_conversation(self):
        """200, 304, and 200 again after an event."""
        self.record(1)
        server = self.start("serve", "--port", "0")
        self.addCleanup(server.communicate)
        self.addCleanup(server.kill)
        port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", server.stdout.readline().decode())[1])
        self.client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.addCleanup(self.client.close)
        # The time of the server goes on, so this may be asked at the end of five minutes: then twice.
        for _ in range(2):
            page, body = self.ask("GET", "/" + PROJECT)
            tag = {"If-None-Match": page.headers["ETag"]}
            same, nothing = self.ask("GET", "/" + PROJECT, tag)
            if same.status == 304:
                break
        self.assertEqual((200, True, 304, b""), (page.status, bool(body), same.status, nothing))
        head, nothing = self.ask("HEAD", "/" + PROJECT, tag)
        self.assertEqual((304, b""), (head.status, nothing))
        self.record(2)
        # What is recorded is looked at once in a second.
        time.sleep(1)
        page, body = self.ask("GET", "/" + PROJECT, tag)
        self.assertEqual((200, True), (page.status, bool(body)))

    def record(self, number):
        """Records a change."""
        path = self.write(f"{number}.jsonl", base.line(stories.upload(data.AS_OF, number)))
        self.assertEqual(0, self.ciwatch("replay", path)[0])

    def ask(self, method, path, headers=None):
        """(response, its body) on the same connection."""
        self.client.request(method, path, headers=headers or {})
        response = self.client.getresponse()
        return response, response.read()
