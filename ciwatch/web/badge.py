"""A badge: a label and a value beside one another, 20 px high, as READMEs and wikis show them.

It is a picture of its own: no script, no style, no address of anything else. What it says stands in its
title, for whoever cannot see it, and its colour says nothing that the word does not.
"""

from xml.etree import ElementTree

from ciwatch.insight.status import Word

#: Each dark enough for white text on it: a contrast of 4.5 at least.
COLOURS = {
    Word.HEALTHY: "#1a7f37",
    Word.UNSTABLE: "#8a5a00",
    Word.REGRESSED: "#a8480f",
    Word.SICK: "#b3261e",
    Word.SILENT: "#6a3fa0",
    Word.NEW: "#57606a",
    Word.RETIRED: "#57606a",
}
FIGURE = "#0b5cad"
TOO_FEW = "#57606a"
_LABEL = "#3b4046"

_HEIGHT = 20
_PADDING = 6
_LONGEST = 60

# How wide letters of 11 px are in Verdana and its like, in tenths of a pixel. A picture cannot ask, and the
# text is told to be as wide as was reckoned, so that it fits with whatever letters are there.
_WIDTHS = {
    mark: width
    for marks, width in (
        ("ijlI|'!.,:;", 40),
        (" ftr()[]/-", 46),
        ("cszJ", 57),
        ("abdeghknopquvxyL0123456789FETPSZ+=<>~_", 67),
        ("ABCDGHKNOQRUVXY&", 78),
        ("Mw", 92),
        ("mW%@", 107),
    )
    for mark in marks
}
_OTHERS = 80
# Letters of the east of Asia, and pictures, are as wide as they are high.
_WIDE_FROM = "\u2e80"
_WIDE = 115


def draw(label, value, colour):
    """The SVG, UTF-8.

    :param label: the text on the left; cut where it is long.
    :param value: the text on the right.
    :param colour: the ground of the value.
    """
    label, value = _fit(label), _fit(value)
    left, right = (_width(text) + 2 * _PADDING for text in (label, value))
    width = left + right
    said = f"{label}: {value}"
    svg = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": str(width),
            "height": str(_HEIGHT),
            "viewBox": f"0 0 {width} {_HEIGHT}",
            "role": "img",
            "aria-label": said,
        },
    )
    ElementTree.SubElement(svg, "title").text = said
    corners = ElementTree.SubElement(svg, "clipPath", {"id": "r"})
    _rectangle(corners, 0, width, "#fff", rx="3")
    ground = ElementTree.SubElement(svg, "g", {"clip-path": "url(#r)"})
    _rectangle(ground, 0, left, _LABEL)
    _rectangle(ground, left, right, colour)
    letters = ElementTree.SubElement(
        svg,
        "g",
        {
            "fill": "#fff",
            "text-anchor": "middle",
            "font-family": "Verdana,Geneva,DejaVu Sans,sans-serif",
            "font-size": "11",
        },
    )
    for text, start, size in ((label, 0, left), (value, left, right)):
        place = {"x": f"{start + size / 2:g}", "y": "14", "textLength": str(size - 2 * _PADDING)}
        ElementTree.SubElement(letters, "text", place).text = text
    return ElementTree.tostring(svg, "utf-8")


def _rectangle(parent, x, width, colour, **more):
    size = {"x": str(x), "width": str(width), "height": str(_HEIGHT), "fill": colour}
    ElementTree.SubElement(parent, "rect", {**size, **more})


def _fit(text):
    text = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split()) or "?"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _width(text):
    tenths = sum(_WIDE if mark >= _WIDE_FROM else _WIDTHS.get(mark, _OTHERS) for mark in text)
    return -(-tenths // 10)
