"""How far a file was recorded by a replay that was interrupted: what comes before need not be read again."""

import hashlib
import os

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import upsert

POSITIONS = models.TaskPosition.__table__


class Progress:
    """Of one file. It moves with what is recorded, in the same transaction."""

    def __init__(self, engine, source):
        """Takes the engine, and the :class:`~ciwatch.sources.file.FileSource`."""
        self._engine = engine
        self._source = source
        # A file that was moved is read from its beginning.
        path = os.path.realpath(source.path).encode(errors="surrogateescape")
        self.task = f"replay {hashlib.blake2b(path, digest_size=16).hexdigest()}"

    def resume(self):
        """Has the source begin after what is recorded, if the file still begins with that.

        :returns: how many lines that are; 0 where it begins at the beginning.
        """
        with self._engine.connect() as connection:
            statement = sa.select(POSITIONS).where(POSITIONS.c.task == self.task)
            row = connection.execute(statement).mappings().one_or_none()
        if row is None or not self._source.go_on(row["position"], row["fingerprint"]):
            return 0
        return row["counts"]["lines"]

    def move(self, connection, lines):
        """Notes that all *lines* that the source has given until now are recorded."""
        values = {
            "fingerprint": self._source.digest,
            "position": self._source.offset,
            "counts": {"lines": lines},
        }
        row = {"task": self.task, **values}
        connection.execute(upsert.insert_missing(connection, POSITIONS, ["task"]), row)
        connection.execute(sa.update(POSITIONS).where(POSITIONS.c.task == self.task).values(**values))


def forget(engine, tasks):
    """Forgets how far some files were recorded, since all of them are."""
    with engine.begin() as connection:
        connection.execute(sa.delete(POSITIONS).where(POSITIONS.c.task.in_(tasks)))
