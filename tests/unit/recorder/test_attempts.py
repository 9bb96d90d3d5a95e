"""Attempts, pipelines and verdicts, as they stand in the database."""

import sqlalchemy as sa

from ciwatch.db import models
from tests import base

AT = 1700000000


class RecorderTestCase(base.TestCase):
    """A recorder with an empty database."""

    def setUp(self):
        """Makes both."""
        super().setUp()
        self.store = self.make_engine()
        self.recorder = self.make_recorder(self.store)

    def record(self, *events):
        """Records dicts; returns the counts."""
        return self.recorder.record([base.line(event) for event in events])

    def reports(self, *columns):
        """Columns of all reports by time."""
        table = models.Report.__table__
        statement = sa.select(*(table.c[name] for name in columns)).order_by(table.c.posted_at)
        with self.store.connect() as connection:
            return [tuple(row) for row in connection.execute(statement)]

    def count(self, model):
        """How many rows there are."""
        with self.store.connect() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(model))


class TestAttempts(RecorderTestCase):
    """The n-th finished report of a CI on a patch set and pipeline."""

    def result(self, at, n=1, vote="+1", **more):
        """A result of the gate without a pipeline of its own."""
        text = f"Patch Set 1: Verified{vote}\n\nBuild succeeded.\n\n- unit http://x.example/{n} : SUCCESS"
        return base.comment_event(text, at, **more)

    def start(self, at, pipeline):
        """A start of the gate."""
        return base.comment_event(f"Patch Set 1:\n\nStarting {pipeline} jobs.", at)

    def test_reruns_never_overwrite(self):
        """Each re-run is an attempt of its own, with its own builds."""
        self.record(self.result(AT, 1), self.result(AT + 60, 2), self.result(AT + 120, 3))
        self.assertEqual([(1,), (2,), (3,)], self.reports("attempt"))
        self.assertEqual(3, self.count(models.Build))

    def test_late_arrival_renumbers(self):
        """An attempt that is heard of late takes its place."""
        self.record(self.result(AT, 1))
        self.record(self.result(AT + 120, 3))
        self.record(self.result(AT + 60, 2))
        self.assertEqual([(1,), (2,), (3,)], self.reports("attempt"))

    def test_pipelines_count_apart(self):
        """A preceding start tells the pipeline; without one the vote does."""
        self.record(
            self.result(AT, 0),
            self.start(AT + 10, "experimental"),
            self.result(AT + 20, 1),
            self.start(AT + 30, "gate"),
            self.result(AT + 40, 2, "+2"),
            self.result(AT + 50, 3, "+2"),
        )
        self.assertEqual(
            [
                ("started", "experimental", "text", 1),
                ("started", "gate", "text", 1),
                ("finished", "check", "vote", 1),
                ("finished", "experimental", "preceding start", 1),
                ("finished", "gate", "preceding start", 1),
                ("finished", "gate", "preceding start", 2),
            ],
            sorted(
                self.reports("kind", "pipeline", "pipeline_source", "attempt"),
                reverse=True,
                key=lambda row: row[0],
            )[:2]
            + [
                row
                for row in self.reports("kind", "pipeline", "pipeline_source", "attempt")
                if row[0] == "finished"
            ],
        )

    def test_running(self):
        """A start bears the attempt that it led to, and none while it runs."""
        self.record(self.start(AT, "check"), self.result(AT + 10), self.start(AT + 20, "check"))
        self.assertEqual(
            [("started", 1), ("finished", 1), ("started", None)], self.reports("kind", "attempt")
        )
        self.record(self.result(AT + 30))
        self.assertEqual(
            [("started", 1), ("finished", 1), ("started", 2), ("finished", 2)],
            self.reports("kind", "attempt"),
        )

    def test_other_patch_set(self):
        """Another patch set counts from one."""
        self.record(self.result(AT), self.result(AT + 60, patch_set=2))
        self.assertEqual([(1,), (1,)], self.reports("attempt"))

    def test_verdict_sources(self):
        """Lines decide, then the vote, then the headline."""
        lines = (
            "Patch Set 1: Verified+1\n\nBuild failed.\n\n"
            "- a http://x : FAILURE (non-voting)\n- b http://x : SUCCESS"
        )
        self.record(
            base.comment_event(lines, AT),
            base.comment_event("Patch Set 1: Verified-1\n\nBuild succeeded (check pipeline).", AT + 60),
            base.comment_event("Patch Set 1:\n\nBuild succeeded (check pipeline).", AT + 120),
            base.comment_event("Patch Set 1:\n\nBuild failed.\n\n- a http://x : NODE_FAILURE", AT + 180),
            base.comment_event("Patch Set 1:\n\nBuild failed.\n\n- a http://x : GREENISH", AT + 240),
        )
        self.assertEqual(
            [
                ("passed", "builds", 1, "failed"),
                ("failed", "vote", -1, "passed"),
                ("passed", "headline", None, "passed"),
                ("infrastructure", "builds", None, "failed"),
                ("unknown", "builds", None, "failed"),
            ],
            self.reports("verdict", "verdict_source", "vote", "headline"),
        )

    def test_unread_is_kept(self):
        """A CI's comment that no parser takes is a report without parser."""
        self.record(base.comment_event("Patch Set 1:\n\nsee http://x.example/1 4711 <>", AT, "basalt-ci"))
        self.assertEqual(
            [("other", None, None, "see <url> <n> <>")], self.reports("kind", "parser", "attempt", "shape")
        )

    def test_repeated(self):
        """What a result's own vote or sentence says again is no attempt more; later it is one."""
        table = "Patch Set 1:\n\nRunning check Job (Running on Jenkins):\n - a : {}\n - b : {}"
        self.record(base.comment_event(table.format("QUEUED", "QUEUED"), AT, "basalt-ci"))
        self.record(base.comment_event(table.format("SUCCESS", "FAILED"), AT + 60, "basalt-ci"))
        self.record(base.comment_event("Patch Set 1: Verified-1", AT + 63, "basalt-ci"))
        self.record(base.comment_event("Patch Set 1:\n\nBuild Failed", AT + 64, "basalt-ci"))
        self.record(base.comment_event("Patch Set 1: Verified+1", AT + 600, "basalt-ci"))
        self.assertEqual(
            [
                ("started", 1, None),
                ("finished", 1, "failed"),
                ("other", None, "failed"),
                ("other", None, "failed"),
                ("finished", 2, "passed"),
            ],
            self.reports("kind", "attempt", "verdict"),
        )

    def test_repeated_in_any_order(self):
        """The vote may come first; when the lines arrive it turns out to be their repetition."""
        lines = "Patch Set 1:\n\nBuild failed.\n\n- a http://x.example/1 : FAILURE in 3s"
        self.record(base.comment_event("Patch Set 1:\n\nStarting gate jobs.", AT - 9, "basalt-ci"))
        self.record(base.comment_event("Patch Set 1: Verified-1", AT + 3, "basalt-ci"))
        self.assertEqual([("started", 1), ("finished", 1)], self.reports("kind", "attempt"))
        self.record(base.comment_event(lines, AT, "basalt-ci"))
        self.assertEqual(
            [("started", 1, "gate"), ("finished", 1, "gate"), ("other", None, "gate")],
            self.reports("kind", "attempt", "pipeline"),
        )

    def test_only_what_does_not_vote(self):
        """A failure that does not vote fails no attempt, whatever the headline makes of it."""
        text = "Patch Set 1:{}\n\nBuild Unstable \n\nhttp://x.example/job/a/1/ : UNSTABLE (skipped)"
        self.record(base.comment_event(text.format(""), AT, "basalt-ci"))
        self.record(base.comment_event(text.format(" Verified+1"), AT + 300, "basalt-ci"))
        self.assertEqual(
            [("not run", "headline"), ("passed", "vote")], self.reports("verdict", "verdict_source")
        )

    def test_hostile_lengths(self):
        """Names, addresses and reasons are bounded, so that any database takes them."""
        text = "Build failed.\n\n- {} http://x.example/{} : FAILURE {}".format(
            "j" * 400, "u" * 1990, "d" * 9000
        )
        self.record(base.comment_event(text, AT))
        table = models.Build.__table__
        with self.store.connect() as connection:
            build = connection.execute(sa.select(table)).one()
            job = connection.scalar(sa.select(models.Job.name))
        self.assertEqual((255, 1000), (len(job), len(build.detail)))
        self.assertIsNone(build.log_url)


class TestSameComment(RecorderTestCase):
    """Patch set, account, text, and a time within 5 s."""

    def say(self, at, text="Patch Set 1:\n\nStarting check jobs.", **more):
        """A comment of the gate."""
        return base.comment_event(text, at, **more)

    def test_within_five_seconds(self):
        """Sources round differently; the same within a batch, and over batches. The earlier time is kept."""
        self.record(self.say(AT + 2), self.say(AT + 5))
        self.record(self.say(AT))
        self.record(self.say(AT + 4, "Patch Set 1:\n\nStarting check jobs.\n"))
        self.assertEqual(1, self.count(models.Report))
        with self.store.connect() as connection:
            self.assertEqual(AT, connection.scalar(sa.select(models.Report.posted_at)).timestamp())

    def test_beyond(self):
        """Six seconds, another text, another account, another patch set."""
        self.record(
            self.say(AT),
            self.say(AT + 6),
            self.say(AT, "Patch Set 1:\n\nStarting gate jobs."),
            self.say(AT, account="basalt-ci"),
            self.say(AT, patch_set=2),
        )
        self.assertEqual(5, self.count(models.Report))


class TestState(RecorderTestCase):
    """Changes and patch sets are as the newest event says."""

    def test_newest_wins(self):
        """An older event that arrives later changes nothing."""
        new = base.comment_event("x", AT + 60, "ann")
        new["change"].update(subject="new", status="MERGED")
        old = base.comment_event("y", AT, "ann")
        old["change"].update(subject="old", status="NEW")
        self.record(new)
        self.record(old)
        with self.store.connect() as connection:
            change = connection.execute(sa.select(models.Change.__table__)).one()
        self.assertEqual(("new", "MERGED"), (change.subject, change.status))

    def test_creation(self):
        """A patch set's creation is unknown until somebody tells it."""
        event = base.comment_event("x", AT, "ann")
        del event["patchSet"]["createdOn"]
        self.record(event)
        table = models.PatchSet.__table__
        with self.store.connect() as connection:
            found = connection.execute(sa.select(table.c.created_at, table.c.seen_at)).one()
        self.assertEqual((None, AT), (found[0], found[1].timestamp()))
        event["patchSet"]["createdOn"] = AT - 60
        self.record({**event, "eventCreatedOn": AT + 1})
        with self.store.connect() as connection:
            found = connection.execute(sa.select(table.c.created_at, table.c.seen_at)).one()
        self.assertEqual([AT - 60] * 2, [moment.timestamp() for moment in found])

    def test_failure_leaves_nothing(self):
        """A batch is recorded whole or not at all, and again after a failure."""

        def fail(*_, **__):
            raise RuntimeError("the disk is full")

        line = base.line(base.comment_event("x", AT, "ann"))
        self.assertRaises(RuntimeError, self.recorder.record, [line], also=fail)
        self.assertEqual(0, self.count(models.Change))
        self.assertEqual(1, self.record(base.comment_event("x", AT, "ann")).recorded)
        self.assertEqual(1, self.count(models.Comment))

    def test_rechecks(self):
        """A request for a re-run is kept, with its words."""
        for at, text in enumerate(
            (
                "recheck",
                "recheck no bug",
                "run-basalt-ci",
                "run this by the PTL",
                "please recheck it",
                "check experimental",
                "Check the docs",
                "recheck-vmware",
                "xen: recheck",
                "I will recheck later on",
            )
        ):
            self.record(base.comment_event(f"Patch Set 1:\n\n{text}", AT + 60 * at, "ann", "Ann"))
        with self.store.connect() as connection:
            found = connection.scalars(sa.select(models.Recheck.phrase)).all()
        self.assertEqual(
            [
                "recheck",
                "recheck no bug",
                "run-basalt-ci",
                "check experimental",
                "recheck-vmware",
                "xen: recheck",
            ],
            [phrase for phrase in found],
        )


class TestOddComments(RecorderTestCase):
    """Comments that say nearly nothing are kept as what they are."""

    def test_one_word(self):
        """With or without a header: unread where a CI wrote it, a comment where a person did."""
        for number, text in enumerate(("ok", "Patch Set 1:\n\nok", "", " ", "\n\n", "Patch Set 1:", "\x00")):
            for account in ("basalt-ci", "ann"):
                counts = self.record(base.comment_event(text, AT + 60 * number, account))
                self.assertEqual((1, 0), (counts.recorded, counts.rejected), (text, account))
        self.assertEqual([("other", None)] * 7, self.reports("kind", "attempt"))
        self.assertEqual(
            [None, None, "vote", "vote", "vote", "vote", None], [row[0] for row in self.reports("parser")]
        )
        self.assertEqual(7, self.count(models.Comment))
