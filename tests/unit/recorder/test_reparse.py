"""What is read again equals what would have been recorded by today's parsers."""

import datetime
from unittest import mock

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.parsers import base as parsers_base
from ciwatch.parsers import manager
from ciwatch.parsers import vote
from ciwatch.parsers import zuul
from ciwatch.recorder import identity
from ciwatch.recorder import recorder
from ciwatch.recorder import reparse
from tests import base

AT = 1700000000
TABLE = "Patch Set 1:\n\nRunning check Job (Running on Jenkins):\n - a : {0}\n - b http://x.example/b : {0}"


class Raises(parsers_base.Parser):
    """A faulty plugin."""

    name = "raises"
    priority = 1

    def parse(self, comment):
        """Fails."""
        raise RuntimeError("no")


def events():
    """Comments of CIs old and new, of one found by its behaviour, and of a person."""
    found = []
    for change in range(1, 8):
        at = AT + 1000 * change
        found += [
            ("zuul", "Patch Set 1:\n\nStarting check jobs.", at),
            ("zuul", f"Patch Set 1:\n\nBuild failed.\n\n- u http://x.example/{change} : FAILURE", at + 60),
            ("basalt-ci", TABLE.format("QUEUED"), at + 1),
            ("basalt-ci", TABLE.format("SUCCESS"), at + 61),
            ("basalt-ci", "Patch Set 1: Verified+1", at + 63),
            ("basalt-ci", f"Patch Set 1:\n\nit is {change} o'clock", at + 90),
            ("notifier", f"Patch Set 1:\n\nStarted Jenkins job j{change} at h http://x.example/", at + 2),
            (
                "notifier",
                f"Patch Set 1:\n\nCompleted Jenkins job j{change} with FAILURE at h http://x.example/",
                at + 62,
            ),
            ("ann", "Patch Set 1:\n\nrecheck", at + 500),
        ]
    return [
        base.comment_event(text, at, account, change=100 + at // 1000 % 10) for account, text, at in found
    ]


class TestReparse(base.TestCase):
    """A database that old parsers filled, and new ones."""

    def setUp(self):
        """Records with two parsers, and what is expected with all of them."""
        super().setUp()
        self.old = manager.ParserManager(extensions=[("zuul", zuul.ZuulParser), ("vote", vote.VoteParser)])
        self.new = manager.ParserManager()
        self.store = self.make_engine()
        self.record(self.store, self.old, events())
        self.use_chunks_of(5)

    def use_chunks_of(self, size):
        """Small chunks, so that there are several."""
        patch = mock.patch.object(reparse, "_CHUNK", size)
        patch.start()
        self.addCleanup(patch.stop)

    def record(self, store, parsers, found):
        """Records *found* in one batch."""
        rules = identity.Identity(gate_accounts=["zuul"])
        recorder.Recorder(store, parsers, rules, "test").record([base.line(event) for event in found])

    def make(self, parsers=None, **options):
        """A Reparser with all parsers, or those."""
        rules = identity.Identity(gate_accounts=["zuul"])
        return reparse.Reparser(self.store, parsers or self.new, rules, **options)

    def fresh(self, found, parsers=None):
        """The rows of a database that these parsers filled from the start."""
        store = self.make_engine("fresh.sqlite")
        self.record(store, parsers or self.new, found)
        return base.rows_of(store)

    def test_equals_fresh(self):
        """Reports, builds, attempts, who is a CI: all as if it had been so from the start."""
        work = self.make()
        steps = list(work.run())
        self.assertEqual((0, 63), steps[0])
        self.assertEqual((63, 63), steps[-1])
        self.assertEqual(self.fresh(events()), base.rows_of(self.store))
        self.assertEqual({"notifier": True}, work.became)
        self.assertEqual(14, work.changes["basalt-ci"].newly_read)
        self.assertEqual(0, work.changes["zuul"].changed)

    def test_again_changes_nothing(self):
        """The second time all is as it should be."""
        list(self.make().run())
        work = self.make()
        list(work.run())
        self.assertEqual(0, sum(tally.changed for tally in work.changes.values()))
        self.assertEqual({}, work.became)

    def test_dry_run(self):
        """It tells what the real one does, and leaves every row alone."""
        before = base.rows_of(self.store)
        dry = self.make(dry_run=True)
        list(dry.run())
        self.assertEqual(before, base.rows_of(self.store))
        real = self.make()
        list(real.run())
        self.assertEqual((real.changes, real.became), (dry.changes, dry.became))

    def test_interrupted(self):
        """A run that stopped goes on where it was, and counts what it did before."""
        steps = self.make().run()
        for _ in range(4):
            done, total = next(steps)
        steps.close()
        work = self.make()
        steps = list(work.run())
        self.assertEqual((done, total), steps[0])
        self.assertEqual((63, 63), steps[-1])
        self.assertEqual(self.fresh(events()), base.rows_of(self.store))
        self.assertEqual(14, work.changes["basalt-ci"].newly_read)

    def test_interrupted_then_other_parsers(self):
        """With other parsers it begins anew."""
        steps = self.make().run()
        for _ in range(4):
            next(steps)
        steps.close()
        self.assertEqual((0, 63), next(self.make(self.old).run()))

    def test_beside_a_listener(self):
        """What another recorder records between two chunks is neither lost nor spoilt."""
        late = [
            base.comment_event(event["comment"], event["eventCreatedOn"] + 5000, event["author"]["username"])
            for event in events()
        ]
        for number, _ in enumerate(self.make().run()):
            self.record(self.store, self.new, late[number * 7 : number * 7 + 7])
        self.assertEqual(self.fresh(events() + late), base.rows_of(self.store))

    def test_fewer_parsers(self):
        """What nobody reads any more is unread, with its shape; who was a CI by behaviour is none."""
        list(self.make().run())
        work = self.make(self.old)
        list(work.run())
        self.assertEqual(self.fresh(events(), self.old), base.rows_of(self.store))
        self.assertEqual({"notifier": False}, work.became)
        self.assertEqual(14, work.changes["basalt-ci"].no_longer_read)

    def test_only_one_parser(self):
        """Comments that parsers before it took are not read."""
        work = self.make(only="job_table")
        list(work.run())
        self.assertNotIn("zuul", work.changes)
        self.assertEqual(14, work.changes["basalt-ci"].changed)

    def test_since(self):
        """What is older stays as it was."""
        since = datetime.datetime.fromtimestamp(AT + 7000, datetime.UTC)
        work = self.make(since=since)
        list(work.run())
        self.assertEqual(2, work.changes["basalt-ci"].changed)

    def test_faults(self):
        """What a plugin does wrong meanwhile is kept; what others did before is forgotten."""
        raising = manager.ParserManager(extensions=[("raises", Raises), ("zuul", zuul.ZuulParser)])
        list(self.make(raising).run())
        with self.store.connect() as connection:
            faults = connection.execute(sa.select(models.ParserFault)).all()
        self.assertEqual([("raises", "raised", "RuntimeError: no")], [(f[0], f[1], f[3]) for f in faults])
        list(self.make().run())
        with self.store.connect() as connection:
            self.assertEqual([], connection.execute(sa.select(models.ParserFault)).all())
