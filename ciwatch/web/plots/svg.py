"""What all plots are made of: a picture with a name, shapes in it, and patterns to fill them with.

A page has a thousand shapes, so each is written as soon as it is added: a tree of elements takes twice as
long.
"""

import functools
import html

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
    """A picture that grows by shapes."""

    def __init__(self, css, height, title, description=""):
        """Begins it.

        :param css: its class, beside ``plot``.
        :param height: in pixels; the width is that of its room.
        :param title: what it shows, for whoever cannot see it.
        :param description: what can be seen there, in a sentence or two.
        """
        self._written = []
        self._inside = add(self._written, "svg", f"plot {css}", width="100%", height=str(height), role="img")
        add(self._inside, "title", text=title)
        if description:
            add(self._inside, "desc", text=description)

    def add(self, tag, css, text=None, **attributes):
        """Adds an element of a class; see :func:`add`."""
        return add(self._inside, tag, css, text, **attributes)

    def __str__(self):
        """Its markup. All text in it is escaped."""
        return _join(self._written)


def add(parent, tag, css=None, text=None, **attributes):
    """Adds an element to another one.

    :param parent: what this gave for the other one, or a list that begins the markup.
    :param css: its class.
    :param text: what stands in it.
    :param attributes: text or numbers; ``text_anchor`` is written ``text-anchor``.
    :returns: what is in it, for others to be added to.
    """
    inside = [html.escape(text)] if text else []
    parent += _begin(tag, css, *attributes.items()), inside, f"</{tag}>"
    return inside


# The shapes of a plot have much in common, and bars stand where those of the next plot do.
@functools.lru_cache(maxsize=16384)
def _begin(tag, css, *attributes):
    classed = f' class="{html.escape(css)}"' if css else ""
    named = [f' {name.replace("_", "-")}="{html.escape(write(value))}"' for name, value in attributes]
    return f"<{tag}{classed}{''.join(named)}>"


def _join(written):
    # Most shapes hold nothing.
    return "".join([each if isinstance(each, str) else _join(each) if each else "" for each in written])


def write(value):
    """A number as short as it can be without a difference that one could see; text as it is."""
    return value if isinstance(value, str) else f"{round(value, 2):g}"


# A place of a plot is that of several shapes, and of the next plot of as many days.
@functools.lru_cache(maxsize=4096)
def percent(share):
    """A share of the width as an attribute's value."""
    return f"{round(100 * share, 3):g}%"


def patterns():
    """The markup of all patterns, once on a page that has plots; see :func:`filled`."""
    written = []
    inside = add(written, "svg", "patterns", width="0", height="0", aria_hidden="true")
    for name, (width, height, marks) in _PATTERNS.items():
        pattern = add(
            inside,
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
    return _join(written)


def filled(name):
    """The attributes of a shape that is filled by a pattern, where there is one of this name."""
    return {"fill": f"url(#pattern-{name})"} if name in _PATTERNS else {}
