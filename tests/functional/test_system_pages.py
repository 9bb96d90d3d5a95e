"""The pages of a CI: its figures, and the way from each to the patch sets that it counts."""

import re
import urllib.parse

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
        self.assertIn("unstable since Fri 14 Mar 2025", words)
        self.assertIn("flaky on 3 of 11 patch sets", words)
        self.assertIn("Trust in a -1 1/6 too few 1 confirmed , 5 refuted , 0 open , 0 set aside", words)
        self.assertRegex(words, r"Passed 28/29 83 to 99\.\d % 1 failed")
        self.assertIn("Agrees with the gate", words)

    def test_figures_lead_to_what_they_count(self):
        """Behind each number is a list of as many patch sets, as of the same moment."""
        page = self.page(f"/ci/basalt-ci?{data.UNTIL}&window=33d")
        found = 0
        for href, number in re.findall(r'<a href="([^"]*(?:missed|trust)[^"]*)">(\d+) [a-z]', page.text):
            href = href.replace("&amp;", "&")
            self.assertIn(urllib.parse.quote(data.UNTIL.partition("=")[2], safe=""), href)
            path = href if href.startswith("/api/") else "/api/v1" + href
            if "trust?" in path and "outcome" not in path:
                continue
            self.assertEqual(int(number), len(self.site.get(path).json["items"]), href)
            found += 1
        self.assertEqual(7, found)

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
        self.assertIn("new since", words)
        self.assertNotIn("203,1", words)
        self.assertIn("The last: Tue 4 Mar 2025", words)

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
