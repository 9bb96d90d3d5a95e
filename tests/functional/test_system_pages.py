"""The pages of a CI: its figures, and the way from each to the patch sets that it counts."""

import re
import urllib.parse

import webtest

from ciwatch.web import app
from tests.functional import data
from tests.functional import test_web


class TestSystemPages(data.SiteTestCase):
    """Over the month."""

    page = test_web.WebTestCase.page

    def setUp(self):
        """Records it."""
        super().setUp()
        self.record(data.events())

    def test_status_and_figures(self):
        """The word, its rule, and each figure as n/N with its interval."""
        words = self.page(f"/ci/basalt-ci?{data.UNTIL}").words
        self.assertIn("basalt-ci unstable Unstable since Fri 14 Mar 2025", words)
        self.assertIn("flaky on 3 of 11 patch sets", words)
        outcomes = "1 confirmed , 5 refuted , 0 open , 0 set aside"
        self.assertRegex(words, f"Trust in its -1 1/6 too few .* {outcomes}")
        self.assertRegex(words, r"Passed 97 % 28/29 .* 83 to 99 % 28 passed , 1 failed")
        self.assertIn("They said the same on 28 of 28 patch sets", words)
        self.assertIn("gate passed gate failed this CI passed 27 0 this CI failed 0 1", words)

    def test_no_share_alone(self):
        """No per cent stands without what it is made of."""
        page = self.page(f"/ci/basalt-ci?{data.UNTIL}")
        for value in re.findall(r'<p class="v">(.*?)</p>', page.text, re.DOTALL):
            self.assertTrue("%" not in value or re.search(r"<small>\d+/\d+</small>", value), value)

    def test_days(self):
        """The strip, and its table of the days on which something was; each leads to its page."""
        page = self.page(f"/ci/basalt-ci?{data.UNTIL}&window=33d")
        told = self.ask("ci/basalt-ci", f"{data.UNTIL}&window=33d")
        table = page.text.partition("These days as a table")[2].partition("</table>")[0]
        rows = re.findall(r"<tr>(?:(?!</tr>).)*<td.*?</tr>", table, re.DOTALL)
        counts = [list(map(int, re.findall(r">(\d+)</td>", row))) for row in rows]
        names = ("passed", "failed", "infrastructure", "missed")
        expected = [[day[name] for name in names] for day in reversed(told["days"])]
        self.assertEqual([each for each in expected if any(each)], counts)
        self.assertEqual(33, page.text.count('class="all"'))
        (link,) = [link for link in page.scanner.links if "until=2025-04-02&window=1d" in link]
        self.assertIn("Wed 2 Apr to Wed 2 Apr 2025", self.page(link.replace("&amp;", "&")).words)

    def test_windows(self):
        """Other windows keep the moment, and the chosen one is marked."""
        page = self.page(f"/ci/basalt-ci?{data.UNTIL}&window=90d")
        until = urllib.parse.quote(data.UNTIL.partition("=")[2], safe="")
        for window in ("7d", "30d", "90d"):
            self.assertIn(f"/ci/basalt-ci?until={until}&window={window}", page.scanner.links)
        self.assertEqual(["90 days"], re.findall(r'aria-current="true">([^<]+)<', page.text))
        self.site.get("/ci/basalt-ci?window=90", status=400)

    def test_unstable_jobs(self):
        """Each with how often it flips, and the way to its page."""
        page = self.page(f"/ci/basalt-ci?{data.UNTIL}")
        self.assertRegex(page.words, r"Unstable jobs .* flaky 5/26 9 to 38 %")
        self.assertTrue(any(link.startswith("/ci/basalt-ci/job/flaky?") for link in page.scanner.links))

    def test_missed_at_a_glance(self):
        """The newest stand on the page, with the way to all of them and to the same as CSV."""
        page = self.page(f"/ci/basalt-ci?{data.UNTIL}")
        self.assertIn("/change/200#ps-1", page.scanner.links)
        (link,) = [link for link in page.scanner.links if "missed" in link and "csv" in link]
        self.assertIn("200", self.site.get(link).text)

    def test_badge_to_copy(self):
        """In three formats, with whole addresses."""
        page = self.page(f"/ci/elm/x?{data.UNTIL}")
        for words in (
            '<a href="http://localhost/ci/elm/x"><img src="http://localhost/ci/elm/x/badge.svg"',
            ".. image:: http://localhost/ci/elm/x/badge.svg",
            "](http://localhost/ci/elm/x/badge.svg)](http://localhost/ci/elm/x)",
        ):
            self.assertIn(words, page.words)

    def test_figures_lead_to_what_they_count(self):
        """Behind each number is a list of as many patch sets, as of the same moment."""
        page = self.page(f"/ci/basalt-ci?{data.UNTIL}&window=33d")
        found = 0
        lists = r'<a href="([^"]*/(?:missed|trust|patchsets)\?[^"]*)">(\d+)\b'
        for href, number in re.findall(lists, page.text):
            href = href.replace("&amp;", "&")
            self.assertIn(urllib.parse.quote(data.UNTIL.partition("=")[2], safe=""), href)
            path = "/api/v1" + href
            self.assertEqual(int(number), len(self.site.get(path).json["items"]), href)
            found += 1
        # Three without an answer, four outcomes, and what the others count, the table among it.
        self.assertEqual(3 + 4 + 15, found)

    def test_every_link_leads_somewhere(self):
        """On each of these pages."""
        for path in ("/ci", "/ci/basalt-ci", "/ci/basalt-ci/missed", "/ci/basalt-ci/policy", "/ci/elm/x"):
            page = self.page(f"{path}?{data.UNTIL}")
            for link in {link.partition("#")[0] for link in page.scanner.links if link.startswith("/")}:
                self.site.get(link or path, status=200)

    def test_missed(self):
        """Each standing can be chosen, and the one that is shown is marked."""
        page = self.page(f"/ci/basalt-ci/missed?{data.UNTIL}&standing=superseded")
        self.assertIn("201,1", page.words)
        self.assertNotIn("200,1", page.words)
        (current,) = re.findall(r'aria-current="true">([a-z ]+)<', page.text)
        self.assertEqual("superseded", current)
        self.assertIn("None.", self.page("/ci/basalt-ci/missed?until=2025-03-10").words)

    def test_policy(self):
        """Each rule with what it asks for; the exceptions below it."""
        page = self.page(f"/ci/basalt-ci/policy?{data.UNTIL}")
        self.assertIn("named broken 0/1 too few", page.words)
        self.assertIn("/change/200#1-basalt-ci", page.scanner.links)

    def test_as_of(self):
        """Of the past, nothing is told that was said later."""
        words = self.page("/ci/basalt-ci?until=2025-03-04").words
        self.assertIn("New since", words)
        self.assertNotIn("203,1", words)
        self.assertIn("Its last report: Tue 4 Mar 2025", words)

    def test_nothing_lately(self):
        """Where the CI said nothing in the window, the way to its last report is shown."""
        page = self.page("/ci/basalt-ci")
        self.assertIn("It reported nothing in these days.", page.words)
        (link,) = {link for link in page.scanner.links if link.startswith("/ci/basalt-ci?until=")}
        self.assertIn("203,1", self.page(link).words)
        self.assertNotIn("It reported nothing", self.page(link).words)

    def test_feed_and_badge(self):
        """Readers of feeds find the feed by themselves."""
        page = self.page(f"/ci/elm/x?{data.UNTIL}")
        self.assertIn('<link rel="alternate" type="application/atom+xml"', page.text)
        for link in ("/ci/elm/x/feed.atom", "/ci/elm/x/badge.svg"):
            self.assertIn(link, page.scanner.links)

    def test_hostile_words(self):
        """What strangers wrote is text on each of these pages."""
        for path in ("/ci", "/ci/elm/x", "/ci/elm/x/missed", "/ci/elm/x/policy"):
            self.assertIn(data.HOSTILE_TITLE, self.page(f"{path}?{data.UNTIL}").words, path)


class TestRegistered(data.SiteTestCase):
    """What somebody wrote down of a CI."""

    page = test_web.WebTestCase.page

    def test_facts(self):
        """Whose it is, whom to ask, what to type and where to read on."""
        self.record(data.events())
        conf = self.make_conf()
        path = self.write_registry(
            "systems: {basalt-ci: {title: Basalt CI, organization: Basalt Storage, recheck: run-basalt-ci,"
            " contact: ci@basalt.example, page: 'https://basalt.example/ci'}}"
        )
        conf.set_override("registry_file", str(path), group="insight")
        self.site = webtest.TestApp(app.create_app(conf, engine=self.store))
        page = self.page(f"/ci/basalt-ci?{data.UNTIL}")
        self.assertIn("Basalt Storage Contact ci@basalt.example Re-run with run-basalt-ci", page.words)
        self.assertIn("https://basalt.example/ci", page.scanner.links)
        self.assertEqual("Basalt Storage", self.ask("ci/basalt-ci")["registered"]["organization"])


class TestList(data.SiteTestCase):
    """All CIs."""

    page = test_web.WebTestCase.page

    def setUp(self):
        """Records the month."""
        super().setUp()
        self.record(data.events())

    def names(self, query=""):
        """Those of the CIs, in their order."""
        page = self.page(f"/ci?{data.UNTIL}{query}")
        return re.findall(r'<th role="rowheader" scope="row" class="name"><a href="/ci/([^?"]+)', page.text)

    def test_order(self):
        """The gate is first; then the worst status, or by name."""
        words = self.page(f"/ci?{data.UNTIL}").words
        self.assertIn("1 silent 1 unstable", words)
        self.assertEqual(["zuul", "delta-ci", "basalt-ci", "elm/x"], self.names())
        self.assertEqual(["zuul", "elm/x", "basalt-ci", "delta-ci"], self.names("&order=name"))
        self.site.get("/ci?order=colour", status=400)

    def test_figures(self):
        """As on the page of each."""
        words = self.page(f"/ci?{data.UNTIL}").words
        self.assertRegex(words, r"basalt-ci unstable \d+ months ago \d+ months ago 29 28/29 83 to 99 %")
        self.assertIn("1 unstable", words)

    def test_some(self):
        """Those with a text in their name."""
        self.assertEqual(["basalt-ci"], self.names("&ci=BASALT"))
        words = self.page(f"/ci?{data.UNTIL}&ci=basalt").words
        self.assertNotIn("delta-ci", words)
        self.assertIn("No CI system has this in its name", self.page("/ci?ci=zinc").words)

    def test_as_of(self):
        """Of the past, nothing is told that was said later."""
        words = self.page("/ci?until=2025-03-04").words
        self.assertIn("2 2/2 too few", words)
        self.assertNotIn("unstable", words)
