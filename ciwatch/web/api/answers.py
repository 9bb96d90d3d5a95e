"""What the API answers: the Structs that its document describes, where a query has none that fits."""

import datetime

import msgspec

from ciwatch.parsers.results import ResultClass
from ciwatch.queries import behind
from ciwatch.queries import breakage
from ciwatch.queries import ci
from ciwatch.queries import figures
from ciwatch.queries import jobs
from ciwatch.queries import matrix
from ciwatch.queries.cells import State


class Error(msgspec.Struct, frozen=True):
    """Why there is no answer, in one sentence."""

    error: str


class Cell(msgspec.Struct, frozen=True):
    """What a CI said of a patch set, in so many attempts; or how it stands to it, in none."""

    state: State
    attempts: int


class JobCell(msgspec.Struct, frozen=True):
    """What a job's latest build said of a patch set; *log* is the way to its log, an address of this site."""

    state: ResultClass
    attempts: int
    voting: bool
    log: str | None


class JobRow(msgspec.Struct, frozen=True):
    """A job's cells by column, null where it has no build; *passed* of *judged* builds."""

    name: str
    passed: int
    judged: int
    cells: list[JobCell | None]


class SystemRow(msgspec.Struct, frozen=True):
    """A CI's cells by column; *passed* of *judged* patch sets; *status* is its status word."""

    name: str
    title: str
    is_gate: bool
    status: str
    passed: int
    judged: int
    cells: list[Cell]
    jobs: list[JobRow]


class Grid(msgspec.Struct, frozen=True):
    """A matrix. *total* counts the patch sets of the window, on all pages.

    :ivar branches: those of these patch sets.
    :ivar breakages: the shared breakages that last, or met the patch sets of this page.
    """

    project: str
    branches: list[str]
    total: int
    columns: list[matrix.Column]
    systems: list[SystemRow]
    breakages: list[breakage.Breakage]


class Matrix(msgspec.Struct, frozen=True):
    """The matrix of a project, and what was asked for."""

    filters: matrix.Filters
    matrix: Grid


class ListedSystem(ci.SystemSummary, frozen=True):
    """A CI in the list: what it said until then, when last, and the *status* word that holds."""

    status: str


class Systems(msgspec.Struct, frozen=True):
    """All CI systems, as of a moment."""

    as_of: datetime.datetime
    systems: list[ListedSystem]


class OfSystem(msgspec.Struct, frozen=True):
    """Of which CI a list is, of which days, and as of when."""

    name: str
    title: str
    as_of: datetime.datetime
    first: datetime.date
    last: datetime.date


class Missed(OfSystem, frozen=True):
    """A page of the patch sets on which a CI was expected and has not answered, the newest first."""

    items: list[behind.Unanswered]
    page: int
    has_more: bool


class Trust(OfSystem, frozen=True):
    """A page of a CI's failed verdicts and what became of them, the newest first; *trust* is that of all."""

    trust: figures.statistics.Rate
    open: int
    set_aside: int
    items: list[behind.Judged]
    page: int
    has_more: bool


class PatchSets(OfSystem, frozen=True):
    """A page of the patch sets that a figure of a CI counts, the newest first."""

    items: list[behind.Counted]
    page: int
    has_more: bool


class Jobs(OfSystem, frozen=True):
    """A CI's jobs: those that are unstable first, then by name."""

    jobs: list[jobs.JobFigures]
