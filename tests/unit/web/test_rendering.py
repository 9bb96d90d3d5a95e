"""What templates write of values."""

import markupsafe

from ciwatch.insight import statistics
from ciwatch.web import rendering
from tests import base


class TestInterval(base.TestCase):
    """Where a share lies."""

    def test_ends(self):
        """An end is neither 0 nor 100 by rounding."""
        for n, of, told in (
            (78, 100, "69 to 85 %"),
            (0, 548, "0 to 0.7 %"),
            (10, 10, "72 to 100 %"),
            (766, 766, "99.5 to 100 %"),
            (2, 4000, "0.1 to 0.2 %"),
            (9, 9, "too few"),
            (0, 0, "none"),
            (3998, 4000, "99.8 to 99.9 %"),
            # One end asks for tenths, and the other has them, too.
            (995, 1000, "98.8 to 99.8 %"),
            (28, 29, "83 to 99 %"),
            (3, 300, "0.3 to 2.9 %"),
        ):
            self.assertEqual(told, rendering.interval(statistics.rate(n, of)))


class TestAddress(base.TestCase):
    """Addresses of ours."""

    def test_query(self):
        """What is asked stands behind a question mark, and nothing asked has none."""
        self.assertEqual("/ci/a%20b?window=7d", rendering.address("/ci/a%20b", {"window": "7d"}))
        self.assertEqual("/ci?a=1&b=2", rendering.address("/ci", {"a": 1}, b=2))
        self.assertEqual("/ci", rendering.address("/ci", {}))
        self.assertEqual("/ci", rendering.address("/ci", {"window": "7d"}, window=""))


class TestEscape(base.TestCase):
    """What templates show of any value."""

    def test_kinds(self):
        """Text is made safe however often it is shown, also where the same was shown as markup before."""
        markup = markupsafe.Markup("<b>")
        shown = [rendering.escape(value) for value in (markup, "<b>", markup, "<b>", 7, None)]
        self.assertEqual(["<b>", "&lt;b&gt;", "<b>", "&lt;b&gt;", "7", "None"], shown)
