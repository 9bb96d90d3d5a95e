"""What happened to a CI lately: changes of its status word, and its failed verdicts, the newest first."""

import datetime

from ciwatch.queries import behind
from ciwatch.queries import story

#: How far back it goes, and how many there are at most.
DAYS = 30
MOST = 50


def read(connection, registry, system_id, as_of):
    """(moment, :class:`~ciwatch.queries.story.Period` or :class:`~ciwatch.queries.behind.Judged`) of a CI.

    :param registry: the :class:`~ciwatch.registry.model.Registry`.
    """
    since = as_of - datetime.timedelta(days=DAYS)
    periods = story.periods(connection, system_id, since, as_of)
    failed = behind.failed(connection, registry, system_id, as_of, DAYS, size=MOST).items
    found = [(period.since, period) for period in periods if period.since > since]
    found += [(judged.failed_at, judged) for judged in failed]
    return sorted(found, key=lambda each: each[0], reverse=True)[:MOST]
