"""The patch sets that a figure counts, the newest first."""

import datetime
import itertools

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight.facts import FAILED
from ciwatch.rollup import known as knowns
from ciwatch.rollup import window as windows

#: What a list of patch sets without an answer holds.
UNANSWERED = frozenset({"missed", "pending", "superseded", "unknown_files"})
#: What became of failed verdicts.
OUTCOMES = frozenset({"confirmed", "refuted", "open", "set_aside"})


class Unanswered(msgspec.Struct, frozen=True):
    """An expected patch set without an answer.

    :ivar standing: missed, pending, superseded, or unknown files.
    :ivar due_at: until when it was expected.
    """

    project: str
    branch: str
    change: int
    patch_set: int
    subject: str
    uploaded_at: datetime.datetime
    due_at: datetime.datetime
    standing: str


class Judged(msgspec.Struct, frozen=True):
    """A failed verdict, what became of it, and *why* that is said."""

    project: str
    branch: str
    change: int
    patch_set: int
    subject: str
    uploaded_at: datetime.datetime
    failed_at: datetime.datetime
    outcome: str
    why: str


class Page(msgspec.Struct, frozen=True):
    """A part of a list; *has_more* tells whether another one follows."""

    items: list
    page: int
    has_more: bool


def unanswered(connection, registry, system_id, as_of, count, names=UNANSWERED, page=1, size=100):
    """A :class:`Page` of :class:`Unanswered` of a CI.

    :param count: of so many days, of which the last is that of *as_of*.
    :param names: which of :data:`UNANSWERED`.
    """

    def make(found, project, subject):
        patch_set = found.case.patch_set
        return Unanswered(
            project,
            found.place.branch,
            patch_set.change,
            patch_set.number,
            subject,
            patch_set.seen_at,
            patch_set.seen_at + found.system.limit,
            str(found.case.standing(found.system)),
        )

    return _page(connection, registry, system_id, as_of, count, names, page, size, make)


def failed(connection, registry, system_id, as_of, count, names=OUTCOMES, page=1, size=100):
    """A :class:`Page` of :class:`Judged` of a CI.

    :param names: which of :data:`OUTCOMES`.
    """

    def make(found, project, subject):
        patch_set = found.case.patch_set
        said = found.case.attempts[found.system.id]
        outcome, why = found.case.outcome(found.system)
        return Judged(
            project,
            found.place.branch,
            patch_set.change,
            patch_set.number,
            subject,
            patch_set.seen_at,
            next(attempt.posted_at for attempt in said if attempt.verdict == FAILED),
            str(outcome),
            why,
        )

    return _page(connection, registry, system_id, as_of, count, names, page, size, make)


def _page(connection, registry, system_id, as_of, count, names, page, size, make):
    first, last = windows.ending(as_of, count)
    known = knowns.Known(connection, registry, first)
    window = windows.Window(known, windows.Scope(system_id), first, last, as_of)
    found = list(itertools.islice(window.behind(names, (page - 1) * size), size + 1))
    subjects = _subjects(connection, {each.case.patch_set.change for each in found})
    items = [
        make(each, known.projects[each.place.project_id], subjects[each.case.patch_set.change])
        for each in found[:size]
    ]
    return Page(items, page, len(found) > size)


def _subjects(connection, numbers):
    found, numbers = {}, sorted(numbers)
    for start in range(0, len(numbers), 500):
        statement = sa.select(models.Change.number, models.Change.subject).where(
            models.Change.number.in_(numbers[start : start + 500])
        )
        found.update(map(tuple, connection.execute(statement)))
    return found
