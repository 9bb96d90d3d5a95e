"""Weeks that are worse than the four before."""

import datetime
import fractions
import itertools
import typing

import msgspec

from ciwatch.insight import statistics
from ciwatch.insight.facts import Spell
from ciwatch.insight.facts import midnight

REGRESSED = "regressed"

#: So many days are compared with so many before them.
NOW_DAYS = 7
BEFORE_DAYS = 28

# It opens where chance would hardly do it, and closes, with some hysteresis, where it well might.
OPEN_P, CLOSE_P = 0.01, 0.05
OPEN_POINTS, CLOSE_POINTS = fractions.Fraction(5, 100), fractions.Fraction(3, 100)
MIN_FAILURES = 3


class Day(typing.NamedTuple):
    """How many of a day's patch sets were judged, and how many of these were bad."""

    bad: int = 0
    judged: int = 0


def compare(now, before):
    """How much worse it is: (p of Fisher's one-sided test, difference of the shares as a fraction).

    (1.0, 0) where one of the two has nothing to compare.

    :param now: a :class:`Day`, the sum of the days looked at.
    :param before: the sum of those before them.
    """
    if not now.judged or not before.judged:
        return 1.0, fractions.Fraction()
    # As fractions: 0.15 - 0.10 is less than 0.05 for a computer.
    points = fractions.Fraction(now.bad, now.judged) - fractions.Fraction(before.bad, before.judged)
    if points <= 0:
        return 1.0, points
    return statistics.fisher_more(now.bad, now.judged, before.bad, before.judged), points


def find(days, first, last, is_open_since=None):
    """The regressed :class:`~ciwatch.insight.facts.Spell` of a CI, looked at daily at 00:00 UTC, as a list.

    :param days: date -> :class:`Day`.
    :param first: the first midnight's date that is looked at.
    :param last: the last one's.
    :param is_open_since: the spell that lasts at the first midnight, or None.
    """
    found, open_spell = [], is_open_since
    dates = [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]
    for date in dates:
        now = _sum(days, date, NOW_DAYS)
        before = _sum(days, date - datetime.timedelta(days=NOW_DAYS), BEFORE_DAYS)
        p, points = compare(now, before)
        morning = midnight(date)
        if open_spell is None:
            is_enough = min(now.judged, before.judged) >= statistics.MIN_SAMPLE
            if is_enough and now.bad >= MIN_FAILURES and points >= OPEN_POINTS and p < OPEN_P:
                open_spell = Spell(REGRESSED, morning, morning, None, _why(now, before))
        elif p > CLOSE_P or points < CLOSE_POINTS:
            found.append(_closed(open_spell, morning))
            open_spell = None
    return found + ([open_spell] if open_spell else [])


def _sum(days, end, count):
    """The sum of the *count* days before *end*."""
    dates = (end - datetime.timedelta(days=n) for n in range(1, count + 1))
    chosen = [days[date] for date in dates if date in days]
    return Day(*map(sum, itertools.zip_longest(*chosen))) if chosen else Day()


def _closed(spell, moment):
    return msgspec.structs.replace(spell, ended_at=moment)


def _why(now, before):
    return (
        f"{now.bad} of {now.judged} patch sets failed in the 7 days before, {before.bad} of {before.judged}"
        " in the 28 days before these"
    )
