"""Every way from page to page leads somewhere."""

import re
import urllib.parse

from tests.browser import cases
from tests.browser import chromium
from tests.browser import pages
from tests.browser import worlds

# Of links that differ in numbers or names only, so many of each kind on a page are followed.
_OF_A_KIND = 4
# Parts of a path by which two addresses of a CI's are of different kinds.
_SHAPE = {"missed", "trust", "policy", "job", "badge.svg", "feed.atom", "api", "matrix", "jobs", "static"}

_LINKS = """[...document.querySelectorAll('a[href], link[href], script[src], form[action]')].map(
    each => [each.getAttribute('action') === null ? each.href || each.src : each.action,
             each.closest('.matrix') !== null])"""


class TestLinks(cases.BrowserTestCase):
    """Links within the site, and within a page."""

    def test_internal(self):
        """None answers 400 or more, of any page of any world; a fragment names an element that is there."""
        for name in worlds.ALL:
            try:
                world = worlds.ALL[name]()
            except worlds.AbsentError:
                continue
            asked, broken = {}, []
            with chromium.Visit() as visit:
                for kind in pages.ALL:
                    page = visit.go(kind.address(world, kind.audited), kind.status)
                    # The page itself is here, whatever it answered: what leads within it is looked up in it.
                    asked[page.url] = 200, page.content()
                    for address in self.few_of_each(page.evaluate(_LINKS), world):
                        bare, _, fragment = address.partition("#")
                        if bare not in asked:
                            answer = visit.context.request.get(bare, max_redirects=0)
                            text = answer.text() if answer.status == 200 else ""
                            asked[bare] = answer.status, text
                        status, text = asked[bare]
                        if status >= 400:
                            broken.append(f"{kind.name}: {bare} answers {status}")
                        elif fragment and status == 200:
                            if not re.search(f'id="?{re.escape(urllib.parse.unquote(fragment))}["> ]', text):
                                broken.append(f"{kind.name}: {bare} has no #{fragment}")
            self.assertEqual([], sorted(set(broken)), name)
            self.assertGreater(len(asked), 30)

    def few_of_each(self, links, world):
        """Addresses on this server, few of each kind."""
        kinds = {}
        for address, is_cell in links:
            if not address.startswith(world.address):
                continue
            parts = urllib.parse.urlsplit(address)
            path = parts.path.strip("/").split("/")
            shape = [each for each in path if each in _SHAPE]
            kind = (path[0], *shape, is_cell, *sorted(urllib.parse.parse_qs(parts.query)))
            kinds.setdefault(kind, set()).add(address)
        for addresses in kinds.values():
            yield from sorted(addresses)[:_OF_A_KIND]
