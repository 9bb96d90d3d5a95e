"""What befell a CI: its status word at a moment and before, and the spells in which it was not well."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight.status import Word
from ciwatch.parsers import base
from ciwatch.rollup import spells


class Period(msgspec.Struct, frozen=True):
    """A time in which a status *word* held, and the *rule* by which it began; *until* is None if it lasts."""

    word: str
    rule: str
    since: datetime.datetime
    until: datetime.datetime | None


class Evidence(msgspec.Struct, frozen=True):
    """A patch set that shows a spell."""

    change: int
    patch_set: int


class Spell(msgspec.Struct, frozen=True):
    """A time in which a CI was not well: sick, shared, silent or regressed.

    :ivar known_at: from when on it could be known.
    :ivar why: what shows it, with its numbers.
    """

    kind: str
    since: datetime.datetime
    known_at: datetime.datetime
    until: datetime.datetime | None
    why: str
    evidence: list[Evidence]


#: The word of a CI of which nothing was counted yet.
UNCOUNTED = Word.NEW.value
UNCOUNTED_RULE = "Nothing was counted of it yet: too few to say more."


def status(connection, system_id, as_of):
    """The :class:`Period` that lasts at a moment."""
    found = periods(connection, system_id, as_of, as_of)
    return found[-1] if found else Period(UNCOUNTED, UNCOUNTED_RULE, as_of, None)


def statuses(connection, as_of):
    """CI id -> the :class:`Period` that lasts at a moment, of those that have one."""
    table = models.StatusPeriod
    statement = sa.select(table.ci_system_id, table.word, table.rule, table.started_at, table.ended_at).where(
        table.started_at <= as_of, sa.or_(table.ended_at.is_(None), table.ended_at > as_of)
    )
    return {row[0]: _period(row[1:], as_of) for row in connection.execute(statement)}


def words(connection, as_of):
    """Name of a CI -> its status word at a moment, of those that have one."""
    by_id = statuses(connection, as_of)
    system = models.CISystem
    rows = connection.execute(sa.select(system.id, system.name))
    return {name: by_id[system_id].word for system_id, name in rows if system_id in by_id}


def last_report(connection, system_id, as_of):
    """When a CI finished its last report before a moment, or None."""
    report = models.Report
    return connection.scalar(
        sa.select(sa.func.max(report.posted_at)).where(
            report.account_id.in_(spells.accounts_of(connection, system_id)),
            report.kind == base.Kind.FINISHED,
            report.posted_at <= as_of,
        )
    )


def periods(connection, system_id, since, as_of):
    """The :class:`Period` of a CI from a moment on until another one, in their order."""
    table = models.StatusPeriod
    statement = (
        sa.select(table.word, table.rule, table.started_at, table.ended_at)
        .where(
            table.ci_system_id == system_id,
            table.started_at <= as_of,
            sa.or_(table.ended_at.is_(None), table.ended_at > since),
        )
        .order_by(table.started_at)
    )
    return [_period(row, as_of) for row in connection.execute(statement)]


def read_spells(connection, system_id, since, as_of):
    """The :class:`Spell` of a CI that were known at a moment and lasted after another, in their order."""
    table = models.Spell
    found = spells.read(
        connection,
        table.ci_system_id == system_id,
        table.called_at <= as_of,
        sa.or_(table.ended_at.is_(None), table.ended_at > since),
    )
    return [
        Spell(
            spell.kind,
            spell.started_at,
            spell.called_at,
            _until(spell.ended_at, as_of),
            spell.why,
            [Evidence(*place) for place in spell.evidence],
        )
        for _, spell in found
    ]


def _period(row, as_of):
    word, rule, started_at, ended_at = row
    return Period(word, rule, started_at, _until(ended_at, as_of))


def _until(moment, as_of):
    return moment if moment is not None and moment <= as_of else None
