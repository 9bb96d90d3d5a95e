"""Reads what a checkout of cinder says of its drivers: which CI tests each. Nothing of it is executed."""

import ast
import pathlib
import re
import typing
import warnings

#: Where cinder keeps its drivers, below the root of a checkout.
FOLDERS = ("cinder/volume/drivers", "cinder/backup/drivers", "cinder/zonemanager/drivers")

#: The constant of a driver's class that names its CI's page in OpenStack's wiki.
CONSTANT = "CI_WIKI_NAME"

#: The project whose registry is made.
PROJECT = "openstack/cinder"

_WIKI = "https://wiki.openstack.org/wiki/ThirdPartySystems/"
# The decorator by which cinder knows a driver, in old and new checkouts.
_DECORATOR = "volumedriver"
_LARGEST = 4 * 2**20
_LONGEST_NAME = 200
_UNSAFE = re.compile(r"[^A-Za-z0-9_.+-]+")


class Driver(typing.NamedTuple):
    """A driver: its file, from the checkout's root, its class, what that is in words, and its CI or None."""

    file: str
    name: str
    summary: str
    ci: str | None


def find_drivers(root):
    """The drivers of a checkout.

    :param root: its folder.
    :returns: (list of :class:`Driver`, list of sentences on files that were skipped).
    """
    root = pathlib.Path(root)
    drivers, skipped = [], []
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            try:
                tree = _parse(path)
            except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
                skipped.append(f"{_seen(name)}: skipped: {_reason(error)}")
                continue
            drivers += _drivers_of(tree, name)
    return drivers, skipped


def _parse(path):
    if not path.is_file():
        raise OSError(None, "is no file")
    if path.stat().st_size > _LARGEST:
        raise OSError(None, f"is larger than {_LARGEST // 2**20} MiB")
    with warnings.catch_warnings():
        # Python warns of odd escapes in what it parses.
        warnings.simplefilter("ignore")
        return ast.parse(path.read_bytes())


def _reason(error):
    if isinstance(error, SyntaxError):
        place = f"line {error.lineno}: " if error.lineno else ""
        return f"{place}{error.msg}"
    if isinstance(error, (RecursionError, MemoryError)):
        return "it is nested too deep"
    return getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__


def _drivers_of(tree, file):
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        ci, says = _constant(node)
        if says or any(_name_of(decorator) == _DECORATOR for decorator in node.decorator_list):
            docstring = ast.get_docstring(node) or ""
            yield Driver(file, node.name, docstring.strip().partition("\n")[0].strip(), ci)


def _constant(node):
    """(its value, or None where that is no text; whether the class has the constant)."""
    for statement in node.body:
        targets = {ast.Assign: "targets", ast.AnnAssign: "target"}.get(type(statement))
        found = getattr(statement, targets) if targets else []
        found = found if isinstance(found, list) else [found]
        if any(isinstance(target, ast.Name) and target.id == CONSTANT for target in found):
            value = statement.value
            is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
            return (value.value.strip() or None) if is_text else None, True
    return None, False


def _name_of(decorator):
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def registry_of(drivers):
    """The registry of *drivers*, as plain dicts and lists that YAML can be made of."""
    systems, components, names = {}, [], set()
    for driver in drivers:
        name = _component_name(driver, names)
        names.add(name)
        component = {"name": name, "files": [_files_of(driver.file)], "systems": []}
        if driver.ci and (system := _system_name(driver.ci)):
            title = _seen(driver.ci).replace("_", " ")[:_LONGEST_NAME]
            page = _WIKI + _UNSAFE.sub("_", driver.ci)[:_LONGEST_NAME]
            systems.setdefault(system, {"title": title, "page": page})
            component["systems"].append(system)
        components.append(component)
    return {"systems": systems, "projects": {PROJECT: {"components": components}}}


def _system_name(ci):
    return _UNSAFE.sub("_", ci)[:_LONGEST_NAME].strip("_.")


def _component_name(driver, taken):
    """What its class says of itself, else where it is; the class beside it where that is said twice."""
    where = f"{driver.file.removeprefix('cinder/').removesuffix('.py')}: {driver.name}"
    words = _seen(driver.summary).rstrip(".").strip()
    name = (words or where)[:_LONGEST_NAME]
    if name in taken:
        name = f"{name} ({where})"[:_LONGEST_NAME]
    number = 2
    while name in taken:
        name = f"{name[: _LONGEST_NAME - 8]} ({number})"
        number += 1
    return name


def _files_of(file):
    """The pattern of a driver's files: its folder, where that is not one that drivers share."""
    folder = file.rpartition("/")[0]
    pattern = file if folder in FOLDERS else f"{folder}/**"
    # What a pattern gives a meaning to stands for any one character.
    return re.sub(r"[\[\]{}\\]", "?", "".join(c if c.isprintable() else "?" for c in pattern))


def _seen(text):
    """*text* with what cannot be seen left out, since strangers wrote it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
