"""The plain values that figures are made of: what happened, and nothing else."""

import datetime
import typing

import msgspec

#: A verdict that judges the patch, and those that tell that it went wrong, whoever is to blame.
PASSED, FAILED, INFRASTRUCTURE = "passed", "failed", "infrastructure"
JUDGED = (PASSED, FAILED)
BAD = (FAILED, INFRASTRUCTURE)


#: So many patch sets are kept of what shows a spell.
MOST_EVIDENCE = 200


class Build(typing.NamedTuple):
    """One job's line in a report; *job* is the job's id."""

    job: int
    result_class: str
    voting: bool


class Attempt(msgspec.Struct, frozen=True):
    """A finished report of a CI on a patch set.

    :ivar system: the id of the CI.
    :ivar number: the n-th on this patch set and pipeline, from 1.
    :ivar verdict: the result class of its voting builds, or None where it says none.
    :ivar digest: of its text: one that repeats another's is no re-run.
    """

    id: int
    system: int
    patch_set: int
    pipeline: str
    number: int
    posted_at: datetime.datetime
    verdict: str | None
    digest: str = ""
    builds: tuple[Build, ...] = ()


class Comment(msgspec.Struct, frozen=True):
    """A comment of a CI on a patch set, of whatever kind.

    :ivar is_finished: whether it is a finished report.
    :ivar is_report: whether it is one of any kind, or nobody could read it: not one that repeats another.
    :ivar verdict: the result class of its voting builds, or that which it repeats, or None.
    :ivar logs: (job, address of its log or None) of its builds that passed or failed.
    """

    id: int
    posted_at: datetime.datetime
    is_finished: bool
    is_report: bool
    pipeline: str
    verdict: str | None
    text: str = ""
    logs: tuple[tuple[typing.Any, str | None], ...] = ()

    @property
    def is_repeat(self):
        """Whether it says a result once more."""
        return self.verdict is not None and not self.is_finished


class Request(typing.NamedTuple):
    """A person's request for a re-run."""

    id: int
    posted_at: datetime.datetime
    phrase: str


class PatchSet(msgspec.Struct, frozen=True):
    """A patch set, and what became of it.

    :ivar seen_at: its creation, else the first event about it, UTC.
    :ivar created_at: what Gerrit says, UTC, or None where it never said.
    :ivar replaced_at: when the next one came, or None.
    :ivar merged_at: when the change was merged with it, or None.
    :ivar abandoned_at: when the change was first abandoned with it, or None.
    :ivar is_set_aside: whether it is work in progress, or private.
    :ivar files: the files that it changes, or None where Gerrit did not tell.
    """

    id: int
    change: int
    number: int
    project: str
    branch: str
    kind: str
    seen_at: datetime.datetime
    created_at: datetime.datetime | None = None
    replaced_at: datetime.datetime | None = None
    merged_at: datetime.datetime | None = None
    abandoned_at: datetime.datetime | None = None
    is_set_aside: bool = False
    files: tuple[str, ...] | None = None

    @property
    def ended_at(self):
        """When a newer one came, or the change was closed, whichever was first; None while it stands."""
        ends = [end for end in (self.replaced_at, self.merged_at, self.abandoned_at) if end]
        return min(ends) if ends else None

    def before(self, moment):
        """The same as it was known at an earlier moment."""
        ends = {name: getattr(self, name) for name in ("replaced_at", "merged_at", "abandoned_at")}
        later = {name: None for name, end in ends.items() if end is not None and end > moment}
        return msgspec.structs.replace(self, **later) if later else self


class Spell(msgspec.Struct, frozen=True):
    """A time in which a CI was not well.

    :ivar kind: sick, shared (it is not the CI, all fail), silent, or regressed.
    :ivar called_at: from when on it could be known; a page as of a moment before does not.
    :ivar ended_at: None while it lasts.
    :ivar why: what shows it, a sentence with its numbers.
    :ivar evidence: the (change, patch set) that it is about, in their order; at most
        :data:`MOST_EVIDENCE`.
    """

    kind: str
    started_at: datetime.datetime
    called_at: datetime.datetime
    ended_at: datetime.datetime | None
    why: str
    evidence: tuple[tuple[int, int], ...] = ()

    def is_known(self, as_of):
        """Whether it lasted at a moment, as was known then."""
        return self.called_at <= as_of and (self.ended_at is None or self.ended_at > as_of)

    def covers(self, moment):
        """Whether a moment lies within it."""
        return self.started_at <= moment and (self.ended_at is None or moment < self.ended_at)


def midnight(day):
    """The moment at which a date begins, UTC."""
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)
