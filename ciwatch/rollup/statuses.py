"""Tells the status words of a CI anew, from a day on: when each began, and why."""

import datetime
import typing

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import flakes
from ciwatch.insight import status
from ciwatch.insight.facts import midnight
from ciwatch.rollup import daily
from ciwatch.rollup import instability
from ciwatch.rollup import kept
from ciwatch.rollup import spells

PERIODS = models.StatusPeriod.__table__

#: So many days say whether a CI is new, and which of its jobs are unstable.
DAYS = flakes.DAYS


def tell(known, system_id, day, as_of):
    """Brings the stored status words of a CI up to date, from the midnight after the *day* on.

    :returns: whether that changed any.
    """
    connection = known.connection
    first_at = _first_report(connection, system_id)
    if first_at is None or first_at > as_of:
        return False
    mine = [spell for _, spell in spells.read(connection, models.Spell.ci_system_id == system_id)]
    # A spell says more of itself the longer it lasts, and the rule of its word is what it says.
    called = [spell.called_at for spell in mine if spell.is_known(midnight(day))]
    since = max(min([midnight(day), *called]), first_at)
    kept_until = kept.told_until(connection)
    is_kept = kept_until is not None and since < kept_until
    if is_kept:
        since = kept_until
    before = _read(connection, system_id, PERIODS.c.started_at < since)
    told = list(before[:-1])
    lasting = before[-1]._replace(ended_at=None) if before else None
    for moment, found in _words(known, system_id, mine, since, as_of):
        if lasting is None:
            lasting = _Period(found.word, found.rule, moment, None)
        elif is_kept and moment == since and lasting.word == found.word and found.word in _OF_SPELLS:
            lasting = lasting._replace(rule=found.rule)
        elif lasting.word != found.word:
            told.append(lasting._replace(ended_at=moment))
            lasting = _Period(found.word, found.rule, moment, None)
    if lasting is not None:
        told.append(lasting)
    return _write(connection, system_id, _read(connection, system_id), told)


# What these say of themselves grows while they last.
_OF_SPELLS = (status.Word.SILENT, status.Word.SICK, status.Word.REGRESSED)


class _Period(typing.NamedTuple):
    word: str
    rule: str
    started_at: datetime.datetime
    ended_at: datetime.datetime | None


def _read(connection, system_id, *conditions):
    table = PERIODS.c
    statement = (
        sa.select(table.word, table.rule, table.started_at, table.ended_at)
        .where(table.ci_system_id == system_id, *conditions)
        .order_by(table.started_at)
    )
    return [_Period(*row) for row in connection.execute(statement)]


def _write(connection, system_id, stored, told):
    gone = [period for period in stored if period not in set(told)]
    for period in gone:
        connection.execute(
            sa.delete(PERIODS).where(
                PERIODS.c.ci_system_id == system_id, PERIODS.c.started_at == period.started_at
            )
        )
    new = [
        {"ci_system_id": system_id, **period._asdict(), "rule": period.rule[:2000]}
        for period in told
        if period not in set(stored)
    ]
    if new:
        connection.execute(sa.insert(PERIODS), new)
    return bool(gone or new)


def _first_report(connection, system_id):
    table = models.AccountProject
    return connection.scalar(
        sa.select(sa.func.min(table.first_at)).where(
            table.account_id.in_(spells.accounts_of(connection, system_id))
        )
    )


def _words(known, system_id, mine, since, as_of):
    """Yields (moment, :class:`~ciwatch.insight.status.Status`) of each moment at which it may change."""
    connection = known.connection
    judged = _judged(connection, system_id, since)
    builds = instability.Builds(connection, system_id, since, as_of)
    retired = known.registry.retired_since(known.systems[system_id].name)
    active = [since.date(), *judged, *([builds.last_at.date()] if builds.last_at else ())]
    # From then on nothing is left that a morning could change.
    last = min(as_of.date(), max(active) + datetime.timedelta(days=DAYS + 1))
    moments = {since, *_midnights(since.date(), last)}
    for moment in (midnight(retired) if retired else None, *_turns(mine)):
        if moment and since <= moment <= as_of:
            moments.add(moment)
    for moment in sorted(moments):
        day = moment.date()
        yield (
            moment,
            status.decide(
                retired if retired and retired <= day else None,
                [spell for spell in mine if spell.is_known(moment)],
                builds.unstable(day),
                sum(count for date, count in judged.items() if 0 < (day - date).days <= DAYS),
            ),
        )


def _turns(mine):
    """The moments at which spells began to be known, or ended."""
    return [moment for spell in mine for moment in (spell.called_at, spell.ended_at)]


def _midnights(first, last):
    """The midnights after the *first* date, until the *last*."""
    return [midnight(first + datetime.timedelta(days=n)) for n in range(1, (last - first).days + 1)]


def _judged(connection, system_id, since):
    """Date -> how many patch sets the CI judged."""
    table = daily.SYSTEMS.c
    statement = (
        sa.select(table.day, sa.func.sum(table.passed + table.failed))
        .where(table.ci_system_id == system_id, table.day >= since.date() - datetime.timedelta(days=DAYS))
        .group_by(table.day)
    )
    return {day: int(count) for day, count in connection.execute(statement)}
