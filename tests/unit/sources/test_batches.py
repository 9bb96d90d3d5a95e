"""Lines in batches."""

import time

from ciwatch.sources import batches
from tests import base


class TestTimely(base.TestCase):
    """No line waits long."""

    def test_steady_trickle(self):
        """Lines that come one by one, each before patience ends, do not wait for the last of them."""

        def trickle():
            for number in range(12):
                yield number
                time.sleep(0.1)

        found = list(batches.timely(trickle(), 1000, patience_s=0.3))
        self.assertEqual(list(range(12)), [number for batch in found for number in batch])
        self.assertGreater(len(found), 2)

    def test_flood(self):
        """Full batches, and what a source raises comes after its lines."""

        def flood():
            yield from range(10)
            raise ValueError("broken")

        found = []
        error = self.assertRaises(
            ValueError, lambda: found.extend(iter_all(batches.timely(flood(), 4), found))
        )
        self.assertEqual("broken", str(error))
        self.assertEqual([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]], found)


def iter_all(source, found):
    """Puts each of *source* into *found* as it comes."""
    for each in source:
        found.append(each)
    return []
