"""Migrations and models agree, and a database is used only where they do."""

import datetime

from alembic import autogenerate
from alembic import command
from alembic import config
from alembic.runtime import migration
import sqlalchemy as sa

from ciwatch.db import engine
from ciwatch.db import models
from ciwatch.db import schema
from ciwatch.recorder import versions
from tests import base


def _compare_defaults(context, inspected, column, found, _, said):
    """False where they are the same, else None: Alembic decides. MySQL calls false 0."""
    is_same = context.dialect.name == "mysql" and (found, said) == ("0", "false")
    return False if is_same else None


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
