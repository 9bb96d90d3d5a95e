"""Tests of weeks that are worse than the four before."""

import datetime
import itertools

import hypothesis
from hypothesis import strategies
from scipy import stats

from ciwatch.insight import facts
from ciwatch.insight import regression
from tests import base

TODAY = datetime.date(2026, 3, 1)
ONE_DAY = datetime.timedelta(days=1)

DAYS = strategies.lists(
    strategies.tuples(strategies.integers(0, 9), strategies.integers(0, 9)).map(
        lambda pair: regression.Day(pair[0], sum(pair))
    ),
    max_size=60,
)


def steady(before, now, until=TODAY):
    """Date -> Day: 28 days like *before*, then 7 like *now*, the last of them the day before *until*."""
    days = {until - ONE_DAY * n: now for n in range(1, 8)}
    return days | {until - ONE_DAY * n: before for n in range(8, 36)}


def told(days, first=TODAY, last=TODAY, open_spell=None):
    """(started, ended) of each spell, as dates."""
    found = regression.find(days, first, last, open_spell)
    return [(spell.started_at.date(), spell.ended_at and spell.ended_at.date()) for spell in found]


class TestRegression(base.TestCase):
    """Opens and closes at its limits, and never on nothing."""

    def test_worked_example(self):
        """2 of 20 a day before, 5 of 20 a day now: 15 points worse, and chance does not do that."""
        days = steady(regression.Day(2, 20), regression.Day(5, 20))
        (spell,) = regression.find(days, TODAY, TODAY)
        self.assertEqual(
            (regression.REGRESSED, facts.midnight(TODAY), facts.midnight(TODAY), None),
            (spell.kind, spell.started_at, spell.called_at, spell.ended_at),
        )
        self.assertEqual(
            "35 of 140 patch sets failed in the 7 days before, 56 of 560 in the 28 days before these",
            spell.why,
        )

    def test_five_points(self):
        """Opens at exactly 5 points, 15 of 100 after 10 of 100, and not below."""
        self.assertEqual(
            [(TODAY, None)], told(steady(regression.Day(1000, 10_000), regression.Day(1500, 10_000)))
        )
        self.assertEqual([], told(steady(regression.Day(1000, 10_000), regression.Day(1499, 10_000))))

    def test_three_points(self):
        """Stays open at exactly 3 points, 13 of 100 after 10 of 100, and closes below."""
        spell = facts.Spell("regressed", facts.midnight(TODAY - ONE_DAY), facts.midnight(TODAY), None, "")
        days = steady(regression.Day(1000, 10_000), regression.Day(1300, 10_000))
        self.assertEqual([(TODAY - ONE_DAY, None)], told(days, open_spell=spell))
        days = steady(regression.Day(1000, 10_000), regression.Day(1299, 10_000))
        self.assertEqual([(TODAY - ONE_DAY, TODAY)], told(days, open_spell=spell))

    def test_three_failures(self):
        """Two failures are none, however rare they were."""
        days = dict.fromkeys((TODAY - ONE_DAY * n for n in range(8, 36)), regression.Day(0, 50))
        self.assertEqual([], told(days | {TODAY - ONE_DAY: regression.Day(2, 10)}))
        self.assertEqual([(TODAY, None)], told(days | {TODAY - ONE_DAY: regression.Day(3, 10)}))

    def test_too_few(self):
        """Below ten on either side nothing is said, whatever chance would do."""
        days = dict.fromkeys((TODAY - ONE_DAY * n for n in range(8, 36)), regression.Day(0, 50))
        self.assertEqual([], told(days | {TODAY - ONE_DAY: regression.Day(9, 9)}))
        few = {TODAY - ONE_DAY * 8: regression.Day(0, 9)}
        self.assertEqual([], told(few | {TODAY - ONE_DAY: regression.Day(50, 50)}))
        few[TODAY - ONE_DAY * 9] = regression.Day(0, 1)
        self.assertEqual([(TODAY, None)], told(few | {TODAY - ONE_DAY: regression.Day(50, 50)}))

    def test_chance(self):
        """Opens below p = 0.01 and closes above 0.05, by scipy's hypergeometric distribution."""
        opened = facts.Spell("regressed", facts.midnight(TODAY - ONE_DAY), facts.midnight(TODAY), None, "")
        near = set()
        for judged in range(10, 130, 3):
            for bad in range(judged // 10 + 3, judged // 3 + 2):
                p = stats.hypergeom.sf(bad - 1, 560 + judged, 56 + bad, judged)
                points = bad / judged - 0.1
                days = steady(regression.Day(2, 20), regression.Day())
                days[TODAY - ONE_DAY] = regression.Day(bad, judged)
                is_open = told(days) == [(TODAY, None)]
                is_closed = told(days, open_spell=opened)[0][1] is not None
                self.assertEqual(p < 0.01 and points > 0.0499, is_open, (bad, judged))
                self.assertEqual(p > 0.05 or points < 0.0299, is_closed, (bad, judged))
                near.update(limit for limit in (0.01, 0.05) if limit <= p < 1.1 * limit)
        # Some of these would be told otherwise by limits that are a tenth higher.
        self.assertEqual({0.01, 0.05}, near)

    def test_days_that_count(self):
        """The 7 days before midnight, and the 28 before them; neither today nor what is older."""
        days = steady(regression.Day(2, 20), regression.Day(5, 20))
        around = {TODAY: regression.Day(20, 20), TODAY - ONE_DAY * 36: regression.Day(2000, 2000)}
        (spell,) = regression.find(days | around, TODAY, TODAY)
        self.assertEqual(regression.find(days, TODAY, TODAY), [spell])

    def test_closes_when_nothing_is_judged(self):
        """A week without verdicts is no worse than any."""
        days = steady(regression.Day(2, 20), regression.Day(8, 20))
        silent_since = TODAY + ONE_DAY
        ((started, ended),) = told(days, TODAY, silent_since + ONE_DAY * 20)
        self.assertEqual(TODAY, started)
        self.assertLessEqual(ended, silent_since + ONE_DAY * 7)

    def test_new_ci(self):
        """There is nothing to compare with, so nothing is said."""
        days = {TODAY - ONE_DAY * n: regression.Day(5, 20) for n in range(1, 8)}
        self.assertEqual([], told(days))
        self.assertEqual((1.0, 0), regression.compare(regression.Day(5, 20), regression.Day()))
        self.assertEqual((1.0, 0), regression.compare(regression.Day(), regression.Day(5, 20)))

    def test_better(self):
        """Who fails less is not worse."""
        p, points = regression.compare(regression.Day(0, 20), regression.Day(10, 20))
        self.assertEqual((1.0, -0.5), (p, points))

    @hypothesis.given(DAYS, strategies.integers(0, 50))
    def test_in_two_parts(self, numbers, cut):
        """Told up to a day, and from there on, the spells are those that are told at once."""
        days = {TODAY + ONE_DAY * n: day for n, day in enumerate(numbers)}
        last = TODAY + ONE_DAY * 70
        whole = regression.find(days, TODAY, last)
        middle = TODAY + ONE_DAY * cut
        part = regression.find(days, TODAY, middle)
        open_spell = part.pop() if part and part[-1].ended_at is None else None
        self.assertEqual(whole, part + regression.find(days, middle + ONE_DAY, last, open_spell))
        for spell, following in itertools.pairwise(whole):
            self.assertTrue(spell.started_at < spell.ended_at <= following.started_at)
