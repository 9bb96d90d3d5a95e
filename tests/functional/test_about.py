"""The page about us: whatever another page leads to is there."""

from ciwatch.web import rendering
from tests.functional import data
from tests.functional import test_web

PAGES = (
    "/",
    "/ci",
    "/ci/basalt-ci",
    "/ci/basalt-ci/missed",
    "/ci/basalt-ci/policy",
    "/change/203",
    "/change/100",
    "/project/openstack/lantern",
    "/coverage",
    "/upstream",
    "/status",
)


class TestAbout(data.SiteTestCase):
    """The page, and the ways to it."""

    page = test_web.WebTestCase.page

    def test_whatever_leads_here(self):
        """Every link to a place on it finds that place, on whichever page it stands."""
        self.record(data.events())
        places, seen = set(self.page("/about").scanner.ids), set()
        for path in PAGES:
            links = self.page(f"{path}?{data.UNTIL}").scanner.links
            led = {link.partition("#")[2] for link in links if link.startswith("/about#")}
            self.assertEqual(set(), led - places, path)
            seen |= led
        # Not because nothing leads there.
        self.assertLess({"healthy", "unstable", "answered", "trust", "expected", "policy"}, seen)

    def test_marks(self):
        """Each stands there with its name, and it says so to who cannot see it."""
        page = self.page("/about")
        for state, (mark, _) in rendering.MARKS.items():
            self.assertIn(f"{mark} {state}", page.words)

    def test_keys(self):
        """The keys are told."""
        words = self.page("/about").words
        self.assertIn("/ Goes to the search.", words)
        self.assertIn("Esc Closes what is open.", words)
