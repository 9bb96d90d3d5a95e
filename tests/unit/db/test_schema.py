"""Migrations and models agree, and a database is used only where they do."""

import datetime

from alembic import autogenerate
from alembic import command
from alembic import config
from alembic import script
from alembic.runtime import migration
import sqlalchemy as sa
import testtools

from ciwatch.db import engine
from ciwatch.db import models
from ciwatch.db import schema
from ciwatch.recorder import versions
from tests import base
from tests import databases


def _compare_defaults(context, inspected, column, found, _, said):
    """False where they are the same, else None: Alembic decides. MySQL calls false 0."""
    is_same = context.dialect.name == "mysql" and (found, said) == ("0", "false")
    return False if is_same else None


#: A second, and tables that every schema has.
MOMENT = datetime.datetime(2026, 11, 1, 12, 0, tzinfo=datetime.UTC)
FILLED = (
    *("projects", "changes", "patch_sets", "ci_systems", "accounts", "jobs", "reports", "builds", "comments"),
)


def fill(connection):
    """Gives each table of FILLED a row, whatever columns it has."""
    known = {"status": "MERGED", "result_class": "unknown", "kind": "finished", "found_by": "name"}
    known |= {"digest": "d" * 32, "pipeline_source": "assumed", "text": "Patch Set 1:\n\nBuild succeeded."}
    metadata = sa.MetaData()
    metadata.reflect(connection, only=FILLED)
    for name in FILLED:
        table = metadata.tables[name]
        row = {}
        for column in table.c:
            if column.name in known:
                row[column.name] = known[column.name]
            elif column.name.endswith("_at") and (not column.nullable or column.name == "status_at"):
                row[column.name] = MOMENT.replace(tzinfo=None)
            elif not column.nullable and column.server_default is None:
                is_text = isinstance(column.type, sa.String)
                is_flag = isinstance(column.type, sa.Boolean)
                row[column.name] = "x" if is_text else False if is_flag else 1
        connection.execute(sa.insert(table), row)


class TestSchema(base.TestCase):
    """The state of the schema."""

    def test_migrations_equal_models(self):
        """What the migrations make is what the models say."""
        store = self.make_engine()
        with store.connect() as connection:
            context = migration.MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": _compare_defaults}
            )
            self.assertEqual([], autogenerate.compare_metadata(context, models.Base.metadata))

    def test_every_constraint_has_a_name(self):
        """Else a later migration could not address it."""
        for table in models.Base.metadata.sorted_tables:
            for constraint in table.constraints:
                self.assertTrue(constraint.name, (table.name, constraint))

    def test_prepare(self):
        """An empty database gets the schema; one of another revision is refused, with what to do."""
        store = self.make_engine()
        schema.prepare(store)
        for revision, words in (("0000", "newer"), (None, "ciwatch db upgrade")):
            with store.begin() as connection:
                connection.execute(sa.text("DELETE FROM alembic_version"))
                if revision:
                    connection.execute(sa.text(f"INSERT INTO alembic_version VALUES ('{revision}')"))
            self.assertIn(words, str(self.assertRaises(schema.SchemaError, schema.prepare, store)))

    def test_downgrade_leaves_nothing(self):
        """The way back is there too."""
        store = self.make_engine()
        self.downgrade(store, "base")
        self.assertEqual(["alembic_version"], sa.inspect(store).get_table_names())

    def test_upgrade_gives_versions(self):
        """Projects that are there already have one, with which they can be recorded on."""
        store = self.make_engine()
        self.downgrade(store, "0005")
        with store.begin() as connection:
            connection.execute(sa.text("INSERT INTO projects (id, name) VALUES (1, 'lantern')"))
            schema.upgrade(connection)
            versions.move_all(connection)
            self.assertEqual(1, connection.scalar(sa.select(models.Project.version)))

    def test_from_every_earlier_schema(self):
        """With something in it, an older database comes to be what a new one is, and keeps its rows."""
        store = self.make_engine()
        newest, *earlier = script.ScriptDirectory(str(schema.MIGRATIONS)).walk_revisions()
        self.assertEqual(schema.head(), newest.revision)
        for revision in (each.revision for each in earlier):
            self.downgrade(store, revision)
            with store.begin() as connection:
                fill(connection)
                self.assertEqual((revision, schema.head()), schema.upgrade(connection))
                context = migration.MigrationContext.configure(connection, opts={"compare_type": True})
                self.assertEqual([], autogenerate.compare_metadata(context, models.Base.metadata), revision)
            with store.begin() as connection:
                for table in FILLED:
                    count = connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table)))
                    self.assertEqual(1, count, (revision, table))
                merged_at = connection.scalar(sa.select(models.PatchSet.merged_at))
                self.assertEqual(MOMENT if revision < "0004" else None, merged_at, revision)
                project_id = connection.scalar(sa.select(models.Change.project_id))
                of_patch_set = connection.scalar(sa.select(models.PatchSet.project_id))
                # From 0009 on a row tells it by itself; the one of this test says nothing.
                self.assertEqual(project_id if revision < "0009" else 0, of_patch_set, revision)
                for table in reversed(models.Base.metadata.sorted_tables):
                    connection.execute(sa.delete(table))

    def test_interrupted(self):
        """Where a database takes no step back, a migration that was broken off anywhere goes on."""
        store = self.make_engine()
        self.downgrade(store, "0002")
        with store.begin() as connection:
            fill(connection)
        for most in range(1, 60):
            try:
                self._upgrade_partly(store, most)
            except InterruptedError:
                continue
            break
        self.assertGreater(most, 5)
        with store.connect() as connection:
            schema.check(connection)
            context = migration.MigrationContext.configure(connection, opts={"compare_type": True})
            self.assertEqual([], autogenerate.compare_metadata(context, models.Base.metadata))

    def _upgrade_partly(self, store, most):
        """Migrates, is interrupted before the next statement that changes something, and commits."""
        count = iter(range(most))

        def interrupt(connection, cursor, statement, *_):
            word = statement.lstrip().split(None, 1)[0]
            if word in ("CREATE", "ALTER", "UPDATE", "DROP", "INSERT") and next(count, None) is None:
                raise InterruptedError

        with store.connect() as connection, connection.begin():
            sa.event.listen(connection, "before_cursor_execute", interrupt)
            try:
                schema.upgrade(connection)
            except InterruptedError:
                sa.event.remove(connection, "before_cursor_execute", interrupt)
                connection.commit()
                raise

    @testtools.skipIf(databases.engine_name() == "sqlite", "SQLite compares by bytes anyway")
    def test_bytes(self):
        """Names that a language takes for one are not, in every table; and they are in the order of bytes."""
        store = self.make_engine()
        names = ["Z", "a", "A", "\u00e4", "a ", "ss", "\u00df", "\U0001f6a2", "a_", "aB", "ab"]
        table = models.Project.__table__
        with store.begin() as connection:
            connection.execute(
                sa.insert(table), [{"id": place, "name": name} for place, name in enumerate(names)]
            )
            found = connection.scalars(sa.select(table.c.name).order_by(table.c.name)).all()
            self.assertEqual(sorted(names, key=str.encode), found)
            self.assertEqual(1, connection.scalar(sa.select(table.c.id).where(table.c.name == "a")))
            kinds = connection.scalars(
                sa.text(
                    "SELECT DISTINCT collation_name FROM information_schema.columns"
                    " WHERE table_schema = :schema AND data_type IN ('varchar', 'character varying')"
                ),
                {"schema": "public" if connection.dialect.name == "postgresql" else store.url.database},
            ).all()
        self.assertEqual(1, len(kinds), kinds)

    def downgrade(self, store, revision):
        """Takes a database back to a *revision*."""
        settings = config.Config()
        settings.set_main_option("script_location", str(schema.MIGRATIONS))
        with store.begin() as connection:
            settings.attributes["connection"] = connection
            command.downgrade(settings, revision)


class TestEngine(base.TestCase):
    """What databases are told."""

    def test_read_only(self):
        """The web side cannot write, even by mistake."""
        conf = self.make_conf()
        self.make_engine()
        store = engine.create_engine(conf, read_only=True)
        self.addCleanup(store.dispose)
        with store.connect() as connection:
            self.assertEqual([], connection.execute(sa.select(models.Project.__table__)).all())
            error = self.assertRaises(
                sa.exc.DBAPIError,
                connection.execute,
                sa.insert(models.Project.__table__),
                {"id": 1, "name": "x"},
            )
        self.assertRegex(str(error), "(?i)read-?only|READ ONLY")

    @base.sqlite_only("a server has no journal of this kind")
    def test_journal(self):
        """Readers and one writer do not wait for one another."""
        with self.make_engine().connect() as connection:
            self.assertEqual("wal", connection.exec_driver_sql("PRAGMA journal_mode").scalar())
            self.assertEqual(1, connection.exec_driver_sql("PRAGMA foreign_keys").scalar())


class TestUTCDateTime(base.TestCase):
    """Moments are UTC in and UTC out."""

    def round_trip(self, value):
        """*value* through the database."""
        store = self.make_engine()
        with store.begin() as connection:
            connection.execute(
                sa.insert(models.StreamPosition.__table__), {"source": "x", "position_at": value}
            )
        with store.connect() as connection:
            return connection.scalar(sa.select(models.StreamPosition.position_at))

    def test_zones(self):
        """Another zone's time is the same moment."""
        zone = datetime.timezone(datetime.timedelta(hours=2))
        found = self.round_trip(datetime.datetime(2026, 11, 23, 2, 30, 15, 999, tzinfo=zone))
        self.assertEqual(datetime.datetime(2026, 11, 23, 0, 30, 15, tzinfo=datetime.UTC), found)
        self.assertIs(datetime.UTC, found.tzinfo)

    def test_naive(self):
        """Nobody knows what it means."""
        error = self.assertRaises(sa.exc.StatementError, self.round_trip, datetime.datetime(2026, 11, 23))
        self.assertIn("without zone", str(error))
