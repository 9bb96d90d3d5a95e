"""The way to the database: one engine a process, with what each database needs to behave alike."""

import functools
import os
import pathlib
import sqlite3

import sqlalchemy as sa
from sqlalchemy import event

from ciwatch import service

#: How long to wait for another process that writes, in seconds.
BUSY_TIMEOUT_S = 60

#: How long to wait for an answer to the first word, in seconds, and for any that should be acknowledged.
_CONNECT_TIMEOUT_S = 10
_SILENCE_S = 60

#: Under this name an engine, and its connections, know the option that names their database.
_OPTION = "ciwatch_option"


def create_engine(conf, read_only=False, busy_timeout_s=BUSY_TIMEOUT_S, option="connection"):
    """An engine for ``[database] connection``.

    :param conf: the configuration of :func:`ciwatch.service.prepare`.
    :param read_only: True for the web side, which never writes: the database itself refuses then, and one
        transaction reads everything as it was at its first statement.
    :param busy_timeout_s: how long to wait for another process that writes, in seconds.
    :param option: the option that names the database, which its errors name, too.
    :raises ciwatch.service.ConfigError: where the URL is none, or its driver is not installed.
    """
    try:
        url = sa.make_url(conf.database[option])
        make = _sqlite_engine if url.get_backend_name() == "sqlite" else _server_engine
        engine = make(url, read_only, busy_timeout_s, option)
    except sa.exc.NoSuchModuleError as error:
        raise service.ConfigError(
            f"[database] {option}: SQLAlchemy knows no database {url.drivername!r}"
        ) from error
    except sa.exc.ArgumentError as error:
        # SQLAlchemy's own words may quote the URL, and with it the password.
        raise service.ConfigError(
            f"[database] {option}: is no SQLAlchemy URL, such as sqlite:////var/lib/ciwatch/ciwatch.sqlite"
        ) from error
    except ModuleNotFoundError as error:
        raise service.ConfigError(
            f"[database] {option}: the driver {error.name!r} is not installed; pip install it"
        ) from error
    engine.update_execution_options(**{_OPTION: option})
    event.listen(engine, "handle_error", functools.partial(_add_name, _name(url, option)))
    return engine


def option_of(connection):
    """The name of the option in ``[database]`` that names the database of a connection."""
    return connection.get_execution_options().get(_OPTION, "connection")


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
    named = [each for each in getattr(error, "detail", ()) if each.startswith("[database] ")]
    name = named[0] if named else _name(sa.make_url(conf.database.connection), "connection")
    return f"{name}: {_first_line(getattr(error, 'orig', None) or error)}"


def _name(url, option):
    return f"[database] {option}: {url.render_as_string(hide_password=True)}"


def _add_name(name, context):
    """Has an error remember of which database it is."""
    if isinstance(context.sqlalchemy_exception, sa.exc.StatementError):
        context.sqlalchemy_exception.add_detail(name)


def _first_line(error):
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _sqlite_engine(url, read_only, busy_timeout_s, option):
    if url.database and url.database != ":memory:" and not read_only:
        folder = pathlib.Path(url.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise service.ConfigError(
                f"[database] {option}: cannot make the folder {folder}: {error.strerror}"
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


def _server_engine(url, read_only, busy_timeout_s, option):
    """An engine of a database that a server keeps."""
    kind = url.get_backend_name()
    options = {"connect_timeout": _CONNECT_TIMEOUT_S}
    if kind == "postgresql":
        # Else a server whose machine is gone would be waited for a quarter of an hour.
        options |= {"keepalives_idle": _SILENCE_S // 2, "tcp_user_timeout": _SILENCE_S * 1000}
    drivers = {"psycopg", "psycopg2", "pymysql", "mysqldb"}
    options = {name: value for name, value in options.items() if name not in url.query}
    arguments = options if url.get_driver_name() in drivers else {}
    engine = sa.create_engine(url, pool_pre_ping=True, pool_recycle=3600, connect_args=arguments)
    statements = _SETTINGS.get(kind, _no_settings)(read_only, busy_timeout_s)

    @event.listens_for(engine, "connect")
    def configure(connection, record):
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
        # Else the settings would be taken back with what comes after them.
        connection.commit()

    return engine


def _postgresql_settings(read_only, busy_timeout_s):
    yield f"SET lock_timeout = '{busy_timeout_s}s'"
    if read_only:
        yield "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


def _mysql_settings(read_only, busy_timeout_s):
    yield f"SET SESSION innodb_lock_wait_timeout = {busy_timeout_s}, lock_wait_timeout = {busy_timeout_s}"
    # What has no room is an error, and not cut silently.
    yield "SET SESSION sql_mode = 'STRICT_ALL_TABLES'"
    if read_only:
        yield "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
    else:
        # As PostgreSQL does it. The default locks what lies between rows, too, and those who write block
        # one another for rows that neither writes.
        yield "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"


def _no_settings(read_only, busy_timeout_s):
    return ()


#: Kind of a database -> the statements with which a connection begins.
_SETTINGS = {"postgresql": _postgresql_settings, "mysql": _mysql_settings, "mariadb": _mysql_settings}


def _identity_of(path):
    """What tells a file from another one in its place; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
