"""YAML as a tree whose every node knows its line.

PyYAML's own constructors forget the lines, take a key that stands there twice without a word, and nest as
deep as the file does. Here its parser, which tells one thing after the other, is all that is used of it.
"""

import typing

import yaml

#: As deep as no registry is; what is deeper was made to do harm.
_DEEPEST = 20

#: Values of a file, each alias counted with all that it stands for.
_MOST = 200_000

# libyaml's is ten times as fast, where PyYAML was built with it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlError(Exception):
    """It is no YAML that could be used; *line* counts from 1, or is None."""

    def __init__(self, line, reason):
        """Takes the line and why."""
        super().__init__(reason)
        self.line = line


class Scalar(typing.NamedTuple):
    """A text; *is_null* where nothing stands there, or ``null``."""

    line: int
    text: str
    is_null: bool


class Sequence(typing.NamedTuple):
    """A list."""

    line: int
    items: list


class Mapping(typing.NamedTuple):
    """A mapping: *items* are (:class:`Scalar` of the key, node) pairs, a key as often as it stands there."""

    line: int
    items: list


def parse(text):
    """The root node of a YAML document; an empty :class:`Mapping` where there is nothing.

    :raises YamlError: where it is none, or holds what no registry needs.
    """
    try:
        return _Builder().build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What is missing at the end is missing behind the last line.
        line = mark and min(mark.line + 1, len(text.splitlines()))
        raise YamlError(line, _reason(error.problem or error.context)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else None
        character = error.character if isinstance(error.character, int) else ord(str(error.character)[0])
        raise YamlError(line, f"has a character that YAML does not allow: U+{character:04X}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise YamlError(None, _reason(error)) from error


def _reason(error):
    return "is no YAML: " + (" ".join(str(error).split()) or type(error).__name__)


class _Builder:
    """Makes nodes of PyYAML's events."""

    def __init__(self):
        self._root = None
        self._open = []
        self._anchors = {}
        self._sizes = {}

    def build(self, events):
        """The root of a document's *events*."""
        documents = 0
        for event in events:
            line = event.start_mark.line + 1
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise YamlError(line, "begins another document; there is one in a file")
            elif isinstance(event, yaml.AliasEvent):
                if event.anchor not in self._anchors:
                    raise YamlError(line, f"names *{event.anchor}, and no &{event.anchor} is before it")
                if any(node is self._anchors[event.anchor] for node, _ in self._open):
                    raise YamlError(line, f"names *{event.anchor} within itself")
                self._add(self._anchors[event.anchor], line)
            elif isinstance(event, yaml.NodeEvent):
                self._begin(event, line)
            elif isinstance(event, yaml.CollectionEndEvent):
                node, _ = self._open.pop()
                self._count(node, line)
        is_nothing = self._root is None or (isinstance(self._root, Scalar) and self._root.is_null)
        return Mapping(1, []) if is_nothing else self._root

    def _begin(self, event, line):
        if event.tag is not None and event.tag != "!":
            raise YamlError(line, f"has the tag {event.tag}; there are none in a registry")
        if isinstance(event, yaml.ScalarEvent):
            is_null = event.implicit[0] and event.value in ("", "~", "null", "Null", "NULL")
            node = Scalar(line, event.value, is_null)
        else:
            node = (Sequence if isinstance(event, yaml.SequenceStartEvent) else Mapping)(line, [])
        # An alias takes its place as it will be at the end.
        self._add(node, line)
        if event.anchor:
            self._anchors[event.anchor] = node
        if not isinstance(node, Scalar):
            self._open.append((node, []))
            if len(self._open) > _DEEPEST:
                raise YamlError(line, f"is nested more than {_DEEPEST} deep")

    def _add(self, node, line):
        if not self._open:
            self._root = node
            return
        parent, keys = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif not keys:
            if not isinstance(node, Scalar):
                raise YamlError(line, "has a list or a mapping for a key")
            keys.append(node)
        else:
            parent.items.append((keys.pop(), node))

    def _count(self, node, line):
        """Refuses what is small in the file and large once its aliases are followed."""
        inner = [value for _, value in node.items] if isinstance(node, Mapping) else node.items
        size = 1 + sum(self._sizes.get(id(value), 1) for value in inner)
        if size > _MOST:
            raise YamlError(line, f"holds more than {_MOST} values")
        self._sizes[id(node)] = size
