"""Tells anew when a CI had regressed, from a day on."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.insight import regression
from ciwatch.insight.facts import midnight
from ciwatch.rollup import daily
from ciwatch.rollup import spells

_KINDS = (regression.REGRESSED,)


def tell(connection, system_id, day, as_of):
    """Brings the stored spells of a CI up to date; those that were over before the *day* stay as they are."""
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
    told = over + regression.find(sums, first, as_of.date(), open_spell)
    spells.replace(connection, system_id, _KINDS, told)
