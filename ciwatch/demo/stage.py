"""Where the story takes place: the clock, the heap of things to come, and what Gerrit says of them."""

import dataclasses
import heapq
import itertools
import random

from ciwatch.demo import truth as truths


def luck(seed, whose):
    """The random numbers of one who acts: the same seed, the same luck, whatever befalls the others."""
    return random.Random(f"ciwatch {seed} {whose}")  # noqa: S311 - nothing secret


@dataclasses.dataclass(slots=True, eq=False)
class PatchSet:
    """A patch set.

    :ivar bad: the usernames of the CIs in whose area it breaks something.
    :ivar covered: username -> the names of the CI's jobs that find it, none where its tests do not cover it;
        shared with a rebase of the same work.
    """

    number: int
    revision: str
    kind: str
    created_at: float
    bad: frozenset = frozenset()
    covered: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(slots=True, eq=False)
class Change:
    """A change as it is now.

    :ivar patch_set: the newest one.
    :ivar running: (patch set number, username, pipeline) of the runs that go on.
    :ivar attempts: the same -> how many results there were.
    :ivar voted: (patch set number, username) of the Verified votes that stand.
    :ivar gate_verdict: what the gate's check said of the newest patch set, or None.
    :ivar approved: whether the newest patch set may pass through the gate.
    :ivar rechecks: how often people asked for a re-run of the newest patch set.
    :ivar recheck_due: whether somebody is about to ask.
    :ivar decisions: how often people decided on the newest patch set.
    :ivar noticed: the latest line of a CI's job that failed, as far as people care.
    """

    number: int
    id: str
    project: str
    branch: str
    subject: str
    owner: dict
    topic: str
    status: str = "NEW"
    patch_set: PatchSet | None = None
    running: set = dataclasses.field(default_factory=set)
    attempts: dict = dataclasses.field(default_factory=dict)
    voted: set = dataclasses.field(default_factory=set)
    gate_verdict: str | None = None
    approved: bool = False
    rechecks: int = 0
    recheck_due: bool = False
    decisions: int = 0
    noticed: str = ""


class Stage:
    """What all who act share.

    :ivar end: the end of the history, seconds since 1970.
    :ivar speed: how much simulated time behind that end is squeezed into a stated second.
    :ivar truth: what really happens, as far as it is kept.
    """

    def __init__(self, end, keep_truth):
        """An empty stage whose history ends at *end*."""
        self.end = end
        self.speed = 1.0
        self.truth = truths.Truth()
        self.keeps_truth = keep_truth
        self._heap = []
        # Of two things at the same time the one that was planned first happens first.
        self._order = itertools.count()
        self._said = []

    def plan(self, at, happening, *arguments):
        """At the time *at*, calls ``happening(at, *arguments)``."""
        heapq.heappush(self._heap, (at, next(self._order), happening, arguments))

    def play(self, end):
        """The events of all that happens until *end*."""
        heap, said = self._heap, self._said
        while heap and heap[0][0] <= end:
            at, _, happening, arguments = heapq.heappop(heap)
            happening(at, *arguments)
            yield from said
            said.clear()

    def stated(self, at):
        """A time as events state it: whole seconds since 1970, squeezed behind the end of the history."""
        return int(at if at <= self.end else self.end + (at - self.end) / self.speed)

    def say(self, kind, at, change, patch_set, **more):
        """Gerrit sends an event of this kind."""
        stated = {
            "project": change.project,
            "branch": change.branch,
            "id": change.id,
            "number": change.number,
            "subject": change.subject,
            "owner": dict(change.owner),
            "url": f"https://review.lantern.example/c/{change.project}/+/{change.number}",
            "status": change.status,
        }
        if change.topic:
            stated["topic"] = change.topic
        self._said.append(
            {
                "type": kind,
                "change": stated,
                "patchSet": {
                    "number": patch_set.number,
                    "revision": patch_set.revision,
                    "ref": f"refs/changes/{change.number % 100:02d}/{change.number}/{patch_set.number}",
                    "uploader": dict(change.owner),
                    "createdOn": self.stated(patch_set.created_at),
                    "kind": patch_set.kind,
                },
                "project": change.project,
                "eventCreatedOn": self.stated(at),
                **more,
            }
        )

    def comment(self, at, change, patch_set, author, text, votes=()):
        """Somebody comments; *votes* are (label, value) pairs."""
        more = {"author": dict(author), "comment": text}
        if votes:
            more["approvals"] = [
                {"type": label, "description": label, "value": str(value)} for label, value in votes
            ]
        self.say("comment-added", at, change, patch_set, **more)

    def began(self, change, patch_set):
        """Keeps a new patch set for the truth."""
        if self.keeps_truth:
            self.truth.patch_sets[change.number, patch_set.number] = truths.PatchSet(
                change.project,
                change.branch,
                patch_set.kind,
                self.stated(patch_set.created_at),
                patch_set.bad,
            )

    def ended(self, at, change, patch_set, end):
        """Keeps for the truth by what a patch set ended; only the first end counts."""
        if self.keeps_truth:
            kept = self.truth.patch_sets[change.number, patch_set.number]
            if not kept.end:
                kept.ended_at, kept.end = self.stated(at), end
