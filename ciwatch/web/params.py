"""What a query string may say, and one sentence about what it may not."""

import datetime
import re

from pyramid import httpexceptions

from ciwatch.parsers import results
from ciwatch.queries import matrix
from ciwatch.queries import window as windows

#: The windows that pages offer; any number of hours or days up to a year is taken.
WINDOWS = ("24h", "48h", "7d", "30d")
DEFAULT_WINDOW = "7d"
MAX_COLUMNS = 500

_WINDOW = re.compile(r"([1-9]\d{0,3})([hd])", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_LONGEST = 255


def matrix_filters(request):
    """The :class:`~ciwatch.queries.matrix.Filters` of a request.

    :raises pyramid.httpexceptions.HTTPBadRequest: naming the parameter, and what it takes.
    """
    result = text(request, "result")
    if result and result not in set(results.ResultClass):
        _refuse("result", result, "one of " + ", ".join(results.ResultClass))
    return matrix.Filters(
        window=windows.ending(until(request), _length(request)),
        branch=text(request, "branch"),
        ci=text(request, "ci"),
        job=text(request, "job"),
        result=result,
        page=_number(request, "page", 1, 10**6),
        columns=_number(request, "columns", 100, MAX_COLUMNS),
    )


def text(request, name):
    """The parameter *name*, or an empty string; bounded, and without control characters."""
    value = request.GET.get(name, "").strip()
    if len(value) > _LONGEST or not value.isprintable():
        _refuse(name, value, f"text of at most {_LONGEST} characters")
    return value


def choice(request, name, values):
    """The parameter *name*, which is one of some *values*, or an empty string."""
    value = text(request, name)
    if value and value not in values:
        _refuse(name, value, "one of " + ", ".join(values) if len(values) > 1 else values[0])
    return value


def until(request):
    """The end of the window: the parameter ``until``, UTC, or now."""
    value = request.GET.get("until", "").strip()
    if not value:
        return request.now
    try:
        moment = datetime.datetime.fromisoformat(value)
    except ValueError:
        _refuse("until", value, "a date or a time in UTC, such as 2026-11-23 or 2026-11-23T14:00")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        # A day is meant as a whole.
        moment += datetime.timedelta(days=1) if moment.year < 9999 else datetime.timedelta()
    try:
        moment = moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment
        moment = moment.astimezone(datetime.UTC)
    except OverflowError:
        moment = None
    if moment is None or not 2000 <= moment.year <= 2100:
        _refuse("until", value, "a time between the years 2000 and 2100")
    return moment


def _length(request):
    value = request.GET.get("window", "").strip() or DEFAULT_WINDOW
    match = _WINDOW.fullmatch(value)
    hours = int(match[1]) * (24 if match[2] == "d" else 1) if match else 0
    if not 0 < hours <= 366 * 24:
        _refuse("window", value, "hours or days up to a year, such as 24h or 7d")
    return datetime.timedelta(hours=hours)


def _number(request, name, default, highest):
    value = request.GET.get(name, "").strip()
    if not value:
        return default
    if not _NUMBER.fullmatch(value) or int(value) > highest:
        _refuse(name, value, f"a whole number from 1 to {highest}")
    return int(value)


def _refuse(name, value, takes):
    shown = value if len(value) <= 40 else value[:39] + "…"
    raise httpexceptions.HTTPBadRequest(f"The parameter {name} takes {takes}; it was {shown!r}.")
