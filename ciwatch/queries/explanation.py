"""Gathers what tells whether the failed verdicts on a change are about its patch."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import explanation
from ciwatch.insight import facts
from ciwatch.insight import scene
from ciwatch.insight import silence
from ciwatch.insight import statistics
from ciwatch.insight import verdicts
from ciwatch.queries import evidence
from ciwatch.queries import registered
from ciwatch.rollup import spells


class Explanation(msgspec.Struct, frozen=True):
    """Whether a verdict is about the patch, and what to do next; each None where it is not known.

    :ivar sentence: begins with the *likelihood*.
    :ivar status: the CI's status word then.
    :ivar contact: whom to ask; *recheck*: what to type for a re-run; *log_url*: an http address.
    """

    likelihood: explanation.Likelihood
    sentence: str
    status: str | None
    contact: str | None
    recheck: str | None
    log_url: str | None


def read(connection, change_id, as_of, registry, oldest=1):
    """Report id -> :class:`Explanation` of each verdict on a change that was failed or infrastructure.

    The number of statements does not depend on how many CIs there are, nor on how much they said.

    :param change_id: the id of its row.
    :param as_of: nothing is told that was said after this moment; usual rates are of whole days, with all
        that was ever said of them.
    :param registry: a :class:`~ciwatch.registry.model.Registry`.
    :param oldest: the number of the first patch set whose verdicts are explained.
    """
    spoken = evidence.read_spoken(connection, change_id, as_of)
    bad = [each for each in spoken if each.attempt.verdict in facts.BAD and each.number >= oldest]
    if not bad:
        return {}
    return _Case(connection, change_id, as_of, spoken, bad).explain(registry)


class _Case:
    """All that is known of a change's verdicts."""

    def __init__(self, connection, change_id, as_of, spoken, bad):
        self._as_of = as_of
        self._bad = bad
        self._by_patch_set = {}
        self._standing = {}
        for each in spoken:
            self._by_patch_set.setdefault(each.attempt.patch_set, []).append(each)
        self._lines = evidence.read_lines(connection, change_id)
        self._nearby = evidence.read_nearby(connection, change_id, bad, as_of)
        jobs = {
            line.job for each in bad for line in self._lines.get(each.attempt.id, ()) if _is_failed(line)
        }
        self._jobs = evidence.JobDays(connection, bad, jobs)
        self._systems = evidence.SystemDays(connection, bad)
        self._own = evidence.Own(spoken)
        systems = {each.attempt.system for each in spoken}
        self._spells = _read_spells(connection, systems, min(each.attempt.posted_at for each in bad), as_of)
        self._periods = _read_periods(connection, bad)

    def explain(self, registry):
        found = {}
        for each in self._bad:
            attempt = each.attempt
            answer = explanation.explain(self._evidence(each))
            entry = registered.find(registry, each.name)
            found[attempt.id] = Explanation(
                answer.likelihood,
                answer.sentence,
                self._status(attempt),
                entry.contact,
                entry.recheck,
                answer.log_url,
            )
        return found

    def _status(self, attempt):
        for system_id, word, started_at, ended_at in self._periods:
            if system_id == attempt.system and started_at <= attempt.posted_at:
                if ended_at is None or attempt.posted_at < ended_at:
                    return word
        return None

    def _spell(self, attempt):
        """The worst spell that covers an attempt, or the silence that it ended."""
        mine = self._spells.get(attempt.system, ())
        covering = [
            spell
            for spell in mine
            if spell.covers(attempt.posted_at)
            or (spell.kind == silence.SILENT and spell.ended_at == attempt.posted_at)
        ]
        return min(covering, key=lambda spell: spell.kind not in spells.SET_ASIDE, default=None)

    def _evidence(self, each):
        attempt = each.attempt
        lines = self._lines.get(attempt.id, [])
        failed = [line for line in lines if _is_failed(line)]
        broken = [line for line in lines if line.result_class == facts.INFRASTRUCTURE]
        broken.sort(key=lambda line: not line.voting)
        there = self._by_patch_set[attempt.patch_set]
        mine = verdicts.without_repetitions(
            [other.attempt for other in there if other.attempt.system == attempt.system]
        )
        gate, peers = self._others(attempt)
        nearby = self._nearby.of(attempt)
        log_url = next((line.log_url for line in (*failed, *broken, *lines) if line.log_url), None)
        whole = explanation.Suspect(
            here=_rate_of([run.verdict for run in mine if run.pipeline == attempt.pipeline]),
            usual=self._systems.usual(attempt, self._own),
            elsewhere=nearby.whole,
            log_url=log_url,
        )
        jobs = {}
        for line in failed:
            usual, flaked = self._jobs.usual(attempt, line.job, self._own)
            said = [build.result_class for run in mine for build in run.builds if build.job == line.job]
            jobs.setdefault(
                line.job,
                explanation.Suspect(
                    line.name, _rate_of(said), usual, nearby.jobs.get(line.job, _NONE), flaked, line.log_url
                ),
            )
        return explanation.Evidence(
            as_of=self._as_of,
            said_at=attempt.posted_at,
            verdict=attempt.verdict,
            whole=whole,
            jobs=tuple(jobs.values()),
            words=tuple((line.name, line.result) for line in broken),
            spell=self._spell(attempt),
            gate=gate,
            peers=tuple(peers),
            is_merged=each.merged_at is not None,
            trust=self._systems.trust(attempt),
        )

    def _others(self, attempt):
        """(the gate's verdict or None, those of the peers), without what was said in a spell."""
        if attempt.patch_set not in self._standing:
            self._standing[attempt.patch_set] = self._stand(self._by_patch_set[attempt.patch_set])
        systems, standing = self._standing[attempt.patch_set]
        gate, peers = scene.others_of(systems[attempt.system], standing, systems)
        return gate, [verdict for verdict in peers if verdict in facts.JUDGED]

    def _stand(self, there):
        """The CIs that spoke of a patch set, by their id, and how they stand to it."""
        systems, attempts = {}, {}
        for other in there:
            system_id = other.attempt.system
            aside = tuple(s for s in self._spells.get(system_id, ()) if s.kind in spells.SET_ASIDE)
            systems[system_id] = scene.Watched(
                system_id, other.is_gate, None, bool, datetime.timedelta(), aside
            )
            attempts.setdefault(system_id, []).append(other.attempt)
        return systems, scene.standing_verdicts(attempts, systems)


_NONE = statistics.rate(0, 0)


def _is_failed(line):
    """Whether it is a job's that counts in the verdict."""
    return line.result_class == facts.FAILED and line.voting


def _rate_of(classes):
    """How many of those that judged failed."""
    judged = [kind for kind in classes if kind in facts.JUDGED]
    return statistics.rate(judged.count(facts.FAILED), len(judged))


_SYSTEMS = sa.bindparam("system_ids", expanding=True)

_SPELLS = spells.brief(
    models.Spell.ci_system_id.in_(_SYSTEMS),
    models.Spell.called_at <= sa.bindparam("as_of"),
    sa.or_(models.Spell.ended_at.is_(None), models.Spell.ended_at >= sa.bindparam("since")),
)


def _read_spells(connection, systems, since, as_of):
    """CI id -> the spells that were known at a moment, and lasted after *since*, in their order."""
    found = {}
    asked = {"system_ids": sorted(systems), "since": since, "as_of": as_of}
    for system_id, spell in spells.read_brief(connection, _SPELLS, asked):
        if spell.ended_at is not None and spell.ended_at > as_of:
            spell = msgspec.structs.replace(spell, ended_at=None)
        found.setdefault(system_id, []).append(spell)
    return found


_PERIODS = sa.select(
    models.StatusPeriod.ci_system_id,
    models.StatusPeriod.word,
    models.StatusPeriod.started_at,
    models.StatusPeriod.ended_at,
).where(
    models.StatusPeriod.ci_system_id.in_(_SYSTEMS),
    models.StatusPeriod.started_at <= sa.bindparam("until"),
    sa.or_(models.StatusPeriod.ended_at.is_(None), models.StatusPeriod.ended_at > sa.bindparam("since")),
)


def _read_periods(connection, bad):
    """(CI id, word, from, until) of the status words of those CIs."""
    moments = [each.attempt.posted_at for each in bad]
    systems = sorted({each.attempt.system for each in bad})
    asked = {"system_ids": systems, "since": min(moments), "until": max(moments)}
    return [tuple(row) for row in connection.execute(_PERIODS, asked)]
