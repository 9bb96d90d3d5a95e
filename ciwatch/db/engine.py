"""The way to the database: one engine a process, with what each database needs to behave alike."""

import os
import pathlib
import sqlite3

import sqlalchemy as sa
from sqlalchemy import event

from ciwatch import service

#: How long to wait for another process that writes, in seconds.
BUSY_TIMEOUT_S = 60


def create_engine(conf, read_only=False, busy_timeout_s=BUSY_TIMEOUT_S):
    """An engine for ``[database] connection``.

    :param conf: the configuration of :func:`ciwatch.service.prepare`.
    :param read_only: True for the web side, which never writes: SQLite itself refuses then.
    :param busy_timeout_s: how long to wait for another process that writes, in seconds.
    :raises ciwatch.service.ConfigError: where the URL is none, or its driver is not installed.
    """
    connection = conf.database.connection
    try:
        url = sa.make_url(connection)
        if url.get_backend_name() == "sqlite":
            return _sqlite_engine(url, read_only, busy_timeout_s)
        return sa.create_engine(url, pool_pre_ping=True, pool_recycle=3600)
    except sa.exc.NoSuchModuleError as error:
        raise service.ConfigError(
            f"[database] connection: SQLAlchemy knows no database {url.drivername!r}"
        ) from error
    except sa.exc.ArgumentError as error:
        # SQLAlchemy's own words may quote the URL, and with it the password.
        raise service.ConfigError(
            "[database] connection: is no SQLAlchemy URL, such as sqlite:////var/lib/ciwatch/ciwatch.sqlite"
        ) from error
    except ModuleNotFoundError as error:
        raise service.ConfigError(
            f"[database] connection: the driver {error.name!r} is not installed; pip install it"
        ) from error


def is_missing(engine):
    """Whether the database is an SQLite file that is not there yet."""
    url = engine.url
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return False
    return not pathlib.Path(url.database).exists()


def is_away(error):
    """Whether an exception says that the database is away or locked, and not that the data is at fault."""
    if isinstance(error, sa.exc.DBAPIError):
        return not isinstance(error, (sa.exc.DataError, sa.exc.IntegrityError))
    return isinstance(error, (sa.exc.TimeoutError, sa.exc.DisconnectionError))


def explain(error, conf):
    """One line for a database *error*, naming the option and the database but no password."""
    url = sa.make_url(conf.database.connection).render_as_string(hide_password=True)
    return f"[database] connection: {url}: {_first_line(getattr(error, 'orig', None) or error)}"


def _first_line(error):
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _sqlite_engine(url, read_only, busy_timeout_s):
    if url.database and url.database != ":memory:" and not read_only:
        folder = pathlib.Path(url.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise service.ConfigError(
                f"[database] connection: cannot make the folder {folder}: {error.strerror}"
            ) from error
    engine = sa.create_engine(url, connect_args={"timeout": busy_timeout_s})
    is_file = bool(url.database) and url.database != ":memory:"

    @event.listens_for(engine, "do_connect")
    def open_existing(dialect, record, arguments, options):
        if read_only and is_file:
            # Else SQLite would make an empty file where there is none.
            arguments[0] = f"{pathlib.Path(url.database).absolute().as_uri()}?mode=rw"
            options["uri"] = True

    @event.listens_for(engine, "connect")
    def configure(connection, record):
        if is_file:
            record.info["file"] = _identity_of(url.database)
        # sqlite3 would begin transactions by its own rules; with None it begins none and we do.
        connection.isolation_level = None
        cursor = connection.cursor()
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        else:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")
            # Pages, of 4 kB: the log is moved into the database every 40 MB, not every 4.
            cursor.execute("PRAGMA wal_autocheckpoint=10000")
            cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.close()

    # IMMEDIATE takes the write lock at the start, so two writers wait for one another instead of one of
    # them failing half-way; a reader takes none.
    statement = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def begin(connection):
        if is_file and not read_only and connection.info.get("file") != _identity_of(url.database):
            # What is written into a file that nobody finds any more is lost.
            connection.invalidate()
            raise sa.exc.OperationalError(
                statement, {}, sqlite3.OperationalError("the database file was moved or deleted")
            )
        connection.exec_driver_sql(statement)

    return engine


def _identity_of(path):
    """What tells a file from another one in its place; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
