"""What tests share: a real database of their own, events, and all of its rows as values."""

import json
import os
import pathlib

import fixtures
import hypothesis
import msgspec
import sqlalchemy as sa
import testtools

from ciwatch import service
from ciwatch.db import engine
from ciwatch.db import models
from ciwatch.db import schema
from ciwatch.db import summary
from ciwatch.parsers import manager
from ciwatch.recorder import identity
from ciwatch.recorder import recorder
from tests import databases

#: Recordings of real traffic, where somebody put them; tests that need them skip without.
CORPUS = pathlib.Path(__file__).parents[2] / "shared" / "corpus"

# Hypothesis' own profile for gates: no clock decides, and a change fails for what it changes.
hypothesis.settings.load_profile("ci")


class TestCase(testtools.TestCase):
    """Base of all tests: none of them sees the configuration of the machine it runs on."""

    # Name -> database, of a case that may be used without being run.
    _databases = None

    def setUp(self):
        """Hides the environment's configuration and gives a temporary folder."""
        super().setUp()
        for name in os.environ:
            if name.startswith("OS_"):
                self.useFixture(fixtures.EnvironmentVariable(name))
        # What is logged is shown where a test fails.
        self.useFixture(fixtures.FakeLogger())
        self.folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)

    def make_database(self, name="ciwatch.sqlite", model=None):
        """A :class:`tests.databases.Database`, which is the test's own; that of before by its name.

        :param model: the one that it is a copy of at first.
        """
        if self._databases is None:
            self._databases = {}
        if name not in self._databases:
            self._databases[name] = databases.of_test(self.folder, name)
            self._databases[name].create(model)
            self.addCleanup(self._databases[name].drop)
        return self._databases[name]

    def make_conf(self, database="ciwatch.sqlite"):
        """A configuration whose database is the test's own."""
        conf = service.prepare([], config_files=[])
        conf.set_override("connection", self.make_database(database).url, group="database")
        conf.set_override("registry_file", "", group="insight")
        return conf

    def make_engine(self, database="ciwatch.sqlite", model=None):
        """An engine of a database with a current schema, and what its *model* holds."""
        self.make_database(database, model or databases.prepared())
        store = engine.create_engine(self.make_conf(database))
        self.addCleanup(store.dispose)
        schema.prepare(store)
        return store

    def make_recorder(self, store, **rules):
        """A recorder with the installed parsers; *rules* are those of Identity."""
        rules.setdefault("gate_accounts", ("zuul", "jenkins"))
        return recorder.Recorder(store, manager.ParserManager(), identity.Identity(**rules), "test")

    def write_registry(self, text, name="systems.yaml"):
        """The path of a registry of *text*, written long enough ago to be taken at once."""
        path = self.folder / name
        # Another file, as an editor makes it, and another time than that of the one before.
        self._age = getattr(self, "_age", 1700000000) + 1
        fresh = self.folder / f"{name}.new"
        fresh.write_text(text)
        os.utime(fresh, (self._age, self._age))
        fresh.replace(path)
        return path

    def require_corpus(self, name):
        """The path of a recording; skips the test where recordings are absent."""
        path = CORPUS / name
        if not path.exists():
            self.skipTest(f"needs the recording {name}, which is no part of the project")
        return path


def sqlite_only(reason):
    """A decorator of tests that only SQLite has a use for; *reason* says why, as a sentence."""
    return testtools.skipUnless(databases.engine_name() == "sqlite", reason)


def line(event):
    """An event, a dict, as a line of the stream."""
    return json.dumps(event).encode()


def read_line(line):
    """The event, a dict, of a line of the stream."""
    return json.loads(line)


def comment_event(text, at, account="zuul", name=None, change=100, patch_set=1, **more):
    """A comment-added event as today's Gerrit sends it; *at* is in seconds since 1970."""
    author = {"username": account, "name": name or account}
    return {
        "type": "comment-added",
        "change": {
            "project": "openstack/lantern",
            "branch": "master",
            "id": f"I{change:040x}",
            "number": change,
            "subject": f"Change {change}",
            "url": f"https://review.example/c/{change}",
            "status": "NEW",
        },
        "patchSet": {
            "number": patch_set,
            "revision": f"{change:038x}{patch_set:02x}",
            "kind": "REWORK",
            "createdOn": 1700000000,
        },
        "author": author,
        "comment": text,
        "eventCreatedOn": at,
        **more,
    }


def rows_of(store, without=()):
    """All rows of a database as values that do not depend on the order in which they came.

    Ids become the natural keys they stand for.

    :param without: names of columns that are left out.
    :returns: table name -> sorted list of tuples.
    """
    with store.connect() as connection:
        tables = {
            table.name: connection.execute(sa.select(table)).mappings().all()
            for table in models.Base.metadata.sorted_tables
            if table.name != "recorder_turns"  # who recorded, not what
        }
    natural = {}
    found = {}
    for name, rows in tables.items():
        table = models.Base.metadata.tables[name]
        targets = {
            column.name: next(iter(column.foreign_keys)).column.table.name
            for column in table.c
            if column.foreign_keys
        }
        if name == "patch_sets":
            # What its change says, said once more.
            targets["project_id"] = "projects"
        values = []
        for row in rows:
            if row.get("summary"):
                builds = map(msgspec.structs.astuple, summary.unpack(row["summary"]))
                row = {**row, "summary": [(natural["jobs", job_id], *rest) for job_id, *rest in builds]}
            value = tuple(
                natural[targets[key], content] if key in targets and content is not None else repr(content)
                for key, content in row.items()
                # How often rows changed, not what they are.
                if key not in ("id", "received_at", *without) and (name, key) != ("projects", "version")
            )
            values.append(value)
            if "id" in row:
                natural[name, row["id"]] = value
        found[name] = sorted(values, key=repr)
    return found
