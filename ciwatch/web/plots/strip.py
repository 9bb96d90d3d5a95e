"""A strip of days: how many patch sets each brought, by what became of them, and the spells behind them."""

import datetime
import typing

from ciwatch.web import rendering
from ciwatch.web.plots import axis
from ciwatch.web.plots import svg

#: From below to the top.
PARTS = ("passed", "failed", "infrastructure", "missed")
#: From the top to below.
KINDS = ("silent", "sick", "shared", "regressed")

# In pixels: a line of spells, the bars, the words below.
_LANE = 15
_BARS = 120
_WORDS = 20
# Of the width that a bar has, so much is bar.
_FILLED = 0.74
# Beyond so many bars, a bar is more than a day.
_MOST_BARS = 120
_LENGTHS = (1, 7, 28, 91)


class Bar(typing.NamedTuple):
    """The patch sets from a day to another one."""

    first: datetime.date
    last: datetime.date
    passed: int
    failed: int
    infrastructure: int
    missed: int

    @property
    def counts(self):
        """Those of :data:`PARTS`."""
        return self[2:]

    @property
    def words(self):
        """Which days it is of."""
        first = rendering.day(self.first)
        if self.first == self.last:
            return first
        # A window of many such bars may be longer than a year.
        return f"{first} to {rendering.day(self.last)} {self.last.year}"


def bars(days, first, last):
    """The :class:`Bar` of each day, also of those on which nothing was; of more days each in a long window.

    :param days: values with a *day* and the counts of :data:`PARTS`.
    """
    count = (last - first).days + 1
    length = next((length for length in _LENGTHS if count <= length * _MOST_BARS), _LENGTHS[-1])
    sums = {start: [0] * len(PARTS) for start in range(0, count, length)}
    for each in days:
        found = sums[(each.day - first).days // length * length]
        for place, part in enumerate(PARTS):
            found[place] += getattr(each, part)
    one = datetime.timedelta(days=1)
    return [
        Bar(first + start * one, min(last, first + (start + length - 1) * one), *counts)
        for start, counts in sums.items()
    ]


def draw(bars, spells, until, title):
    """The markup.

    :param bars: each :class:`Bar`, at least one.
    :param spells: values with a *kind*, *since* and *until*, which is None where it lasts.
    :param until: the moment as of which all is told.
    :param title: what it shows.
    """
    first, last = bars[0].first, bars[-1].last
    kinds = [kind for kind in KINDS if any(spell.kind == kind for spell in spells)]
    top = _LANE * len(kinds) + 8
    bottom = top + _BARS
    figure = svg.Figure("strip", bottom + _WORDS, title, _describe(bars))
    start = datetime.datetime.combine(first, datetime.time(), datetime.UTC)
    width = datetime.timedelta(days=(last - first).days + 1)
    for spell in spells:
        if spell.kind in kinds:
            begin, end = (
                min(1, max(0, (moment - start) / width)) for moment in (spell.since, spell.until or until)
            )
            _draw_spell(figure, spell, begin, max(end - begin, 0.003), kinds.index(spell.kind), bottom)
    for lane, kind in enumerate(kinds):
        figure.add("text", "side", kind, x="0", dx=-8, y=_LANE * lane + 11, text_anchor="end")
    scale = axis.Counts(max(sum(bar.counts) for bar in bars))
    for count in (0, *scale.ticks()):
        y = bottom - _BARS * scale.share(count)
        figure.add("line", "axis" if count == 0 else "tick", x1="0", x2="100%", y1=y, y2=y)
        figure.add("text", "side", f"{count:,}", x="0", dx=-8, y=y + 4, text_anchor="end")
    for bar in bars:
        begin, days = (bar.first - first).days, (bar.last - bar.first).days + 1
        _draw_bar(figure, bar, begin / width.days, days / width.days, scale, bottom)
    for number, day in enumerate(axis.told_days(first, last)):
        place = svg.percent((day - first).days / width.days)
        figure.add("line", "tick", x1=place, x2=place, y1=bottom, y2=bottom + 5)
        # The last one would stand out.
        is_last = (day - first).days / width.days > 0.9
        figure.add(
            "text",
            # Every second one gives way where there is little room.
            "below minor" if number % 2 else "below",
            # Without the day of the week.
            rendering.day(day).partition(" ")[2] + (f" {day.year}" if width.days > 366 else ""),
            x="100%" if is_last else place,
            y=bottom + 17,
            text_anchor="end" if is_last else "start",
        )
    return str(figure)


def _draw_spell(figure, spell, begin, width, lane, bottom):
    x, width = svg.percent(begin), svg.percent(width)
    y = _LANE * lane
    figure.add("rect", f"shade {spell.kind}", x=x, width=width, y=y, height=bottom - y)
    shape = figure.add(
        "rect", f"spell {spell.kind}", x=x, width=width, y=y + 2, height=_LANE - 4, **svg.filled(spell.kind)
    )
    until = f"until {rendering.absolute(spell.until)}" if spell.until else "and it lasts"
    svg.add(shape, "title", text=f"{spell.kind} since {rendering.absolute(spell.since)}, {until}")


def _draw_bar(figure, bar, begin, width, scale, bottom):
    group = figure.add("g", "bar")
    counts = ", ".join(f"{count} {part}" for part, count in zip(PARTS, bar.counts, strict=True) if count)
    svg.add(group, "title", text=f"{bar.words}: {counts or 'nothing'}")
    # It can be pointed at where it is low, or nothing.
    svg.add(
        group, "rect", "all", x=svg.percent(begin), width=svg.percent(width), y=bottom - _BARS, height=_BARS
    )
    x, filled, y = svg.percent(begin + width * (1 - _FILLED) / 2), svg.percent(width * _FILLED), bottom
    for part, count in zip(PARTS, bar.counts, strict=True):
        if count:
            height = _BARS * scale.share(count)
            y -= height
            shown = max(height - 1, 1)
            svg.add(group, "rect", part, x=x, width=filled, y=y, height=shown, **svg.filled(part))


def _describe(bars):
    totals = [sum(bar.counts[place] for bar in bars) for place in range(len(PARTS))]
    told = ", ".join(f"{total:,} {part}" for part, total in zip(PARTS, totals, strict=True))
    fullest = max(bars, key=lambda bar: sum(bar.counts))
    return f"In all {told}; most of them, {sum(fullest.counts):,}, on {fullest.words}."
