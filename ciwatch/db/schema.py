"""The state of the schema: is the database ours, is it current, bring it up to date."""

import contextlib
import pathlib

from alembic import command
from alembic import config as alembic_config
from alembic import script
from alembic.runtime import migration
import sqlalchemy as sa

from ciwatch.db import collation
from ciwatch.db import engine as engines

MIGRATIONS = pathlib.Path(__file__).parent / "migrations"

#: A number of no meaning: whoever makes the tables holds it, and for so many seconds others wait.
_LOCK = 2026112500
_PATIENCE_S = 600


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
    collation.set_default(connection)
    command.upgrade(settings, "head")
    collation.settle(connection)
    return before, current(connection)


def prepare(engine):
    """Creates the schema in an empty database, and checks that of any other.

    Two processes may do so at once: the second waits and finds the work done.

    :raises SchemaError: where the database must be migrated first, or is newer than this program.
    """
    with engine.begin() as connection:
        if _is_empty(connection):
            with _alone(connection):
                if _is_empty(connection):
                    upgrade(connection)
        check(connection)


def _is_empty(connection):
    return current(connection) is None and not sa.inspect(connection).get_table_names()


@contextlib.contextmanager
def _alone(connection):
    """Waits until no other process makes the tables. SQLite lets one write at a time anyway."""
    name = connection.dialect.name
    if name == "postgresql":
        # Until the end of the transaction, with which the tables are there.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    if name not in ("mysql", "mariadb"):
        yield
        return
    # Making a table ends a transaction there, and with it any lock but this.
    connection.execute(sa.select(sa.func.get_lock(f"ciwatch-{_LOCK}", _PATIENCE_S)))
    try:
        yield
    finally:
        connection.execute(sa.select(sa.func.release_lock(f"ciwatch-{_LOCK}")))


def check(connection):
    """Raises :class:`SchemaError` unless the database is at :func:`head`."""
    revision = current(connection)
    if revision == head():
        return
    option = engines.option_of(connection)
    known = {entry.revision for entry in script.ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if revision is None or revision in known:
        raise SchemaError(
            f"[database] {option}: its schema is {revision or 'not there'}, this version needs {head()}:"
            " run 'ciwatch db upgrade'"
        )
    raise SchemaError(
        f"[database] {option}: its schema {revision} was made by a newer CI Watch than this one"
    )
