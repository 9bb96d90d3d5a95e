"""What befell a CI: its status word at a moment and before, and the spells in which it was not well."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import flakes
from ciwatch.insight import statistics
from ciwatch.insight import status as rules
from ciwatch.insight.facts import midnight
from ciwatch.insight.status import Word
from ciwatch.parsers import base
from ciwatch.recorder import horizon
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
    """The :class:`Period` that lasts at a moment, with its rule as it holds then."""
    found = periods(connection, system_id, as_of, as_of)
    if not found:
        return Period(UNCOUNTED, UNCOUNTED_RULE, as_of, None)
    if found[-1].word != Word.NEW:
        return found[-1]
    # It may have judged more, or less, since it is called so.
    judged = _judged_before(connection, system_id, as_of.date())
    if judged >= statistics.MIN_SAMPLE:
        return found[-1]
    return msgspec.structs.replace(found[-1], rule=rules.decide(None, [], [], judged).rule)


def _judged_before(connection, system_id, day):
    """How many patch sets a CI judged in the 28 days before a *day*."""
    table = models.DailySystem
    first = day - datetime.timedelta(days=flakes.DAYS)
    judged = sa.select(sa.func.sum(table.passed + table.failed)).where(
        table.ci_system_id == system_id, table.day >= first, table.day < day
    )
    return int(connection.scalar(judged) or 0)


# Put together once: most pages ask it.
_STATUSES = sa.select(
    models.StatusPeriod.ci_system_id,
    models.StatusPeriod.word,
    models.StatusPeriod.rule,
    models.StatusPeriod.started_at,
    models.StatusPeriod.ended_at,
).where(
    models.StatusPeriod.started_at <= sa.bindparam("as_of"),
    sa.or_(models.StatusPeriod.ended_at.is_(None), models.StatusPeriod.ended_at > sa.bindparam("as_of")),
)


def statuses(connection, as_of):
    """CI id -> the :class:`Period` that lasts at a moment, of those that have one."""
    rows = connection.execute(_STATUSES, {"as_of": as_of})
    return {row[0]: _period(row[1:], as_of) for row in rows}


def words(connection, as_of):
    """Name of a CI -> its status word at a moment, of those that have one."""
    by_id = statuses(connection, as_of)
    system = models.CISystem
    rows = connection.execute(sa.select(system.id, system.name))
    return {name: by_id[system_id].word for system_id, name in rows if system_id in by_id}


def last_report(connection, system_id, as_of):
    """When a CI finished its last report before a moment, or None."""
    asked = {"account_ids": spells.accounts_of(connection, system_id), "as_of": as_of}
    found = connection.scalar(_LAST_REPORT, asked)
    if found is not None or horizon.read(connection) == horizon.NEVER:
        return found
    # What it said is deleted; when it did so last is not, or if that was later, on which days.
    if last_at := connection.scalar(_LAST_SPOKEN, asked):
        return last_at
    day = connection.scalar(_LAST_DAY, {"ci_system_id": system_id, "day": as_of.date()})
    return day and midnight(day)


_LAST_REPORT = sa.select(sa.func.max(models.Report.posted_at)).where(
    models.Report.account_id.in_(sa.bindparam("account_ids", expanding=True)),
    models.Report.kind == base.Kind.FINISHED,
    models.Report.posted_at <= sa.bindparam("as_of"),
)

_LAST_SPOKEN = sa.select(sa.func.max(models.AccountProject.last_at)).where(
    models.AccountProject.account_id.in_(sa.bindparam("account_ids", expanding=True)),
    models.AccountProject.last_at <= sa.bindparam("as_of"),
)

_LAST_DAY = sa.select(sa.func.max(models.DailySystem.day)).where(
    models.DailySystem.ci_system_id == sa.bindparam("ci_system_id"),
    models.DailySystem.day <= sa.bindparam("day"),
    models.DailySystem.reported > 0,
)


def periods(connection, system_id, since, as_of):
    """The :class:`Period` of a CI from a moment on until another one, in their order."""
    asked = {"ci_system_id": system_id, "since": since, "as_of": as_of}
    return [_period(row, as_of) for row in connection.execute(_PERIODS, asked)]


_PERIODS = (
    sa.select(
        models.StatusPeriod.word,
        models.StatusPeriod.rule,
        models.StatusPeriod.started_at,
        models.StatusPeriod.ended_at,
    )
    .where(
        models.StatusPeriod.ci_system_id == sa.bindparam("ci_system_id"),
        models.StatusPeriod.started_at <= sa.bindparam("as_of"),
        sa.or_(models.StatusPeriod.ended_at.is_(None), models.StatusPeriod.ended_at > sa.bindparam("since")),
    )
    .order_by(models.StatusPeriod.started_at)
)


def read_spells(connection, system_id, since, as_of):
    """The :class:`Spell` of a CI that were known at a moment and lasted after another, in their order."""
    asked = {"ci_system_id": system_id, "since": since, "as_of": as_of}
    return [
        Spell(
            spell.kind,
            spell.started_at,
            spell.called_at,
            _until(spell.ended_at, as_of),
            spell.why,
            [Evidence(*place) for place in spell.evidence],
        )
        for _, spell in spells.told(connection.execute(_SPELLS, asked))
    ]


_SPELLS = spells.SPELLS_IN_ORDER.where(
    models.Spell.ci_system_id == sa.bindparam("ci_system_id"),
    models.Spell.called_at <= sa.bindparam("as_of"),
    sa.or_(models.Spell.ended_at.is_(None), models.Spell.ended_at > sa.bindparam("since")),
)


def _period(row, as_of):
    word, rule, started_at, ended_at = row
    return Period(word, rule, started_at, _until(ended_at, as_of))


def _until(moment, as_of):
    return moment if moment is not None and moment <= as_of else None
