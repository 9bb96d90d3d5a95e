"""Tests of telling a silent CI."""

import datetime
import fractions

import hypothesis
from hypothesis import strategies

from ciwatch.insight import silence
from tests import base

START = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
AN_HOUR = datetime.timedelta(hours=1)


def due(count):
    """So many unanswered patch sets, due in one hour, two hours, ..."""
    return [(START + AN_HOUR * n, 100 + n, 1) for n in range(1, count + 1)]


def by_hand(answered, missed):
    """How many are needed, tried one after another in exact numbers."""
    expected = answered + missed
    if expected < 10:
        lacking = fractions.Fraction(1, 2)
    else:
        lacking = max(fractions.Fraction(2, 100), fractions.Fraction(missed, expected))
    count, chance = 1, lacking
    while chance >= fractions.Fraction(1, 1000):
        count, chance = count + 1, chance * lacking
    return count


class TestNeeded(base.TestCase):
    """How many must be missed in a row."""

    def test_table(self):
        """The more a CI answers, the sooner its silence tells; 98 of 100 is the most that is believed."""
        found = [
            silence.needed(silence.usual_coverage(answered, 100 - answered))
            for answered in (100, 98, 96, 91, 90, 89, 50, 10)
        ]
        self.assertEqual([2, 2, 3, 3, 4, 4, 10, 66], found)

    def test_too_few(self):
        """Of nine cases nothing is believed but every other answer; ten are enough."""
        self.assertEqual(10, silence.needed(silence.usual_coverage(9, 0)))
        self.assertEqual(2, silence.needed(silence.usual_coverage(10, 0)))
        self.assertEqual(10, silence.needed(silence.usual_coverage(0, 0)))

    def test_never_answered(self):
        """Whoever never answers does not fall silent."""
        self.assertIsNone(silence.needed(silence.usual_coverage(0, 10)))

    @hypothesis.given(strategies.integers(0, 200), strategies.integers(0, 200))
    def test_by_hand(self, answered, missed):
        """The first count whose chance is below one in a thousand, at the limit, too."""
        hypothesis.assume(answered > 0 or answered + missed < 10)
        self.assertEqual(by_hand(answered, missed), silence.needed(silence.usual_coverage(answered, missed)))

    @hypothesis.given(strategies.integers(10, 200), strategies.data())
    def test_monotonic(self, expected, data):
        """Whoever answers more is called silent no later."""
        more = data.draw(strategies.integers(1, expected))
        less = data.draw(strategies.integers(1, more))
        needed = [silence.needed(silence.usual_coverage(n, expected - n)) for n in (more, less)]
        self.assertLessEqual(*needed)


class TestFind(base.TestCase):
    """The spell itself."""

    def test_worked_example(self):
        """Who answers 90 of 100 is called silent when the fourth in a row is due."""
        usual = silence.usual_coverage(90, 10)
        self.assertIsNone(silence.find(START, None, due(3), usual))
        spell = silence.find(START, None, due(5), usual)
        self.assertEqual(
            (silence.SILENT, START, START + 4 * AN_HOUR, None),
            (spell.kind, spell.started_at, spell.called_at, spell.ended_at),
        )
        self.assertEqual(((101, 1), (102, 1), (103, 1), (104, 1), (105, 1)), spell.evidence)
        self.assertEqual(
            "5 expected patch sets passed their limit without a report since the last one; of those before,"
            " it answered 90 of 100",
            spell.why,
        )

    def test_over(self):
        """It ends with the next report."""
        back = START + 9 * AN_HOUR
        self.assertEqual(back, silence.find(START, back, due(5), silence.usual_coverage(90, 10)).ended_at)

    def test_too_few_before(self):
        """What is not known is not said in numbers."""
        spell = silence.find(START, None, due(10), silence.usual_coverage(3, 0))
        self.assertTrue(
            spell.why.endswith("; those before are too few to say what it usually answers"), spell.why
        )

    def test_never_answered(self):
        """No spell, and nothing divided by zero."""
        self.assertIsNone(silence.find(START, None, due(500), silence.usual_coverage(0, 500)))
        self.assertIsNone(silence.find(START, None, [], silence.usual_coverage(0, 0)))

    def test_long(self):
        """A silence without end keeps its first 200 patch sets as evidence, and counts all."""
        spell = silence.find(START, None, due(500), silence.usual_coverage(90, 10))
        self.assertEqual((200, (101, 1)), (len(spell.evidence), spell.evidence[0]))
        self.assertTrue(spell.why.startswith("500 expected patch sets"), spell.why)
