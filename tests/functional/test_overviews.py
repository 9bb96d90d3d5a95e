"""The pages /coverage and /upstream as a browser gets them, and their data."""

import csv
import io

from ciwatch.registry import model
from ciwatch.registry import reader
from ciwatch.rollup import updater
from tests.functional import test_web
from tests.unit.queries import stories
from tests.unit.queries.stories import DAY
from tests.unit.queries.stories import HOUR
from tests.unit.queries.stories import START

UNTIL = (START + 30 * DAY).date().isoformat()

REGISTRY = """
systems:
  basalt-ci: {title: "=Basalt <b>CI"}
  quartz-ci: {title: Quartz CI}
projects:
  openstack/lantern:
    components:
      - {name: served driver, systems: [basalt-ci, quartz-ci]}
      - {name: "-1+1 <script>alert(1)</script>", systems: []}
      - {name: "quartz' driver", systems: [quartz-ci]}
  "openstack/<i>unseen":
    components:
      - {name: lone driver, systems: []}
"""


class OverviewTestCase(test_web.WebTestCase):
    """A site over a month of figures."""

    def play(self, registry="", events=()):
        """Records the month, counts it, and makes the site of it."""
        conf = self.make_conf()
        known = model.Registry()
        if registry:
            path = self.write_registry(registry)
            conf.set_override("registry_file", str(path), group="insight")
            known = reader.read(path)
        self.record(*stories.month(), *events)
        list(updater.Updater(self.store, known).update(START + 32 * DAY))
        self.site = self.make_site(conf, self.store)


class TestUpstream(OverviewTestCase):
    """The gate."""

    def test_page(self):
        """Rates with their interval, times in words, the windows; and the data is linked."""
        self.play()
        page = self.page(f"/upstream?until={UNTIL}")
        for words in (
            "Sun 25 Oct to Sat 31 Oct",
            "Sun 27 Sep to Sat 24 Oct",
            "Cannot say. Nothing fails for all CI systems at once; the gate's cases are too few to compare.",
            "zuul passed 6 of 6 judged patch sets, too few to say more.",
            "Half of its verdicts came within 1 h 01 min, before within 1 h 01 min.",
            "24/24 86 to 100 %",
            "Rechecks per merged change too few too few",
            "No shared breakage lasts",
            "None of its jobs both passed and failed on one patch set.",
        ):
            self.assertIn(words, page.words)
        self.assertIn(f"/api/v1/upstream?until={UNTIL}", page.scanner.links)
        self.assertIn("/ci/zuul", page.scanner.links)

    def test_data(self):
        """The same figures."""
        self.play()
        found = self.site.get(f"/api/v1/upstream?until={UNTIL}&project=openstack/lantern").json
        self.assertEqual("openstack/lantern", found["project"])
        passed = found["health"]["passed"]
        self.assertEqual((24, 24, 1.0), tuple(passed["before"][name] for name in ("n", "of", "high")))
        self.assertEqual("too few", passed["trend"])
        self.assertEqual(["zuul"], [gate["name"] for gate in found["gates"]])

    def test_empty(self):
        """One sentence says that no gate is known, and which option names one."""
        page = self.page("/upstream")
        self.assertIn("No gate is known.", page.words)
        self.assertIn("[gerrit] gate_accounts", page.words)
        self.assertNotIn("%", page.words)
        self.assertIsNone(self.site.get("/api/v1/upstream").json["health"])

    def test_past(self):
        """Before anything came there is nothing, and no per cent of it."""
        self.play()
        page = self.page("/upstream?until=2026-09-01")
        self.assertIn("zuul reported on no patch set in the last 7 days.", page.words)
        self.assertIn("Patch sets passed , of those judged none none too few", page.words)

    def test_refused(self):
        """A project that nobody spoke of, and a time that is none."""
        self.play()
        self.site.get("/upstream?project=openstack/wick", status=404)
        self.assertIn("error", self.site.get("/api/v1/upstream?project=x", status=404).json)
        self.site.get("/upstream?until=soon", status=400)

    def test_breakage(self):
        """It stands on the page with those who met it and the changes, and leads to them."""
        broken_at = START + 30 * DAY
        events = []
        for number in range(8):
            at, change = broken_at + number * HOUR, 700 + number
            events.append(stories.upload(at, change))
            for account in ("basalt-ci", "delta-ci", "zuul"):
                events.append(stories.results(at + HOUR / 3, account, change, unit="FAILURE"))
        self.play(events=events)
        page = self.page(f"/upstream?until={(broken_at + 12 * HOUR).isoformat()[:16]}")
        self.assertIn("Fails for all. Since Sat 31 Oct 2026 ", page.words)
        self.assertIn("on openstack/lantern: it is not you, and probably not the patch.", page.words)
        self.assertIn("lasts", page.words)
        self.assertIn("zuul (gate)", page.words)
        for link in ("/change/704", "/ci/delta-ci", "/project/openstack/lantern"):
            self.assertIn(link, page.scanner.links)
        # Its own pass rate, the week with the breakage against the weeks before.
        self.assertIn("worse", page.words)


class TestCoverage(OverviewTestCase):
    """Who has a CI."""

    def test_page(self):
        """Components without a CI come first; hostile names are text."""
        self.play(REGISTRY)
        page = self.page(f"/coverage?until={UNTIL}")
        words = page.words
        places = [words.index(name) for name in ("-1+1 <script>", "quartz' driver", "served driver")]
        self.assertEqual(sorted(places), places)
        self.assertIn("3 components, 1 of them with a CI that reports", words)
        self.assertIn("=Basalt <b>CI", words)
        self.assertIn("never reported", words)
        self.assertIn("Other CI systems here", words)
        self.assertIn("openstack/<i>unseen", words)
        self.assertIn(f"/coverage?until={UNTIL}&project=openstack%2F%3Ci%3Eunseen", page.scanner.links)
        self.assertNotIn("No components are registered", words)

    def test_project(self):
        """Only that one, with the rules where they are asked for; one that only the registry knows, too."""
        self.play(REGISTRY)
        address = f"/coverage?until={UNTIL}&project=openstack/lantern"
        page = self.page(address)
        self.assertNotIn("unseen", page.words)
        self.assertNotIn("links its page", page.words)
        self.assertIn("links its page", self.page(address + "&rules=yes").words)
        self.assertIn("lone driver no CI", self.page("/coverage?project=openstack/<i>unseen").words)

    def test_no_registry(self):
        """What was learned, and how to register components."""
        self.play()
        page = self.page(f"/coverage?until={UNTIL}")
        self.assertIn("No components are registered", page.words)
        self.assertIn("zuul (gate) healthy", page.words)
        found = (
            r"basalt-ci unstable [^.]+\. Fri 30 Oct 2026 10:00 UTC \([^)]*\) 19/19 83 to 100 % 0/5 too few"
        )
        self.assertRegex(page.words, found)

    def test_sums(self):
        """How many projects, CIs and components there are, and how many of these lack one."""
        self.play(REGISTRY)
        words = self.page(f"/coverage?until={UNTIL}").words
        told = (
            "2 projects 3 CI systems that reported 4 components, 1 served 3 without a CI that reports 2 no CI"
        )
        self.assertIn(told + " 1 never reported", words)
        self.assertIn("/about#never_reported", self.page(f"/coverage?until={UNTIL}").scanner.links)

    def test_many(self):
        """Of very many only those are told that lack one, and each project leads to all of its own."""
        systems = "\n".join(f"  ember-{number}: {{}}" for number in range(200))
        parts = "\n".join(
            f"      - {{name: part {number}, systems: [ember-{number}]}}" for number in range(200)
        )
        projects = "  openstack/lantern:\n    components: [{name: array, systems: [basalt-ci]}]\n"
        projects += f"  openstack/wick:\n    components:\n{parts}\n"
        self.play(f"systems:\n  basalt-ci: {{}}\n{systems}\nprojects:\n{projects}")
        page = self.page(f"/coverage?until={UNTIL}")
        self.assertIn(
            "openstack/wick part 0 never reported ember-0 part 1 never reported ember-1", page.words
        )
        self.assertIn("openstack/lantern all 1 served", page.words)
        self.assertNotIn("array", page.words)
        for project in ("lantern", "wick"):
            self.assertIn(f"/coverage?until={UNTIL}&project=openstack%2F{project}", page.scanner.links)
        wick = self.page(f"/coverage?until={UNTIL}&project=openstack/wick")
        self.assertIn("part 0 ember-0 never reported", wick.words)

    def test_empty(self):
        """Nothing was recorded."""
        page = self.page("/coverage")
        self.assertIn("No CI has reported yet.", page.words)
        self.assertEqual([], self.site.get("/api/v1/coverage").json["projects"])

    def test_past(self):
        """Before anything came."""
        self.play(REGISTRY)
        page = self.page("/coverage?until=2026-09-01")
        self.assertIn("3 components, 0 of them with a CI that reports", page.words)
        self.assertNotIn("Other CI systems here", page.words)

    def test_data(self):
        """The same as JSON."""
        self.play(REGISTRY)
        found = self.site.get(f"/api/v1/coverage?until={UNTIL}").json
        components = found["projects"][0]["components"]
        self.assertEqual(["no CI", "never reported", "served"], [each["state"] for each in components])
        self.assertEqual(
            {"n": 19, "of": 19, "low": components[2]["systems"][0]["answered"]["low"], "high": 1.0},
            components[2]["systems"][0]["answered"],
        )

    def test_csv(self):
        """A line for each CI of each component; no cell is a formula."""
        self.play(REGISTRY)
        reply = self.site.get(f"/api/v1/coverage?format=csv&until={UNTIL}")
        self.assertEqual("text/csv", reply.content_type)
        rows = list(csv.DictReader(io.StringIO(reply.text)))
        self.assertEqual(
            ["'-1+1 <script>alert(1)</script>", "quartz' driver", "served driver", "served driver"],
            [row["component"] for row in rows[:4]],
        )
        self.assertEqual(("no CI", "", ""), tuple(rows[0][name] for name in ("state", "ci", "answered_n")))
        basalt = rows[2]
        found = tuple(basalt[name] for name in ("title", "answered_n", "answered_of"))
        self.assertEqual(("'=Basalt <b>CI", "19", "19"), found)
        self.assertEqual({"delta-ci", "zuul"}, {row["ci"] for row in rows if not row["component"]})
        for row in rows:
            self.assertFalse([value for value in row.values() if value.startswith(("=", "+", "-", "@"))])

    def test_refused(self):
        """Parameters that cannot be."""
        self.play()
        self.assertIn("json, csv", self.site.get("/api/v1/coverage?format=xml", status=400).json["error"])
        self.site.get("/coverage?project=openstack/wick", status=404)
        self.site.get("/coverage?project=" + "x" * 300, status=400)
        self.site.get("/coverage?rules=perhaps", status=400)
