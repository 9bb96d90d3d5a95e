"""What is called like what somebody typed: projects, CI systems, jobs, and changes by their numbers."""

import re

import msgspec
import sqlalchemy as sa

from ciwatch.db import models

#: So many of a kind are named at most.
MOST = 20

# Of so many words at most: each is looked for in every name.
_MOST_WORDS = 8

_MOST_DIGITS = 9

# A change as people copy it: its number, with its patch set, or an address of Gerrit's, old or new.
_CHANGE = re.compile(
    r"(?:https?://\S{1,200}?/(?:c|\+)/|https?://[^/\s]{1,200}/)?"
    r"(?P<change>\d{1,9})(?:[,/](?P<patch_set>\d{1,5}))?/?",
    re.ASCII,
)


class FoundProject(msgspec.Struct, frozen=True):
    """A project."""

    name: str


class FoundSystem(msgspec.Struct, frozen=True):
    """A CI: the address of its pages, and what it is called."""

    name: str
    title: str
    is_gate: bool


class FoundJob(msgspec.Struct, frozen=True):
    """A job of a CI."""

    name: str
    ci: str
    title: str


class FoundChange(msgspec.Struct, frozen=True):
    """A change whose number begins with what was typed; *patch_set* where that was typed, too."""

    number: int
    project: str
    branch: str
    subject: str
    status: str | None
    patch_set: int | None = None


class Search(msgspec.Struct, frozen=True):
    """What was found, at most 20 of a kind: those that begin with what was typed first.

    :ivar text: what was typed.
    :ivar change: the change that has just this number; null for none.
    :ivar project_count: how many there are in all; alike the other counts.
    """

    text: str
    change: FoundChange | None = None
    projects: list[FoundProject] = []
    project_count: int = 0
    systems: list[FoundSystem] = []
    system_count: int = 0
    jobs: list[FoundJob] = []
    job_count: int = 0
    changes: list[FoundChange] = []
    change_count: int = 0

    @property
    def count(self):
        """How many there are of all kinds."""
        return self.project_count + self.system_count + self.job_count + self.change_count


def read(connection, text):
    """The :class:`Search` for a *text*; empty where it is."""
    text = " ".join(text.split())
    if not text:
        return Search("")
    number = _CHANGE.fullmatch(text)
    exact, changes, change_count = None, [], 0
    if number:
        patch_set = number["patch_set"]
        exact = _change(connection, int(number["change"]), patch_set and int(patch_set))
        if text.isdigit() and not text.startswith("0"):
            changes, change_count = _changes(connection, text)
    projects, project_count = _projects(connection, text)
    systems, system_count = _systems(connection, text)
    jobs, job_count = _jobs(connection, text)
    return Search(
        text,
        exact,
        projects,
        project_count,
        systems,
        system_count,
        jobs,
        job_count,
        changes,
        change_count,
    )


def _projects(connection, text):
    name = models.Project.name
    statement = sa.select(name).where(_has_words(text, name))
    # People know a project by the last part of its name.
    begins = sa.or_(name.istartswith(text, autoescape=True), name.icontains("/" + text, autoescape=True))
    return _first(connection, statement, begins, [name], FoundProject)


def _systems(connection, text):
    system, account = models.CISystem, models.Account
    # Whoever knows an account that the registry joined into a CI finds the CI.
    of_account = sa.exists().where(account.ci_system_id == system.id, _has_words(text, account.username))
    statement = sa.select(system.name, system.title, system.is_gate).where(
        sa.or_(_has_words(text, system.name), _has_words(text, system.title), of_account)
    )
    begins = sa.or_(
        system.name.istartswith(text, autoescape=True), system.title.istartswith(text, autoescape=True)
    )
    return _first(connection, statement, begins, [system.title, system.name], FoundSystem)


def _jobs(connection, text):
    job, system = models.Job, models.CISystem
    statement = (
        sa.select(job.name, system.name, system.title)
        .join(system, system.id == job.ci_system_id)
        .where(_has_words(text, job.name))
    )
    begins = job.name.istartswith(text, autoescape=True)
    return _first(connection, statement, begins, [job.name, system.name], FoundJob)


def _has_words(text, column):
    """The condition that a column has each word of a text, whatever its case."""
    return sa.and_(*(column.icontains(word, autoescape=True) for word in _words(text)))


def _words(text):
    return list(dict.fromkeys(text.split()))[:_MOST_WORDS]


def _first(connection, statement, begins, order, make):
    """(the first few, how many there are) of what a statement selects: those that begin so come first."""
    ranked = statement.order_by(sa.case((begins, 0), else_=1), *order)
    # One more tells that there are more, and only then they are counted.
    rows = connection.execute(ranked.limit(MOST + 1)).all()
    count = len(rows)
    if count > MOST:
        count = connection.scalar(sa.select(sa.func.count()).select_from(statement.subquery()))
    return [make(*row) for row in rows[:MOST]], count


_CHANGE_COLUMNS = (
    models.Change.number,
    models.Project.name,
    models.Change.branch,
    models.Change.subject,
    models.Change.status,
)


def _change(connection, number, patch_set):
    statement = (
        sa.select(*_CHANGE_COLUMNS)
        .join(models.Project, models.Project.id == models.Change.project_id)
        .where(models.Change.number == number)
    )
    row = connection.execute(statement).first()
    return row and FoundChange(*row, patch_set)


def _changes(connection, digits):
    """(the newest changes whose number begins with some digits, how many there are)."""
    number = models.Change.number
    # Stretches of numbers, which an index finds, and not texts, which none does.
    begins = sa.or_(
        *(
            number.between(int(digits) * 10**more, (int(digits) + 1) * 10**more - 1)
            for more in range(1, _MOST_DIGITS + 1 - len(digits))
        ),
        number == int(digits),
    )
    statement = (
        sa.select(*_CHANGE_COLUMNS)
        .join(models.Project, models.Project.id == models.Change.project_id)
        .where(begins)
        .order_by(number.desc())
        .limit(MOST)
    )
    found = [FoundChange(*row) for row in connection.execute(statement)]
    count = len(found)
    if count == MOST:
        count = connection.scalar(sa.select(sa.func.count()).select_from(models.Change).where(begins))
    return found, count
