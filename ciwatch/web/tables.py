"""Lists as CSV, for spreadsheets and for whatever reads lines.

A cell that a spreadsheet would take for a formula gets an apostrophe before it: what was written by strangers
is text. A rate becomes four columns.
"""

import csv
import datetime
import io
import types
import typing

import msgspec
from pyramid import response as responses

CONTENT_TYPE = "text/csv"

# What spreadsheets begin a formula with, and what they skip before one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Table:
    """A list of an answer.

    :ivar header: the names of its columns.
    """

    def __init__(self, kind, rows):
        """Takes what a row is and how the rows are had.

        :param kind: a Struct, of plain values and of Structs of these; each of the latter becomes as many
            columns, whose names begin with its own.
        :param rows: gives the rows of an answer.
        """
        paths = list(_paths(kind))
        self.header = ["_".join(path) for path in paths]
        self._paths = paths
        self._rows = rows

    def write(self, answer):
        """The rows of an *answer* as CSV, UTF-8, below their header."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(self.header)
        for row in self._rows(answer):
            writer.writerow([_cell(_follow(row, path)) for path in self._paths])
        return text.getvalue().encode("utf-8", "replace")

    def respond(self, answer, name):
        """The response that a browser saves as *name*, which has no mark but letters, digits and dashes."""
        response = responses.Response(self.write(answer), content_type=CONTENT_TYPE, charset="utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response


def _paths(kind):
    for field in msgspec.structs.fields(kind):
        inner = _without_none(field.type)
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            yield from ((field.name, *path) for path in _paths(inner))
        elif typing.get_origin(inner) in (list, dict, tuple):
            raise TypeError(f"{kind.__name__}.{field.name} does not fit in a cell")
        else:
            yield (field.name,)


def _without_none(kind):
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        (kind,) = [each for each in typing.get_args(kind) if each is not type(None)]
    return kind


def _follow(value, path):
    for name in path:
        value = None if value is None else getattr(value, name)
    return value


def _cell(value):
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime.datetime():
            return value.isoformat().replace("+00:00", "Z")
        case str():
            return f"'{value}" if value.startswith(_FORMULA) else str(value)
    return value
