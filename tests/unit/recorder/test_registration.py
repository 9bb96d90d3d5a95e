"""The registry joins accounts into CIs, whenever it says so: the rows are as if it always had."""

import itertools
import random

import sqlalchemy as sa
import testscenarios

from ciwatch.db import models
from ciwatch.parsers import manager
from ciwatch.recorder import identity
from ciwatch.recorder import members
from ciwatch.recorder import reparse
from ciwatch.registry import file
from tests import base

load_tests = testscenarios.load_tests_apply_scenarios

RESULT = (
    "Patch Set 1: Verified{vote}\n\nBuild {word}.\n\n"
    "- array-iscsi https://logs.example/{n}/iscsi : {result} in 3m 02s\n"
    "- {job} https://logs.example/{n}/own : SUCCESS in 1m 00s"
)

JOINED = """
systems:
  basalt:
    title: Basalt Array CI
    accounts: [basalt-ci, basalt-2019, Basalt robot]
"""
OTHERWISE_JOINED = """
systems:
  basalt:
    title: Basalt, joined with another
    accounts: [basalt-2019, slate-ci]
  robots:
    accounts: [Basalt robot, quiet, ann]
"""
SWAPPED = """
systems:
  slate-ci: {accounts: [basalt-ci]}
  basalt-ci: {accounts: [basalt-2019]}
"""
GATE = """
systems:
  gate: {title: The gate, gate: true, accounts: [slate-ci]}
  pebble: {accounts: [zuul]}
"""
REGISTRIES = {"none": "", "joined": JOINED, "otherwise": OTHERWISE_JOINED, "swapped": SWAPPED, "gate": GATE}


def result(n, job="own", failed=False):
    """A CI's result."""
    words = ("-1", "failed", "FAILURE") if failed else ("+1", "succeeded", "SUCCESS")
    return RESULT.format(n=n, job=job, **dict(zip(("vote", "word", "result"), words, strict=True)))


def make_events():
    """Some accounts that are one CI and change their names, one that nothing tells of, people."""
    events = []
    for number in range(10):
        at, say = 1700000000 + number * 7200, {"change": 100 + number % 4, "patch_set": 1 + number % 2}
        events += [
            base.comment_event("Patch Set 1:\n\nStarting check jobs.", at, "basalt-ci", "Basalt CI", **say),
            base.comment_event(result(number), at + 60, "basalt-ci", f"Basalt CI {number // 4}", **say),
            base.comment_event(
                result(number, "older", failed=number % 3 == 0), at + 90, "basalt-2019", "Basalt CI", **say
            ),
            base.comment_event(
                "Patch Set 1:\n\nBuild Started", at + 95, "basalt robot", "Basalt robot", **say
            ),
            base.comment_event(result(number), at + 120, "slate-ci", "Slate CI", **say),
            base.comment_event(result(number), at + 130, "zuul", "Zuul", **say),
            base.comment_event("Patch Set 1: Verified+1\n\nall well", at + 200, "quiet", "Quiet", **say),
            base.comment_event("Patch Set 1:\n\nrecheck", at + 300, "ann", "Ann", **say),
        ]
        # An account without a username goes by its full name.
        del events[-5]["author"]["username"]
    return [base.line(event) for event in events]


class Case(base.TestCase):
    """A database, and a registry that changes."""

    def setUp(self):
        """Has a history."""
        super().setUp()
        self.lines = make_events()

    def recorder(self, store, text, **rules):
        """A recorder whose registry says *text*; none at all where that is empty."""
        found = file.RegistryFile(self.write_registry(text)) if text else None
        return self.make_recorder(store, registry_file=found, **rules)

    def straight(self, text, **rules):
        """The rows that a registry makes from the start."""
        database = f"straight-{abs(hash((text, *rules)))}.sqlite"
        store = self.make_engine(database)
        record = self.recorder(store, text, **rules)
        for start in range(0, len(self.lines), 7):
            record.record(self.lines[start : start + 7])
        return base.rows_of(store)

    def check_same(self, expected, store):
        """The rows of *store* are the *expected* ones."""
        found = base.rows_of(store)
        for table, rows in expected.items():
            self.assertEqual(rows, found[table], table)


class TestAfterwards(Case):
    """What one registry left becomes what another one would have made."""

    scenarios = [
        (f"{before}, then {after}", {"before": REGISTRIES[before], "after": REGISTRIES[after]})
        for before, after in itertools.permutations(REGISTRIES, 2)
    ]

    def test_all_recorded_before(self):
        """All was recorded when it changed; the next turn of a recorder brings it about."""
        store = self.make_engine()
        self.recorder(store, self.before).record(self.lines)
        self.recorder(store, self.after).record([])
        self.check_same(self.straight(self.after), store)

    def test_changed_half_way(self):
        """One half was recorded with the one, one with the other, and none of it in its order."""
        store = self.make_engine()
        lines = random.Random(1).sample(self.lines, len(self.lines))
        self.recorder(store, self.before).record(lines[:40])
        record = self.recorder(store, self.after)
        for start in range(40, len(lines), 9):
            record.record(lines[start : start + 9])
        self.check_same(self.straight(self.after), store)

    def test_read_again(self):
        """A reparse brings it about, too."""
        store = self.make_engine()
        self.recorder(store, self.before).record(self.lines)
        rules = identity.Identity(
            gate_accounts=("zuul", "jenkins"),
            registry_file=file.RegistryFile(self.write_registry(self.after)) if self.after else None,
        )
        list(reparse.Reparser(store, manager.ParserManager(), rules).run())
        self.check_same(self.straight(self.after), store)


class TestJoined(Case):
    """What a joined CI is."""

    def test_one_ci(self):
        """One name, one title, jobs by their names, attempts counted over all accounts."""
        store = self.make_engine()
        self.recorder(store, "").record(self.lines)
        self.recorder(store, JOINED).record([])
        with store.connect() as connection:
            system, job, report = models.CISystem, models.Job, models.Report
            self.assertEqual(
                [
                    ("basalt", "Basalt Array CI", False),
                    ("slate-ci", "Slate CI", False),
                    ("zuul", "Zuul", True),
                ],
                sorted(map(tuple, connection.execute(sa.select(system.name, system.title, system.is_gate)))),
            )
            names = sa.select(job.name).join(system, system.id == job.ci_system_id)
            self.assertEqual(
                ["array-iscsi", "older", "own"],
                sorted(connection.scalars(names.where(system.name == "basalt"))),
            )
            attempts = (
                sa.select(report.attempt)
                .join(models.Account, models.Account.id == report.account_id)
                .join(system, system.id == models.Account.ci_system_id)
                .where(system.name == "basalt", report.patch_set_id == 1, report.kind == "finished")
                .order_by(report.posted_at)
            )
            found = connection.scalars(attempts).all()
            self.assertEqual(list(range(1, len(found) + 1)), found)
            self.assertLess(4, len(found))

    def test_found_by(self):
        """An account that it names is a CI for that, whatever else would say so."""
        store = self.make_engine()
        self.recorder(store, JOINED).record(self.lines)
        with store.connect() as connection:
            found = dict(
                map(tuple, connection.execute(sa.select(models.Account.username, models.Account.found_by)))
            )
        self.assertEqual("registry", found["basalt-ci"])
        self.assertEqual("registry", found["Basalt robot"])
        self.assertEqual("name", found["slate-ci"])
        self.assertIsNone(found["ann"])

    def test_ignored(self):
        """Who is ignored by the configuration is no CI, whatever the registry says."""
        expected = self.straight("", ignored_accounts=["basalt-2019", "basalt-ci"])
        store = self.make_engine()
        self.recorder(store, JOINED, ignored_accounts=["basalt-2019", "basalt-ci"]).record(self.lines)
        names = {row[0] for row in base.rows_of(store)["ci_systems"]}
        self.assertEqual({"'basalt'", "'slate-ci'", "'zuul'"}, names)
        found = base.rows_of(store)["comments"]
        of_ignored = [row for row in expected["comments"] if "basalt-" in repr(row)]
        self.assertEqual(of_ignored, [row for row in found if "basalt-" in repr(row)])
        self.assertEqual(30, len(of_ignored))

    def test_ignored_later(self):
        """One of a CI's accounts becomes a person's: its attempts and jobs are gone from the CI's."""
        store = self.make_engine()
        self.recorder(store, JOINED).record(self.lines[:-8])
        self.recorder(store, JOINED, ignored_accounts=["basalt-2019"]).record(self.lines[-8:])
        self.check_same(self.straight(JOINED, ignored_accounts=["basalt-2019"]), store)

    def test_groups(self):
        """A member of a group stays a CI when the registry no longer names it."""
        rules = identity.Identity(gate_accounts=("zuul", "jenkins"))
        rows = []
        for order in ((JOINED, None, ""), (None, JOINED, ""), (None, "", "")):
            store = self.make_engine(f"groups-{len(rows)}.sqlite")
            self.recorder(store, "").record(self.lines)
            for step in order:
                if step is not None:
                    self.recorder(store, step).record([])
                    continue
                with store.begin() as connection:
                    members.refresh(connection, "robots", ["quiet"], rules, manager.ParserManager())
            rows.append(base.rows_of(store))
        self.assertEqual(rows[2], rows[0])
        self.assertEqual(rows[2], rows[1])


class TestWhileRunning(Case):
    """A recorder notices by itself."""

    def test_changed_file(self):
        """The file changes between two batches."""
        store = self.make_engine()
        record = self.recorder(store, JOINED)
        record.record(self.lines[:40])
        self.write_registry(OTHERWISE_JOINED)
        record.record(self.lines[40:])
        self.check_same(self.straight(OTHERWISE_JOINED), store)

    def test_faulty_file(self):
        """A faulty one changes nothing until it is mended."""
        store = self.make_engine()
        rules = file.RegistryFile(self.write_registry(JOINED))
        record = self.make_recorder(store, registry_file=rules)
        record.record(self.lines[:40])
        self.write_registry("systems: [")
        record.record(self.lines[40:])
        self.assertIn("systems.yaml:1", rules.fault)
        self.check_same(self.straight(JOINED), store)

    def test_failed_turn(self):
        """A transaction that fails leaves the join to the next one."""
        store = self.make_engine()
        record = self.recorder(store, "")
        record.record(self.lines)
        joining = self.recorder(store, JOINED)

        def fail(connection):
            raise RuntimeError

        self.assertRaises(RuntimeError, joining.record, [], fail)
        joining.record([])
        self.check_same(self.straight(JOINED), store)

    def test_two_recorders(self):
        """Another recorder, that knows the same registry, finds it done."""
        store = self.make_engine()
        first, second = self.recorder(store, JOINED), self.recorder(store, JOINED)
        for number, start in enumerate(range(0, len(self.lines), 9)):
            (first, second)[number % 2].record(self.lines[start : start + 9])
        self.check_same(self.straight(JOINED), store)
