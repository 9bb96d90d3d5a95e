"""The version of a project moves with everything its pages show, and with nothing that was known."""

import datetime

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.parsers import manager
from ciwatch.parsers import vote
from ciwatch.recorder import identity
from ciwatch.recorder import recorder
from ciwatch.recorder import reparse
from ciwatch.registry import file as registry_file
from ciwatch.registry import model as registry_model
from ciwatch.rollup import updater
from tests import base

AT = 1_700_000_000
LANTERN, HARBOUR = "openstack/lantern", "openstack/harbour"
RESULT = "Patch Set 1:\n\nBuild {}.\n\n- lint http://logs.example/{}/ : {} in 1m 00s"


def said(text, at=AT + 60, account="basalt-ci", project=LANTERN, change=100, **more):
    """A comment."""
    names = {"basalt-ci": "Basalt CI"}
    event = base.comment_event(text, at, account, more.pop("name", names.get(account)), change, **more)
    event["change"]["project"] = project
    return event


def result(word="SUCCESS", **more):
    """A result of a CI."""
    passed = "succeeded" if word == "SUCCESS" else "failed"
    return said(RESULT.format(passed, more.get("change", 100), word), **more)


def happened(kind, at, project=LANTERN, change=100, patch_set=1, **of_change):
    """An event that is no comment."""
    event = said("", at, project=project, change=change, patch_set=patch_set)
    del event["author"], event["comment"]
    event["change"].update(of_change)
    return {**event, "type": kind}


class VersionsTestCase(base.TestCase):
    """Two projects, and a CI that reports on both."""

    def setUp(self):
        """Records an event of each."""
        super().setUp()
        self.store = self.make_engine()
        self.recorder = self.make_recorder(self.store)
        self.record(
            result(),
            result(project=HARBOUR, change=200),
        )

    def record(self, *events, writer=None):
        """Records *events* in one batch; returns the projects whose versions it moved."""
        return self.moved_by(lambda: (writer or self.recorder).record([base.line(each) for each in events]))

    def moved_by(self, work):
        """The names of the projects whose versions *work*, called, moves."""
        before = self.versions()
        work()
        return {name for name, version in self.versions().items() if version != before.get(name, 0)}

    def versions(self):
        """Name -> version."""
        table = models.Project
        with self.store.connect() as connection:
            return dict(map(tuple, connection.execute(sa.select(table.name, table.version))))


class TestRecorded(VersionsTestCase):
    """What is recorded."""

    def test_first(self):
        """A project is new with its first event."""
        self.assertEqual({LANTERN: 1, HARBOUR: 1}, self.versions())

    def test_known(self):
        """What was known moves nothing."""
        self.assertEqual(set(), self.record(result(), result()))

    def test_of_no_interest(self):
        """What is ignored or rejected moves nothing."""
        ignored = happened("reviewer-added", AT + 900)
        self.assertEqual(set(), self.record(ignored))
        self.assertEqual(set(), self.moved_by(lambda: self.recorder.record([b"no event"])))

    def test_news(self):
        """Each kind of news moves the version of its project, and no other."""
        for event in (
            happened("patchset-created", AT + 100, patch_set=2),
            result("FAILURE", at=AT + 200),
            said("Patch Set 1:\n\nrecheck", AT + 300, "ann"),
            happened("change-abandoned", AT + 400, status="ABANDONED"),
            happened("change-restored", AT + 500, status="NEW"),
            happened("change-merged", AT + 600, status="MERGED"),
        ):
            self.assertEqual({LANTERN}, self.record(event), event)

    def test_better(self):
        """A time that is known better is shown."""
        event = result()
        self.assertEqual({LANTERN}, self.record({**event, "eventCreatedOn": event["eventCreatedOn"] - 3}))

    def test_batch(self):
        """However much a batch holds, it moves a version by one."""
        before = self.versions()
        self.record(*(result(change=number) for number in range(300, 350)))
        self.assertEqual({**before, LANTERN: before[LANTERN] + 1}, self.versions())

    def test_moved_change(self):
        """It is gone from one project and new in the other."""
        event = happened("patchset-created", AT + 100, HARBOUR, patch_set=2)
        self.assertEqual({LANTERN, HARBOUR}, self.record(event))

    def test_renamed(self):
        """The title of a CI is on the pages of all projects that it reported on."""
        event = result("FAILURE", at=AT + 200, name="Basalt Array CI")
        self.assertEqual({LANTERN, HARBOUR}, self.record(event))

    def test_becomes_ci(self):
        """What it said before is a report now, wherever it said it; and the way back."""
        self.record(said("Patch Set 1: ready", account="quiet-one", change=300, project=HARBOUR))
        knows = self.make_recorder(self.store, ci_accounts=["quiet-one"])
        event = said("Patch Set 1: set", account="quiet-one", change=301)
        self.assertEqual({LANTERN, HARBOUR}, self.record(event, writer=knows))
        ignores = self.make_recorder(self.store, ignored_accounts=["quiet-one"])
        self.assertEqual({LANTERN, HARBOUR}, self.record(event, writer=ignores))

    def test_failed_transaction(self):
        """What was not recorded moves nothing."""

        def fail(connection):
            raise RuntimeError

        def work():
            self.assertRaises(
                RuntimeError, self.recorder.record, [base.line(result("FAILURE", at=AT + 200))], fail
            )

        self.assertEqual(set(), self.moved_by(work))


class TestReadAgain(VersionsTestCase):
    """What other parsers read, and another registry says."""

    def reparse(self, parsers):
        """Reads all again; the projects that moved."""
        work = reparse.Reparser(self.store, parsers, identity.Identity(gate_accounts=["zuul"]))
        return self.moved_by(lambda: list(work.run()))

    def test_reparse(self):
        """Only the projects of which a report says something else now."""
        self.record(said("Patch Set 1: Verified+1", AT + 90, "zuul", project="openstack/tower", change=300))
        weaker = manager.ParserManager(extensions=[("vote", vote.VoteParser)])
        self.assertEqual({LANTERN, HARBOUR}, self.reparse(weaker))
        self.assertEqual(set(), self.reparse(weaker))
        self.assertEqual({LANTERN, HARBOUR}, self.reparse(manager.ParserManager()))

    def test_registry(self):
        """Whoever is joined is another CI now; the same registry again changes nothing."""
        path = self.write_registry("systems:\n  basalt:\n    title: Basalt\n    accounts: [basalt-ci]\n")
        rules = identity.Identity(gate_accounts=["zuul"], registry_file=registry_file.RegistryFile(path))
        joined = recorder.Recorder(self.store, manager.ParserManager(), rules, "test")
        known = result()
        self.assertEqual({LANTERN, HARBOUR}, self.record(known, writer=joined))
        self.assertEqual(set(), self.record(known, writer=joined))


class TestCounted(VersionsTestCase):
    """What the rollup writes."""

    def count(self, days=0):
        """Counts as of so many days after the events; the projects that moved."""
        as_of = datetime.datetime.fromtimestamp(AT + 3600 + days * 86400, datetime.UTC)
        work = updater.Updater(self.store, registry_model.Registry())
        return self.moved_by(lambda: list(work.update(as_of)))

    def test_days(self):
        """Figures of days; counted again they are the same."""
        self.assertEqual({LANTERN, HARBOUR}, self.count())
        self.assertEqual(set(), self.count())
        self.record(result("FAILURE", at=AT + 200, account="zuul"))
        self.assertEqual({LANTERN}, self.count())

    def test_status(self):
        """A CI that is not new any more, since it did enough on one project, is shown on all."""
        self.count()
        self.record(*(result(change=number, at=AT + number) for number in range(300, 320)))
        self.assertEqual({LANTERN}, self.count())
        self.assertEqual({LANTERN, HARBOUR}, self.count(days=1))
        self.assertEqual(set(), self.count(days=1))

    def test_rebuild(self):
        """Figures that are thrown away are not shown."""
        self.count()
        work = updater.Updater(self.store, registry_model.Registry())
        self.assertEqual({LANTERN, HARBOUR}, self.moved_by(work.rebuild))
