"""The site as a browser gets it: every page, from a database that a recorder filled."""

import datetime
import html.parser
import json
import os
import pathlib
import re

import sqlalchemy as sa
import webtest

from ciwatch.db import models
from ciwatch.db import schema
from ciwatch.parsers.contract import FaultKind
from ciwatch.recorder import faults
from ciwatch.registry import file
from ciwatch.web import app as web_app
from ciwatch.web import routes
from tests import base

NOW = int(datetime.datetime.now(datetime.UTC).timestamp())
HOUR = 3600

RESULT = (
    "Patch Set 1: Verified{vote}\n\nBuild {word} ({pipeline} pipeline).\n\n"
    "- unit https://logs.example/{n}/unit : {unit} in 3m 02s\n"
    "- style https://logs.example/{n}/style : FAILURE in 1m 00s (non-voting)"
)


def result(n, passed=True, pipeline="check"):
    """A comment of a Zuul."""
    return RESULT.format(
        n=n,
        pipeline=pipeline,
        vote="+1" if passed else "-1",
        word="succeeded" if passed else "failed",
        unit="SUCCESS" if passed else "FAILURE",
    )


HOSTILE = (
    "Patch Set 1: Verified-1\n\nBuild failed.\n\n"
    "- <script>alert(1)</script> javascript:alert(1) : FAILURE in 1s\n"
    '- "onmouseover=alert(1) https://logs.example/"><script>alert(2)</script> : SUCCESS'
)


class Scanner(html.parser.HTMLParser):
    """Finds what a page must not have, and its links."""

    def __init__(self):
        """Starts with nothing found."""
        super().__init__()
        self.faults, self.links, self.ids, self.text = [], [], [], []

    def handle_starttag(self, tag, attrs):
        """Looks at an element."""
        attrs = dict(attrs)
        if tag in ("style", "iframe", "object", "embed"):
            self.faults.append(tag)
        if tag == "script" and not attrs.get("src", "").startswith("/static/"):
            self.faults.append(tag)
        for name, value in attrs.items():
            if name == "style" or name.startswith("on"):
                self.faults.append(f"{tag} {name}={value}")
            if name in ("href", "src", "action") and re.match(r"\s*(?!https?:)[a-z]+:", value or "", re.I):
                self.faults.append(f"{tag} {name}={value}")
        if tag == "a":
            self.links.append(attrs.get("href"))
        if "id" in attrs:
            self.ids.append(attrs["id"])

    def handle_data(self, data):
        """Collects the text."""
        self.text.append(data)


class WebTestCase(base.TestCase):
    """A site over a database in the test's folder."""

    def setUp(self):
        """Makes the site."""
        super().setUp()
        self.store = self.make_engine()
        self.site = self.make_site(self.make_conf(), self.store)

    def make_site(self, conf, store=None):
        """A WebTest application."""
        return webtest.TestApp(web_app.create_app(conf, engine=store))

    def record(self, *events):
        """Records dicts."""
        self.make_recorder(self.store).record([base.line(event) for event in events])

    def fill(self):
        """A change with two patch sets, three CIs, a person, and hostile words."""
        say = base.comment_event
        hostile = say(HOSTILE, NOW - 2 * HOUR, "basalt-ci", "Basalt <b>CI", change=200)
        hostile["change"]["subject"] = "<script>alert(3)</script>"
        hostile["change"]["url"] = "javascript:alert(4)"
        self.record(
            say("Patch Set 1:\n\nStarting check jobs.", NOW - 9 * HOUR),
            say(result(1, passed=False), NOW - 8 * HOUR),
            say(result(2), NOW - 7 * HOUR),
            say("Patch Set 2:\n\nStarting gate jobs.", NOW - HOUR, patch_set=2),
            say(result(3), NOW - 6 * HOUR, "cobalt-ci", "Cobalt CI"),
            say("Patch Set 1:\n\nMoon phase 3: http://x.example", NOW - 5 * HOUR, "delta-ci", "Delta CI"),
            say("Patch Set 1: Verified+1\n\nOur lab is happy", NOW - 5 * HOUR, "lab", "Elm Testing"),
            say("Patch Set 1:\n\nrecheck", NOW - 7.5 * HOUR, "ann", "Ann"),
            hostile,
        )
        for offset, number in enumerate((1, 2)):
            with self.store.begin() as connection:
                connection.execute(
                    sa.update(models.PatchSet.__table__)
                    .where(models.PatchSet.number == number)
                    .values(
                        seen_at=datetime.datetime.fromtimestamp(NOW - (9 - 7 * offset) * HOUR, datetime.UTC)
                    )
                )

    def page(self, path, **options):
        """The page at *path*, whose HTML has none of what it must not have."""
        response = self.site.get(path, **options)
        scanner = Scanner()
        scanner.feed(response.text)
        self.assertEqual([], scanner.faults, path)
        self.assertEqual(len(scanner.ids), len(set(scanner.ids)), path)
        response.scanner = scanner
        response.words = " ".join(" ".join(scanner.text).split())
        # What a template shows where it meant a value.
        self.assertNotIn("<function", response.words, path)
        return response


class TestPages(WebTestCase):
    """What they tell."""

    def setUp(self):
        """Fills the database."""
        super().setUp()
        self.fill()

    def test_home(self):
        """Projects with their CIs at a glance."""
        page = self.page("/")
        self.assertIn("openstack/lantern none 4 new", page.words)
        self.assertIn("/project/openstack/lantern", page.scanner.links)

    def test_matrix(self):
        """Rows, columns, marks, attempts and links."""
        page = self.page("/project/openstack/lantern?jobs=open")
        for words in ("zuul", "(gate)", "unit", "style", "Delta CI", "patch sets 1–3 of 3"):
            self.assertIn(words, page.words)
        self.assertIn("²", page.text)
        self.assertIn("/change/100#ps-1", page.scanner.links)
        logs = [link for link in page.scanner.links if link.startswith("/log/")]
        self.assertTrue(logs)
        # Cobalt never spoke of patch set 2, and nobody could expect it to.
        row = re.search(r">Cobalt CI</a>.*?</tr>|>Cobalt CI</a>.*?<tr", page.text, re.S)[0]
        self.assertEqual(3, row.count("<td"))
        self.assertEqual(2, row.count("<td class=e><b>"))
        self.assertIn("running", page.text)
        self.assertIn("unread", page.text)

    def test_matrix_filters(self):
        """Each parameter does what it says, and is kept in the links of the page."""
        address = "/project/openstack/lantern"
        self.assertNotIn("Cobalt", self.page(address + "?ci=delta").words)
        self.assertNotIn(">style<", self.page(address + "?job=unit").text)
        self.assertIn("1–2 of 2", self.page(address + "?result=failed&branch=master&window=2d").words)
        self.assertIn("with these filters", self.page(address + "?result=infrastructure").words)
        self.assertIn(
            "No patch set is in this window, with these filters", self.page(address + "?branch=x").words
        )
        paged = self.page(address + "?columns=1&page=2&ci=zuul")
        self.assertIn("page 2 of 3", paged.words)
        self.assertIn(f"{address}?ci=zuul&columns=1&page=3", " ".join(paged.scanner.links))

    def test_matrix_looks(self):
        """Which columns stand out, how big the cells are, which rows are compared: all in the address."""
        address = "/project/openstack/lantern"
        plain = self.page(address)
        self.assertNotIn("said-", plain.text)
        self.assertNotIn('class="job"', plain.text)
        asked = "?gate=failed&density=compact&jobs=open&row=zuul&row=cobalt-ci/unit"
        page = self.page(address + asked)
        for words in ("said-failed", '<div class="scroll grid compact"', '<tr class="job">', "All rows"):
            self.assertIn(words, page.text)
        self.assertNotIn("Delta CI", page.words)
        self.assertEqual(2, len(re.findall(r'name="row" value="[^"]*" checked', page.text)))
        back = [link for link in page.scanner.links if link and "density=roomy" in link]
        self.assertIn("row=zuul&row=cobalt-ci%2Funit", back[0])
        for asked in ("since=2026-11-20&until=2026-11-19", "since=2020-01-01", "density=huge", "gate=x"):
            self.assertIn("The parameter", self.page(f"{address}?{asked}", status=400).words)

    def test_matrix_unfolded(self):
        """The jobs of those CIs alone that the address names; all other links keep it so."""
        address = "/project/openstack/lantern"
        page = self.page(address + "?unfold=zuul&unfold=nobody")
        body = re.search(r'<tbody class="gate">.*?</tbody>', page.text, re.S)[0]
        self.assertEqual(page.text.count('<tr class="job">'), body.count('<tr class="job">'))
        self.assertGreater(body.count('<tr class="job">'), 0)
        self.assertRegex(body, r'name="unfold" value="zuul" checked')
        others = re.findall(r'name="unfold" value="[^"]*"(?! checked)', page.text)
        self.assertIn('name="unfold" value="cobalt-ci"', others)
        roomy = next(link for link in page.scanner.links if link and "density=roomy" in link)
        self.assertIn("unfold=zuul&unfold=nobody", roomy)
        self.assertEqual(
            self.page(address + "?jobs=open").text.count('<tr class="job">'),
            self.page(address + "?jobs=open&unfold=zuul").text.count('<tr class="job">'),
        )
        # Who asks for a job sees it, whatever is folded; and what was unfolded is not forgotten.
        asked = self.page(address + "?job=unit&unfold=zuul").text
        self.assertIn('<tr class="job">', asked)
        self.assertIn('type="hidden" name="unfold" value="zuul"', asked)
        self.assertIn("The parameter unfold", self.page(f"{address}?unfold={'x' * 300}", status=400).words)

    def test_card(self):
        """A part of a page, with nothing in it that a comment could have made."""
        card = self.page("/card/200/1?row=basalt-ci")
        self.assertIn("<script>alert(3)</script>", card.words)
        self.assertIn("Basalt <b>CI", card.words)
        of_job = self.page("/card/100/1?ci=cobalt-ci&row=cobalt-ci/unit")
        self.assertIn("SUCCESS", of_job.words)
        self.assertNotIn("<html", of_job.text)
        for path in ("/card/x/1", "/card/100/99", "/card/100/1?row=nobody"):
            self.page(path, status=404)
        self.page("/card/100/1?row=" + "x" * 600, status=400)

    def test_empty_window(self):
        """It says when the newest data is, and leads there."""
        page = self.page("/project/openstack/lantern?until=2020-01-01&window=24h")
        self.assertIn("No patch set is in this window", page.words)
        there = next(
            link for link in page.scanner.links if "until=" in link and "window=24h" in link and "T" in link
        )
        self.assertIn("patch sets 1–", self.page(there).words)

    def test_old_address(self):
        """Bookmarks of the old pages lead to the new."""
        response = self.site.get("/project?project=lantern&time=24+hours", status=301)
        self.assertEqual("http://localhost/project/openstack/lantern?window=24h", response.location)
        self.site.get("/project?project=openstack/lantern", status=301)
        self.site.get("/project?project=nothing&time=24+hours", status=404)
        self.site.get("/project", status=404)

    def test_change(self):
        """Every attempt, the unread, strangers with a vote, and who asked for a re-run."""
        page = self.page("/change/100")
        for words in ("Patch set 2", "attempt 2", "attempt 1", "unread", "Moon phase 3", "not known as a CI",
                      "Elm Testing", "recheck", "3 min 02 s", "non-voting", "running gate",
                      "began check"):  # fmt: skip
            self.assertIn(words, page.words)
        self.assertIn("https://logs.example/2/unit", page.scanner.links)
        self.assertIn("https://review.example/c/100", page.scanner.links)

    def test_ci(self):
        """A CI, and the list of them."""
        fresh = base.comment_event(result(5), NOW - HOUR, "cobalt-ci", "Cobalt CI", change=500)
        fresh["patchSet"]["createdOn"] = NOW - 2 * HOUR
        self.record(fresh)
        self.assertIn("Cobalt CI", self.page("/ci").words)
        page = self.page("/ci/cobalt-ci")
        for words in ("known as a CI by name", "unit", "1/1", "openstack/lantern"):
            self.assertIn(words, page.words)
        page = self.page("/ci/delta-ci")
        for words in ("What could not be read", "Moon phase <n>: <url>", "Moon phase 3: http://x.example"):
            self.assertIn(words, page.words)

    def test_change_with_a_table(self):
        """A table of jobs while they run, and what its CI says again after the result."""
        table = "Patch Set 1:\n\nRunning check Job (Running on Jenkins):\n - a : SUCCESS\n - b : {}"
        self.record(base.comment_event(table.format("QUEUED"), NOW - 4 * HOUR, "elm-ci", change=400))
        words = self.page("/change/400").words
        self.assertIn("running check", words)
        self.assertIn("QUEUED", words)
        self.record(
            base.comment_event(table.format("FAILED"), NOW - HOUR, "elm-ci", change=400),
            base.comment_event("Patch Set 1: Verified-1", NOW - HOUR + 2, "elm-ci", change=400),
        )
        words = self.page("/change/400").words
        for expected in ("says failed again", "check attempt 1", "began check"):
            self.assertIn(expected, words)
        self.assertNotIn("– QUEUED", words)

    def test_ci_at_odds_with_itself(self):
        """Results whose headline, vote and job lines disagree, and words nobody knows."""
        text = (
            "Patch Set 1: Verified+1\n\nBuild Failed \n\nhttps://jenkins.example/job/unit/1/ : SUCCESS\n\n"
            "https://jenkins.example/job/docs/1/ : <b>MOLTEN</b>"
        )
        self.record(base.comment_event(text, NOW - HOUR, "cobalt-ci", change=300))
        page = self.page("/ci/cobalt-ci")
        for words in (
            "1 of 2 results of the 28 days before the headline",
            "Unknown result words",
            "<b>MOLTEN</b>",
        ):
            self.assertIn(words, page.words)
        self.assertIn("/change/300#1-cobalt-ci", page.scanner.links)

    def test_status_and_about(self):
        """What was recorded, and what words mean."""
        self.make_recorder(self.store).record([b"<script>alert(5)</script>"])
        page = self.page("/status")
        for words in ("gerrit_trigger", "not JSON", "Delta CI", "Moon phase <n>: <url>"):
            self.assertIn(words, page.words)
        self.assertNotIn("Parser plugins that failed", page.words)
        self.assertIn("infrastructure", self.page("/about").words)

    def test_status_of_plugins(self):
        """A plugin that failed, with what it said."""
        found = {("basalt", FaultKind.RAISED): (1234, "ValueError: <script>alert(6)</script>")}
        with self.store.begin() as connection:
            faults.store(connection, found)
        page = self.page("/status")
        for words in ("Parser plugins that failed", "basalt raised 1,234", "ValueError: <script>"):
            self.assertIn(words, page.words)

    def test_whom_to_ask(self):
        """What the registry says of the CI stands beside its failed verdict."""
        conf = self.make_conf()
        path = self.write_registry(
            "systems: {basalt-ci: {title: Basalt CI, contact: ci@basalt.example, recheck: run-basalt-ci}}"
        )
        conf.set_override("registry_file", str(path), group="insight")
        self.site = self.make_site(conf, self.store)
        (patch_set,) = self.site.get("/api/v1/changes/200").json["patch_sets"]
        told = patch_set["systems"][0]["reports"][0]["explanation"]
        self.assertEqual(("ci@basalt.example", "run-basalt-ci"), (told["contact"], told["recheck"]))
        words = self.page("/change/200").words
        self.assertIn("ci@basalt.example", words)
        self.assertIn("run-basalt-ci", words)

    def test_status_of_the_registry(self):
        """A registry that cannot be used is told, and the page is there all the same."""
        conf = self.make_conf()
        path = self.write_registry("systems: {basalt: {titel: <script>}}")
        conf.set_override("registry_file", str(path), group="insight")
        self.assertNotIn("registry:", self.page("/status").words)
        self.assertIsNone(self.site.get("/api/v1/status").json["registry"])
        self.site = self.make_site(conf, self.store)
        self.assertIn("systems.yaml:1: systems.basalt.titel: is no key here", self.page("/status").words)
        self.assertIn("systems.basalt.titel", self.site.get("/api/v1/status").json["registry"])
        self.write_registry("systems: {basalt: {}}")
        self.assertNotIn("registry:", self.page("/status").words)

    def test_joined_accounts(self):
        """The address of an account that the registry joined into a CI leads to the CI."""
        path = self.write_registry("systems: {minerals: {accounts: [basalt-ci, cobalt-ci]}}")
        record = self.make_recorder(self.store, registry_file=file.RegistryFile(path))
        record.record([])
        response = self.site.get("/ci/cobalt-ci", status=302)
        self.assertTrue(response.location.endswith("/ci/minerals"), response.location)
        words = self.page("/ci/minerals").words
        for account in ("basalt-ci", "cobalt-ci"):
            self.assertIn(f"Account {account} , known as a CI by registry .", words)
        self.site.get("/ci/nobody", status=404)

    def test_hostile_words(self):
        """They are text, and lead nowhere."""
        for path in ("/", "/project/openstack/lantern", "/change/200", "/ci", "/ci/basalt-ci", "/status"):
            page = self.page(path)
            self.assertNotIn("<script>alert", page.text, path)
            self.assertFalse([link for link in page.scanner.links if "javascript" in link], path)
        self.assertIn("javascript:alert(1)", self.page("/change/200").words)

    def test_log(self):
        """A cell leads to the log, for whoever comes from our pages; others see where it leads."""
        page = self.page("/project/openstack/lantern?jobs=open")
        link = next(link for link in page.scanner.links if link.startswith("/log/"))
        response = self.site.get(link, headers={"Sec-Fetch-Site": "same-origin"}, status=302)
        self.assertRegex(response.location, r"https://logs\.example/\d/(unit|style)")
        shown = self.page(link, headers={"Sec-Fetch-Site": "cross-site"})
        self.assertIn(response.location, shown.scanner.links)
        for path in ("/log/999999/0", "/log/x/0", "/log/1/99999999999999999999"):
            self.site.get(path, status=404)

    def test_headers(self):
        """On every response, whatever its status."""
        for path in ("/", "/nope", "/project/openstack/lantern?page=0", "/api/v1/projects", "/healthz"):
            headers = self.site.get(path, expect_errors=True).headers
            self.assertTrue(headers["Content-Security-Policy"].startswith("default-src 'none'"), path)
            self.assertEqual("nosniff", headers["X-Content-Type-Options"])

    def test_static(self):
        """Kept for a year, under an address that changes with the content."""
        address = re.search(r'href="(/static/ciwatch\.css\?v=\w+)"', self.page("/").text)[1]
        response = self.site.get(address)
        self.assertEqual("text/css", response.content_type)
        self.assertIn("max-age=31536000", response.headers["Cache-Control"])

    def test_marks_of_details(self):
        """What is folded up and what is open bear different marks, each by one rule."""
        style = (pathlib.Path(web_app.__file__).parent / "static" / "ciwatch.css").read_text()
        style = re.sub(r"/\*.*?\*/", "", style, flags=re.S)
        rules = re.findall(r"([^{}]*summary::before)\s*{\s*content: ([^;]*);", style)
        self.assertEqual(
            [("summary::before", '"▸"'), ("details[open] > summary::before", '"▾"')],
            [(selector.strip(), content) for selector, content in rules],
        )


class TestApi(WebTestCase):
    """The same as data."""

    def setUp(self):
        """Fills the database."""
        super().setUp()
        self.fill()

    def test_projects(self):
        """Projects at a glance."""
        projects = self.site.get("/api/v1/projects").json["projects"]
        self.assertEqual(["openstack/lantern"], [project["name"] for project in projects])

    def test_matrix(self):
        """What the page shows."""
        found = self.site.get("/api/v1/projects/openstack/lantern/matrix?window=48h").json["matrix"]
        self.assertEqual(3, found["total"])
        cobalt = next(system for system in found["systems"] if system["name"] == "cobalt-ci")
        self.assertEqual((1, 1), (cobalt["passed"], cobalt["judged"]))
        self.assertEqual(len(found["columns"]), len(cobalt["cells"]))
        cells = [cell for cell in cobalt["jobs"][0]["cells"] if cell]
        self.assertEqual([False], [cell["voting"] for cell in cells])
        self.assertTrue(cells[0]["log"].startswith("/log/"))
        self.assertRegex(found["columns"][0]["seen_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def test_ci_and_change(self):
        """CIs, and a change."""
        systems = self.site.get("/api/v1/ci").json["systems"]
        self.assertEqual(
            {"zuul", "basalt-ci", "cobalt-ci", "delta-ci"}, {system["name"] for system in systems}
        )
        change = self.site.get("/api/v1/changes/100").json
        self.assertEqual([2, 1], [patch_set["number"] for patch_set in change["patch_sets"]])

    def test_explanation(self):
        """Whether a failed verdict is about the patch, on the page and in the API; of nothing else."""
        change = self.site.get("/api/v1/changes/100").json
        told = [
            (report["verdict"], report["explanation"])
            for patch_set in change["patch_sets"]
            for system in patch_set["systems"]
            for report in system["reports"]
        ]
        self.assertEqual({"failed"}, {verdict for verdict, explanation in told if explanation})
        explanation = next(explanation for verdict, explanation in told if verdict == "failed")
        self.assertEqual("very unlikely", explanation["likelihood"])
        self.assertTrue(
            explanation["sentence"].startswith("Very unlikely. unit passed on this same patch set")
        )
        self.assertEqual("https://logs.example/1/unit", explanation["log_url"])
        self.assertEqual((None, None), (explanation["contact"], explanation["recheck"]))
        self.assertIn(explanation["sentence"], self.site.get("/change/100").html.get_text())

    def test_errors(self):
        """JSON, too."""
        for path, status in (
            ("/api/v1/projects/nope/matrix", 404),
            ("/api/v1/changes/7", 404),
            ("/api/v1/nope", 404),
            ("/api/v1/projects/openstack/lantern/matrix?page=-1", 400),
        ):
            self.assertTrue(self.site.get(path, status=status).json["error"], path)


class TestBadAddresses(WebTestCase):
    """A clear answer to anything, never a 500."""

    def setUp(self):
        """Fills the database."""
        super().setUp()
        self.fill()

    def test_parameters(self):
        """400, with a sentence that names the parameter and what it takes."""
        for query, words in (
            ("page=-1&window=zzz", "window takes hours or days"),
            ("page=-1", "page takes a whole number from 1"),
            ("page=0", "page takes"),
            ("page=1.5", "page takes"),
            ("page=99999999999999999999", "page takes"),
            ("page=%D9%A3", "page takes"),
            ("columns=501", "columns takes a whole number from 1 to 500"),
            ("window=0h", "window takes"),
            ("window=-7d", "window takes"),
            ("window=9999d", "window takes"),
            ("until=yesterday", "until takes a date"),
            ("until=0001-01-01", "until takes"),
            ("until=9999-12-31", "until takes"),
            ("until=9999-12-31T23:59:59-23:59", "until takes"),
            ("result=good", "result takes one of passed"),
            ("ci=" + "x" * 300, "ci takes text"),
            ("branch=a%00b", "branch takes text"),
            ("branch=a%1Bb", "branch takes text"),
        ):
            page = self.page("/project/openstack/lantern?" + query, status=400)
            self.assertIn(words, page.words, query)

    def test_good_odd_parameters(self):
        """What looks odd and is not."""
        for query in (
            "until=2026-11-23", "until=2026-11-23T10:00:00%2B02:00", "window=", "page=", "unknown=1",
            "window=366d", "ci=%25_", "job=%27%3B--", "branch=stable/2026.1", "page=900000", "ci=%E2%98%83",
            "ci=%E2%80%AEa%E2%80%8Bb", "row=a%E2%80%8Db",
        ):  # fmt: skip
            self.page("/project/openstack/lantern?" + query)

    def test_paths(self):
        """404 for what is not there, 400 for what is no text."""
        for path in (
            "/project/../../etc", "/project/..%2F..%2Fetc/passwd", "/project/" + "x" * 4000, "/project/nope",
            "/change/0", "/change/abc", "/change/99999999999999999999", "/change/%D9%A3", "/change/-1",
            "/ci/nope", "/ci/%00", "/project/%00", "/nope", "/static/../app.py", "/static/nope.css",
            "/project/%3Cscript%3E", "/ci/" + "%20" * 500,
        ):  # fmt: skip
            self.page(path, status=404)
        for path in ("/project/%ff%fe", "/ci/%c3%28", "/%ff", "/api/v1/changes/%ff"):
            self.assertIn(self.site.get(path, expect_errors=True).status_int, (400, 404), path)
        for query in ("?ci=%ff", "?%ff=1", "?window=%c3%28"):
            response = self.site.get("/project/openstack/lantern" + query, expect_errors=True)
            self.assertIn(response.status_int, (200, 400), query)

    def test_odd_project_name(self):
        """A project may be called anything."""
        event = base.comment_event("Patch Set 1:\n\nhi", NOW - HOUR, "ann", change=300)
        for number, name in enumerate(("../../etc", "a b?c#d", "ünï/☃", "x/matrix", '<b>"&')):
            event["change"].update(project=name, number=300 + number)
            self.record(event)
        links = [link for link in self.page("/").scanner.links if link.startswith("/project/")]
        self.assertEqual(6, len(links))
        for link in links:
            self.page(link, status="*")
        self.assertIn("a b?c#d", self.page("/project/a%20b%3Fc%23d").words)


class TestWithoutData(WebTestCase):
    """An empty database is no fault, one that is away is told."""

    def test_empty(self):
        """Every page answers and says that there is nothing."""
        for path in ("/", "/ci", "/status", "/about", "/healthz", "/api/v1/projects", "/api/v1/ci"):
            self.site.get(path)
        self.assertIn("Nothing was recorded yet", self.page("/").words)
        self.assertIn("No CI system has commented yet", self.page("/ci").words)

    def test_every_route_answers(self):
        """No route leads to a 500, whatever it is given."""
        for _, pattern in routes.ROUTES:
            path = re.sub(r"\{.*?\}", "7", pattern)
            self.assertIn(self.site.get(path, expect_errors=True).status_int, (200, 404), path)

    def test_words(self):
        """What happened is the title and the heading, and the way back is there."""
        page = self.page("/project/nope", status=404)
        self.assertIn("<h1>Not found</h1>", page.text)
        self.assertIn("<title>Not found · CI Watch</title>", page.text)
        self.assertIn("No event spoke of a project 'nope' yet.", page.words)
        self.assertIn("/", page.scanner.links)

    def away(self, path, site):
        """The answer of *site* is 503, and no traceback."""
        response = site.get(path, status=503)
        self.assertNotIn("Traceback", response.text)
        if response.content_type == "text/html":
            self.assertIn("<h1>The database cannot be read</h1>", response.text)
        self.assertEqual("60", response.headers["Retry-After"])
        return response

    def test_no_database(self):
        """503 while it is away, and pages again when it is back."""
        conf = self.make_conf("gone/none.sqlite")
        site = self.make_site(conf)
        for path in ("/", "/ci", "/change/1", "/project/x", "/status", "/healthz"):
            self.away(path, site)
        self.assertTrue(self.away("/api/v1/projects", site).json["error"])
        site.get("/static/ciwatch.css")
        os.mkdir(self.folder / "gone")
        self.away("/", site)
        # Who only reads makes no file either.
        self.assertEqual([], list((self.folder / "gone").iterdir()))
        schema.prepare(self.make_engine("gone/none.sqlite"))
        site.get("/")

    def test_not_migrated(self):
        """503 where the schema is not the one that this version reads."""
        with self.store.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
        self.away("/healthz", self.site)

    def test_health(self):
        """For machines."""
        self.assertEqual({"status": "ok"}, json.loads(self.site.get("/healthz").body))
