"""A simulated world, recorded and counted as a real one would be, with the truth beside it."""

import datetime
import json

import sqlalchemy as sa

from benchmarks import replay
from benchmarks.accuracy import cast as casts
from ciwatch.cli import ingest
from ciwatch.db import models
from ciwatch.demo import world
from ciwatch.registry import model as registry_model
from ciwatch.rollup import spells
from ciwatch.rollup import updater
from ciwatch.sources import batches

#: A Monday afternoon, so that spells fall on the days of the week that the cast means.
UNTIL = datetime.datetime(2026, 11, 23, 15, 0, tzinfo=datetime.UTC)
#: So many changes a day give a CI of the main project some 20 verdicts.
CHANGES_A_DAY = 13


class Story:
    """One world; *connection* reads what CI Watch makes of it as of its end.

    :ivar cast: username -> :class:`~ciwatch.demo.characters.Character`.
    :ivar ids: username -> the CI's id.
    :ivar attempts: username -> its :class:`~ciwatch.demo.truth.Attempt`, in order.
    :ivar first_at: (username, project) -> when the CI first said anything there, seconds since 1970.
    :ivar spells: (username, kind) -> the :class:`~ciwatch.insight.facts.Spell` that CI Watch tells.
    """

    def __init__(self, seed, days, path, cast=casts.CAST, broken=casts.BROKEN):
        """Plays, records and counts it, into an SQLite database at *path*."""
        self.seed = seed
        self.until = UNTIL
        self.begin = UNTIL - datetime.timedelta(days=days)
        self.cast = {ci.username: ci for ci in cast}
        self.first_at = {}
        play = world.World(seed, days, round(days * CHANGES_A_DAY), UNTIL, cast, broken)
        conf, self.store = replay.make_store(path)
        recorder = ingest.make_recorder(conf, self.store, "accuracy")
        for batch in batches.full(map(self._line, play.history()), conf.listener.batch_size):
            recorder.record(batch)
        for _ in updater.Updater(self.store, registry_model.Registry()).update(UNTIL):
            pass
        self.truth = play.truth
        self.attempts = {username: [] for username in self.cast}
        for attempt in self.truth.attempts:
            self.attempts[attempt.ci].append(attempt)
        self.connection = self.store.connect()
        statement = sa.select(models.CISystem.name, models.CISystem.id)
        self.ids = dict(map(tuple, self.connection.execute(statement)))
        names = {system_id: name for name, system_id in self.ids.items()}
        self.spells = {}
        for system_id, spell in spells.read(self.connection):
            self.spells.setdefault((names[system_id], spell.kind), []).append(spell)

    def _line(self, event):
        if "author" in event:
            key = event["author"]["username"], event["project"]
            self.first_at.setdefault(key, event["eventCreatedOn"])
        return json.dumps(event).encode()

    def close(self):
        """Leaves the database."""
        self.connection.close()
        self.store.dispose()

    def told(self, username, *kinds):
        """The spells that CI Watch tells of a CI."""
        return [spell for kind in kinds for spell in self.spells.get((username, kind), ())]


def moment(seconds):
    """Seconds since 1970 as an aware datetime."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
