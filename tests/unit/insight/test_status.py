"""Tests of the one word."""

import datetime
import itertools

from ciwatch.insight import statistics
from ciwatch.insight import status
from ciwatch.insight.status import Word
from tests import base
from tests.unit.insight import values
from tests.unit.insight.values import at

JOBS = [("lantern-tempest", statistics.rate(4, 20))]
RETIRED = datetime.date(2026, 3, 1)


class TestWord(base.TestCase):
    """The first that holds."""

    def test_order(self):
        """Whatever else holds, each word gives way to those before it only."""
        kinds = ("silent", "sick", "regressed")
        for retired, *those, is_unstable, is_new in itertools.product((True, False), repeat=6):
            spells = [values.spell(1, None, kind) for kind, holds in zip(kinds, those, strict=True) if holds]
            holding = [
                word
                for word, holds in (
                    ("retired", retired),
                    *zip(kinds, those, strict=True),
                    ("unstable", is_unstable),
                    ("new", is_new),
                    ("healthy", True),
                )
                if holds
            ]
            for order in (spells, spells[::-1]):
                found = status.decide(
                    RETIRED if retired else None, order, JOBS if is_unstable else [], 9 if is_new else 10
                )
                self.assertEqual(holding[0], found.word)

    def test_words(self):
        """Those of the manual, in its order."""
        self.assertEqual(
            ["retired", "silent", "sick", "regressed", "unstable", "new", "healthy"], [*map(str, Word)]
        )

    def test_shared(self):
        """Where all fail, it is not the CI."""
        found = status.decide(None, [values.spell(1, None, "shared")], [], 50)
        self.assertIs(Word.HEALTHY, found.word)

    def test_since(self):
        """A spell tells since when, and why."""
        found = status.decide(None, [values.spell(1, None, "sick")], [], 50)
        self.assertEqual((at(1), "it was so."), (found.since, found.rule))
        self.assertEqual(RETIRED, status.decide(RETIRED, [], [], 50).since)
        self.assertIsNone(status.decide(None, [], [], 50).since)

    def test_new(self):
        """Nine are too few, ten are enough; nothing at all is new as well."""
        words = [status.decide(None, [], [], judged).word for judged in (0, 9, 10)]
        self.assertEqual([Word.NEW, Word.NEW, Word.HEALTHY], words)
        self.assertEqual(
            "It judged 0 patch sets in 28 days: too few to say more.", status.decide(None, [], [], 0).rule
        )
        self.assertEqual(
            "It judged 1 patch set in 28 days: too few to say more.", status.decide(None, [], [], 1).rule
        )

    def test_rules(self):
        """Each names its numbers, or what was looked at; never a bare per cent."""
        self.assertEqual(
            "Voting jobs pass and fail on the same patch set: lantern-tempest on 4 of 20 patch sets.",
            status.decide(None, [], JOBS, 50).rule,
        )
        self.assertEqual(
            "It is neither silent nor sick, its failures come no oftener than they used to, and no voting job"
            " of it is unstable.",
            status.decide(None, [], [], 50).rule,
        )
