"""History by asking for it, a day at a time, oldest first: an interrupted one goes on where it was."""

import datetime
import functools
import hashlib
import json

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import upsert
from ciwatch.recorder import recorder as recorders
from ciwatch.sources import asking
from ciwatch.sources import base

POSITIONS = models.TaskPosition.__table__

_TASK = "backfill"
_BATCH = 1000


class Backfill:
    """One stretch of time of one Gerrit.

    :ivar counts: what became of the lines that were told.
    """

    def __init__(self, engine, recorder, askers, url, since, until=None, projects=()):
        """Takes what it needs.

        :param askers: ways to ask Gerrit, of :mod:`ciwatch.sources.asking`.
        :param url: Gerrit's web address, which tells one task from another.
        :param since: from when on, UTC.
        :param until: until when, UTC, or None for now.
        :param projects: names of the projects to ask for; none for all.
        """
        self._engine = engine
        self._recorder = recorder
        self._askers = askers
        self._projects = sorted(projects)
        self._since = since
        self._until = until
        words = json.dumps([url, self._projects])
        self._fingerprint = hashlib.blake2b(words.encode(), digest_size=16).hexdigest()
        self.counts = recorders.Counts()

    def resume(self):
        """Goes on after an interrupted one for the same projects that began no later.

        :returns: until when all is there, UTC, or None where it begins at the beginning.
        """
        with self._engine.connect() as connection:
            statement = sa.select(POSITIONS).where(
                POSITIONS.c.task == _TASK, POSITIONS.c.fingerprint == self._fingerprint
            )
            row = connection.execute(statement).mappings().one_or_none()
        if row is None or row["counts"]["since"] > self._since.timestamp():
            return None
        done = datetime.datetime.fromtimestamp(row["position"], datetime.UTC)
        if not self._since < done:
            return None
        self._since = done
        return done

    def run(self, now):
        """Asks and records; yields until when all is there after each batch, a datetime in UTC.

        :param now: this moment, where the slices end that are asked for up to now.
        :raises ciwatch.sources.asking.AskError: where Gerrit does not answer.
        """
        begun, end = self._since, self._until or now
        for begin, until in asking.slices(begun, self._until, now):
            lines = []
            for item in asking.ask(self._askers, begin, until, self._projects):
                if isinstance(item, base.Told):
                    break
                lines.append(item)
                if len(lines) == _BATCH:
                    self.counts += self._recorder.record(lines)
                    lines = []
                    yield begin
            note = functools.partial(self._move, begun=begun, done=None if until in (None, end) else until)
            self.counts += self._recorder.record(lines, note)
            yield until or end

    def _move(self, connection, begun, done):
        """Notes until when all is there; None for the end, which leaves nothing to go on with."""
        connection.execute(sa.delete(POSITIONS).where(POSITIONS.c.task == _TASK))
        if done is not None:
            row = {
                "task": _TASK,
                "fingerprint": self._fingerprint,
                "position": int(done.timestamp()),
                "counts": {"since": int(begun.timestamp())},
            }
            connection.execute(upsert.insert_missing(connection, POSITIONS, ["task"]), row)
