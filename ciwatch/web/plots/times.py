"""How long something took: how many took so long, when half, 90 % and 99 % were there, what is allowed."""

import typing

from ciwatch.web import rendering
from ciwatch.web.plots import axis
from ciwatch.web.plots import svg

# So many buckets of a histogram are one bar: a quarter of a doubling.
_BUCKETS = 4
_PER_DOUBLING = 16

# In pixels: a line of words above, the bars, the words below.
_LINE = 16
_BARS = 84
_WORDS = 20
# Further to the right, words end at their place instead of beginning there.
_LATE = 0.45

_SHARES = ((0.5, "half within"), (0.9, "90 % within"), (0.99, "99 % within"))


class Bar(typing.NamedTuple):
    """How many took from *shortest_s* to *longest_s*, and how many that or less."""

    shortest_s: float
    longest_s: float
    count: int
    until_then: int


def bars(histogram):
    """Each :class:`Bar` of a :class:`~ciwatch.insight.histogram.Histogram` that is not empty."""
    counts = {}
    for bucket, count in sorted(histogram.counts.items()):
        counts[bucket // _BUCKETS] = counts.get(bucket // _BUCKETS, 0) + count
    found, total = [], 0
    for place, count in counts.items():
        total += count
        ends = (2 ** ((place + each) * _BUCKETS / _PER_DOUBLING) for each in (0, 1))
        found.append(Bar(*ends, count, total))
    return found


def draw(histogram, limits, title):
    """The markup.

    :param histogram: a :class:`~ciwatch.insight.histogram.Histogram` that counted something.
    :param limits: (seconds, words) of each time that is allowed.
    :param title: what it shows.
    """
    found = bars(histogram)
    marks = [(histogram.quantile(share), words, "quantile") for share, words in _SHARES]
    marks = [(seconds, f"{words} {rendering.duration(round(seconds))}", css) for seconds, words, css in marks]
    marks += [(seconds, words, "limit") for seconds, words in limits]
    scale = axis.LogTimes(
        min(found[0].shortest_s, *(seconds for seconds, *_ in marks)),
        max(found[-1].longest_s, *(1.1 * seconds for seconds, *_ in marks)),
    )
    top = _LINE * len(marks) + 4
    bottom = top + _BARS
    told = "; ".join(words for _, words, _ in marks)
    figure = svg.Figure("times", bottom + _WORDS, title, f"{histogram.total:,} in all: {told}.")
    figure.add("line", "axis", x1="0", x2="100%", y1=bottom, y2=bottom)
    most = max(bar.count for bar in found)
    for bar in found:
        begin, end = scale.share(bar.shortest_s), scale.share(bar.longest_s)
        height = max(1, _BARS * bar.count / most)
        shape = figure.add(
            "rect",
            "count",
            x=svg.percent(begin),
            width=svg.percent((end - begin) * 0.9),
            y=bottom - height,
            height=height,
        )
        svg.add(shape, "title", text=f"{words_of(bar)}: {bar.count:,}")
    # The longest above: so no line crosses the words of another.
    lines = sorted(marks, key=lambda mark: -mark[0])
    for line, (seconds, _, css) in enumerate(lines):
        x = svg.percent(scale.share(seconds))
        figure.add("line", css, x1=x, x2=x, y1=_LINE * line + 4, y2=bottom)
    for line, (seconds, words, css) in enumerate(lines):
        place = scale.share(seconds)
        anchor, away = ("end", -5) if place > _LATE else ("start", 5)
        y = _LINE * line + 12
        figure.add("text", f"mark {css}", words, x=svg.percent(place), dx=away, y=y, text_anchor=anchor)
    for seconds, words in scale.ticks():
        place = scale.share(seconds)
        figure.add("line", "tick", x1=svg.percent(place), x2=svg.percent(place), y1=bottom, y2=bottom + 5)
        anchor = "end" if place > 0.95 else "start" if place < 0.05 else "middle"
        figure.add("text", "below", words, x=svg.percent(place), y=bottom + 17, text_anchor=anchor)
    return str(figure)


def words_of(bar):
    """From how long to how long a :class:`Bar` is."""
    return " to ".join(rendering.duration(round(seconds)) for seconds in (bar.shortest_s, bar.longest_s))
