"""What really happened in the simulated world; CI Watch has to find it out from the comments alone."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Attempt:
    """A finished report of a CI.

    :ivar attempt: the n-th on this patch set and pipeline, from 1.
    :ivar verdict: passed, failed or infrastructure, from the voting jobs.
    :ivar about_patch: whether the patch was the reason of a failure.
    :ivar posted_at: seconds since 1970, as the event states it.
    """

    ci: str
    change: int
    patch_set: int
    pipeline: str
    attempt: int
    verdict: str
    about_patch: bool
    posted_at: int


@dataclasses.dataclass
class Truth:
    """All of it, as far as the world has been played. Keys are (change number, patch set number).

    :ivar spells: username -> (start, end) of each time it was sick, seconds since 1970.
    :ivar silent_since: username -> since when it says nothing.
    :ivar bad: patch sets that break something -> usernames of the CIs in whose area that is.
    :ivar missed: (username, change, patch set) that a CI did not answer though it was expected to.
    :ivar superseded: (username, change, patch set) that a newer patch set made it drop.
    :ivar rechecks: (change, patch set, phrase, time).
    """

    spells: dict = dataclasses.field(default_factory=dict)
    silent_since: dict = dataclasses.field(default_factory=dict)
    bad: dict = dataclasses.field(default_factory=dict)
    attempts: list = dataclasses.field(default_factory=list)
    missed: list = dataclasses.field(default_factory=list)
    superseded: list = dataclasses.field(default_factory=list)
    rechecks: list = dataclasses.field(default_factory=list)
