"""Where scripts are forbidden: the same pages answer every question."""

import re

from tests.browser import chromium
from tests.browser import pages
from tests.browser import test_matrix

# The words that a page shows, without those that a script may add or turn into the reader's time.
_WORDS = """() => {
    const main = document.querySelector('main').cloneNode(true);
    for (const each of main.querySelectorAll('[hidden], dialog, time, script')) each.remove();
    return main.textContent.replace(/\\s+/g, ' ').trim();
}"""

_AGES = re.compile(r"\d+ (s|min|h|days) ago|\b\d+[smhd]\b|\d\d:\d\d UTC")


class TestWithoutScripts(test_matrix.MatrixTestCase):
    """Nothing is missing."""

    def open(self, query="", **more):
        """Without scripts."""
        return super().open(query, scripts=False, **more)

    def test_content(self):
        """Each kind of page says what it says with scripts, and needs none to be read."""
        for kind in pages.ALL:
            for _ in range(3):
                told = [self._said(kind, scripts) for scripts in (True, False)]
                # While the two are read time goes on, and what was pending may be missed.
                if told[0] == told[1]:
                    break
            self.assertEqual(told[0], told[1], kind.name)

    def _said(self, kind, scripts):
        """What a page says, but for ages, which go on."""
        with chromium.Visit(scripts=scripts) as visit:
            page = visit.go(kind.address(self.shown), kind.status)
            page.wait_for_timeout(100 if scripts else 0)
            if not scripts:
                visit.picture(f"without-scripts-{kind.name}")
                self.assertEqual(0, page.locator("main [hidden]:not(#card)").count(), kind.name)
            self.assertEqual([], visit.complaints, kind.name)
            return _AGES.sub("", page.evaluate(_WORDS))

    def test_search(self):
        """Enter searches from any page, and finds project, CI, job and change."""
        for word in (self.who.project, self.who.ci, self.who.job, str(self.who.change)):
            visit = self.visit(scripts=False)
            page = visit.go(self.shown.address + "/about")
            page.fill("[name=q]", word)
            page.press("[name=q]", "Enter")
            page.wait_for_url(re.compile(r"/search\?q=|/change/|/project/|/ci/"))
            self.assertIn(word, page.locator("main").inner_text())
            self.assert_content(visit)

    def test_filters(self):
        """The form sends what is chosen; the next page shows it, and its way back."""
        visit, page = self.open("window=48h")
        page.select_option("[name=result]", "infrastructure")
        page.fill("[name=ci]", self.who.ci)
        page.click("#filters button:has-text('Show')")
        page.wait_for_url("**result=infrastructure**")
        self.assertIn("ci=" + self.who.ci, page.url)
        # What was chosen before is kept.
        self.assertIn("window=48h", page.url)
        self.assertEqual("infrastructure", page.locator("[name=result]").input_value())
        self.assert_content(visit)

    def test_compare(self):
        """Ticked rows are asked for by the button."""
        visit, page = self.open("columns=20")
        ticks = page.locator(".matrix tbody > tr:first-child .pick")
        ticks.nth(0).check()
        ticks.nth(2).check()
        page.click("#compare")
        page.wait_for_url("**row=**")
        self.assertEqual(2, page.locator(".matrix tbody").count())
        self.assert_content(visit)

    def test_jobs_open(self):
        """A CI opens to its jobs."""
        visit, page = self.open("columns=20")
        body = page.locator("tbody", has=page.locator("input.open")).first
        self.assertEqual(0, page.locator("tr.job").count())
        body.locator("input.open").check()
        page.get_by_role("button", name="Show").click()
        page.wait_for_url("**unfold=**")
        self.assertTrue(page.locator("tr.job").first.is_visible())
        self.assert_content(visit)

    def test_log(self):
        """A cell leads to its log, without a card."""
        visit, page = self.open("columns=20&jobs=open")
        link = page.locator(".matrix a[href^='/log/']").first
        with page.expect_request(re.compile("/log/")):
            link.click(no_wait_after=True)
        self.assertEqual([], [each for each in visit.complaints if "answers" in each])
