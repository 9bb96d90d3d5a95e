"""The state of the schema: is the database ours, is it current, bring it up to date."""

import pathlib

from alembic import command
from alembic import config as alembic_config
from alembic import script
from alembic.runtime import migration
import sqlalchemy as sa

MIGRATIONS = pathlib.Path(__file__).parent / "migrations"


class SchemaError(Exception):
    """The database's schema is not the one this version works with; the message says what to do."""


def head():
    """The newest revision that this version of CI Watch knows."""
    return script.ScriptDirectory(str(MIGRATIONS)).get_current_head()


def current(connection):
    """The revision of the database, or None where it was never migrated."""
    return migration.MigrationContext.configure(connection).get_current_revision()


def upgrade(connection):
    """Migrates the database to :func:`head`, inside the caller's transaction.

    :returns: (revision before, revision now).
    """
    before = current(connection)
    settings = alembic_config.Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
    return before, current(connection)


def prepare(engine):
    """Creates the schema in an empty database, and checks that of any other.

    Two processes may do so at once: the second waits and finds the work done.

    :raises SchemaError: where the database must be migrated first, or is newer than this program.
    """
    with engine.begin() as connection:
        if current(connection) is None and not sa.inspect(connection).get_table_names():
            upgrade(connection)
        check(connection)


def check(connection):
    """Raises :class:`SchemaError` unless the database is at :func:`head`."""
    revision = current(connection)
    if revision == head():
        return
    known = {entry.revision for entry in script.ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if revision is None or revision in known:
        raise SchemaError(
            f"[database] connection: its schema is {revision or 'not there'}, this version needs {head()}:"
            " run 'ciwatch db upgrade'"
        )
    raise SchemaError(
        f"[database] connection: its schema {revision} was made by a newer CI Watch than this one"
    )
