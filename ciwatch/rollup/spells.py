"""The spells that are stored."""

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import facts
from ciwatch.insight import sickness

SPELLS = models.Spell.__table__

#: The kinds of spells in which votes are set aside: in neither of them the CI speaks of the patch.
SET_ASIDE = (sickness.SICK, sickness.SHARED)


_BRIEF = (
    models.Spell.ci_system_id,
    models.Spell.kind,
    models.Spell.started_at,
    models.Spell.called_at,
    models.Spell.ended_at,
    models.Spell.why,
)

_ORDER = models.Spell.started_at, models.Spell.kind

#: What :func:`told` takes the rows of, to be narrowed by whoever asks often: to put a statement together
#: takes longer than SQLite takes for it.
SPELLS_IN_ORDER = sa.select(*_BRIEF, models.Spell.evidence).order_by(*_ORDER)


def read(connection, *conditions):
    """(CI id, :class:`~ciwatch.insight.facts.Spell`) of the stored spells, in the order of their times."""
    return told(connection.execute(SPELLS_IN_ORDER.where(*conditions)))


def told(rows):
    """What :func:`read` gives, of the rows of such a statement."""
    return [(row[0], facts.Spell(*row[1:6], tuple(map(tuple, row[6])))) for row in rows]


def brief(*conditions):
    """The statement for :func:`read_brief`; to be said once, with bound parameters."""
    return sa.select(*_BRIEF).where(*conditions).order_by(*_ORDER)


def read_brief(connection, statement, asked):
    """What :func:`read` gives, without the evidence, of which there may be much.

    :param statement: of :func:`brief`; ``asked``: its parameters.
    """
    return [(row[0], facts.Spell(*row[1:])) for row in connection.execute(statement, asked).all()]


def replace(connection, system_id, kinds, told):
    """Puts spells in the place of those of the same *kinds* that a CI had.

    :returns: the spells that are new, and those that are no longer there.
    """
    stored = of(connection, system_id, kinds)
    gone = [spell for spell in stored if spell not in set(told)]
    new = [spell for spell in told if spell not in set(stored)]
    for spell in gone:
        connection.execute(
            sa.delete(SPELLS).where(
                SPELLS.c.ci_system_id == system_id,
                SPELLS.c.kind == spell.kind,
                SPELLS.c.started_at == spell.started_at,
            )
        )
    rows = [
        {
            "ci_system_id": system_id,
            "kind": spell.kind,
            "started_at": spell.started_at,
            "called_at": spell.called_at,
            "ended_at": spell.ended_at,
            "why": spell.why,
            "evidence": [list(place) for place in spell.evidence],
        }
        for spell in sorted(new, key=lambda spell: (spell.started_at, spell.kind))
    ]
    if rows:
        connection.execute(sa.insert(SPELLS), rows)
    return new + gone


def of(connection, system_id, kinds):
    """The stored spells of a CI of some *kinds*, in the order of their times."""
    return [
        spell for _, spell in read(connection, SPELLS.c.ci_system_id == system_id, SPELLS.c.kind.in_(kinds))
    ]


def accounts_of(connection, system_id):
    """The ids of a CI's accounts."""
    return list(connection.scalars(_ACCOUNTS, {"ci_system_id": system_id}))


_ACCOUNTS = sa.select(models.Account.id).where(models.Account.ci_system_id == sa.bindparam("ci_system_id"))
