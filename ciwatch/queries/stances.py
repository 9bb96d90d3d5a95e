"""How CIs stand to the patch sets of a change: those that spoke, and those that were expected to."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import latency
from ciwatch.insight import silence
from ciwatch.insight import wording
from ciwatch.insight.expectation import Standing
from ciwatch.queries import cells
from ciwatch.rollup import known as knowns
from ciwatch.rollup import scenes
from ciwatch.rollup import spells

# Said once: to put a statement together takes longer than SQLite takes for it.

_FIRST = sa.select(sa.func.min(models.PatchSet.seen_at)).where(
    models.PatchSet.change_id == sa.bindparam("change_id"), models.PatchSet.number >= sa.bindparam("oldest")
)

_SYSTEMS = sa.bindparam("system_ids", expanding=True)

_PERIODS = (
    sa.select(
        models.StatusPeriod.ci_system_id,
        models.StatusPeriod.word,
        models.StatusPeriod.started_at,
        models.StatusPeriod.ended_at,
    )
    .where(
        models.StatusPeriod.ci_system_id.in_(_SYSTEMS),
        sa.or_(models.StatusPeriod.ended_at.is_(None), models.StatusPeriod.ended_at > sa.bindparam("since")),
    )
    .order_by(models.StatusPeriod.started_at)
)

_SILENCES = spells.brief(
    models.Spell.ci_system_id.in_(_SYSTEMS),
    models.Spell.kind == silence.SILENT,
    sa.or_(models.Spell.ended_at.is_(None), models.Spell.ended_at > sa.bindparam("since")),
)


class Stance(msgspec.Struct, frozen=True):
    """A CI and a patch set.

    :ivar standing: whether it was expected, and answered.
    :ivar due_at: until when it is expected to answer; None where it is not.
    :ivar answered_after_s: from the upload to its first result; None where there is none, or nobody knows
        when the patch set was uploaded.
    :ivar is_late: whether that was later than is expected.
    :ivar status: its status word until it was due, or answered last; None where none was known.
    :ivar note: what is to be said of one that did not answer, a sentence; else None.
    """

    standing: str
    due_at: datetime.datetime | None
    answered_after_s: int | None
    is_late: bool
    status: str | None
    note: str | None


def read(connection, registry, change_id, oldest, as_of):
    """Patch set id -> CI id -> :class:`Stance`, of those that answered and those that were expected to.

    :param registry: the :class:`~ciwatch.registry.model.Registry`.
    :param oldest: the number of the first patch set that is told of.
    :param as_of: nothing is told that happened after this moment.
    """
    first = connection.scalar(_FIRST, {"change_id": change_id, "oldest": oldest})
    if first is None:
        return {}
    known = knowns.Known(connection, registry, since=first.date())
    found = {}
    for scene in scenes.read_change(known, change_id, oldest, as_of).values():
        for case in scene.cases(as_of):
            found[case.patch_set.id] = {
                system.id: (system, case, standing)
                for system in scene.systems
                if (standing := case.standing(system)) in cells.UNANSWERED or system.id in case.attempts
            }
    history = _History(connection, {system_id for there in found.values() for system_id in there}, first)
    return {
        patch_set_id: {system_id: _stance(*each, history, as_of) for system_id, each in there.items()}
        for patch_set_id, there in found.items()
    }


def _stance(system, case, standing, history, as_of):
    patch_set, attempts = case.patch_set, case.attempts.get(system.id, ())
    due_at = patch_set.seen_at + system.limit
    is_expected = standing in cells.UNANSWERED or standing is Standing.ANSWERED
    last_at = max(due_at, attempts[-1].posted_at) if attempts else due_at
    after_s = latency.first_answer_s(patch_set, attempts)
    return Stance(
        str(standing),
        due_at if is_expected else None,
        None if after_s is None else int(after_s),
        bool(attempts) and is_expected and attempts[0].posted_at > due_at,
        history.word(system.id, min(last_at, as_of)),
        None if attempts else _note(patch_set, standing, due_at, history.silence(system.id, due_at), as_of),
    )


def _note(patch_set, standing, due_at, silent, as_of):
    """Why there is no answer, as far as that can be said."""
    if standing is Standing.SUPERSEDED:
        if patch_set.ended_at == patch_set.replaced_at:
            return "A newer patch set came before it was due."
        end = "merged" if patch_set.ended_at == patch_set.merged_at else "abandoned"
        return f"The change was {end} before it was due."
    if silent is not None and silent.called_at <= as_of:
        return f"Silent {wording.stretch(silent.started_at, silent.ended_at, as_of)}: {silent.why}."
    due = wording.moment(due_at, as_of)
    return f"Expected until {due}." if standing is Standing.PENDING else f"It was expected until {due}."


class _History:
    """The status words and the silences of some CIs from a moment on."""

    def __init__(self, connection, system_ids, since):
        self._words, self._silences = {}, {}
        if not system_ids:
            return
        asked = {"system_ids": sorted(system_ids), "since": since}
        for system_id, *told in connection.execute(_PERIODS, asked):
            self._words.setdefault(system_id, []).append(told)
        for system_id, told in spells.read_brief(connection, _SILENCES, asked):
            self._silences.setdefault(system_id, []).append(told)

    def word(self, system_id, moment):
        """The status word that held then, or None."""
        for word, started_at, ended_at in self._words.get(system_id, ()):
            if started_at <= moment and (ended_at is None or moment < ended_at):
                return word
        return None

    def silence(self, system_id, moment):
        """The spell of silence that covers a moment, or None."""
        return next((each for each in self._silences.get(system_id, ()) if each.covers(moment)), None)
