"""What happened on one day of a project's branch, counted: for each CI, each job, and the project itself.

A day is that of its patch sets: all that is ever said of a patch set counts on the day on which it came. So
days can be added up to a window of any length, and each patch set counts once.
"""

import datetime

import msgspec

from ciwatch.insight import flakes
from ciwatch.insight import keeping
from ciwatch.insight import latency
from ciwatch.insight import verdicts
from ciwatch.insight.histogram import Histogram


class ProjectDay(msgspec.Struct):
    """How many patch sets came, were merged, and how often a re-run was asked for.

    :ivar changed_at: the latest moment that any of the day's figures depends on: a page as of a moment
        before it counts for itself.
    :ivar due_at: when the next pending answer is missed, or None: a page as of later counts for itself, too.
    :ivar later_at: the earliest moment of what is recorded and was yet to come, or None: clocks may be ahead.
    """

    patch_sets: int = 0
    merged: int = 0
    rechecks: int = 0
    changed_at: datetime.datetime | None = None
    due_at: datetime.datetime | None = None
    later_at: datetime.datetime | None = None


class SystemDay(msgspec.Struct):
    """A CI's figures, all in patch sets; see doc/source/user/figures.rst.

    :ivar reported: on how many it reported soon enough for others to be expected.
    :ivar late: those of the answered ones that took longer than the limit.
    :ivar unjudged: answered, with a verdict that judges nothing.
    :ivar first_judged: judged by the first attempt, outside of spells; of these *first_bad* were not passed,
        and others did not fail them, too.
    :ivar surely_broken: judged by it, and failed by nearly all of many others; it *wrongly_passed* some.
    :ivar peers_judged: verdicts of others on those that it judged; *peers_failed* of them failed.
    :ivar answer_times: a packed :class:`~ciwatch.insight.histogram.Histogram` of first answers.
    :ivar recheck_times: the same from a request for a re-run to the next answer.
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
    """A day: *systems* by CI id, *jobs* by job id.

    :ivar rules: :class:`~ciwatch.insight.keeping.Key` -> :class:`~ciwatch.insight.keeping.Tally`; none where
        the scene has no comments.
    """

    project: ProjectDay
    systems: dict[int, SystemDay]
    jobs: dict[int, JobDay]
    rules: dict[keeping.Key, keeping.Tally] = {}


def count(scene, as_of, only=None):
    """The :class:`Counted` of a :class:`~ciwatch.insight.scene.Scene`, as of a moment.

    :param only: ids of CIs, where it need not be told of others.
    """
    return _Count(scene, as_of, only).run()


def add_jobs(jobs, attempts):
    """Adds to *jobs*, job id -> :class:`JobDay`, what a CI's attempts on one patch set say of its jobs."""
    classes = {}
    for attempt in verdicts.without_repetitions(attempts):
        for build in attempt.builds:
            figures = jobs.setdefault(build.job, JobDay())
            name = str(build.result_class).replace(" ", "_")
            setattr(figures, name, getattr(figures, name) + 1)
            classes.setdefault(build.job, set()).add(build.result_class)
    for job, said in classes.items():
        jobs[job].judged += flakes.is_judged(said)
        jobs[job].flaked += flakes.is_flaked(said)


class _Count:
    """The counting of one scene."""

    def __init__(self, scene, as_of, only):
        self._scene = scene
        self._as_of = as_of
        self._told = [system for system in scene.systems if only is None or system.id in only]
        self._project = ProjectDay(patch_sets=len(scene.patch_sets), later_at=scene.later_at)
        self._systems = {}
        self._jobs = {}
        self._answers = {}
        self._rechecks = {}
        self._rules = None if scene.comments is None else keeping.Rules(scene, as_of)

    def run(self):
        for case in self._scene.cases(self._as_of):
            patch_set = case.patch_set
            self._project.merged += patch_set.merged_at is not None
            self._project.rechecks += len(case.rechecks)
            self._note(patch_set.seen_at, patch_set.replaced_at, patch_set.merged_at, patch_set.abandoned_at)
            self._note(*case.rechecks)
            for system in self._told:
                figures = self._count(system, case)
                if system.id in case.attempts:
                    self._time(system, case)
                    add_jobs(self._jobs, case.attempts[system.id])
                if self._rules:
                    self._rules.add(system, case.patch_set, figures)
        for system_id, times in self._answers.items():
            self._systems[system_id].answer_times = times.pack()
        for system_id, times in self._rechecks.items():
            self._systems[system_id].recheck_times = times.pack()
        return Counted(self._project, self._systems, self._jobs, self._end_rules())

    def _end_rules(self):
        if not self._rules:
            return {}
        self._note(self._rules.changed_at)
        self._project.due_at = min(filter(None, (self._rules.due_at, self._project.due_at)), default=None)
        return self._rules.tallies()

    def _note(self, *moments):
        """Keeps the latest moment that a figure depends on."""
        known = [moment for moment in (*moments, self._project.changed_at) if moment]
        self._project.changed_at = max(known, default=None)

    def _count(self, system, case):
        counted = list(case.figures(system))
        for name in counted:
            figures = self._systems.setdefault(system.id, SystemDay())
            setattr(figures, name, getattr(figures, name) + 1)
            if name == "pending":
                due_at = case.patch_set.seen_at + system.limit
                self._project.due_at = min(filter(None, (due_at, self._project.due_at)))
            elif name == "missed":
                self._note(case.patch_set.seen_at + system.limit)
        return counted

    def _time(self, system, case):
        attempts = case.attempts[system.id]
        self._note(attempts[-1].posted_at)
        self._note(*(spell.called_at for spell in _touching(system.spells, attempts)))
        seconds = latency.first_answer_s(case.patch_set, attempts)
        if seconds is not None:
            self._answers.setdefault(system.id, Histogram()).add(seconds)
        for seconds in latency.recheck_answers_s(case.rechecks, attempts):
            self._rechecks.setdefault(system.id, Histogram()).add(seconds)


def _touching(spells, attempts):
    """Those of some spells in which one of the attempts was made; both are in the order of their times."""
    for spell in spells:
        if spell.started_at > attempts[-1].posted_at:
            return
        if any(spell.covers(attempt.posted_at) for attempt in attempts):
            yield spell
