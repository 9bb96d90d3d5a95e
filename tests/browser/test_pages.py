"""Each kind of page, in each width and each of light and dark."""

import testscenarios

from tests.browser import axe
from tests.browser import cases
from tests.browser import chromium
from tests.browser import pages
from tests.browser import worlds

load_tests = testscenarios.load_tests_apply_scenarios

_WIDER = """() => {
    const seen = innerWidth, found = [];
    if (document.documentElement.scrollWidth <= seen) return found;
    for (const each of document.querySelectorAll('body *')) {
        const box = each.getBoundingClientRect();
        if (box.right <= seen + 1 || box.width === 0) continue;
        let scroller = each.parentElement;
        while (scroller && !/auto|scroll|hidden|clip/.test(getComputedStyle(scroller).overflowX))
            scroller = scroller.parentElement;
        if (!scroller || scroller === document.body || scroller === document.documentElement)
            found.push(each.tagName.toLowerCase() + (each.className ? '.' + each.className : '')
                + ' ends at ' + Math.round(box.right) + ': ' + each.textContent.trim().slice(0, 40));
    }
    return ['the page is ' + document.documentElement.scrollWidth + ' wide', ...found.slice(0, 4)];
}"""


class TestPages(cases.BrowserTestCase):
    """A page as whoever opens it sees it."""

    scenarios = testscenarios.multiply_scenarios(
        [(name, {"world_name": name}) for name in worlds.ALL],
        [(page.name, {"kind": page}) for page in pages.ALL],
    )

    def looks(self, visit):
        """Makes the window each width and each colour in turn; gives its name, and what axe-core asks."""
        for width in chromium.WIDTHS:
            for scheme in chromium.SCHEMES:
                visit.resize(width, scheme)
                yield f"{width}-{scheme}", self.rules(scheme)

    def rules(self, scheme):
        """Those of which a look has something new to say: axe-core takes most of the minutes of these tests.

        In the second scheme all is in its place as in the first, and only colours differ.
        """
        return axe.ALL if scheme == chromium.SCHEMES[0] else axe.COLOURS

    def test_page(self):
        """Nothing overflows, axe-core finds no fault, the console is empty, nothing is asked of others."""
        world = self.world(self.world_name)
        address, found = self.kind.address(world), []
        visit = self.visit()
        page = visit.go(address, self.kind.status)
        for look, rules in self.looks(visit):
            visit.picture(f"{world.name}-{self.kind.name}-{look}")
            found += [f"{look}: {fault}" for fault in (*visit.take(), *page.evaluate(_WIDER))]
            if not self.kind.audited:
                found += [f"{look}: {fault}" for fault in axe.violations(page, rules)]
        if self.kind.audited:
            page = visit.go(self.kind.address(world, self.kind.audited))
            for look, rules in self.looks(visit):
                faults = axe.violations(page, rules)
                found += [f"{look}: {fault}" for fault in (*visit.take(), *faults)]
        if found:
            self.fail(f"{address}\n" + "\n".join(found))
