"""What really happened in the simulated world; CI Watch has to find it out from the comments alone.

All times are seconds since 1970, as the events state them.
"""

import dataclasses

_DAY_S = 86400


@dataclasses.dataclass(frozen=True)
class Attempt:
    """A finished report of a CI.

    :ivar attempt: the n-th on this patch set and pipeline, from 1.
    :ivar verdict: passed, failed or infrastructure, from the voting jobs; where the CI names no jobs, from
        its vote.
    :ivar about_patch: whether it failed because of the patch.
    :ivar sick: whether the CI was sick when it posted.
    :ivar broken: whether the project was when the test began.
    :ivar repeated: whether it is the result before, posted once more.
    :ivar failed_jobs: names of the jobs, voting or not, whose result is of the class failed.
    :ivar asked_at: when the upload, the re-run or the approval asked for it.
    """

    ci: str
    change: int
    patch_set: int
    pipeline: str
    attempt: int
    verdict: str
    about_patch: bool
    sick: bool
    broken: bool
    repeated: bool
    failed_jobs: tuple[str, ...]
    asked_at: int
    posted_at: int


@dataclasses.dataclass
class PatchSet:
    """A patch set.

    :ivar bad: usernames of the CIs in whose area it breaks something; empty for a good one.
    :ivar ended_at: when a newer one came or the change was closed first; None while neither happened.
    :ivar end: by what it ended: replaced, merged, abandoned, or nothing.
    """

    project: str
    branch: str
    kind: str
    created_at: int
    bad: frozenset[str]
    ended_at: int | None = None
    end: str = ""


@dataclasses.dataclass(frozen=True)
class Recheck:
    """A person's request for a re-run; *answered_by* are the CIs that took it up."""

    change: int
    patch_set: int
    phrase: str
    at: int
    answered_by: tuple[str, ...]


@dataclasses.dataclass
class Truth:
    """All of it, as far as the world has been played. Patch sets are keyed by (change, patch set number).

    :ivar sick: username -> (start, end) of each time it was sick.
    :ivar silent: username -> (start, end) of each time it said nothing; inf where it lasts.
    :ivar worse_since: username -> since when it fails more often, for those that got worse.
    :ivar broken: (start, end) of each time the main project's master was broken, so that nearly every test
        of it failed.
    :ivar joined_at: username -> since when it is there, for newcomers.
    :ivar unanswered: (username, change, patch set) -> why a CI that should have answered has not: forgot,
        silent, dropped, or running. One that a later re-run makes up for is taken out again.
    """

    sick: dict = dataclasses.field(default_factory=dict)
    silent: dict = dataclasses.field(default_factory=dict)
    worse_since: dict = dataclasses.field(default_factory=dict)
    broken: list = dataclasses.field(default_factory=list)
    joined_at: dict = dataclasses.field(default_factory=dict)
    patch_sets: dict = dataclasses.field(default_factory=dict)
    attempts: list = dataclasses.field(default_factory=list)
    unanswered: dict = dataclasses.field(default_factory=dict)
    rechecks: list = dataclasses.field(default_factory=list)

    def missed(self, as_of, limit_s=_DAY_S):
        """The unanswered (username, change, patch set) that stood longer than the limit, at a time."""
        return [key for key in self.unanswered if self.stood(key, as_of, limit_s) == "missed"]

    def superseded(self, as_of, limit_s=_DAY_S):
        """The unanswered that a newer patch set, or the change's end, came before the limit to."""
        return [key for key in self.unanswered if self.stood(key, as_of, limit_s) == "superseded"]

    def stood(self, key, as_of, limit_s=_DAY_S):
        """How an unanswered (username, change, patch set) stood: missed, superseded, or pending."""
        patch_set = self.patch_sets[key[1:]]
        limit = patch_set.created_at + limit_s
        if patch_set.ended_at is not None and patch_set.ended_at <= min(limit, as_of):
            return "superseded"
        return "missed" if limit < as_of else "pending"
