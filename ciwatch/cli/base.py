"""What the commands share: the database, and its errors in one line."""

import contextlib

import sqlalchemy as sa

from ciwatch.db import engine
from ciwatch.db import schema


class CommandError(Exception):
    """The work failed; the message is one line for the user."""


class DatabaseAwayError(CommandError):
    """The database is away or locked, and may be back in a while."""


@contextlib.contextmanager
def database(conf, read_only=False, busy_timeout_s=engine.BUSY_TIMEOUT_S, option="connection"):
    """The engine of a database whose schema is current.

    An empty database gets its schema, unless *read_only*.

    :param option: the option that names it.
    :raises CommandError: in place of any error of the database, telling which one and why.
    """
    store = engine.create_engine(conf, read_only, busy_timeout_s, option)
    if read_only and engine.is_missing(store):
        raise CommandError(
            f"[database] {option}: there is no {store.url.database} yet; 'ciwatch listen' or 'ciwatch"
            " replay FILE' makes it"
        )
    try:
        if read_only:
            with store.connect() as connection:
                schema.check(connection)
        else:
            schema.prepare(store)
        yield store
    except sa.exc.DBAPIError as error:
        kind = DatabaseAwayError if engine.is_away(error) else CommandError
        raise kind(engine.explain(error, conf)) from error
    finally:
        store.dispose()
