"""What all tests in the browser share."""

from tests import base
from tests.browser import chromium
from tests.browser import worlds


class BrowserTestCase(base.TestCase):
    """Skips where there is no browser."""

    @classmethod
    def setUpClass(cls):
        """Starts it, or remembers why not."""
        super().setUpClass()
        cls.missing = None
        try:
            chromium.browser()
        except chromium.MissingError as error:
            cls.missing = str(error)

    def setUp(self):
        """Skips."""
        super().setUp()
        if self.missing:
            self.skipTest(self.missing)

    def world(self, name):
        """A world that is shown; skips where it is absent."""
        try:
            return worlds.ALL[name]()
        except worlds.AbsentError as error:
            self.skipTest(str(error))

    def visit(self, **more):
        """A page that is closed at the end of the test."""
        visit = chromium.Visit(**more)
        self.addCleanup(visit.context.close)
        return visit

    def assert_content(self, visit):
        """Nothing went wrong."""
        self.assertEqual([], visit.complaints)
