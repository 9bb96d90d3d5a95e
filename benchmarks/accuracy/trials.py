"""Many plain CIs of exactly 20 verdicts a day, without a world around them: are they called regressed?"""

import datetime
import random

from benchmarks.accuracy.case import Case
from ciwatch.insight import regression

VERDICTS_A_DAY = 20
#: How often they fail while they are steady, and how much oftener once they got worse.
RATES = (0.05, 0.1, 0.2)
WORSE_BY = 0.15

_FIRST = datetime.date(2026, 1, 1)
_HISTORY_DAYS = regression.NOW_DAYS + regression.BEFORE_DAYS
_STEADY_WEEKS = 4


def run(count, seed=1):
    """Yields the cases of *count* CIs for each rate: one that gets worse, and one that stays as it is."""
    rng = random.Random(f"accuracy {seed}")
    for rate in RATES:
        who = f"{rate:.0%} failing"
        for _ in range(count):
            spells = _find(rng, [rate] * _HISTORY_DAYS + [rate + WORSE_BY] * 7)
            since = _FIRST + datetime.timedelta(days=_HISTORY_DAYS)
            yield Case("regressed, trials", who, any(spell.called_at.date() > since for spell in spells))
            spells = _find(rng, [rate] * (_HISTORY_DAYS + 7 * _STEADY_WEEKS))
            for week in range(_STEADY_WEEKS):
                first = since + datetime.timedelta(days=7 * week)
                last = first + datetime.timedelta(days=7)
                wrong = [
                    spell
                    for spell in spells
                    if spell.called_at.date() < last
                    and (spell.ended_at is None or spell.ended_at.date() > first)
                ]
                yield Case("steady week, trials", who, not wrong)


def _find(rng, rates):
    """The regressed spells of a CI that fails so often on each day, looked at from the 35th day on."""
    days = {
        _FIRST + datetime.timedelta(days=number): regression.Day(
            sum(rng.random() < rate for _ in range(VERDICTS_A_DAY)), VERDICTS_A_DAY
        )
        for number, rate in enumerate(rates)
    }
    first = _FIRST + datetime.timedelta(days=_HISTORY_DAYS)
    return regression.find(days, first, _FIRST + datetime.timedelta(days=len(rates)))
