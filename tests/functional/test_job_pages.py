"""The page of a job: its builds, where it flips, and addresses that can be read in several ways."""

import urllib.parse

from tests.functional import data
from tests.functional import test_web
from tests.unit.queries import stories

AT = data.START + 30 * stories.DAY


class JobTestCase(data.SiteTestCase):
    """Over the month, and what a test adds."""

    page = test_web.WebTestCase.page

    def say(self, account, change, **words):
        """Records a patch set and a CI's results on it."""
        at = AT + 10 * stories.HOUR
        self.record(
            [stories.upload(at, change), stories.results(at + stories.HOUR, account, change, **words)]
        )


class TestJob(JobTestCase):
    """What it tells."""

    def setUp(self):
        """Records the month."""
        super().setUp()
        self.record(data.events())

    def test_figures(self):
        """Builds, patch sets, flips, each with what it is of; and the rule in words."""
        words = self.page(f"/ci/basalt-ci/job/flaky?{data.UNTIL}&window=33d").words
        self.assertIn(
            "flaky unstable Unstable: in 28 days it both passed and failed on 5 of 26 patch sets", words
        )
        self.assertRegex(words, r"Builds passed 84 % 31/37 .* 6 failed , 31 passed")
        self.assertRegex(words, r"Consistent 81 % 25/31")
        self.assertIn("3 or more failures in a row are breakage", words)
        steady = self.page(f"/ci/basalt-ci/job/steady?{data.UNTIL}").words
        self.assertIn("steady Not unstable: in 28 days it both passed and failed on 0 of", steady)

    def test_flips(self):
        """The patch sets on which it flipped, as counted, the newest first, with all that it said."""
        told = self.ask("ci/basalt-ci/jobs/flaky", f"{data.UNTIL}&window=33d")
        self.assertEqual((5, True), (told["flips"]["n"], told["is_unstable"]))
        self.assertEqual([125, 120, 115, 110, 105], [flip["change"] for flip in told["flipped"]])
        for flip in told["flipped"]:
            self.assertEqual(["failed", "passed"], [said["result"] for said in flip["said"]])

    def test_figures_lead_to_their_builds(self):
        """Of each class there are as many as the figure says."""
        asked = f"{data.UNTIL}&window=33d"
        told = self.ask("ci/basalt-ci/jobs/flaky", asked)
        for result, number in (("passed", told["passed"]["n"]), ("failed", 6), ("infrastructure", 0)):
            items = self.ask("ci/basalt-ci/jobs/flaky", f"{asked}&result={result}")["items"]
            self.assertEqual(number, len(items), result)
            self.assertEqual({result} if number else set(), {item["result_class"] for item in items})

    def test_builds(self):
        """With the way to each log, and how long it ran."""
        page = self.page(f"/ci/basalt-ci/job/flaky?{data.UNTIL}&result=failed")
        self.assertIn("/change/125#1-basalt-ci", page.scanner.links)
        logs = {link for link in page.scanner.links if link.startswith("/log/")}
        targets = {self.site.get(link).headers["Location"] for link in logs}
        self.assertIn("https://logs.example/125/flaky", targets)
        self.assertEqual({"flaky"}, {target.rpartition("/")[2] for target in targets})
        self.assertIn("✗ FAILURE log 5 min 00 s check 1", page.words)
        self.assertIn('<rect class="failed"', page.text)

    def test_as_of(self):
        """Nothing is told that was said later."""
        told = self.ask("ci/basalt-ci/jobs/flaky", "until=2025-03-04&window=33d")
        self.assertEqual(
            [(101, "2025-03-04T10:00:00Z")], [(i["change"], i["posted_at"]) for i in told["items"][:1]]
        )
        self.assertEqual((2, 3), (told["passed"]["n"], told["passed"]["of"]))
        self.assertEqual("2025-03-04", told["last"])

    def test_nothing_lately(self):
        """A job that did nothing in these days has a page that says so."""
        words = self.page("/ci/basalt-ci/job/flaky").words
        self.assertIn("No voting build of it passed or failed in 28 days", words)
        self.assertIn("None.", words)

    def test_pages(self):
        """Older builds are on further pages."""
        for change in range(300, 400):
            at = AT + change * stories.HOUR / 60
            self.record([stories.results(at, "basalt-ci", change, flaky="SUCCESS")])
        first = self.page(f"/ci/basalt-ci/job/flaky?{data.UNTIL}")
        (link,) = [link for link in first.scanner.links if "page=2" in link]
        self.assertIn("Page 2", self.page(link.partition("#")[0]).words)
        items = [self.ask("ci/basalt-ci/jobs/flaky", f"{data.UNTIL}&page={page}")["items"] for page in (1, 2)]
        self.assertEqual([], [item for item in items[1] if item in items[0]])

    def test_every_link_leads_somewhere(self):
        """On its page."""
        page = self.page(f"/ci/basalt-ci/job/flaky?{data.UNTIL}")
        links = {link.partition("#")[0] for link in page.scanner.links if link.startswith("/")}
        for link in sorted(links):
            self.assertLess(self.site.get(link).status_int, 400, link)


class TestAddresses(JobTestCase):
    """Names with slashes, and with the words of addresses in them."""

    def test_slashes(self):
        """In the name of the CI, of the job, and the word between them in either."""
        for account, job in (
            ("elm/x", "nfs/v4"),
            ("elm/x", "a/job/b"),
            ("oak/job/y", "z"),
            ("elm/x", "b/missed"),
            ("elm/x", "policy"),
        ):
            change = 500 + len(job) + 20 * len(account)
            self.say(account, change, **{job: "SUCCESS"})
            path = f"/ci/{account}/job/{job}"
            page = self.page(f"{path}?{data.UNTIL}")
            self.assertIn(f"{change},1", page.words, path)
            api = f"/api/v1/ci/{account}/jobs/{job}?{data.UNTIL}"
            self.assertEqual(
                (account, job), tuple(self.site.get(api).json[key] for key in ("system", "name"))
            )

    def test_a_ci_that_is_called_so(self):
        """Its own pages can be reached."""
        self.say("oak/job/y", 600, unit="SUCCESS")
        for more in ("", "/missed", "/trust", "/patchsets", "/policy"):
            self.assertIn("oak/job/y", self.page(f"/ci/oak/job/y{more}?{data.UNTIL}").words)

    def test_unknown(self):
        """A sentence says what there is not: no such job, no such CI."""
        self.say("elm/x", 601, nfs="SUCCESS")
        for word, prefix in (("job", ""), ("jobs", "/api/v1")):
            for name, said in (
                ("elm/x", "elm/x has no job called 'nothing'."),
                ("oak", "No CI system is called 'oak/"),
            ):
                response = self.site.get(f"{prefix}/ci/{name}/{word}/nothing", status=404)
                text = response.json["error"] if prefix else response.text.replace("&#39;", "'")
                self.assertIn(said, text)

    def test_nonsense(self):
        """Whatever a name is, it is not found."""
        self.say("elm/x", 601, nfs="SUCCESS")
        for name in ("x" * 3000, "%00", "\u202e", "%27 OR 1=1", "/job//job/"):
            self.site.get(f"/ci/elm/x/job/{urllib.parse.quote(name, safe='%/')}", status=404)
