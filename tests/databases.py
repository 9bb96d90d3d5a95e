"""The database of a test: an SQLite file, or one of a private server of PostgreSQL or MariaDB.

Which, :data:`ENGINE` in the environment says, and :data:`SERVER` where the server is; ``python -m
tests.engines`` sets both. Without them it is SQLite.
"""

import contextlib
import functools
import glob
import hashlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

import fixtures
import sqlalchemy as sa

from ciwatch import service
from ciwatch.db import engine as engines
from ciwatch.db import schema

#: Names in the environment: of one of the ENGINES, and of the folder with its server's socket.
ENGINE = "CIWATCH_TEST_ENGINE"
SERVER = "CIWATCH_TEST_SERVER"

#: How long a server may take to start or to end, in seconds.
PATIENCE_S = 180


class Server(fixtures.Fixture):
    """A private server in a temporary folder, on a Unix socket, run by an ordinary user.

    What is committed survives when the server is killed, though not when the machine is.

    :cvar engine: its name in :data:`ENGINE`.
    :cvar programs: what it needs, of which Debian package.
    """

    engine = None
    package = None

    def __init__(self, *settings):
        """*settings* are further arguments of the server's program."""
        super().__init__()
        self._settings = settings
        self._process = None

    @classmethod
    def missing(cls):
        """What to say where the programs are absent; None where they are there."""
        absent = [name for name in cls.programs if not _program(name)]
        if absent:
            return f"{cls.engine}: needs {', '.join(absent)} of Debian's package {cls.package}"
        return None

    def _setUp(self):
        # Sockets have short names, everybody may enter these, and in memory no write waits for a disk.
        place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ciwatch-", dir=place))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self._owner = {}
        if os.geteuid() == 0:
            # Neither server runs as root.
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self._owner = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.log = open(self.folder / "log", "ab")
        self.addCleanup(self.log.close)
        self.initialise()
        self.addCleanup(self.stop)
        self.start()

    def run_program(self, name, *words):
        """Runs one of the server's programs to its end."""
        subprocess.run(
            [_program(name), *map(str, words)],
            check=True,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            **self._owner,
        )

    def start(self):
        """Starts the server, and returns once it answers."""
        name, *words = self.command()
        self._process = subprocess.Popen(
            [_program(name), *map(str, words), *self._settings],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
            **self._owner,
        )
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                with _connected(self.engine, self.folder, None) as connection:
                    connection.exec_driver_sql("SELECT 1")
                return
            except sa.exc.DBAPIError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    said = (self.folder / "log").read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"{self.engine} did not start: {said}") from None
                time.sleep(0.05)

    def kill(self):
        """Kills the server and all its processes, as a machine without memory does."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(PATIENCE_S)
            self._process = None

    def stop(self):
        """Ends the server without waiting for those who are connected."""
        if self._process:
            self._process.send_signal(self.stop_signal)
            try:
                self._process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    def environment(self):
        """What to set in the environment so that tests use this server."""
        return {ENGINE: self.engine, SERVER: str(self.folder)}

    def database(self, name="ciwatch"):
        """The :class:`Database` of a name on this server."""
        return Database(self.engine, self.folder, name)


class PostgreSQL(Server):
    """PostgreSQL, with a language's order of words: capitals and marks count little."""

    engine = "postgresql"
    package = "postgresql"
    programs = ("initdb", "postgres")
    stop_signal = signal.SIGINT

    def initialise(self):
        """Makes the cluster."""
        locale = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
        self.run_program(
            "initdb", "--pgdata=data", "--username=ciwatch", "--auth=trust", "--no-sync", *locale
        )

    def command(self):
        """The server's command line."""
        settings = (
            "listen_addresses=",
            f"unix_socket_directories={self.folder}",
            # Written, but not waited for until it is on the disk.
            "fsync=off",
            "max_connections=200",
        )
        return ("postgres", "-D", "data", *(word for each in settings for word in ("-c", each)))


class Standby(PostgreSQL):
    """A replica of a :class:`PostgreSQL`, which hears from it all that is written there."""

    def __init__(self, primary, *settings):
        """Takes the server whose replica it is."""
        super().__init__(*settings)
        self._primary = primary

    def initialise(self):
        """Copies the primary's data, and notes where more is to be had."""
        where = f"--host={self._primary.folder}"
        self.run_program(
            *("pg_basebackup", where, "--username=ciwatch", "--pgdata=data"),
            *("--write-recovery-conf", "--checkpoint=fast", "--no-sync"),
        )


class MariaDB(Server):
    """MariaDB as it is without any configuration: a language's order, and an alphabet of 256 letters."""

    engine = "mariadb"
    package = "mariadb-server"
    programs = ("mariadb-install-db", "mariadbd")
    stop_signal = signal.SIGTERM

    def initialise(self):
        """Makes the folder of its data."""
        self.run_program(
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={self.folder}/data",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        )

    def command(self):
        """The server's command line."""
        return (
            "mariadbd",
            "--no-defaults",
            f"--datadir={self.folder}/data",
            f"--socket={self.folder}/socket",
            f"--pid-file={self.folder}/pid",
            "--skip-networking",
            # Written at each commit, but not waited for until it is on the disk.
            "--innodb-flush-log-at-trx-commit=2",
            "--innodb-flush-method=nosync",
            "--innodb-doublewrite=0",
            "--max-connections=200",
        )


#: Name -> server.
SERVERS = {server.engine: server for server in (PostgreSQL, MariaDB)}


class Database:
    """A database by its name, on whatever engine.

    :ivar url: its SQLAlchemy URL, with which ``[database] connection`` names it.
    :ivar path: of its file, for SQLite; else None.
    """

    def __init__(self, engine, folder, name):
        """Names it; :meth:`create` makes it."""
        self.engine = engine
        self.path = pathlib.Path(folder) / name if engine == "sqlite" else None
        self._folder, self._name = folder, name
        self.url = _url(engine, folder, name)

    def create(self, model=None):
        """Makes it on its server, unless it is there; SQLite makes its file itself.

        :param model: a :class:`Database` to which nobody is connected, and of which this becomes a copy.
        """
        if self.engine == "sqlite":
            return
        with _connected(self.engine, self._folder, None) as connection:
            if self.engine == "postgresql":
                there = "SELECT 1 FROM pg_database WHERE datname = %s"
                if not connection.exec_driver_sql(there, (self._name,)).first():
                    template = model._name if model else "template0"
                    connection.exec_driver_sql(f"CREATE DATABASE {self._name} TEMPLATE {template}")
                return
            connection.exec_driver_sql(f"CREATE DATABASE IF NOT EXISTS {self._name}")
            if model and not sa.inspect(connection).get_table_names(self._name):
                self._copy_tables(connection, model)

    def migrate(self):
        """Makes it, and gives it the current schema."""
        self.create()
        store = sa.create_engine(self.url, poolclass=sa.pool.NullPool)
        with store.begin() as connection:
            schema.upgrade(connection)

    def _copy_tables(self, connection, model):
        connection.exec_driver_sql(f"USE {self._name}")
        # In whatever order, though they refer to one another.
        connection.exec_driver_sql("SET foreign_key_checks=0")
        for name, statement in _tables_of(model).items():
            connection.exec_driver_sql(statement.replace("%", "%%"))
            connection.exec_driver_sql(f"INSERT INTO `{name}` SELECT * FROM {model._name}.`{name}`")

    def drop(self):
        """Removes it from its server, whoever is connected."""
        if self.engine == "postgresql":
            with _connected(self.engine, self._folder, None) as connection:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")
        elif self.engine == "mariadb":
            with _connected(self.engine, self._folder, None) as connection:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {self._name}")

    def query(self, statement, *values):
        """The rows that an SQL statement gives; ``?`` stands for one of *values*."""
        with self.connected() as connection:
            return list(map(tuple, connection.exec_driver_sql(self._marked(statement), values)))

    def execute(self, statement, *values):
        """Executes and commits an SQL statement."""
        with self.connected() as connection:
            connection.exec_driver_sql(self._marked(statement), values)

    def connected(self, isolation_level=None):
        """A connection to it, for the time of a block that commits at its end."""
        return _connected(self.engine, self._folder, self._name, isolation_level)

    def _marked(self, statement):
        return statement if self.engine == "sqlite" else statement.replace("%", "%%").replace("?", "%s")


class Hold(fixtures.Fixture):
    """While it is in use, others can read a database, and wait if they want to write."""

    def __init__(self, database):
        """Takes the :class:`Database`."""
        super().__init__()
        self._database = database

    def _setUp(self):
        self._held = contextlib.ExitStack()
        self.addCleanup(self.release)
        connection = self._held.enter_context(self._database.connected("AUTOCOMMIT"))
        tables = sa.inspect(connection).get_table_names()
        if self._database.engine == "sqlite":
            begin, end = "BEGIN IMMEDIATE", "ROLLBACK"
        elif self._database.engine == "postgresql":
            begin = f"BEGIN; LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE"
            end = "ROLLBACK"
        else:
            begin = f"LOCK TABLES {', '.join(f'`{table}` READ' for table in tables)}"
            end = "UNLOCK TABLES"
        while True:
            try:
                connection.exec_driver_sql(begin)
                break
            except sa.exc.OperationalError:
                # Somebody who writes had one of the tables, and waited for another.
                connection.exec_driver_sql(end)
        self._held.callback(connection.exec_driver_sql, end)

    def release(self):
        """Lets it go, if that was not done yet."""
        self._held.close()


def of_test(folder, name):
    """The database of a *name* of the test whose temporary *folder* this is; of whatever engine is tested."""
    engine = os.environ.get(ENGINE, "sqlite")
    if engine == "sqlite":
        return Database(engine, folder, name)
    # Each test its own, and the same in whatever process it asks.
    digest = hashlib.blake2b(f"{folder}/{name}".encode(), digest_size=8).hexdigest()
    return Database(engine, os.environ[SERVER], f"test_{digest}")


#: Name -> what :func:`prepared` made.
_PREPARED = {}


def prepared(name="prepared", fill=None):
    """A :class:`Database` with the current schema, to be copied; the same one for the same name.

    Migrating takes a second, and copying less. SQLite has no need of it: None.

    :param fill: called with an engine of it when it is new.
    """
    if engine_name() == "sqlite":
        return None
    if name not in _PREPARED:
        database = Database(engine_name(), os.environ[SERVER], name)
        if fill is None:
            database.migrate()
        else:
            database.create(prepared())
            conf = service.prepare([], config_files=[])
            conf.set_override("connection", database.url, group="database")
            store = engines.create_engine(conf)
            fill(store)
            store.dispose()
        _PREPARED[name] = database
    return _PREPARED[name]


@functools.cache
def _tables_of(model):
    """Name -> what makes such a table."""
    with model.connected() as connection:
        names = sa.inspect(connection).get_table_names()
        return {name: connection.exec_driver_sql(f"SHOW CREATE TABLE `{name}`").one()[1] for name in names}


def engine_name():
    """The name of the engine that is tested."""
    return os.environ.get(ENGINE, "sqlite")


def _url(engine, folder, name):
    if engine == "sqlite":
        return f"sqlite:///{pathlib.Path(folder) / name}"
    if engine == "postgresql":
        return f"postgresql+psycopg://ciwatch@/{name}?host={folder}"
    # Nobody listens in on a socket, and making ready for TLS takes longer than a short statement.
    return f"mysql+pymysql://root@localhost/{name}?unix_socket={folder}/socket&ssl_disabled=true"


@contextlib.contextmanager
def _connected(engine, folder, name, isolation_level=None):
    """A connection that ends, and commits, with the block; without a *name*, to the server."""
    if name is None:
        name, isolation_level = {"postgresql": "postgres", "mariadb": "mysql"}[engine], "AUTOCOMMIT"
    options = {"isolation_level": isolation_level} if isolation_level else {}
    store = sa.create_engine(_url(engine, folder, name), poolclass=sa.pool.NullPool, **options)
    with store.connect() as connection:
        yield connection
        connection.commit()


def _program(name):
    """The path of a server's program; that of PostgreSQL's is not in the PATH."""
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=lambda path: float(path.split("/")[4]))
    return found[-1] if found else shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")
