"""The front page, the search and a change's page as a browser gets them, and their data."""

import datetime

from tests.functional import test_overviews
from tests.unit.queries import stories
from tests.unit.queries.stories import DAY
from tests.unit.queries.stories import HOUR
from tests.unit.queries.stories import START

AT = START + 30 * DAY
UNTIL = AT.date().isoformat()

REGISTRY = """
systems:
  basalt-ci: {title: Basalt Array CI, contact: ci@basalt.example, recheck: run-basalt-ci}
  delta-ci: {title: Delta Filer CI, contact: "https://delta.example/<b>"}
"""

# A word that nothing divides, and a name that is read from the right to the left.
HOSTILE = f"{'x' * 300} \u202e<script>alert(1)</script>"


class TestHome(test_overviews.OverviewTestCase):
    """The projects."""

    def test_page(self):
        """The gate in a line, projects with their CIs, what changed; and the data is linked."""
        self.play()
        page = self.page(f"/?until={UNTIL}")
        for words in (
            "Gate: zuul healthy passed 6/6 (too few) of the patch sets that it judged in 7 days",
            "in the four weeks before 24/24 (86 to 100 %) : too few.",
            "No status word changed in the 24 hours before",
            "openstack/lantern unstable basalt-ci 2 healthy 6",
        ):
            self.assertIn(words, page.words)
        for link in (f"/api/v1/projects?until={UNTIL}", "/ci/basalt-ci"):
            self.assertIn(link, page.scanner.links)
        self.assertIn(f"/project/openstack/lantern?until={UNTIL}", page.scanner.links)

    def test_what_changed(self):
        """As of the day on which a CI was called unstable, that is told, with what it was before."""
        self.play()
        periods = self.site.get(f"/api/v1/ci/basalt-ci?until={UNTIL}").json["statuses"]
        since = datetime.datetime.fromisoformat(periods[-1]["since"])
        page = self.page(f"/?until={(since + HOUR).isoformat()[:16]}")
        self.assertIn(f"basalt-ci unstable {periods[-2]['word']}", page.words)
        self.assertIn("Voting jobs pass and fail on the same patch set", page.words)

    def test_breakage(self):
        """What fails for all stands above the projects."""
        events = []
        for number in range(8):
            at, change = AT + number * HOUR, 700 + number
            events.append(stories.upload(at, change))
            for account in ("basalt-ci", "delta-ci", "zuul"):
                events.append(stories.results(at + HOUR / 3, account, change, unit="FAILURE"))
        self.play(events=events)
        page = self.page(f"/?until={(AT + 12 * HOUR).isoformat()[:16]}")
        told = r"All fail since .*: most CI systems failed \d changes of openstack/lantern"
        self.assertRegex(page.words, told)

    def test_old_news(self):
        """Where nothing came for long it says so, and leads to how it was then."""
        self.play()
        page = self.page("/?until=2026-11-20")
        self.assertIn("Nothing was recorded since", page.words)
        self.assertIn("1 project without a patch set in these 7 days", page.words)
        then = next(link for link in page.scanner.links if link.startswith("/?until="))
        self.assertIn("openstack/lantern unstable basalt-ci", self.page(then).words)

    def test_empty(self):
        """It says how events come in."""
        self.assertIn("Nothing was recorded yet.", self.page("/").words)

    def test_refused(self):
        """A time that is none."""
        self.assertIn("until", self.site.get("/?until=soon", status=400).text)

    def test_data(self):
        """The same, and its lists as CSV."""
        self.play()
        found = self.site.get(f"/api/v1/projects?until={UNTIL}").json
        self.assertEqual(["openstack/lantern"], [project["name"] for project in found["projects"]])
        self.assertEqual(6, found["gate"]["now"]["n"])
        rows = self.site.get(f"/api/v1/projects?until={UNTIL}&format=csv").text.splitlines()
        self.assertEqual("project,patch_sets,active_at,ci,title,is_gate,status", rows[0])
        self.assertIn("openstack/lantern,6,2026-10-30T08:00:00Z,basalt-ci,basalt-ci,false,unstable", rows)


class TestSearch(test_overviews.OverviewTestCase):
    """The box."""

    def test_leads_there(self):
        """A change's number leads to it, and so does all else where there is one such thing only."""
        self.play()
        for text, address in (
            ("105", "/change/105"),
            ("105,2", "/change/105#ps-2"),
            ("https://review.example/c/openstack/lantern/+/105", "/change/105"),
            ("LANTERN", "/project/openstack/lantern"),
            ("delta", "/ci/delta-ci"),
            ("steady", "/ci/basalt-ci/job/steady"),
        ):
            response = self.site.get("/search", {"q": text}, status=302)
            self.assertEqual("http://localhost" + address, response.location, text)

    def test_page(self):
        """What was found, by kind, with the text still in the box."""
        self.play()
        page = self.page("/search?q=t")
        for words in ("Projects 1", "CI systems 2", "Jobs 2", "steady of basalt-ci"):
            self.assertIn(words, page.words)
        self.assertIn("/api/v1/search?q=t", page.scanner.links)
        self.assertEqual(["t", "t"], [box["value"] for box in page.html.find_all("input", {"name": "q"})])

    def test_numbers(self):
        """Digits that begin several numbers list these changes."""
        self.play()
        page = self.page("/search?q=10")
        self.assertIn("Changes 10", page.words)
        self.assertIn("/change/105", page.scanner.links)

    def test_nothing(self):
        """One sentence that says what was searched; and what to type, where nothing was."""
        self.play()
        self.assertIn("Nothing is called wick .", self.page("/search?q=wick").words)
        self.assertIn("Type a part of a name", self.page("/search").words)

    def test_hostile(self):
        """It is text, whatever it is; and what is none is refused."""
        self.play()
        for text in ("<script>alert(1)</script>", "%", "' OR 1=1 --", "\u202eabc", "\\", "x" * 255):
            self.assertIn("Nothing is called", self.site.get("/search", {"q": text}).text)
        for query in ("q=%00", "q=" + "x" * 256, "q=%ff"):
            self.site.get(f"/search?{query}", status=400)
            self.assertTrue(self.site.get(f"/api/v1/search?{query}", status=400).json["error"])

    def test_data(self):
        """The same, without a redirect."""
        self.play()
        found = self.site.get("/api/v1/search?q=105").json
        self.assertEqual((105, 1), (found["change"]["number"], found["change_count"]))
        rows = self.site.get("/api/v1/search?q=t&format=csv").text.splitlines()
        self.assertEqual("kind,name,title,of", rows[0])
        self.assertIn("job,steady,,basalt-ci", rows)


class TestChange(test_overviews.OverviewTestCase):
    """A change."""

    def play_change(self, *events, registry=REGISTRY):
        """The month, and change 200 after it."""
        self.play(registry, [stories.upload(AT, 200), *events])

    def test_rows(self):
        """A row: the word, the answer, whom to ask, what to type, the log, attempts, how long it took."""
        self.play_change(
            stories.results(AT + HOUR, "zuul", 200, unit="SUCCESS"),
            stories.results(AT + 2 * HOUR, "basalt-ci", 200, steady="FAILURE", flaky="SUCCESS"),
            stories.comment("\n\nrecheck", AT + 3 * HOUR, "ada", 200),
        )
        page = self.page("/change/200")
        row = page.html.find(id="1-basalt-ci")
        words = " ".join(row.get_text(" ").split())
        for expected in (
            "basalt-ci unstable ✗ failed",
            "steady passes",
            "Ask ci@basalt.example . Type run-basalt-ci for a re-run.",
            "Logs: steady",
            "1 2 h 00 min",
        ):
            self.assertIn(expected, words)
        self.assertIn("https://logs.example/200/steady", page.scanner.links)
        self.assertIn("Re-runs asked for recheck ada", page.words)

    def test_who_did_not_answer(self):
        """Whoever was expected stands there, too, and whom to ask; an address of a contact is a link."""
        self.play_change(stories.results(AT + HOUR, "zuul", 200, unit="SUCCESS"))
        page = self.page("/change/200")
        words = " ".join(page.html.find(id="1-delta-ci").get_text(" ").split())
        self.assertIn("∅ missed", words)
        self.assertIn("https://delta.example/<b>", page.scanner.links)

    def test_anchors(self):
        """Those that other pages lead to, of folded patch sets, too; nothing has the same twice."""
        self.play_change(
            stories.results(AT + HOUR, "zuul", 200, unit="SUCCESS"),
            stories.upload(AT + 2 * HOUR, 200, 2),
            stories.results(AT + 3 * HOUR, "zuul", 200, 2, unit="SUCCESS"),
        )
        page = self.page("/change/200")
        for anchor in ("ps-1", "ps-2", "1-zuul", "2-zuul", "all-1-zuul", "2-basalt-ci"):
            self.assertIn(anchor, page.scanner.ids)
        self.assertEqual("details", page.html.find(id="ps-1").name)
        for link in page.scanner.links:
            if link.startswith("#"):
                self.assertIn(link[1:], {*page.scanner.ids})

    def test_opened(self):
        """While the newest patch set has no result, the one before is open as well."""
        self.play_change(
            stories.results(AT + HOUR, "zuul", 200, unit="SUCCESS"), stories.upload(AT + 2 * HOUR, 200, 2)
        )
        self.assertEqual("h2", self.page("/change/200").html.find(id="ps-1").name)

    def test_many(self):
        """Of patch sets before the newest 40 there is a line each, which opens."""
        self.play_change(
            *(stories.upload(AT + number * HOUR / 60, 200, number) for number in range(2, 43)),
            stories.results(AT + 2 * HOUR, "zuul", 200, 2, unit="FAILURE"),
        )
        page = self.page("/change/200")
        self.assertEqual("details", page.html.find(id="ps-3").name)
        line = page.html.find(id="ps-2")
        self.assertIn("Patch set 2 ✗ 1 failed", " ".join(line.get_text(" ").split()))
        self.assertIs(line, page.html.find(id="2-zuul").parent)
        self.assertIsNone(page.html.find(id="all-2-zuul"))
        self.assertEqual("?patch_set=2#ps-2", line.a["href"])
        page = self.page("/change/200?patch_set=2")
        self.assertEqual("h2", page.html.find(id="ps-2").name)
        self.assertIn("unit", page.html.find(id="all-2-zuul").get_text())
        self.assertEqual("div", page.html.find(id="ps-1").name)
        self.site.get("/change/200?patch_set=x", status=400)

    def test_hostile(self):
        """Long words and names from the right to the left are text in a place of their own."""
        said = stories.results(AT + HOUR, "elm-ci", 200, unit="FAILURE")
        said["author"]["name"] = said["change"]["subject"] = HOSTILE
        self.play_change(said, registry="")
        page = self.page("/change/200")
        self.assertNotIn("<script>alert", page.text)
        self.assertIn(HOSTILE, [each.get_text() for each in page.html.find_all("bdi")])

    def test_data(self):
        """Who stands how is in the data as well."""
        self.play_change(stories.results(AT + HOUR, "zuul", 200, unit="SUCCESS"))
        (patch_set,) = self.site.get("/api/v1/changes/200").json["patch_sets"]
        told = {system["name"]: system for system in patch_set["systems"]}
        self.assertEqual("missed", told["delta-ci"]["stance"]["standing"])
        self.assertEqual(3600, told["zuul"]["stance"]["answered_after_s"])
        self.assertEqual([], told["delta-ci"]["reports"])
