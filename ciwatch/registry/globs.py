"""Patterns for the names of projects, branches and files.

``*`` is any text without a slash, ``**`` any number of whole parts between slashes, ``?`` a character: those
that a shell knows, and no more. Each is compiled once, to an expression that never goes back behind a star
that has matched, so the time a match takes grows with the name's length times the pattern's.
"""

import functools
import re

#: The longest pattern, in characters.
LONGEST = 500

# What looks like a pattern of another kind, and would match nothing here.
_FOREIGN = re.compile(r"[\[\]{}\\]|^!")


def fault_of(pattern):
    """Why *pattern* is none, in words, or None."""
    if len(pattern) > LONGEST:
        return f"is longer than {LONGEST} characters"
    if found := _FOREIGN.search(pattern):
        return f"has {found[0]!r} in it; a pattern knows *, ** and ? only"
    if pattern.startswith("/"):
        return "begins with a slash; the names of projects, branches and files do not"
    if any("**" in part and part != "**" for part in pattern.split("/")):
        return "has ** beside other text; it stands alone between slashes"
    return None


class Globs:
    """Some patterns, of which one is enough."""

    def __init__(self, patterns):
        """Takes the *patterns*, texts of which :func:`fault_of` finds nothing to say."""
        self._patterns = [re.compile(_expression(pattern), re.DOTALL) for pattern in patterns]
        # The same few names come again and again.
        self.match = functools.lru_cache(maxsize=4096)(self._match)

    def _match(self, name):
        """Whether one of the patterns matches the whole *name*."""
        return any(pattern.match(name) for pattern in self._patterns)


def _expression(pattern):
    """The expression of a pattern: its parts, grouped by the ** between them."""
    groups = [[]]
    for part in pattern.split("/"):
        if part == "**":
            groups.append([])
        else:
            groups[-1].append(_part(part))
    first, *rest = ("/".join(group) for group in groups)
    if not rest:
        return rf"{first}\Z"
    found = [f"{first}/" if first else ""]
    for text in rest[:-1]:
        if text:
            # The earliest place is as good as any later one.
            found.append(rf"(?>(?:[^/]*/)*?{text}/)")
    # What is behind the last ** ends with the name; nothing behind it is all there is.
    found.append(rf"(?:[^/]*/)*?{rest[-1]}\Z" if rest[-1] else r".+\Z")
    return "".join(found)


def _part(part):
    """The expression of what stands between two slashes."""
    first, *rest = (re.escape(text).replace(r"\?", "[^/]") for text in re.split(r"\*+", part))
    if not rest:
        return first
    middle = "".join(rf"(?>[^/]*?{text})" for text in rest[:-1] if text)
    return rf"{first}{middle}[^/]*{rest[-1]}(?=/|\Z)"
