"""What a query string may say, and one sentence about what it may not.

Each parameter is declared once: its name, what it is for, how it is read, and what a program may send. Pages
and the API read by the same declarations, and the document of the API is written from them.
"""

import datetime
import re
import typing

import msgspec
from pyramid import httpexceptions

from ciwatch.parsers import results
from ciwatch.queries import behind
from ciwatch.queries import figures
from ciwatch.queries import matrix
from ciwatch.queries import roster
from ciwatch.queries import window as windows

#: The windows that a matrix offers; any number of hours or days up to a year is taken.
WINDOWS = ("24h", "48h", "7d", "30d")
DEFAULT_WINDOW = "7d"
MAX_COLUMNS = 500

#: The windows that a CI's page offers, in days; any number is taken.
OFFERED_DAYS = (7, 30, 90)

#: Figures of so many days are told at most, and how rules are kept of so many.
MOST_DAYS = 3660
MOST_RULES_DAYS = 366

_LONGEST_WINDOW = datetime.timedelta(days=366)
_WINDOW = re.compile(r"([1-9]\d{0,3})([hd])", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_LONGEST = 255
# What no database and no name has. Characters that join or turn others are in names of people and CIs.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Of a CI and a job, each at its longest.
_MOST_OF_ROW = 2 * _LONGEST + 1
_MOST_ROWS = 200


class Parameter(msgspec.Struct, frozen=True):
    """One that a query may have.

    :ivar description: what it is for, and what holds where it is not given.
    :ivar schema: the values that it takes, as JSON Schema.
    :ivar read: gives its value, of a request.
    """

    name: str
    description: str
    schema: dict
    read: typing.Callable

    @property
    def is_list(self):
        """Whether it may be given more than once."""
        return self.schema["type"] == "array"


def read(request, parameters):
    """Name -> value of some parameters.

    :raises pyramid.httpexceptions.HTTPBadRequest: naming the one that cannot be, and what it takes.
    """
    return {parameter.name: parameter.read(request) for parameter in parameters}


def given(request, parameters):
    """Name -> text, or a list of texts, of the parameters that a request gives: for links that keep them."""
    found = {}
    for parameter in parameters:
        values = [value.strip() for value in request.GET.getall(parameter.name) if value.strip()]
        if values:
            found[parameter.name] = values if parameter.is_list else values[-1]
    return found


def choice(name, description, values, default):
    """One of some *values*, a dict of word -> what it means for the caller."""

    def reader(request):
        word = text(request, name) or default
        if word not in values:
            _refuse(name, word, "one of " + ", ".join(filter(None, values)))
        return values[word]

    schema = {"type": "string", "enum": list(values), "default": default}
    return Parameter(name, description, schema, reader)


def _free(name, description):
    schema = {"type": "string", "maxLength": _LONGEST}
    return Parameter(name, description, schema, lambda request: text(request, name))


def _count(name, description, default, most):
    def reader(request):
        value = request.GET.get(name, "").strip()
        if not value:
            return default
        if not _NUMBER.fullmatch(value) or int(value) > most:
            _refuse(name, value, f"a whole number from 1 to {most}")
        return int(value)

    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return Parameter(name, description, schema, reader)


def _days(most):
    default = f"{figures.DAYS}d"

    def reader(request):
        value = request.GET.get("window", "").strip() or default
        match = _WINDOW.fullmatch(value)
        if not match or match[2] != "d" or int(match[1]) > most:
            _refuse("window", value, f"days up to {most}, such as 30d")
        return int(match[1])

    schema = {"type": "string", "pattern": "^[1-9][0-9]{0,3}d$", "default": default}
    description = f"How many days, of which the last is that of `until`; up to {most}."
    return Parameter("window", description, schema, reader)


def _until(request):
    """The parameter ``until``, UTC, or now."""
    # A day is meant as a whole.
    return _moment(request, "until", datetime.timedelta(days=1)) or request.now


def _since(request):
    """The parameter ``since``, UTC, or None."""
    return _moment(request, "since", datetime.timedelta())


def _moment(request, name, of_a_day):
    """A moment, UTC, or None where it is not given.

    :param of_a_day: what is added where a day is given, and not a time.
    """
    value = request.GET.get(name, "").strip()
    if not value:
        return None
    try:
        moment = datetime.datetime.fromisoformat(value)
    except ValueError:
        _refuse(name, value, "a date or a time in UTC, such as 2026-11-23 or 2026-11-23T14:00")
    if _DAY.fullmatch(value):
        moment += of_a_day if moment.year < 9999 else datetime.timedelta()
    try:
        moment = moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment
        moment = moment.astimezone(datetime.UTC)
    except OverflowError:
        moment = None
    if moment is None or not 2000 <= moment.year <= 2100:
        _refuse(name, value, "a time between the years 2000 and 2100")
    return moment


def _as_of(request):
    moment = _until(request)
    if _DAY.fullmatch(request.GET.get("until", "").strip()):
        # Its last second, so that it is the last day of a window, and not the one after.
        moment -= datetime.timedelta(seconds=1)
    # What is pending now is not missed yet, whatever is asked for: nobody knows the rest of the day.
    return min(moment, request.now)


def _hours_or_days(request):
    value = request.GET.get("window", "").strip() or DEFAULT_WINDOW
    match = _WINDOW.fullmatch(value)
    hours = int(match[1]) * (24 if match[2] == "d" else 1) if match else 0
    if not 0 < hours <= _LONGEST_WINDOW / datetime.timedelta(hours=1):
        _refuse("window", value, "hours or days up to a year, such as 24h or 7d")
    return datetime.timedelta(hours=hours)


def text(request, name):
    """The parameter *name*, or an empty string; bounded, and without control characters."""
    value = request.GET.get(name, "").strip()
    if len(value) > _LONGEST or _CONTROL.search(value):
        _refuse(name, value, f"text of at most {_LONGEST} characters")
    return value


def _refuse(name, value, takes):
    shown = value if len(value) <= 40 else value[:39] + "…"
    raise httpexceptions.HTTPBadRequest(f"The parameter {name} takes {takes}; it was {shown!r}.")


def _names(name, description, longest, takes):
    """One that may be given again, each time with another name."""

    def reader(request):
        values = [value.strip() for value in request.GET.getall(name) if value.strip()]
        for value in values:
            if len(value) > longest or _CONTROL.search(value):
                _refuse(name, value, f"{takes} of at most {longest} characters")
        return tuple(values[:_MOST_ROWS])

    schema = {"type": "array", "items": {"type": "string", "maxLength": longest}}
    return Parameter(name, description, schema, reader)


_MOMENT = {"type": "string", "examples": ["2026-11-23", "2026-11-23T14:00"]}

#: The moment as of which all is told.
AS_OF = Parameter(
    "until",
    "As of when: a day, which is meant as a whole, or a moment, UTC. Nothing that was said later is told."
    " Now, unless it is given.",
    _MOMENT,
    _as_of,
)

#: Of which CIs.
CI = _free("ci", "Only CIs with this in their name or title.")

#: How they are ordered.
ORDER = choice(
    "order",
    "The order of the CIs, after the gate: the worst status first, or by name.",
    {str(order): order for order in roster.Order},
    "worst",
)

#: Of what is told, where it may be all.
PROJECT = _free("project", "Only this project, by its whole name; all, unless it is given.")

#: What somebody looks for.
SEARCHED = _free(
    "q",
    "What to look for: words that a name has, whatever their case; or the number of a change, or its address"
    " in Gerrit.",
)

#: Whether to look at the rules of third-party testing.
RULES = choice(
    "rules",
    "Whether to tell which rules of third-party testing each CI keeps; with a project only.",
    {"": False, "yes": True},
    "",
)

#: How many days figures are of; and the same of rules.
DAYS = _days(MOST_DAYS)
RULES_DAYS = _days(MOST_RULES_DAYS)

PAGE = _count("page", "Which page of the list, from 1; each has 100 at most.", 1, 10**6)

#: Which patch set of a change is shown whole, where it would not be.
PATCH_SET = _count("patch_set", "The number of a patch set that is shown open, however old.", None, 10**6)

#: Which of the patch sets that a CI did not answer.
STANDING = choice(
    "standing",
    "Which patch sets: those that it missed; those that are pending; those that a newer patch set, or the end"
    " of the change, superseded before; those of which nobody knows the files that decide; or all of these.",
    {
        "missed": frozenset({"missed"}),
        "pending": frozenset({"pending"}),
        "superseded": frozenset({"superseded"}),
        "unknown_files": frozenset({"unknown_files"}),
        "all": behind.UNANSWERED,
    },
    "missed",
)

#: Which of a CI's failed verdicts.
OUTCOME = choice(
    "outcome",
    "What became of the verdicts: confirmed, refuted, open, set aside; or all of these.",
    {
        "confirmed": frozenset({"confirmed"}),
        "refuted": frozenset({"refuted"}),
        "open": frozenset({"open"}),
        "set_aside": frozenset({"set_aside"}),
        "all": behind.OUTCOMES,
    },
    "all",
)

#: The figures of which the patch sets are listed: word -> (names of figures, what it says of them).
FIGURES = {
    "judged": (("passed", "failed"), "It passed or failed them."),
    "passed": (("passed",), "It passed them."),
    "failed": (("failed",), "It failed them."),
    "infrastructure": (("infrastructure",), "It could not test them."),
    "unjudged": (("unjudged",), "It answered, with a verdict that judges nothing."),
    "answered": (("answered",), "It was expected there, and answered."),
    "late": (("late",), "It was expected there, and its first answer took longer than the limit."),
    "agreed": (("both_passed", "both_failed"), "It and the gate said the same."),
    "both_passed": (("both_passed",), "It and the gate passed them."),
    "both_failed": (("both_failed",), "It and the gate failed them."),
    "only_ci_failed": (("only_ci_failed",), "It failed them, and the gate passed them."),
    "only_gate_failed": (("only_gate_failed",), "It passed them, the gate failed them."),
    "surely_broken": (("surely_broken",), "Nearly all of at least five others failed them."),
    "wrongly_passed": (("wrongly_passed",), "Nearly all others failed them, it passed them."),
}

#: Of which class the builds are that are listed.
RESULT = choice(
    "result",
    "Only builds whose result is of this class; all, unless it is given.",
    {"": ""} | {str(word): str(word) for word in results.ResultClass},
    "",
)

#: Of which figure the patch sets are listed.
COUNTED = choice(
    "counted",
    "Which patch sets: those that this figure counts.",
    {word: frozenset(names) for word, (names, _) in FIGURES.items()},
    "judged",
)

#: What a badge shows.
SHOW = choice(
    "show",
    "The status word, or of how many failed verdicts that were confirmed or refuted so many were confirmed.",
    {"status": "status", "trust": "trust"},
    "status",
)

#: The rows of a matrix.
ROWS = _names(
    "row",
    "The name of a CI that is asked for, or of a job as ci/job; may be given again. All, unless given.",
    _MOST_OF_ROW,
    "the name of a CI, or ci/job,",
)

#: Those of a matrix.
MATRIX = (
    Parameter(
        "window",
        "How far back it goes, in hours or days up to a year.",
        {"type": "string", "pattern": "^[1-9][0-9]{0,3}[hd]$", "default": DEFAULT_WINDOW},
        _hours_or_days,
    ),
    Parameter(
        "until",
        "The day or the moment, UTC, at which the window ends; now, unless it is given.",
        _MOMENT,
        _until,
    ),
    Parameter(
        "since",
        "The day or the moment, UTC, at which the window begins, in the place of its length.",
        _MOMENT,
        _since,
    ),
    _free("branch", "Only patch sets of this branch."),
    CI,
    _free("job", "Only jobs with this in their name."),
    choice(
        "result",
        "Only patch sets on which some CI, of those asked for, has a result of this class.",
        {"": ""} | {str(word): str(word) for word in results.ResultClass},
        "",
    ),
    choice("open", "Whether to tell only of changes that are open.", {"": False, "yes": True}, ""),
    ROWS,
    choice(
        "order",
        "In which order the CIs come below the gate: by status, the worst first; or by name.",
        {matrix.BY_STATUS: matrix.BY_STATUS, matrix.BY_NAME: matrix.BY_NAME},
        matrix.BY_STATUS,
    ),
    _count("page", "Which page of the patch sets, from 1.", 1, 10**6),
    _count("columns", "How many patch sets a page has at most.", 100, MAX_COLUMNS),
)


#: How a page shows a matrix: how big its cells are, which columns stand out, whether all jobs are shown, or
#: those of which CIs.
LOOKS = (
    choice("density", "", {word: word for word in ("compact", "normal", "roomy")}, "normal"),
    choice("gate", "", {"": "", "failed": "failed", "passed": "passed"}, ""),
    choice("jobs", "", {"": False, "open": True}, ""),
    _names("unfold", "", _LONGEST, "the name of a CI"),
)
LOOK_NAMES = frozenset(parameter.name for parameter in LOOKS)


def filters_of(window, until, since, row, **filters):
    """The :class:`~ciwatch.queries.matrix.Filters` of the values of :data:`MATRIX`.

    :raises pyramid.httpexceptions.HTTPBadRequest: where the window ends before it begins, or is too long.
    """
    if since is None:
        asked = windows.ending(until, window)
    elif since < until <= since + _LONGEST_WINDOW:
        asked = windows.Window(since, until)
    else:
        raise httpexceptions.HTTPBadRequest(
            "The parameter since takes a time before until, and at most a year before it."
        )
    return matrix.Filters(window=asked, rows=row, **filters)
