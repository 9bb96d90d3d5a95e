"""A rate on a line from 0 to 100 %: where it is, and within what the share behind it is."""

from ciwatch.web.plots import svg

_HEIGHT = 12
_MIDDLE = _HEIGHT / 2


def draw(rate, title):
    """The markup of a :class:`~ciwatch.insight.statistics.Rate`.

    A sample that is too small has an open bar; where there is nothing to divide by, there is only the line.

    :param title: what it shows, with its numbers, for whoever cannot see it.
    """
    figure = svg.Figure("interval", _HEIGHT, title)
    figure.add("line", "axis", x1="0", x2="100%", y1=_MIDDLE, y2=_MIDDLE)
    if rate.of:
        css = "range" if rate.is_enough else "range few"
        width = svg.percent(rate.high - rate.low)
        figure.add("rect", css, x=svg.percent(rate.low), width=width, y=2, height=_HEIGHT - 4, rx=4)
        place = svg.percent(rate.share)
        figure.add("line", "point", x1=place, x2=place, y1=0, y2=_HEIGHT)
    return str(figure)
