"""The patch sets that a figure counts, the newest first."""

import datetime
import itertools

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import verdicts
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


class Counted(msgspec.Struct, frozen=True):
    """A patch set that a figure counts, and what was said of it.

    :ivar verdict: of the CI, the worst among the latest attempts of its pipelines; null where none judged.
    :ivar gate: the same of the gate, without what it said in a spell.
    :ivar attempts: how many finished reports the CI posted there.
    :ivar answered_at: when the first of them came, and *latest_at* the last.
    :ivar due_at: until when it was expected, if it was.
    """

    project: str
    branch: str
    change: int
    patch_set: int
    subject: str
    uploaded_at: datetime.datetime
    verdict: str | None
    gate: str | None
    attempts: int
    answered_at: datetime.datetime | None
    latest_at: datetime.datetime | None
    due_at: datetime.datetime


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
    window = _window(connection, registry, system_id, as_of, count)
    return _page(connection, window, names, page, size, _unanswered)


def newest_missed(connection, window, size):
    """The newest of those that were missed, each an :class:`Unanswered`.

    :param window: the :class:`~ciwatch.rollup.window.Window` of a CI that a page has already.
    """
    return _page(connection, window, frozenset({"missed"}), 1, size, _unanswered).items


def _unanswered(found, project, subject):
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

    window = _window(connection, registry, system_id, as_of, count)
    return _page(connection, window, names, page, size, make)


def counted(connection, registry, system_id, as_of, count, names, page=1, size=100):
    """A :class:`Page` of :class:`Counted` that a figure of a CI counts.

    :param names: of :data:`~ciwatch.insight.scene.NEEDS`; a patch set counts in one of them at most.
    """

    def make(found, project, subject):
        patch_set, said = found.case.patch_set, found.case.attempts.get(found.system.id, ())
        return Counted(
            project,
            found.place.branch,
            patch_set.change,
            patch_set.number,
            subject,
            patch_set.seen_at,
            verdicts.standing_verdict(said),
            found.case.gate_verdict(found.system),
            len(said),
            said[0].posted_at if said else None,
            said[-1].posted_at if said else None,
            patch_set.seen_at + found.system.limit,
        )

    window = _window(connection, registry, system_id, as_of, count)
    return _page(connection, window, names, page, size, make, with_others=True)


def _window(connection, registry, system_id, as_of, count):
    first, last = windows.ending(as_of, count)
    known = knowns.Known(connection, registry, first)
    return windows.Window(known, windows.Scope(system_id), first, last, as_of)


def _page(connection, window, names, page, size, make, with_others=False):
    found = window.behind(names, (page - 1) * size, with_others, size + 1)
    found, projects = list(itertools.islice(found, size + 1)), window.known.projects
    subjects = _subjects(connection, {each.case.patch_set.change for each in found})
    items = [
        make(each, projects[each.place.project_id], subjects[each.case.patch_set.change])
        for each in found[:size]
    ]
    return Page(items, page, len(found) > size)


def _subjects(connection, numbers):
    found, numbers = {}, sorted(numbers)
    for start in range(0, len(numbers), 500):
        found.update(map(tuple, connection.execute(_SUBJECTS, {"numbers": numbers[start : start + 500]})))
    return found


_SUBJECTS = sa.select(models.Change.number, models.Change.subject).where(
    models.Change.number.in_(sa.bindparam("numbers", expanding=True))
)
