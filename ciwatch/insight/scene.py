"""Who stands how to a patch set: what was said of it, and the figures in which each CI counts by it.

The same rules count a day (:mod:`.days`), and name the patch sets that a figure counts.
"""

import datetime
import typing

import msgspec

from ciwatch.insight import agreement
from ciwatch.insight import expectation
from ciwatch.insight import trust
from ciwatch.insight import verdicts
from ciwatch.insight.expectation import Standing
from ciwatch.insight.facts import BAD
from ciwatch.insight.facts import FAILED
from ciwatch.insight.facts import INFRASTRUCTURE
from ciwatch.insight.facts import JUDGED
from ciwatch.insight.facts import PASSED
from ciwatch.insight.facts import Attempt
from ciwatch.insight.facts import Comment
from ciwatch.insight.facts import PatchSet
from ciwatch.insight.facts import Request
from ciwatch.insight.facts import Spell


class Watched(msgspec.Struct, frozen=True):
    """A CI as it stands to a project's branch on a day.

    :ivar first_report_at: when it first reported on the project, or None.
    :ivar expected: called with a patch set's files, or None where they are unknown; says whether an answer is
        expected: True, False, or None for unknown, since it depends on the files.
    :ivar limit: the time in which an answer is expected.
    :ivar spells: those in which its votes are set aside, in the order of their starts.
    :ivar page: the address of its page as the registry has it, or None.
    :ivar recheck: the phrase that asks it for a re-run, or None.
    """

    id: int
    is_gate: bool
    first_report_at: datetime.datetime | None
    expected: typing.Callable
    limit: datetime.timedelta
    spells: tuple[Spell, ...] = ()
    page: str | None = None
    recheck: str | None = None

    def is_set_aside(self, moment):
        """Whether what it said then is set aside."""
        for spell in self.spells:
            if spell.started_at > moment:
                return False
            if spell.covers(moment):
                return True
        return False

    def before(self, moment):
        """The same as it was known at an earlier moment."""
        if all(spell.called_at <= moment for spell in self.spells):
            return self
        return msgspec.structs.replace(
            self, spells=tuple(spell for spell in self.spells if spell.called_at <= moment)
        )


class Scene(msgspec.Struct, frozen=True):
    """All that was said of the patch sets of a day, up to the moment as of which it is told.

    :ivar attempts: patch set id -> CI id -> its attempts in the order of their times.
    :ivar rechecks: patch set id -> when somebody asked for a re-run, in order.
    :ivar later_at: the earliest moment of what was recorded of these days and happens after that moment.
    :ivar comments: patch set id -> CI id -> its :class:`~ciwatch.insight.facts.Comment`, in the order of
        their times; None where nobody asks about the rules of third-party testing.
    :ivar requests: patch set id -> the :class:`~ciwatch.insight.facts.Request` for re-runs, in order.
    """

    day: datetime.date
    patch_sets: list[PatchSet]
    attempts: dict[int, dict[int, list[Attempt]]]
    rechecks: dict[int, list[datetime.datetime]]
    systems: list[Watched]
    later_at: datetime.datetime | None = None
    comments: dict[int, dict[int, list[Comment]]] | None = None
    requests: dict[int, list[Request]] = {}

    def cases(self, as_of):
        """A :class:`Case` for each patch set."""
        by_id = {system.id: system for system in self.systems}
        return [Case(self, by_id, patch_set, as_of) for patch_set in self.patch_sets]

    def before(self, moment):
        """The same, without comments, as it was known at an earlier moment with all its patch sets there."""
        attempts, rechecks = {}, {}
        for patch_set in self.patch_sets:
            said = {
                system_id: [attempt for attempt in all_said if attempt.posted_at <= moment]
                for system_id, all_said in self.attempts.get(patch_set.id, {}).items()
            }
            attempts[patch_set.id] = {system_id: there for system_id, there in said.items() if there}
            asked_at = self.rechecks.get(patch_set.id, ())
            rechecks[patch_set.id] = [each for each in asked_at if each <= moment]
        return msgspec.structs.replace(
            self,
            patch_sets=[patch_set.before(moment) for patch_set in self.patch_sets],
            attempts=attempts,
            rechecks=rechecks,
            systems=[system.before(moment) for system in self.systems],
            comments=None,
            requests={},
        )


_OUTCOMES = {
    trust.Outcome.CONFIRMED: "confirmed",
    trust.Outcome.REFUTED: "refuted",
    trust.Outcome.OPEN: "open",
    trust.Outcome.SET_ASIDE: "set_aside",
}
_STANDINGS = {
    Standing.ANSWERED: "answered",
    Standing.MISSED: "missed",
    Standing.SUPERSEDED: "superseded",
    Standing.PENDING: "pending",
    Standing.UNKNOWN_FILES: "unknown_files",
}
_VERDICTS = {PASSED: "passed", FAILED: "failed", INFRASTRUCTURE: "infrastructure"}


class Need(typing.NamedTuple):
    """Without what a patch set cannot count in a figure of a CI: so not every patch set need be looked at.

    :ivar silent: whether it may count where the CI said nothing.
    :ivar verdicts: it may where one of its attempts bears one of these; None for any attempt.
    :ivar of_others: whether what others said of it matters.
    :ivar late: whether it may only where the CI's first answer came after its limit.
    """

    silent: bool
    verdicts: frozenset | None
    of_others: bool
    late: bool = False

    def joined(self, other):
        """That of two figures together."""
        known = None not in (self.verdicts, other.verdicts)
        return Need(
            self.silent or other.silent,
            self.verdicts | other.verdicts if known else None,
            self.of_others or other.of_others,
            self.late and other.late,
        )


_SILENT = Need(True, frozenset(), False)
_SPOKE = Need(False, None, False)


def _said(*verdicts, of_others=False):
    return Need(False, frozenset(verdicts), of_others)


#: The :class:`Need` of each figure that counts patch sets.
NEEDS = {
    "reported": _SPOKE,
    "answered": _SPOKE,
    "late": _SPOKE._replace(late=True),
    "missed": _SILENT,
    "superseded": _SILENT,
    "pending": _SILENT,
    # Where nobody knows whether an answer is expected, one may have come.
    "unknown_files": _SILENT.joined(_SPOKE),
    "passed": _said(PASSED),
    "failed": _said(FAILED),
    "infrastructure": _said(INFRASTRUCTURE),
    "unjudged": _SPOKE,
    "first_judged": _SPOKE,
    "first_bad": _said(*BAD, of_others=True),
    "confirmed": _said(FAILED, of_others=True),
    "refuted": _said(FAILED),
    "open": _said(FAILED, of_others=True),
    "set_aside": _said(FAILED),
    "both_passed": _said(PASSED, of_others=True),
    "only_ci_failed": _said(FAILED, of_others=True),
    "only_gate_failed": _said(PASSED, of_others=True),
    "both_failed": _said(FAILED, of_others=True),
    "surely_broken": _said(*JUDGED, of_others=True),
    "wrongly_passed": _said(PASSED, of_others=True),
}


def standing_of(system, patch_set, attempts, as_of):
    """How a CI stands to a patch set: a :class:`~ciwatch.insight.expectation.Standing`.

    :param system: a :class:`Watched`.
    :param attempts: those of the CI there, in the order of their times.
    """
    if expectation.exemption(patch_set, system.first_report_at):
        return Standing.NOT_EXPECTED
    expected = system.expected(patch_set.files)
    if not expected:
        return Standing.UNKNOWN_FILES if expected is None else Standing.NOT_EXPECTED
    answered_at = attempts[0].posted_at if attempts else None
    return expectation.standing(patch_set, answered_at, system.limit, as_of)


def outcome_of(system, patch_set, attempts, standing_verdicts, systems):
    """What became of a CI's failed verdict: (:class:`~ciwatch.insight.trust.Outcome`, why), or None.

    :param standing_verdicts: CI id -> its verdict as it stands there.
    :param systems: CI id -> :class:`Watched`.
    """
    gate, peers = others_of(system, standing_verdicts, systems)
    failed = next((attempt for attempt in attempts if attempt.verdict == FAILED), None)
    is_set_aside = failed is not None and system.is_set_aside(failed.posted_at)
    # A sick CI fails whatever it is given; that it passed tells all the same.
    believed = [
        attempt
        for attempt in attempts
        if attempt is failed or attempt.verdict != FAILED or not system.is_set_aside(attempt.posted_at)
    ]
    return trust.outcome(patch_set, believed, gate, peers, is_set_aside)


def others_of(system, standing_verdicts, systems):
    """(the gate's verdict or None, those of the CI's peers) on a patch set; nobody is a peer of itself."""
    gate, peers = None, []
    for other, verdict in standing_verdicts.items():
        if other == system.id:
            continue
        if systems[other].is_gate:
            gate = verdict
        else:
            peers.append(verdict)
    return gate, peers


def standing_verdicts(attempts, systems):
    """CI id -> its verdict as it stands on a patch set, without what was said in a spell.

    :param attempts: CI id -> its attempts there.
    :param systems: CI id -> :class:`Watched`.
    """
    found = {}
    for system_id, said in attempts.items():
        system = systems[system_id]
        believed = [attempt for attempt in said if not system.is_set_aside(attempt.posted_at)]
        if believed:
            found[system_id] = verdicts.standing_verdict(believed)
    return found


class Case:
    """A patch set of a scene.

    :ivar attempts: CI id -> its attempts there, in the order of their times.
    :ivar rechecks: when somebody asked for a re-run, in order.
    """

    def __init__(self, scene, systems, patch_set, as_of):
        """Takes a :class:`Scene`, its CIs by id, a patch set, and the moment of which it is told."""
        self.patch_set = patch_set
        self.attempts = scene.attempts.get(patch_set.id, {})
        self.rechecks = scene.rechecks.get(patch_set.id, [])
        self._as_of = as_of
        self._reported_until = expectation.reported_until(scene.day)
        self._systems = systems
        self._verdicts = standing_verdicts(self.attempts, self._systems)
        self._worst = {key: verdicts.worst_verdict(said) for key, said in self.attempts.items()}

    def standing(self, system):
        """How a CI stands to it."""
        return standing_of(system, self.patch_set, self.attempts.get(system.id, ()), self._as_of)

    def outcome(self, system):
        """What became of a CI's failed verdict: (outcome, why), or None."""
        return outcome_of(system, self.patch_set, self.attempts[system.id], self._verdicts, self._systems)

    def gate_verdict(self, system):
        """What the gate says of it, but for what it said in a spell; None for nothing, and for itself."""
        return others_of(system, self._verdicts, self._systems)[0]

    def figures(self, system):
        """Yields the figures of :class:`~ciwatch.insight.days.SystemDay` in which a CI counts, by name."""
        yield from self._of_standing(system)
        if system.id in self.attempts:
            yield from self._of_attempts(system)

    def _of_standing(self, system):
        standing = self.standing(system)
        if standing is not Standing.NOT_EXPECTED:
            yield _STANDINGS[standing]
        if standing is Standing.ANSWERED:
            if self.attempts[system.id][0].posted_at > self.patch_set.seen_at + system.limit:
                yield "late"

    def _of_attempts(self, system):
        attempts = self.attempts[system.id]
        if attempts[0].posted_at < self._reported_until:
            yield "reported"
        yield _VERDICTS.get(verdicts.standing_verdict(attempts), "unjudged")
        first = verdicts.first_judgement(attempts)
        if first is not None and not system.is_set_aside(first.posted_at):
            yield "first_judged"
            # What others failed too says more of the week's patches than of the CI.
            is_shared = first.verdict == FAILED and trust.failed_too(*self._worst_of_others(system))
            if first.verdict in BAD and not is_shared:
                yield "first_bad"
        if outcome := self.outcome(system):
            yield _OUTCOMES[outcome[0]]
        yield from self._of_others(system)

    def _worst_of_others(self, system):
        return others_of(system, self._worst, self._systems)

    def _of_others(self, system):
        mine = self._verdicts.get(system.id)
        if mine not in JUDGED:
            return
        gate, peers = others_of(system, self._verdicts, self._systems)
        if not system.is_gate and (cell := agreement.cell(mine, gate)):
            yield cell
        others = [verdict for verdict in (gate, *peers) if verdict in JUDGED]
        yield from ["peers_judged"] * len(others)
        yield from ["peers_failed"] * others.count(FAILED)
        if agreement.is_surely_broken(others):
            yield "surely_broken"
            if mine == PASSED:
                yield "wrongly_passed"
