"""Are the missed, superseded and pending patch sets exactly the simulated ones?"""

import collections
import datetime
import types

import sqlalchemy as sa

from benchmarks.accuracy.case import Case
from ciwatch.db import models
from ciwatch.demo import characters
from ciwatch.insight import scene as scene_rules
from ciwatch.insight import statistics
from ciwatch.insight import trust
from ciwatch.insight.expectation import Standing
from ciwatch.recorder.dirty import Place
from ciwatch.registry import model as registry_model
from ciwatch.rollup import known as knowns
from ciwatch.rollup import scenes

_DAY_S = 86400
_STANDINGS = (Standing.ANSWERED, Standing.MISSED, Standing.SUPERSEDED, Standing.PENDING)


class WhoCoversWhat:
    """A registry that says of each character what it tests, and describes none."""

    digest = "accuracy"
    systems = types.MappingProxyType({})

    def __init__(self, cast):
        """Takes username -> Character."""
        self._cast = cast

    def is_expected(self, name, project, branch, files):
        """Whether an answer is expected."""
        covers = self._cast[name].everywhere or project == characters.MAIN_PROJECT
        return registry_model.Expected.YES if covers else registry_model.Expected.NO

    def limit(self, name, project):
        """The time in which an answer is expected."""
        return datetime.timedelta(seconds=_DAY_S)

    def is_retired(self, name, day):
        """Nobody is."""
        return False

    def retired_since(self, name):
        """Nobody is."""
        return None


def walk(story, registry):
    """Yields each day's (:class:`~ciwatch.insight.scene.Scene`, CI id -> Watched) of each branch."""
    known = knowns.Known(story.connection, registry)
    table, dates = models.DailyProject, {}
    statement = sa.select(table.project_id, table.branch, table.day).order_by(table.day)
    for project_id, branch, day in story.connection.execute(statement):
        dates.setdefault((project_id, branch), []).append(day)
    for (project_id, branch), wanted in sorted(dates.items()):
        places = [Place(project_id, branch, day) for day in wanted]
        for scene in scenes.read(known, places, story.until).values():
            yield scene, {system.id: system for system in scene.systems}


def standings(story):
    """Each kind of standing: are the (CI, change, patch set) exactly those of the truth?"""
    truth = _truly(story)
    yield from _compare(story, WhoCoversWhat(story.cast), truth, "by registry")
    learned = _Learned(story)
    expected = {key: stands for key, stands in truth.items() if learned.is_expected(key)}
    yield from _compare(story, registry_model.Registry(), expected, "learned")


def _compare(story, registry, truth, how):
    names = {system_id: name for name, system_id in story.ids.items()}
    told = {}
    for scene, systems in walk(story, registry):
        for patch_set in scene.patch_sets:
            attempts = scene.attempts.get(patch_set.id, {})
            for system in systems.values():
                said = attempts.get(system.id, [])
                stands = scene_rules.standing_of(system, patch_set, said, story.until)
                if stands is not Standing.NOT_EXPECTED:
                    told[names[system.id], patch_set.change, patch_set.number] = stands
    for stands in _STANDINGS:
        mine = {key for key, value in told.items() if value == stands}
        true = {key for key, value in truth.items() if value == stands}
        wrong = mine ^ true
        some = [(*key, truth.get(key), told.get(key)) for key in sorted(wrong)[:5]]
        detail = f"seed {story.seed}: {some}"
        yield Case("standings", f"{stands}, {how}", not wrong, detail, (len(wrong), len(true)))


def _truly(story):
    """(username, change, patch set) -> how the CI stood to it, of those on which it can be expected.

    Not of what is nothing but a new commit message, nor of what came before the CI's first word there.
    """
    truth, as_of, found = story.truth, story.until.timestamp(), {}
    for attempt in truth.attempts:
        found[attempt.ci, attempt.change, attempt.patch_set] = Standing.ANSWERED
    for key in truth.unanswered:
        found[key] = Standing(truth.stood(key, as_of))
    return {key: stands for key, stands in found.items() if _can_be_expected(story, key)}


def _can_be_expected(story, key):
    patch_set = story.truth.patch_sets[key[1:]]
    first_at = story.first_at.get((key[0], patch_set.project))
    return patch_set.kind != "NO_CODE_CHANGE" and first_at is not None and patch_set.created_at >= first_at


class _Learned:
    """The rule by which expectations are learned, told once more, from the truth."""

    def __init__(self, story):
        self._patch_sets = story.truth.patch_sets
        self._uploads = collections.Counter(map(self._place, self._patch_sets.values()))
        self._reported = collections.Counter()
        seen = set()
        for attempt in story.truth.attempts:
            key = attempt.ci, attempt.change, attempt.patch_set
            patch_set = self._patch_sets[key[1:]]
            place = self._place(patch_set)
            if key not in seen and attempt.posted_at < (place[2] + 2) * _DAY_S:
                self._reported[attempt.ci, place] += 1
            seen.add(key)
        self._known = {}

    @staticmethod
    def _place(patch_set):
        return patch_set.project, patch_set.branch, patch_set.created_at // _DAY_S

    def is_expected(self, key):
        """Whether a CI reported in time on half of at least ten of the fortnight that ended a day before."""
        username, place = key[0], self._place(self._patch_sets[key[1:]])
        if (username, place) not in self._known:
            project, branch, day = place
            places = [(project, branch, day - back) for back in range(2, 16)]
            uploads = sum(self._uploads[each] for each in places)
            reported = sum(self._reported[username, each] for each in places)
            self._known[username, place] = uploads >= 10 and 2 * reported >= uploads
        return self._known[username, place]


def trusts(story):
    """Each CI: does the share of its failures that are confirmed tell how many were about the patch?"""
    truly = {(a.ci, a.change, a.patch_set, a.posted_at): a for a in reversed(story.truth.attempts)}
    names = {system_id: name for name, system_id in story.ids.items()}
    found = collections.defaultdict(list)
    for scene, systems in walk(story, registry_model.Registry()):
        for patch_set in scene.patch_sets:
            attempts = scene.attempts.get(patch_set.id, {})
            standing = scene_rules.standing_verdicts(attempts, systems)
            for system_id, said in attempts.items():
                outcome = scene_rules.outcome_of(systems[system_id], patch_set, said, standing, systems)
                if outcome is None:
                    continue
                failed = next(attempt for attempt in said if attempt.verdict == "failed")
                key = (names[system_id], patch_set.change, patch_set.number)
                attempt = truly[(*key, int(failed.posted_at.timestamp()))]
                found[names[system_id]].append((*outcome, attempt))
    for username, outcomes in found.items():
        yield _trust(story, username, outcomes)


def _trust(story, username, outcomes):
    judged = [each for each in outcomes if each[0] in (trust.Outcome.CONFIRMED, trust.Outcome.REFUTED)]
    confirmed = sum(each[0] == trust.Outcome.CONFIRMED for each in judged)
    true = sum(each[2].about_patch for each in judged)
    rate = statistics.rate(confirmed, len(judged))
    holds = not judged or rate.low <= true / len(judged) <= rate.high
    wrong = collections.Counter(
        (f"{each[1]}", each[2].about_patch, each[2].broken, each[2].sick)
        for each in judged
        if (each[0] == trust.Outcome.CONFIRMED) != each[2].about_patch
    )
    detail = f"seed {story.seed}: {confirmed} of {len(judged)} confirmed, {true} true; {dict(wrong)}"
    return Case("trust", story.cast[username].trait, holds, detail, (confirmed, true, len(judged)))
