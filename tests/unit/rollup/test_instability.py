"""Tests of which builds say that a job is unstable."""

import datetime
import random

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import facts
from ciwatch.registry import model as registry_model
from ciwatch.rollup import instability
from ciwatch.rollup import spells
from ciwatch.rollup import updater
from tests import base
from tests.unit.rollup.test_sicknesses import BEGIN
from tests.unit.rollup.test_sicknesses import HOUR
from tests.unit.rollup.test_sicknesses import result


class TestSetAside(base.TestCase):
    """What a CI says while it is sick says nothing of its jobs."""

    def test_flakes_in_a_spell(self):
        """Three patch sets fail in it and pass after it; between them one passes by luck, so it is no run."""
        said = [(change, "SUCCESS") for change in range(1, 41)]
        said += [(change, "FAILURE") for change in range(41, 47)]
        for change in (47, 48, 49):
            said += [(change, "FAILURE"), (change - 40, "SUCCESS")]
        said += [(50, "FAILURE"), (51, "SUCCESS"), (52, "SUCCESS")]
        said += [(change, "SUCCESS") for change in (47, 48, 49)]
        lines = [result(word, change, hour, "slow-ci") for hour, (change, word) in enumerate(said)]
        store = self.make_engine()
        self.make_recorder(store).record(lines)
        as_of = datetime.datetime.fromtimestamp(BEGIN + 100 * HOUR, datetime.UTC)
        list(updater.Updater(store, registry_model.Registry()).update(as_of))
        with store.connect() as connection:
            system_id = connection.scalar(sa.select(models.CISystem.id))
            (spell,) = spells.of(connection, system_id, spells.SET_ASIDE)
            builds = instability.Builds(connection, system_id, as_of, as_of)
            ((name, found),) = builds.flakiness(as_of)
        self.assertEqual(("sick", 10), (spell.kind, len(spell.evidence)))
        self.assertEqual(("slow-ci-job", 0), (name, found.flaked.n))
        self.assertEqual(44, found.flaked.of)


class TestAtOneMoment(base.TestCase):
    """What is found with less to read is what reading all finds."""

    def test_same(self):
        """Of CIs that flip at random, some often enough, on every day; and of jobs that are named twice."""
        chance = random.Random(3)
        lines, expected = [], 0
        for share, account in ((0.05, "calm-ci"), (0.3, "wild-ci"), (0.6, "mad-ci")):
            for hour in range(0, 900, 3):
                change = chance.randrange(1, 120)
                word = "FAILURE" if chance.random() < share else "SUCCESS"
                lines.append(result(word, change, hour, account))
                if chance.random() < 0.2:
                    lines.append(result(word, change, hour + 1, account))
        store = self.make_engine()
        self.make_recorder(store).record(lines)
        as_of = datetime.datetime.fromtimestamp(BEGIN + 900 * HOUR, datetime.UTC)
        list(updater.Updater(store, registry_model.Registry()).update(as_of))
        with store.connect() as connection:
            for system_id in connection.scalars(sa.select(models.CISystem.id)).all():
                for day in range(0, 40, 3):
                    moment = facts.midnight((as_of - datetime.timedelta(days=day)).date())
                    builds = instability.Builds(connection, system_id, moment, as_of)
                    told = instability.unstable_at(connection, system_id, moment, as_of)
                    self.assertEqual(builds.unstable(moment.date()), told)
                    expected += bool(told)
        self.assertGreater(expected, 5)
