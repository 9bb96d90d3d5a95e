"""What templates write of values."""

from ciwatch.insight import statistics
from ciwatch.web import rendering
from tests import base


class TestInterval(base.TestCase):
    """Where a share lies."""

    def test_ends(self):
        """Whole per cents; an end is neither 0 nor 100 by rounding."""
        for n, of, told in (
            (78, 100, "69–85 %"),
            (0, 548, "0–1 %"),
            (10, 10, "72–100 %"),
            (766, 766, "99.5–100 %"),
            (2, 4000, "0.1–0.2 %"),
            (3998, 4000, "99.8–99.9 %"),
        ):
            self.assertEqual(told, rendering.interval(statistics.rate(n, of)))
