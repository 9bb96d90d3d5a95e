"""The same events give the same rows, however often, in whatever order and by however many they come."""

import gzip
import multiprocessing
import random

from ciwatch.db import engine
from ciwatch.db import schema
from tests import base

ZUUL_RESULT = (
    "Patch Set 1: Verified+1\n\nBuild succeeded.\n\n"
    "- unit-tests https://logs.example/{n}/unit : SUCCESS in 3m 02s\n"
    "- style https://logs.example/{n}/style : FAILURE in 1m 00s (non-voting)"
)
JENKINS_RESULT = (
    "Patch Set 1: Verified+1\n\nBuild Successful \n\n"
    "https://jenkins.example/job/lantern-verify/{n}/ : SUCCESS"
)


def make_events():
    """A small history with everything in it that could depend on order."""
    events = []
    for number in range(12):
        at = 1700000000 + number * 600
        change = 100 + number % 4
        say = {"change": change, "patch_set": 1 + number % 2}
        events += [
            base.comment_event("Patch Set 1:\n\nStarting check jobs.", at, **say),
            base.comment_event(ZUUL_RESULT.format(n=number), at + 60, **say),
            base.comment_event("Patch Set 1:\n\nStarting gate jobs.", at + 70, **say),
            base.comment_event(ZUUL_RESULT.format(n=-number), at + 90, **say),
            base.comment_event(
                JENKINS_RESULT.format(n=number), at + 61, "harbor", "Harbor Build Service", **say
            ),
            base.comment_event("Patch Set 1:\n\nrecheck", at + 120, "ann", "Ann", **say),
            # Ann pastes what a CI wrote, sometimes before she ever says anything else.
            base.comment_event(
                ZUUL_RESULT.format(n=number) if number < 4 else f"Patch Set 1:\n\nnote {number}",
                at + 130,
                "ann",
                f"Ann {number // 6}",
                **say,
            ),
        ]
        events.append({**events[-1], "type": "change-merged", "submitter": {"username": "zuul"}})
        events[-1]["change"] = {**events[-1]["change"], "status": "MERGED"}
        events[-1]["eventCreatedOn"] = at + 130
    events.append({"type": "nonsense"})
    return [base.line(event) for event in events]


def replay(folder, name, lines, size):
    """Records *lines* in batches, as a process of its own."""
    case = base.TestCase("run")
    case.folder = folder
    store = engine.create_engine(case.make_conf(name))
    schema.prepare(store)
    record = case.make_recorder(store)
    for start in range(0, len(lines), size):
        record.record(lines[start : start + size])
    store.dispose()


class TestIdempotence(base.TestCase):
    """Recording is a function of the set of events."""

    def setUp(self):
        """Records the history once, undisturbed."""
        super().setUp()
        self.lines = make_events()
        self.expected = self.record("straight.sqlite", self.lines, 1000)

    def record(self, database, lines, size=7):
        """All rows after recording *lines* in batches of *size*."""
        store = self.make_engine(database)
        record = self.make_recorder(store)
        for start in range(0, len(lines), size):
            record.record(lines[start : start + size])
        return base.rows_of(store)

    def test_history_is_not_trivial(self):
        """The comparison below compares something."""
        for table in ("reports", "builds", "comments", "rechecks", "rejected_events", "jobs"):
            self.assertTrue(self.expected[table], table)
        self.assertEqual({"'zuul'", "'harbor'"}, {row[0] for row in self.expected["ci_systems"]})

    def test_twice(self):
        """A second time changes nothing, and says so."""
        store = self.make_engine("straight.sqlite")
        counts = self.make_recorder(store).record(self.lines)
        self.assertEqual(0, counts.recorded)
        self.assertEqual(len(self.lines) - 1, counts.duplicate)
        self.assertEqual(1, counts.rejected)
        self.assertEqual(self.expected, base.rows_of(store))

    def test_half_and_then_the_whole(self):
        """An interrupted replay is just begun again."""
        lines = self.lines[: len(self.lines) // 2] + self.lines
        self.assertEqual(self.expected, self.record("half.sqlite", lines))

    def test_any_order(self):
        """Shuffled, reversed, and in batches of one."""
        for seed in range(5):
            lines = random.Random(seed).sample(self.lines, len(self.lines))
            self.assertEqual(self.expected, self.record(f"order-{seed}.sqlite", lines), seed)
        self.assertEqual(self.expected, self.record("back.sqlite", self.lines[::-1], 1))

    def test_two_at_once(self):
        """Two processes that create the database and record into it at the same time."""
        context = multiprocessing.get_context("spawn")
        workers = [
            context.Process(target=replay, args=(self.folder, "two.sqlite", lines, 3))
            for lines in (self.lines, self.lines[::-1])
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(120)
            self.assertEqual(0, worker.exitcode)
        self.assertEqual(self.expected, base.rows_of(self.make_engine("two.sqlite")))


class TestIdempotenceOnRecording(base.TestCase):
    """The same on real traffic."""

    def test_shuffled(self):
        """A recording in its order, and shuffled."""
        path = self.require_corpus("events/rdo-nova-distgit.jsonl.gz")
        with gzip.open(path) as stream:
            lines = stream.read().splitlines()
        found = []
        for name in ("straight.sqlite", "shuffled.sqlite"):
            store = self.make_engine(name)
            record = self.make_recorder(store)
            for start in range(0, len(lines), 1000):
                record.record(lines[start : start + 1000])
            found.append(base.rows_of(store))
            random.Random(1).shuffle(lines)
        self.assertEqual(len(found[0]["builds"]), len(found[1]["builds"]))
        for table in found[0]:
            self.assertEqual(found[0][table], found[1][table], table)
