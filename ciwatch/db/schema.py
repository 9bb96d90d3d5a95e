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

#: What to call to wait for a lock and to give it back, which bears a number, or a name, of no meaning.
_LOCKS = {
    "postgresql": (sa.func.pg_advisory_lock(2026112500), sa.func.pg_advisory_unlock(2026112500)),
    "mysql": (sa.func.get_lock("ciwatch-schema", 60), sa.func.release_lock("ciwatch-schema")),
}
_LOCKS["mariadb"] = _LOCKS["mysql"]


class SchemaError(Exception):
    """The database's schema is not the one this version works with; the message says what to do."""


def head():
    """The newest revision that this version of CI Watch knows."""
    return script.ScriptDirectory(str(MIGRATIONS)).get_current_head()


def current(connection):
    """The revision of the database, or None where it was never migrated."""
    return migration.MigrationContext.configure(connection).get_current_revision()


def upgrade(connection, tell=None):
    """Migrates the database to :func:`head`, inside the caller's transaction.

    :param tell: called with the revision of each step that is done, and what it is about.
    :returns: (revision before, revision now).
    """
    before = current(connection)
    settings = alembic_config.Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes["connection"] = connection
    if tell:
        settings.attributes["tell"] = lambda step, **_: tell(step.up_revision_id, step.up_revision.doc)
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
        if current(connection) == head():
            return
    # What is there may be half of what another process is making.
    with engine.connect() as connection, _alone(connection), connection.begin():
        if current(connection) is None and not sa.inspect(connection).get_table_names():
            upgrade(connection)
        check(connection)


@contextlib.contextmanager
def _alone(connection):
    """Waits until no other process makes the tables. SQLite lets one write at a time anyway.

    No transaction's lock would do, since MySQL ends a transaction with each table that it makes.
    """
    take, give = _LOCKS.get(connection.dialect.name, (None, None))
    if take is None:
        yield
        return
    with connection.begin():
        connection.execute(sa.select(take))
    try:
        yield
    finally:
        # Whose connection is lost has no lock any more.
        with contextlib.suppress(sa.exc.DBAPIError), connection.begin():
            connection.execute(sa.select(give))


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
