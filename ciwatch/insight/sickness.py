"""Spells in which a CI fails everything; and those in which everybody does."""

import bisect
import datetime
import typing

import msgspec

from ciwatch.insight import statistics
from ciwatch.insight.facts import MOST_EVIDENCE
from ciwatch.insight.facts import Spell

SICK, SHARED = "sick", "shared"

#: The latest verdicts are of a sick CI from so many different changes on ...
MIN_CHANGES = 5
#: ... if chance would bring so many failures in a row less often than this ...
IMPROBABLE = 0.001
#: ... given how often it fails in so much time; at least as often as this.
HISTORY = datetime.timedelta(days=28)
LEAST_RATE = 0.05
# Where there is no history to speak of, a CI may well fail every other time.
_UNKNOWN_RATE = 0.5

#: So many passes in a row, and it is well again.
WELL_AFTER = 2

#: Fewer verdicts of others than these say nothing of whose fault it is.
MIN_OTHERS = 3
#: So long after a spell what others say of its patch sets still tells: not all are as fast.
OTHERS_AFTER = datetime.timedelta(hours=24)
# Somewhat more than half: of what people ask to be tested again while a CI is sick about half may be bad.
SHARED_OF_100 = 55


class Vote(typing.NamedTuple):
    """A verdict of a CI, in the order of its time; *is_bad* where it failed or the infrastructure did."""

    at: datetime.datetime
    change: int
    patch_set: int
    is_bad: bool


def find(votes, others, as_of, history=(), lasting=None, passes=()):
    """The spells of a CI, as a list of :class:`~ciwatch.insight.facts.Spell` of the kinds sick and shared.

    :param votes: the :class:`Vote` of a CI, in their order, beginning with its first or where it is well.
    :param others: called with a list of (change, patch set) and a moment; says of each of those that other
        CIs judged until then how many of their verdicts were bad, and how many there were: a list of pairs.
    :param as_of: the moment of which this is told.
    :param history: its votes of the time before these, in their order, without those within spells.
    :param lasting: the spell in which the first vote is cast, where what it began with is not there any more:
        of it only its end is told; ``passes``: the votes just before, if they are passes.
    """
    watch = _Watch(others, history, lasting, passes)
    for vote in votes:
        watch.see(vote)
    return watch.spells(as_of)


class _Watch:
    def __init__(self, others, history, lasting, passes):
        self._others = others
        self._found = []
        self._times = []
        # How many of the votes outside of all spells were bad, up to each of them.
        self._bad = [0]
        self._run = []
        self._lasting = lasting
        self._called_at = lasting.called_at if lasting else None
        self._usual = None
        self._passes = list(passes)
        for vote in history:
            self._remember(vote)

    def see(self, vote):
        if self._called_at is None:
            self._see_well(vote)
        else:
            self._see_sick(vote)

    def _see_well(self, vote):
        if not vote.is_bad:
            for each in (*self._run, vote):
                self._remember(each)
            self._run = []
            return
        self._run.append(vote)
        changes = len({each.change for each in self._run})
        if changes < MIN_CHANGES:
            return
        self._usual = self._usual_rate(self._run[0].at)
        share = max(LEAST_RATE, self._usual.share) if self._usual.is_enough else _UNKNOWN_RATE
        if share**changes < IMPROBABLE:
            self._called_at = vote.at

    def _see_sick(self, vote):
        if vote.is_bad:
            self._run.extend((*self._passes, vote))
            self._passes = []
            return
        self._passes.append(vote)
        if len(self._passes) == WELL_AFTER:
            self._found.append(self._spell(vote.at, vote.at + OTHERS_AFTER))
            # The pass before it is within the spell.
            self._remember(vote)
            self._run, self._passes, self._called_at, self._lasting = [], [], None, None

    def _remember(self, vote):
        self._times.append(vote.at)
        self._bad.append(self._bad[-1] + vote.is_bad)

    def _usual_rate(self, until):
        """The rate of bad votes outside of spells in the time before."""
        first = bisect.bisect_left(self._times, until - HISTORY)
        return statistics.rate(self._bad[-1] - self._bad[first], len(self._times) - first)

    def _spell(self, ended_at, as_of):
        if self._lasting:
            return msgspec.structs.replace(self._lasting, ended_at=ended_at)
        evidence = list(dict.fromkeys((vote.change, vote.patch_set) for vote in self._run if vote.is_bad))
        kept = evidence[:MOST_EVIDENCE]
        others = self._others(kept, as_of)
        # Patch by patch, since a bad one fails for all, and should not weigh more because many tested it; and
        # of all verdicts, since of a few patches half may be bad by chance.
        failing = sum(2 * bad >= judged for bad, judged in others)
        bad, judged = (sum(counts) for counts in zip(*others, strict=True)) if others else (0, 0)
        is_shared = 2 * failing >= len(others) and 100 * bad >= SHARED_OF_100 * judged
        kind = SHARED if judged >= MIN_OTHERS and is_shared else SICK
        changes = len({change for change, _ in evidence})
        why = f"{len(evidence)} patch sets of {changes} different changes failed; "
        if self._usual.is_enough:
            why += f"of the verdicts in the 28 days before, {self._usual.n} of {self._usual.of} did"
        elif self._usual.of == 1:
            why += "the one verdict in the 28 days before is too few to say what is usual"
        else:
            why += f"the {self._usual.of} verdicts in the 28 days before are too few to say what is usual"
        if kind == SHARED:
            why += f"; at least half of the other CIs failed {failing} of the {len(others)} that they"
            why += f" judged, by {bad} of {judged} verdicts"
        return Spell(kind, self._run[0].at, self._called_at, ended_at, why, tuple(kept))

    def spells(self, as_of):
        return self._found + ([self._spell(None, as_of)] if self._called_at else [])
