"""What is told of old days for good, since what it was told from is deleted."""

import datetime

from ciwatch.insight import flakes
from ciwatch.insight.facts import midnight
from ciwatch.recorder import horizon

#: What is told of a CI looks so far back: at 28 days, and whether what they begin with was said before.
LOOKS_BACK = datetime.timedelta(days=flakes.DAYS + 2)


def told_until(connection):
    """Until when spells and status words stay as they were told, UTC; None where nothing is deleted."""
    day = horizon.read(connection)
    return None if day == horizon.NEVER else midnight(day) + LOOKS_BACK


def since(connection, day):
    """The :func:`told_until`, and the *day* from which on something may be told anew: not before that."""
    until = told_until(connection)
    return until, day if until is None else max(day, until.date())
