"""Tests of the plain values."""

import datetime

from tests import base
from tests.unit.insight import values
from tests.unit.insight.values import at


class TestPatchSet(base.TestCase):
    """When a patch set's time was over."""

    def test_ended_at(self):
        """With a newer one, a merge, or an abandonment: what was first."""
        self.assertIsNone(values.patch_set().ended_at)
        for replaced, merged, abandoned in ((1, 2, 3), (2, 1, 3), (3, 2, 1)):
            found = values.patch_set(
                replaced_at=at(replaced), merged_at=at(merged), abandoned_at=at(abandoned)
            )
            self.assertEqual(at(1), found.ended_at)
        self.assertEqual(at(5), values.patch_set(merged_at=at(5)).ended_at)


class TestSpell(base.TestCase):
    """What lies within a spell, and when it is known."""

    def test_covers(self):
        """The first moment does, the last does not; without an end, all after."""
        spell = values.spell(2, 5)
        self.assertEqual([False, True, True, False], [spell.covers(at(hour)) for hour in (1.9, 2, 4.9, 5)])
        self.assertTrue(values.spell(2, None).covers(at(10**5)))

    def test_is_known(self):
        """From when it could be called, though it began before, to its end."""
        spell = type(values.spell(2, 5))("sick", at(2), at(3), at(5), "")
        self.assertEqual(
            [False, False, True, True, False], [spell.is_known(at(hour)) for hour in (2, 2.9, 3, 4.9, 5)]
        )
        self.assertEqual(datetime.timedelta(hours=3), spell.ended_at - spell.started_at)
