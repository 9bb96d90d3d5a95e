"""Reads systems.yaml, and tells all that is wrong with it at once, each with its line."""

import datetime
import difflib
import re
import typing
import urllib.parse

from ciwatch.registry import globs
from ciwatch.registry import model
from ciwatch.registry import nodes

#: The largest file, in bytes.
LARGEST = 2**20

_LONGEST_NAME = 255
_LONGEST_TEXT = 500
_LONGEST_FAULT = 300
_MOST_FAULTS = 100

_DURATION = re.compile(r"([1-9]\d{0,3})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_BOOLEANS = {"true": True, "false": False}


class Fault(typing.NamedTuple):
    """Something wrong: its line, counted from 1, or None; where; and what."""

    line: int | None
    where: str
    what: str


class RegistryError(Exception):
    """The registry cannot be used.

    :ivar lines: what is wrong, each a line that names the file and the place.
    """

    def __init__(self, path, faults):
        """Takes the path and the :class:`Fault`."""
        self.lines = [_line(path, fault) for fault in sorted(faults, key=lambda fault: fault.line or 0)]
        more = f" (and {len(self.lines) - 1} more)" if len(self.lines) > 1 else ""
        super().__init__(self.lines[0] + more)


def _line(path, fault):
    place = str(path) if fault.line is None else f"{path}:{fault.line}"
    said = f"{fault.where}: {fault.what}" if fault.where else fault.what
    said = "".join(character if character.isprintable() else "�" for character in said)
    return f"{place}: {said[:_LONGEST_FAULT]}"


def read(path):
    """The :class:`~ciwatch.registry.model.Registry` of a file.

    :raises RegistryError: where it cannot be read, or something in it is wrong.
    """
    try:
        with open(path, "rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise RegistryError(path, [Fault(None, "", error.strerror or str(error))]) from error
    except ValueError as error:
        raise RegistryError(path, [Fault(None, "", f"is no name of a file: {error}")]) from error
    return read_bytes(content, path)


def read_bytes(content, path):
    """The same of the *content* of a file, bytes; *path* is what errors call it."""
    if len(content) > LARGEST:
        raise RegistryError(path, [Fault(None, "", f"is larger than {LARGEST // 2**20} MiB")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RegistryError(path, [Fault(line, "", f"is not UTF-8: {error.reason}")]) from error
    try:
        root = nodes.parse(text)
    except nodes.YamlError as error:
        raise RegistryError(path, [Fault(error.line, "", str(error))]) from error
    reader = _Reader()
    try:
        registry = reader.registry(root)
    except _EnoughError:
        reader.faults.append(Fault(reader.faults[-1].line, "", "more is wrong than is told here"))
    if reader.faults:
        raise RegistryError(path, reader.faults)
    return registry


class _EnoughError(Exception):
    """So much is wrong that it is another file."""


class _Reader:
    """Makes a registry of nodes; what is wrong goes into *faults*, and its place is left out."""

    def __init__(self):
        self.faults = []
        self._lines = {}

    def registry(self, root):
        found = self._mapping(root, "", {"systems": self._systems, "projects": self._projects})
        systems, projects = found.get("systems", []), found.get("projects", [])
        self._check_accounts(systems)
        self._check_components(systems, projects)
        return None if self.faults else model.Registry(systems, projects)

    # Its parts. Each method takes a node and where it stands, and gives a value, or None with a fault told.

    def _systems(self, node, where):
        return self._named(node, where, self._system)

    def _projects(self, node, where):
        return self._named(node, where, self._project)

    def _named(self, node, where, read):
        """What *read* makes of each key and value of a mapping whose keys are names."""
        if not self._is(node, nodes.Mapping, where, "is no mapping of names to what is said of them"):
            return []
        found = []
        for key, value in self._once(node, where):
            place = f"{where}.{key.text}"
            if self._name(key, place) is not None:
                found.append(read(key, value, place))
        return [value for value in found if value is not None]

    def _system(self, key, node, where):
        if "/" in key.text:
            self._tell(key, where, "has a slash in its name, which is part of an address")
        found = self._mapping(
            node,
            where,
            {
                "title": self._name,
                "organization": self._name,
                "contact": self._name,
                "page": self._address,
                "recheck": self._name,
                "accounts": self._accounts,
                "gate": self._boolean,
                "covers": self._covers,
                "limit": self._duration,
                "retired": self._date,
            },
        )
        self._lines.setdefault(("system", key.text), key.line)
        return model.System(**{"name": key.text, "title": key.text, **found})

    def _accounts(self, node, where):
        found = self._list(node, where, self._account)
        return found and tuple(dict.fromkeys(found))

    def _account(self, node, where):
        name = self._name(node, where)
        if name is not None:
            self._lines.setdefault(("account", where.split(".accounts")[0], name), node.line)
        return name

    def _covers(self, node, where):
        return self._list(node, where, self._cover)

    def _cover(self, node, where):
        patterns = self._patterns
        found = self._mapping(
            node,
            where,
            {
                "projects": patterns,
                "branches": patterns,
                "files": patterns,
                "ignore_files": patterns,
                "limit": self._duration,
            },
            needed=("projects",),
        )
        return model.Cover(**found) if "projects" in found else None

    def _project(self, key, node, where):
        found = self._mapping(node, where, {"components": self._components})
        return model.Project(key.text, **found)

    def _components(self, node, where):
        found = self._list(node, where, self._component)
        names = set()
        for place, name in self._names_of(where):
            if name in names:
                self._add(self._lines["component", place][0], place, f"is called {name!r} like one before it")
            names.add(name)
        return found

    def _names_of(self, where):
        """(place, name) of the components of a project."""
        return [
            (key[1], value[1])
            for key, value in self._lines.items()
            if key[0] == "component" and key[1].startswith(f"{where}[")
        ]

    def _component(self, node, where):
        found = self._mapping(
            node,
            where,
            {"name": self._name, "files": self._patterns, "systems": self._served_by},
            needed=("name", "systems"),
        )
        if "name" not in found:
            return None
        self._lines.setdefault(("component", where), (node.line, found["name"]))
        return model.Component(**found)

    def _served_by(self, node, where):
        def served(item, place):
            name = self._name(item, place)
            if name is not None:
                self._lines.setdefault(("served", place), (item.line, name))
            return name

        return self._list(node, where, served, may_be_empty=True)

    def _check_accounts(self, systems):
        """An account is of one CI."""
        owner = {system.name: system.name for system in systems}
        for system in systems:
            where = f"systems.{system.name}"
            for account in system.accounts:
                first = owner.setdefault(account, system.name)
                if first != system.name:
                    line = self._lines["account", where, account]
                    is_name = first == account
                    what = "the name of another system" if is_name else f"an account of {first!r} already"
                    self._add(line, f"{where}.accounts", f"{account!r} is {what}")

    def _check_components(self, systems, projects):
        """A component is served by CIs that are described."""
        # One that has a fault of its own is described, too.
        names = {key[1] for key in self._lines if key[0] == "system"}
        for key, value in self._lines.items():
            if key[0] == "served" and value[1] not in names:
                line, name = value
                what = f"there is no system {name!r}{_suggestion(name, names)}"
                self._add(line, key[1], what)

    # Mappings and lists.

    def _mapping(self, node, where, readers, needed=()):
        """Key -> value of a mapping with known keys; what could not be read is not there."""
        if not self._is(node, nodes.Mapping, where, f"is no mapping with the keys {_enumerate(readers)}"):
            return {}
        found, seen = {}, set()
        for key, value in self._once(node, where):
            seen.add(key.text)
            if key.text not in readers:
                what = f"is no key here{_suggestion(key.text, readers)}; there are {_enumerate(readers)}"
                self._tell(key, _join(where, key.text), what)
                continue
            read = readers[key.text](value, _join(where, key.text))
            if read is not None:
                found[key.text] = read
        for key in needed:
            if key not in seen:
                self._tell(node, where, f"lacks {key}")
        return found

    def _once(self, node, where):
        """The items of a mapping, each key once."""
        lines = {}
        for key, value in node.items:
            if key.text in lines:
                self._tell(key, _join(where, key.text), f"stands on line {lines[key.text]} already")
                continue
            lines[key.text] = key.line
            yield key, value

    def _list(self, node, where, read, may_be_empty=False):
        """A tuple of what *read* makes of each item; a single text is a list of one."""
        if isinstance(node, nodes.Scalar) and not node.is_null:
            node = nodes.Sequence(node.line, [node])
        if not self._is(node, nodes.Sequence, where, "is no list"):
            return None
        if not node.items and not may_be_empty:
            self._tell(node, where, "is an empty list; leave it out")
            return None
        found = [read(item, f"{where}[{place}]") for place, item in enumerate(node.items, 1)]
        return tuple(value for value in found if value is not None)

    def _is(self, node, kind, where, what):
        if isinstance(node, kind):
            return True
        is_nothing = isinstance(node, nodes.Scalar) and node.is_null
        self._tell(node, where, "says nothing" if is_nothing else what)
        return False

    # Texts.

    def _text(self, node, where):
        if not self._is(node, nodes.Scalar, where, "is no text"):
            return None
        if node.is_null or not node.text.strip():
            self._tell(node, where, "says nothing")
            return None
        return node.text.strip()

    def _name(self, node, where, longest=_LONGEST_NAME):
        text = self._text(node, where)
        if text is None:
            return None
        if len(text) > longest:
            self._tell(node, where, f"is longer than {longest} characters")
        elif not text.isprintable():
            self._tell(node, where, "has a line break or another character that cannot be seen")
        else:
            return text
        return None

    def _address(self, node, where):
        text = self._name(node, where, _LONGEST_TEXT)
        if text is None:
            return None
        try:
            parts = urllib.parse.urlsplit(text)
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
        except ValueError:
            is_address = False
        if not is_address:
            self._tell(node, where, "is no http(s) address")
            return None
        return text

    def _patterns(self, node, where):
        return self._list(node, where, self._pattern)

    def _pattern(self, node, where):
        text = self._name(node, where, globs.LONGEST)
        if text is None:
            return None
        if why := globs.fault_of(text):
            self._tell(node, where, why)
            return None
        return text

    def _boolean(self, node, where):
        text = self._text(node, where)
        if text is None:
            return None
        if text not in _BOOLEANS:
            self._tell(node, where, f"{text!r} is neither true nor false")
        return _BOOLEANS.get(text)

    def _duration(self, node, where):
        text = self._text(node, where)
        if text is None:
            return None
        if not (found := _DURATION.fullmatch(text)):
            self._tell(node, where, f"{text!r} is no time such as 90m, 8h or 2d")
            return None
        return datetime.timedelta(**{_UNITS[found[2]]: int(found[1])})

    def _date(self, node, where):
        text = self._text(node, where)
        if text is None:
            return None
        try:
            if _DATE.fullmatch(text):
                return datetime.date.fromisoformat(text)
        except ValueError:
            pass
        self._tell(node, where, f"{text!r} is no date such as 2026-05-31")
        return None

    def _tell(self, node, where, what):
        self._add(node.line, where, what)

    def _add(self, line, where, what):
        if len(self.faults) >= _MOST_FAULTS:
            raise _EnoughError
        self.faults.append(Fault(line, where, what))


def _join(where, key):
    return f"{where}.{key}" if where else key


def _enumerate(names):
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _suggestion(name, names):
    near = difflib.get_close_matches(name[:_LONGEST_NAME], list(names), 1)
    return f" (did you mean {near[0]!r}?)" if near else ""
