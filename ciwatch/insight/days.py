"""What happened on one day of a project's branch, counted: for each CI, each job, and the project itself.

A day is that of its patch sets: all that is ever said of a patch set counts on the day on which it came. So
days can be added up to a window of any length, and each patch set counts once.
"""

import datetime
import typing
import zlib

import msgspec

from ciwatch.insight import agreement
from ciwatch.insight import expectation
from ciwatch.insight import flakes
from ciwatch.insight import latency
from ciwatch.insight import trust
from ciwatch.insight import verdicts
from ciwatch.insight.expectation import Standing
from ciwatch.insight.facts import BAD
from ciwatch.insight.facts import FAILED
from ciwatch.insight.facts import INFRASTRUCTURE
from ciwatch.insight.facts import JUDGED
from ciwatch.insight.facts import PASSED
from ciwatch.insight.facts import Attempt
from ciwatch.insight.facts import PatchSet
from ciwatch.insight.facts import Spell
from ciwatch.insight.histogram import Histogram


class Watched(msgspec.Struct, frozen=True):
    """A CI as it stands to a project's branch on a day.

    :ivar first_report_at: when it first reported on the project, or None.
    :ivar expected: called with a patch set's files, or None where they are unknown; says whether an answer is
        expected: True, False, or None for unknown, since it depends on the files.
    :ivar limit: the time in which an answer is expected.
    :ivar spells: those in which its votes are set aside.
    """

    id: int
    is_gate: bool
    first_report_at: datetime.datetime | None
    expected: typing.Callable
    limit: datetime.timedelta
    spells: tuple[Spell, ...] = ()

    def is_set_aside(self, moment):
        """Whether what it said then is set aside."""
        return any(spell.covers(moment) for spell in self.spells)


class Scene(msgspec.Struct, frozen=True):
    """All that was said of the patch sets of a day, up to the moment as of which it is told.

    :ivar attempts: patch set id -> CI id -> its attempts in the order of their times.
    :ivar rechecks: patch set id -> when somebody asked for a re-run, in order.
    """

    day: datetime.date
    patch_sets: list[PatchSet]
    attempts: dict[int, dict[int, list[Attempt]]]
    rechecks: dict[int, list[datetime.datetime]]
    systems: list[Watched]


class ProjectDay(msgspec.Struct):
    """How many patch sets came, were merged, and how often a re-run was asked for.

    :ivar changed_at: the latest moment that any of the day's figures depends on: a page as of a moment
        before it counts for itself.
    :ivar due_at: when the next pending answer is missed, or None: a page as of later counts for itself, too.
    """

    patch_sets: int = 0
    merged: int = 0
    rechecks: int = 0
    changed_at: datetime.datetime | None = None
    due_at: datetime.datetime | None = None


class SystemDay(msgspec.Struct):
    """A CI's figures, all in patch sets; see doc/source/user/figures.rst.

    :ivar reported: on how many it reported soon enough for others to be expected.
    :ivar late: those of the answered ones that took longer than the limit.
    :ivar unjudged: answered, with a verdict that judges nothing.
    :ivar first_judged: judged by the first attempt, outside of spells; of these *first_bad* were not passed.
    :ivar surely_broken: judged by it, and failed by nearly all of many others; it *wrongly_passed* some.
    :ivar peers_judged: verdicts of others on those that it judged; *peers_failed* of them failed.
    :ivar answer_times: a packed :class:`~ciwatch.insight.histogram.Histogram` of first answers.
    :ivar recheck_times: the same from a request for a re-run to the next answer.
    :ivar checksum: of all that it said: whether it is the same as at another count.
    """

    reported: int = 0
    answered: int = 0
    late: int = 0
    missed: int = 0
    superseded: int = 0
    pending: int = 0
    unknown_files: int = 0
    passed: int = 0
    failed: int = 0
    infrastructure: int = 0
    unjudged: int = 0
    first_judged: int = 0
    first_bad: int = 0
    confirmed: int = 0
    refuted: int = 0
    open: int = 0
    set_aside: int = 0
    both_passed: int = 0
    only_ci_failed: int = 0
    only_gate_failed: int = 0
    both_failed: int = 0
    surely_broken: int = 0
    wrongly_passed: int = 0
    peers_judged: int = 0
    peers_failed: int = 0
    answer_times: str = ""
    recheck_times: str = ""
    checksum: int = 0


class JobDay(msgspec.Struct):
    """A job's builds by result class; the patch sets that it *judged*, and those that it *flaked* on."""

    passed: int = 0
    failed: int = 0
    infrastructure: int = 0
    not_run: int = 0
    unknown: int = 0
    judged: int = 0
    flaked: int = 0


class Counted(msgspec.Struct, frozen=True):
    """A day: *systems* by CI id, *jobs* by job id."""

    project: ProjectDay
    systems: dict[int, SystemDay]
    jobs: dict[int, JobDay]


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


def count(scene, as_of):
    """The :class:`Counted` of a :class:`Scene`, as of a moment."""
    return _Count(scene, as_of).run()


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


class _Count:
    """The counting of one scene."""

    def __init__(self, scene, as_of):
        self._scene = scene
        self._as_of = as_of
        self._by_id = {system.id: system for system in scene.systems}
        self._reported_until = expectation.reported_until(scene.day)
        self._project = ProjectDay(patch_sets=len(scene.patch_sets))
        self._systems = {}
        self._jobs = {}
        self._answers = {}
        self._rechecks = {}

    def run(self):
        for patch_set in self._scene.patch_sets:
            attempts = self._scene.attempts.get(patch_set.id, {})
            rechecks = self._scene.rechecks.get(patch_set.id, [])
            self._project.merged += patch_set.merged_at is not None
            self._project.rechecks += len(rechecks)
            self._note(patch_set.seen_at, patch_set.replaced_at, patch_set.merged_at, patch_set.abandoned_at)
            self._note(*rechecks)
            standing = standing_verdicts(attempts, self._by_id)
            for system in self._scene.systems:
                self._stand(system, patch_set, attempts.get(system.id, []))
            for system_id, said in attempts.items():
                self._judge(self._by_id[system_id], patch_set, said, standing, rechecks)
                self._count_jobs(said)
        for system_id, times in self._answers.items():
            self._systems[system_id].answer_times = times.pack()
        for system_id, times in self._rechecks.items():
            self._systems[system_id].recheck_times = times.pack()
        return Counted(self._project, self._systems, self._jobs)

    def _of(self, system_id):
        return self._systems.setdefault(system_id, SystemDay())

    def _note(self, *moments):
        """Keeps the latest moment that a figure depends on."""
        known = [moment for moment in (*moments, self._project.changed_at) if moment]
        self._project.changed_at = max(known, default=None)

    def _stand(self, system, patch_set, attempts):
        standing = standing_of(system, patch_set, attempts, self._as_of)
        if standing is Standing.NOT_EXPECTED:
            return
        figures = self._of(system.id)
        name = _STANDINGS[standing]
        setattr(figures, name, getattr(figures, name) + 1)
        due_at = patch_set.seen_at + system.limit
        if standing is Standing.ANSWERED:
            figures.late += attempts[0].posted_at > due_at
        elif standing is Standing.PENDING:
            self._project.due_at = min(filter(None, (due_at, self._project.due_at)))
        elif standing is Standing.MISSED:
            self._note(due_at)

    def _judge(self, system, patch_set, attempts, standing, rechecks):
        figures = self._of(system.id)
        self._note(attempts[-1].posted_at)
        figures.checksum ^= _checksum(patch_set, attempts)
        self._note(*(spell.called_at for spell in system.spells if _touches(spell, attempts)))
        figures.reported += attempts[0].posted_at < self._reported_until
        mine = verdicts.standing_verdict(attempts)
        name = _VERDICTS.get(mine, "unjudged")
        setattr(figures, name, getattr(figures, name) + 1)
        self._count_first(system, figures, attempts)
        if outcome := outcome_of(system, patch_set, attempts, standing, self._by_id):
            name = _OUTCOMES[outcome[0]]
            setattr(figures, name, getattr(figures, name) + 1)
        self._compare(system, figures, standing)
        self._time(system, patch_set, attempts, rechecks)

    def _count_first(self, system, figures, attempts):
        first = verdicts.first_judgement(attempts)
        if first is not None and not system.is_set_aside(first.posted_at):
            figures.first_judged += 1
            figures.first_bad += first.verdict in BAD

    def _compare(self, system, figures, standing):
        mine = standing.get(system.id)
        gate, peers = others_of(system, standing, self._by_id)
        if not system.is_gate and (cell := agreement.cell(mine, gate)):
            setattr(figures, cell, getattr(figures, cell) + 1)
        others = [verdict for verdict in (gate, *peers) if verdict in JUDGED]
        if mine not in JUDGED:
            return
        figures.peers_judged += len(others)
        figures.peers_failed += others.count(FAILED)
        if agreement.is_surely_broken(others):
            figures.surely_broken += 1
            figures.wrongly_passed += mine == PASSED

    def _time(self, system, patch_set, attempts, rechecks):
        seconds = latency.first_answer_s(patch_set, attempts)
        if seconds is not None:
            self._answers.setdefault(system.id, Histogram()).add(seconds)
        for seconds in latency.recheck_answers_s(rechecks, attempts):
            self._rechecks.setdefault(system.id, Histogram()).add(seconds)

    def _count_jobs(self, attempts):
        classes = {}
        for attempt in verdicts.without_repetitions(attempts):
            for build in attempt.builds:
                figures = self._jobs.setdefault(build.job, JobDay())
                name = str(build.result_class).replace(" ", "_")
                setattr(figures, name, getattr(figures, name) + 1)
                classes.setdefault(build.job, set()).add(build.result_class)
        for job, said in classes.items():
            self._jobs[job].judged += flakes.is_judged(said)
            self._jobs[job].flaked += flakes.is_flaked(said)


def _checksum(patch_set, attempts):
    said = [
        f"{attempt.pipeline} {attempt.number} {attempt.posted_at} {attempt.verdict} {attempt.builds}"
        for attempt in attempts
    ]
    return zlib.crc32(f"{patch_set.change},{patch_set.number} {said}".encode()) & 0x7FFFFFFF


def _touches(spell, attempts):
    return any(spell.covers(attempt.posted_at) for attempt in attempts)
