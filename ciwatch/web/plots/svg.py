"""What all plots are made of: a picture with a name, shapes in it, and patterns to fill them with."""

import functools
import html
from xml.etree import ElementTree

#: Patterns by name: width, height, and the marks on their ground. A name is a class of CSS, too.
_PATTERNS = {
    "infrastructure": (6, 6, (("path", {"d": "M-1,7 L7,-1 M-1,1 L1,-1 M5,7 L7,5"}),)),
    "sick": (8, 8, (("path", {"d": "M-2,2 L2,-2 M0,8 L8,0 M6,10 L10,6"}),)),
    "silent": (
        8,
        8,
        (("circle", {"cx": "2", "cy": "2", "r": "1"}), ("circle", {"cx": "6", "cy": "6", "r": "1"})),
    ),
    "shared": (7, 7, (("path", {"d": "M2,0 V7"}),)),
    "regressed": (7, 7, (("path", {"d": "M0,3 H7"}),)),
}


class Figure:
    """A picture that grows by shapes.

    :ivar root: the element that they are added to.
    """

    def __init__(self, css, height, title, description=""):
        """Begins it.

        :param css: its class, beside ``plot``.
        :param height: in pixels; the width is that of its room.
        :param title: what it shows, for whoever cannot see it.
        :param description: what can be seen there, in a sentence or two.
        """
        attributes = {"class": f"plot {css}", "width": "100%", "height": str(height), "role": "img"}
        self.root = ElementTree.Element("svg", attributes)
        add(self.root, "title", text=title)
        if description:
            add(self.root, "desc", text=description)

    def add(self, tag, css, text=None, **attributes):
        """Adds an element of a class; see :func:`add`."""
        return add(self.root, tag, css, text, **attributes)

    def __str__(self):
        """Its markup. All text in it is escaped."""
        return _serialize(self.root)


def add(parent, tag, css=None, text=None, **attributes):
    """Adds an element to another one.

    :param css: its class.
    :param text: what stands in it.
    :param attributes: text or numbers; ``text_anchor`` is written ``text-anchor``.
    """
    named = {name.replace("_", "-"): write(value) for name, value in attributes.items()}
    element = ElementTree.SubElement(parent, tag, {"class": css, **named} if css else named)
    element.text = text
    return element


def _serialize(element):
    """The markup of an element. That of the library looks for namespaces and takes thrice as long."""
    written = []
    _write(element, written.append)
    return "".join(written)


def _write(element, put):
    put(f"<{element.tag}")
    for name, value in element.items():
        put(f' {name}="{_escape(value)}"')
    put(">")
    if element.text:
        put(html.escape(element.text))
    for each in element:
        _write(each, put)
    put(f"</{element.tag}>")


# The bars of a plot have most of their attributes in common.
_escape = functools.lru_cache(maxsize=4096)(html.escape)


def write(value):
    """A number as short as it can be without a difference that one could see; text as it is."""
    return value if isinstance(value, str) else f"{round(value, 2):g}"


def percent(share):
    """A share of the width as an attribute's value."""
    return f"{round(100 * share, 3):g}%"


def patterns():
    """The markup of all patterns, once on a page that has plots; see :func:`filled`."""
    root = ElementTree.Element(
        "svg", {"class": "patterns", "width": "0", "height": "0", "aria-hidden": "true"}
    )
    for name, (width, height, marks) in _PATTERNS.items():
        pattern = add(
            root,
            "pattern",
            f"pattern {name}",
            id=f"pattern-{name}",
            width=width,
            height=height,
            patternUnits="userSpaceOnUse",
        )
        add(pattern, "rect", "under", width=width, height=height)
        for tag, attributes in marks:
            add(pattern, tag, "over", **attributes)
    return _serialize(root)


def filled(name):
    """The attributes of a shape that is filled by a pattern, where there is one of this name."""
    return {"fill": f"url(#pattern-{name})"} if name in _PATTERNS else {}
