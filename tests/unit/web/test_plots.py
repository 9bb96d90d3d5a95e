"""Tests of the plots: what is drawn is what is told, and it can be told without colours."""

import datetime
import itertools
import re
import types
from xml.etree import ElementTree

import hypothesis
from hypothesis import strategies

from ciwatch.insight import statistics
from ciwatch.insight.histogram import Histogram
from ciwatch.web.plots import axis
from ciwatch.web.plots import interval
from ciwatch.web.plots import strip
from ciwatch.web.plots import svg
from ciwatch.web.plots import times
from tests import base

FIRST = datetime.date(2026, 10, 26)
UNTIL = datetime.datetime(2026, 11, 24, 12, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def day(number, *counts):
    """A day of the strip, so many after the first."""
    return types.SimpleNamespace(
        day=FIRST + number * DAY, **dict(zip(strip.PARTS, counts, strict=False), **{"pending": 9})
    )


def spell(kind, since, until=None):
    """A spell by hours after the first day's morning."""
    begin = datetime.datetime.combine(FIRST, datetime.time(), datetime.UTC)
    hours = [None if each is None else begin + datetime.timedelta(hours=each) for each in (since, until)]
    return types.SimpleNamespace(kind=kind, since=hours[0], until=hours[1])


def number(element, name):
    """An attribute as a number, whether in pixels or in per cent."""
    return float(element.get(name).rstrip("%"))


def of_class(root, css):
    """The elements of a class, in their order."""
    return [element for element in root.iter() if css in (element.get("class") or "").split()]


class PlotCase(base.TestCase):
    """What holds for every plot."""

    def read(self, markup):
        """The root of a plot: well formed, named, without a style of its own, with known patterns."""
        root = ElementTree.fromstring(markup)
        self.assertEqual("img", root.get("role"))
        self.assertTrue(root.find("title").text)
        patterns = {each.get("id") for each in ElementTree.fromstring(svg.patterns()).iter("pattern")}
        for element in root.iter():
            self.assertIsNone(element.get("style"))
            for place in re.findall(r"url\(#(.*?)\)", element.get("fill") or ""):
                self.assertIn(place, patterns)
        return root


class TestStrip(PlotCase):
    """A strip of days."""

    def draw(self, days, spells=(), count=30):
        """The root of the strip of some days."""
        bars = strip.bars(days, FIRST, FIRST + (count - 1) * DAY)
        return self.read(strip.draw(bars, spells, UNTIL, "Days of <Basalt>"))

    def test_heights(self):
        """Parts stand on one another in their order, each as high as its count; an empty day has none."""
        root = self.draw([day(0, 30, 10, 0, 20), day(2, 15, 5, 5, 5)])
        first, empty, third = of_class(root, "bar")[:3]
        self.assertEqual([], [part for part in strip.PARTS if of_class(empty, part)])
        bottoms = {}
        for bar, counts in ((first, (30, 10, 20)), (third, (15, 5, 5, 5))):
            shapes = [shape for part in strip.PARTS for shape in of_class(bar, part)]
            # A pixel is the gap between two parts; 60 patch sets are as high as all.
            self.assertEqual([2 * count - 1 for count in counts], [number(each, "height") for each in shapes])
            ends = [number(each, "y") + number(each, "height") + 1 for each in shapes]
            self.assertEqual(sorted(ends, reverse=True), ends)
            bottoms[bar] = ends[0]
        self.assertEqual(1, len(set(bottoms.values())))
        self.assertEqual("Mon 26 Oct: 30 passed, 10 failed, 20 missed", first.find("title").text)
        self.assertIn("In all 45 passed, 15 failed, 5 infrastructure, 25 missed", root.find("desc").text)

    def test_places(self):
        """Bars do not touch, and fill the width in the order of their days."""
        root = self.draw([day(place, 1, 0, 0, 0) for place in range(30)])
        shapes = of_class(root, "passed")
        ends = [(number(each, "x"), number(each, "x") + number(each, "width")) for each in shapes]
        self.assertEqual(30, len(ends))
        for (_, end), (begin, _) in itertools.pairwise(ends):
            self.assertLess(end, begin)
        self.assertLess(0, ends[0][0])
        self.assertLess(ends[-1][1], 100)

    def test_spells(self):
        """Each kind has a line with its word; what lasts ends now, and what began before is cut."""
        root = self.draw(
            [day(0, 1, 0, 0, 0)], [spell("sick", 72, 96), spell("silent", 600), spell("sick", -48, 24)]
        )
        shapes = of_class(root, "spell")
        found = [(each.get("class"), number(each, "x"), number(each, "width")) for each in shapes]
        expected = [("spell sick", 10, 3.333), ("spell silent", 83.333, 15), ("spell sick", 0, 3.333)]
        self.assertEqual(expected, found)
        words = [each.text for each in of_class(root, "side")][:2]
        self.assertEqual(["silent", "sick"], words)
        lanes = {each.get("class"): each.get("y") for each in of_class(root, "spell")}
        self.assertEqual(2, len(set(lanes.values())))
        titles = [each.find("title").text for each in of_class(root, "spell")]
        self.assertEqual(
            "sick since Thu 29 Oct 2026 00:00 UTC, until Fri 30 Oct 2026 00:00 UTC",
            titles[0],
        )
        self.assertTrue(titles[1].endswith("and it lasts"))

    def test_told_apart_without_colours(self):
        """Kinds of spells have a pattern each; of parts the first two are plain, and differ by place."""
        root = self.draw(
            [day(0, 1, 1, 1, 1)], [spell(kind, place * 24) for place, kind in enumerate(strip.KINDS)]
        )
        fills = [each.get("fill") for each in of_class(root, "spell")]
        self.assertEqual(len(strip.KINDS), len(set(fills) - {None}))
        self.assertTrue(of_class(root, "infrastructure")[0].get("fill"))

    @hypothesis.given(
        strategies.integers(1, 4000),
        strategies.lists(
            strategies.tuples(strategies.integers(0, 3999), strategies.integers(1, 9)), max_size=9
        ),
    )
    def test_any_window(self, count, days):
        """No more bars than fit; together they are of all days, and count all that these do."""
        days = [day(place % count, counted, 0, 1, 0) for place, counted in days]
        last = FIRST + (count - 1) * DAY
        bars = strip.bars(days, FIRST, last)
        self.assertLessEqual(len(bars), 144)
        self.assertEqual((FIRST, last), (bars[0].first, bars[-1].last))
        for before, after in itertools.pairwise(bars):
            self.assertEqual(before.last + DAY, after.first)
        self.assertEqual(sum(each.passed for each in days), sum(bar.passed for bar in bars))
        self.assertEqual(len(days), sum(bar.infrastructure for bar in bars))
        self.read(strip.draw(bars, [spell("shared", 5, 30)], UNTIL, "Days"))

    def test_hostile(self):
        """A title is text."""
        bars = strip.bars([], FIRST, FIRST)
        markup = strip.draw(bars, [spell("<b>", 0)], UNTIL, '</title><script>alert("1")</script>')
        self.assertNotIn("<script", markup)
        self.assertNotIn("<b>", markup)


class TestInterval(PlotCase):
    """A rate on its line."""

    def test_place(self):
        """The point is at the share, and the bar is the interval around it."""
        rate = statistics.rate(22, 36)
        root = self.read(interval.draw(rate, "Trust"))
        (point,), (bar,) = of_class(root, "point"), of_class(root, "range")
        self.assertEqual("61.111%", point.get("x1"))
        self.assertAlmostEqual(100 * rate.low, number(bar, "x"), delta=0.001)
        self.assertAlmostEqual(100 * (rate.high - rate.low), number(bar, "width"), delta=0.001)

    def test_too_few(self):
        """Its bar is marked; without anything there is a line, and no point at zero."""
        self.assertEqual(1, len(of_class(self.read(interval.draw(statistics.rate(3, 4), "Trust")), "few")))
        nothing = self.read(interval.draw(statistics.rate(0, 0), "Trust"))
        self.assertEqual([], of_class(nothing, "point") + of_class(nothing, "range"))


class TestTimes(PlotCase):
    """How long something took."""

    def draw(self, lengths, limits=()):
        """The root of the plot of lengths of time, and their histogram."""
        histogram = Histogram()
        for length in lengths:
            histogram.add(length)
        return self.read(times.draw(histogram, limits, "Time to answer")), histogram

    @hypothesis.given(strategies.lists(strategies.floats(0, 10**8), min_size=1, max_size=40))
    def test_bars(self, lengths):
        """They count all; none lies outside, and the marks are in their order."""
        root, histogram = self.draw(lengths, [(86400, "limit 24 h")])
        bars = times.bars(histogram)
        self.assertEqual([len(lengths)] * 2, [sum(bar.count for bar in bars), bars[-1].until_then])
        for shape in of_class(root, "count"):
            self.assertLessEqual(0, number(shape, "x"))
            self.assertLessEqual(number(shape, "x") + number(shape, "width"), 100.01)
        places = [number(each, "x1") for each in root.iter("line") if each.get("class") == "quantile"]
        self.assertEqual(sorted(places, reverse=True), places)

    def test_marks(self):
        """What half, 90 % and 99 % did not exceed, and the limit, are told in words, each on its own line."""
        root, _ = self.draw([600] * 50 + [7200] * 40 + [200000] * 10, [(28800, "limit 8 h")])
        words = [each.text for each in of_class(root, "mark")]
        self.assertEqual(4, len(words))
        self.assertEqual("limit 8 h", words[1])
        for said, start in zip((words[3], words[2], words[0]), ("half", "90 %", "99 %"), strict=True):
            self.assertTrue(said.startswith(f"{start} within"), said)
        self.assertEqual(4, len({each.get("y") for each in of_class(root, "mark")}))
        self.assertIn("100 in all: half within 9 min", root.find("desc").text)


class TestAxis(base.TestCase):
    """What is told beside a plot."""

    @hypothesis.given(strategies.integers(0, 10**7))
    def test_counts(self, most):
        """The top is not below the greatest, and not far above it."""
        scale = axis.Counts(most)
        self.assertLessEqual(most, scale.top)
        self.assertLessEqual(scale.top, max(1, 2 * most))
        self.assertTrue(all(0 < scale.share(tick) <= 1 for tick in scale.ticks()))

    @hypothesis.given(strategies.integers(1, 4000))
    def test_days(self, count):
        """Few are told, none twice, all within; of long windows Mondays."""
        told = axis.told_days(FIRST + DAY, FIRST + count * DAY)
        self.assertLessEqual(len(told), 7)
        self.assertEqual(sorted(set(told)), told)
        self.assertTrue(all(FIRST < each <= FIRST + count * DAY for each in told))
        if count > 20:
            self.assertEqual({0}, {each.weekday() for each in told})

    def test_times(self):
        """Round lengths of time, with room between them."""
        told = axis.LogTimes(50, 90000).ticks()
        self.assertEqual(["1 min", "5 min", "15 min", "1 h", "4 h", "12 h"], [words for _, words in told])
