"""What a comment looks like when all is left out that differs from one to the next.

Comments that no parser reads are counted by their shape: a CI that changes its wording shows as one line with
a count, not as thousands of comments.
"""

import re

from ciwatch.parsers import header

#: Characters that a shape has at most.
LENGTH = 200

_VARIABLE = re.compile(r"[a-z][a-z0-9+.-]{1,10}://\S+|\b[0-9a-f]{7,64}\b|\d+(?:[.:]\d+)*|\s+", re.IGNORECASE)


def shape_of(text):
    """The shape of a comment: its first words, with addresses, hashes and numbers left out."""
    body = header.read_header(text).body.strip()
    return _VARIABLE.sub(_placeholder, body[:1000])[:LENGTH].strip() or "(empty)"


def _placeholder(match):
    found = match[0]
    if found.isspace():
        return " "
    if "://" in found:
        return "<url>"
    return "<n>" if found[0].isdigit() and len(found) < 7 else "<id>"
