"""The lists behind the figures of a CI."""

import re

from ciwatch.web import params
from tests.functional import data
from tests.functional import test_web


class TestLists(data.SiteTestCase):
    """Over the month."""

    page = test_web.WebTestCase.page

    def setUp(self):
        """Records it."""
        super().setUp()
        self.record(data.events())

    def items(self, counted, name="basalt-ci"):
        """(change, patch set) that a figure counts."""
        asked = f"{data.UNTIL}&window=33d&counted={counted}"
        found = self.ask(f"ci/{name}/patchsets", asked)["items"]
        return [(item["change"], item["patch_set"]) for item in found]

    def test_as_many_as_the_figure_says(self):
        """Of each figure that has a number of its own."""
        for name in ("basalt-ci", "zuul", "elm/x"):
            told = self.ask(f"ci/{name}", f"{data.UNTIL}&window=33d")["figures"]
            cells = told["against_gate"]
            for counted, number in (
                ("judged", told["passed"]["of"]),
                ("passed", told["passed"]["n"]),
                ("failed", told["passed"]["of"] - told["passed"]["n"]),
                ("infrastructure", told["infrastructure"]["n"]),
                ("unjudged", told["unjudged"]),
                ("answered", told["answered"]["n"]),
                ("late", told["in_time"]["of"] - told["in_time"]["n"]),
                ("agreed", told["agreed"]["n"]),
                *((cell, cells[cell]) for cell in cells),
                ("surely_broken", told["wrongly_passed"]["of"]),
                ("wrongly_passed", told["wrongly_passed"]["n"]),
            ):
                self.assertEqual(number, len(self.items(counted, name)), (name, counted))
        self.assertEqual([(203, 1)], self.items("both_failed"))

    def test_what_is_told(self):
        """What the CI and the gate said, and after how long."""
        page = self.page(f"/ci/basalt-ci/patchsets?{data.UNTIL}&counted=failed")
        self.assertIn("/change/203#1-basalt-ci", page.scanner.links)
        self.assertRegex(page.words, r"203,1 .* ✗ failed ✗ failed after 1 h 00 min 2 Apr 2025 13:00 UTC")
        self.assertIn("None.", self.page(f"/ci/basalt-ci/patchsets?{data.UNTIL}&counted=late").words)

    def test_choices(self):
        """Each word of each list leads to its list, at the same moment, and the chosen one is marked."""
        for kind, parameter in (
            ("missed", params.STANDING),
            ("trust", params.OUTCOME),
            ("patchsets", params.COUNTED),
        ):
            for word in parameter.schema["enum"]:
                page = self.page(f"/ci/basalt-ci/{kind}?{data.UNTIL}&{parameter.name}={word}")
                chosen = re.findall(r'class="button"[^>]*aria-current="true">([^<]+)<', page.text)
                self.assertEqual([word.replace("_ci_", "_this_").replace("_", " ")], chosen)
                links = [link for link in page.scanner.links if f"{parameter.name}={word}" in link]
                self.assertTrue(all("until=" in link for link in links) and links, page.scanner.links)

    def test_trust(self):
        """What became of each failed verdict, and why that is said."""
        page = self.page(f"/ci/basalt-ci/trust?{data.UNTIL}&window=33d&outcome=refuted")
        self.assertIn("refuted a later attempt on the same patch set passed", page.words)
        self.assertNotIn("203,1", page.words)
        page = self.page(f"/ci/basalt-ci/trust?{data.UNTIL}&outcome=confirmed")
        self.assertRegex(page.words, r"203,1 .* confirmed the gate failed it too")

    def test_refused(self):
        """A word that is none, and a CI that is none."""
        response = self.site.get("/ci/basalt-ci/patchsets?counted=all", status=400)
        self.assertIn("The parameter counted takes one of judged, passed", response.text)
        self.site.get("/ci/nobody/patchsets", status=404)

    def test_hostile_words(self):
        """What strangers wrote is text."""
        for kind in ("missed", "trust", "patchsets"):
            page = self.page(f"/ci/elm/x/{kind}?{data.UNTIL}")
            self.assertIn(data.HOSTILE_TITLE, page.words, kind)
        self.assertIn("<script>alert(1)</script>", self.page(f"/ci/elm/x/patchsets?{data.UNTIL}").words)
