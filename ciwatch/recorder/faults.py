"""Keeps what plugins did wrong where the pages can show it.

The process that records knows of it, the one that serves the pages does not.
"""

import datetime

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import upsert
from ciwatch.parsers.contract import FaultKind
from ciwatch.recorder import reading as readings

FAULTS = models.ParserFault.__table__


def store(connection, faults):
    """Adds *faults* to those that are kept.

    :param faults: (plugin name, FaultKind) -> (how often, why), as
        :meth:`ciwatch.parsers.manager.ParserManager.take_faults` gives them.
    """
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    for (name, kind), (count, reason) in faults.items():
        key = {"parser": readings.bounded(name, 64), "kind": kind}
        told = {"reason": readings.bounded(reason, 500), "last_at": now}
        connection.execute(
            upsert.insert_missing(connection, FAULTS, ["parser", "kind"]), {**key, **told, "count": 0}
        )
        connection.execute(
            sa.update(FAULTS)
            .where(FAULTS.c.parser == key["parser"], FAULTS.c.kind == kind)
            .values(count=FAULTS.c.count + count, **told)
        )


def forget_not_loaded(connection):
    """Forgets the plugins that could not be loaded: a new process tries again, and tells anew."""
    connection.execute(sa.delete(FAULTS).where(FAULTS.c.kind == FaultKind.NOT_LOADED))


def forget(connection):
    """Forgets all faults."""
    connection.execute(sa.delete(FAULTS))
