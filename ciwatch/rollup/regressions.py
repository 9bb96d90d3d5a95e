"""Tells anew when a CI had regressed, from a day on."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.insight import regression
from ciwatch.insight.facts import MOST_EVIDENCE
from ciwatch.insight.facts import midnight
from ciwatch.rollup import daily
from ciwatch.rollup import kept
from ciwatch.rollup import spells
from ciwatch.rollup import window as windows

_KINDS = (regression.REGRESSED,)


def tell(known, system_id, day, as_of):
    """Brings the stored spells of a CI up to date; those that were over before the *day* stay as they are.

    :param known: a :class:`~ciwatch.rollup.known.Known`.
    :returns: the spells that are new, and those that are no longer there.
    """
    connection = known.connection
    _, day = kept.since(connection, day)
    mine = spells.of(connection, system_id, _KINDS)
    # The figures of the day count from the next midnight on.
    until = midnight(day)
    open_spell = next((spell for spell in mine if spell.called_at <= until and spell.is_known(until)), None)
    over = [spell for spell in mine if spell.ended_at is not None and spell.ended_at <= until]
    reach = datetime.timedelta(days=regression.NOW_DAYS + regression.BEFORE_DAYS)
    table, sums = daily.SYSTEMS, {}
    statement = (
        sa.select(table.c.day, sa.func.sum(table.c.first_bad), sa.func.sum(table.c.first_judged))
        .where(table.c.ci_system_id == system_id, table.c.day >= day - reach)
        .group_by(table.c.day)
    )
    for date, bad, judged in connection.execute(statement):
        sums[date] = regression.Day(int(bad), int(judged))
    if open_spell:
        open_spell = msgspec.structs.replace(open_spell, ended_at=None)
    first = day + datetime.timedelta(days=1)
    found = regression.find(sums, first, as_of.date(), open_spell)
    told = [each if each.evidence else _with_evidence(known, system_id, each, as_of) for each in found]
    return spells.replace(connection, system_id, _KINDS, over + told)


def _with_evidence(known, system_id, spell, as_of):
    """*spell* with the patch sets that were bad in the days by which it was called."""
    last = spell.started_at.date() - datetime.timedelta(days=1)
    first = last - datetime.timedelta(days=regression.NOW_DAYS - 1)
    scope = windows.Scope(system_id)
    behind = windows.Window(known, scope, first, last, as_of).behind({"first_bad"})
    places = [(found.case.patch_set.change, found.case.patch_set.number) for found in behind]
    return msgspec.structs.replace(spell, evidence=tuple(reversed(places))[:MOST_EVIDENCE])
