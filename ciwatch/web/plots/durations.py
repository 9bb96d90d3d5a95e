"""How long builds took, one after another: each a mark at its time, whose form tells what came of it."""

import datetime
import typing

from ciwatch.parsers.results import ResultClass
from ciwatch.web import rendering
from ciwatch.web.plots import axis
from ciwatch.web.plots import svg

# In pixels: the marks, the words below.
_MARKS = 140
_WORDS = 20
_TOP = 6
# The ends of an axis, in seconds.
_ROUND_S = (
    10,
    30,
    60,
    120,
    300,
    600,
    1200,
    1800,
    3600,
    7200,
    14400,
    28800,
    43200,
    86400,
    2 * 86400,
    4 * 86400,
)


class Day(typing.NamedTuple):
    """How many builds there were on a day, what half of them did not exceed, and the longest."""

    day: datetime.date
    count: int
    half_s: int
    longest_s: int


def by_day(took):
    """Each :class:`Day`, the newest first."""
    found = {}
    for each in took:
        found.setdefault(each.at.date(), []).append(each.duration_s)
    return [
        Day(day, len(times), sorted(times)[(len(times) - 1) // 2], max(times))
        for day, times in sorted(found.items(), reverse=True)
    ]


def draw(took, title):
    """The markup.

    :param took: values with a moment *at*, a *duration_s* and a *result_class*; at least one.
    :param title: what it shows.
    """
    times = sorted(each.duration_s for each in took)
    half, most, longest = times[(len(times) - 1) // 2], times[(9 * len(times) - 1) // 10], times[-1]
    told = f"half within {rendering.duration(half)}, 90 % within {rendering.duration(most)}"
    bottom = _TOP + _MARKS
    figure = svg.Figure("durations", bottom + _WORDS, title, f"{len(times)} builds: {told}.")
    top = next((each for each in _ROUND_S if each >= longest), longest)
    for seconds in (0, top // 2, top):
        y = bottom - _MARKS * seconds / top
        figure.add("line", "tick" if seconds else "axis", x1="0", x2="100%", y1=y, y2=y)
        figure.add("text", "side", _round_words(seconds), x="0", dx=-8, y=y + 4, text_anchor="end")
    first, last = min(each.at for each in took), max(each.at for each in took)
    start = datetime.datetime.combine(first.date(), datetime.time(), datetime.UTC)
    width = datetime.timedelta(days=(last.date() - first.date()).days + 1)
    for number, day in enumerate(axis.told_days(first.date(), last.date())):
        share = (day - first.date()) / width
        place = svg.percent(share)
        figure.add("line", "tick", x1=place, x2=place, y1=bottom, y2=bottom + 5)
        figure.add(
            "text",
            "below minor" if number % 2 else "below",
            rendering.day(day).partition(" ")[2],
            x="100%" if share > 0.9 else place,
            y=bottom + 17,
            text_anchor="end" if share > 0.9 else "start",
        )
    for each in took:
        place = svg.percent((each.at - start) / width)
        _draw_mark(figure, each, place, bottom - _MARKS * each.duration_s / top)
    return str(figure)


def _round_words(seconds):
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return rendering.duration(seconds) if seconds else "0"


def _draw_mark(figure, each, x, y):
    if each.result_class is ResultClass.PASSED:
        figure.add("circle", "passed", cx=x, cy=y, r=2.6)
    elif each.result_class is ResultClass.FAILED:
        figure.add("rect", "failed", x=x, y=y - 3, width=6, height=6, transform="translate(-3)")
    else:
        figure.add("line", "neither", x1=x, x2=x, y1=y - 5, y2=y + 5)
