"""What people write to do harm, with the policy of the pages in force."""

import re
import urllib.parse

from tests.browser import cases
from tests.browser import chromium
from tests.browser import hostile
from tests.browser import pages

_LINKS = """[...document.querySelectorAll('[href], [src], [action], [formaction], [data]')].flatMap(each =>
    ['href', 'src', 'action', 'formaction', 'data'].map(name => each.getAttribute(name)).filter(Boolean))"""
# Elements and attributes that none of our pages has: they would be theirs.
# The pictures of a CI's page are its badges, which are ours.
_FOREIGN = """[...document.querySelectorAll('iframe, object, embed, base, main script, style'),
        ...[...document.querySelectorAll('img')].filter(each =>
            !/^\\/ci\\/.*\\/badge\\.svg(\\?show=trust)?$/.test(each.getAttribute('src')))]
    .map(each => each.outerHTML.slice(0, 100))
    .concat([...document.querySelectorAll('*')].flatMap(each => [...each.attributes]
        .filter(at => /^on/i.test(at.name) || at.name === 'srcdoc'
            || (at.name === 'style' && each.id !== 'card'))
        .map(at => each.tagName + ' ' + at.name)))"""


class TestHostile(cases.BrowserTestCase):
    """Their project is shown like any other."""

    def pages(self, **more):
        """(kind, visit, page) of each kind of page of theirs."""
        world = self.world("hostile")
        with chromium.Visit(**more) as visit:
            for kind in pages.ALL:
                yield kind, visit, visit.go(kind.address(world), kind.status)

    def test_nothing_runs(self):
        """No script of theirs, no dialog, no element that is not ours."""
        for kind, visit, page in self.pages():
            page.wait_for_timeout(100)
            self.assertEqual("undefined", page.evaluate(f"typeof window.{hostile.TRACE}"), kind.name)
            self.assertEqual([], page.evaluate(_FOREIGN), kind.name)
            self.assertEqual([], visit.take(), kind.name)

    def test_links(self):
        """Each leads to a page of ours, or by http or https to one of theirs."""
        for kind, _, page in self.pages():
            for link in page.evaluate(_LINKS):
                try:
                    scheme = urllib.parse.urlsplit(urllib.parse.urljoin(page.url, link)).scheme
                except ValueError:
                    scheme = "none"
                self.assertIn(scheme, ("http", "https"), (kind.name, link[:200]))

    def test_shown_as_written(self):
        """Their texts stand on the pages, as texts."""
        found = ""
        for _, _, page in self.pages():
            found += page.locator("main").inner_text()
        for text in (hostile.TEXTS[0], hostile.TEXTS[7], hostile.TEXTS[8], hostile.TEXTS[11]):
            self.assertIn(text, found)

    def test_cards(self):
        """A card shows their subject and job, and runs nothing."""
        world = self.world("hostile")
        visit = self.visit()
        page = visit.go(f"{world.address}/project/{urllib.parse.quote(pages.cast(world).project)}?jobs=open")
        cells = page.locator(".matrix tbody tr td:nth-child(2) > *:visible")
        shown = 0
        for number in range(min(cells.count(), 60)):
            cells.nth(number).hover()
            page.wait_for_timeout(200)
            card = page.locator("#card")
            if card.is_visible():
                shown += 1
                self.assertEqual([], page.evaluate(_FOREIGN))
        visit.picture("hostile-card", whole=False)
        self.assertGreater(shown, 5)
        self.assertEqual("undefined", page.evaluate(f"typeof window.{hostile.TRACE}"))
        self.assert_content(visit)

    def test_asked_for(self):
        """What an address asks for is shown as text, too."""
        world = self.world("hostile")
        project = urllib.parse.quote(pages.cast(world).project)
        visit = self.visit()
        for text in hostile.TEXTS[:6]:
            asked = urllib.parse.quote(text, safe="")
            for path, status in (
                (f"/search?q={asked}", 200),
                (f"/project/{project}?ci={asked}&job={asked}&branch={asked}", 200),
                (f"/project/{project}?window={asked}", 400),
                (f"/ci/{asked}/job/{asked}%20none", 404),
            ):
                page = visit.go(world.address + path, status)
                self.assertEqual("undefined", page.evaluate(f"typeof window.{hostile.TRACE}"), path)
                self.assertEqual([], page.evaluate(_FOREIGN), path)
                self.assertEqual([], visit.take(), path)

    def test_attributes_of_logs(self):
        """Addresses that are no log lead nowhere: a page shows them as text."""
        world = self.world("hostile")
        numbers = world.rows(
            "SELECT report_id, position, log_url FROM builds WHERE log_url NOT LIKE 'http%' LIMIT 20"
        )
        self.assertTrue(numbers)
        visit = self.visit()
        for report, position, url in numbers:
            page = visit.go(f"{world.address}/log/{report}/{position}")
            self.assertEqual(0, page.locator("main a").filter(has_text=re.compile("://")).count(), url)
        self.assert_content(visit)
