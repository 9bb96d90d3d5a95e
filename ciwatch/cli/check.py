"""``ciwatch check``: what is missing before one can listen, in plain words."""

import datetime
import logging
import os
import pathlib
import tempfile

from cliff import command
import sqlalchemy as sa

from ciwatch import service
from ciwatch.cli import base
from ciwatch.cli import listen
from ciwatch.cli import registry
from ciwatch.db import engine
from ciwatch.db import schema
from ciwatch.gerrit import rest
from ciwatch.gerrit import ssh
from ciwatch.listener import questions
from ciwatch.parsers import manager
from ciwatch.queries import window
from ciwatch.sources import broker
from ciwatch.sources import rest as rest_source
from ciwatch.sources import ssh as ssh_source

# Events are put in order by the times that Gerrit gave them, and called new or old by ours.
_MOST_SKEW_S = 30


class Failed(Exception):
    """Something is missing; the message says what to do."""


class Check(command.Command):
    """Tell whether all is there for 'ciwatch listen': configuration, database, parsers, Gerrit, keys, clock.

    One line for each; those that say FAIL tell what to do. Exit code 1 where there is one.
    """

    def get_parser(self, prog_name):
        """Adds the source."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--source", metavar="NAME", help="the source to listen to (default: [listener] source)"
        )
        return parser

    def take_action(self, parsed_args):
        """Checks, prints, and returns the exit code."""
        # What a part logs of its trouble is told by its line.
        logging.getLogger("ciwatch").setLevel(logging.CRITICAL)
        conf = self.app.conf
        source = parsed_args.source or conf.listener.source
        self._failures = 0
        self._line("configuration", _configuration, conf)
        self._line("database", _database, conf)
        if conf.database.replica_connection:
            self._line("replica", _replica, conf)
        self._line("parsers", _parsers, conf)
        self._line("registry", _registry, conf)
        self._line("state folder", _writable, "state_path", conf.state_path)
        if conf.listener.archive_dir:
            self._line("archive", _writable, "[listener] archive_dir", conf.listener.archive_dir)
        if self._line("source", _source, source):
            kind = listen.source_class(source)
            if issubclass(kind, broker.BrokerSource):
                self._line("broker", _broker, kind, conf)
        client = rest_source.client_of(conf)
        answers = self._line("REST", _rest, client)
        if answers:
            self._line("clock", _clock, client)
        if source == ssh_source.SshSource.name or conf.gerrit.username:
            self._check_ssh(conf)
        if conf.gerrit.username:
            for group in conf.gerrit.ci_groups:
                self._tell(*_group(conf, group))
        if self._failures:
            print(f"{self._failures} to mend.", file=self.app.stdout)
            return 1
        print("All is there.", file=self.app.stdout)
        return 0

    def _check_ssh(self, conf):
        if not self._line("account", _account, conf):
            return
        if conf.gerrit.key_file and not self._line("key file", _key_file, conf.gerrit.key_file):
            return
        try:
            with ssh_source.client_of(conf).connect() as connection:
                self._tell("ok", "host key", f"the one in {conf.gerrit.known_hosts_file}")
                self._tell("ok", "login", f"{conf.gerrit.username} at {ssh_source.client_of(conf).where}")
                self._line("stream", _stream, connection, conf.gerrit.username)
        except ssh.HostKeyError as error:
            self._tell("FAIL", "host key", str(error))
        except ssh.LoginError as error:
            self._tell("ok", "host key", f"the one in {conf.gerrit.known_hosts_file}")
            self._tell("FAIL", "login", str(error))
        except ssh.SshError as error:
            self._tell("FAIL", "ssh", str(error))

    def _line(self, what, check, *arguments):
        """Prints what *check* says; returns whether it found all that it looked for."""
        try:
            self._tell("ok", what, check(*arguments))
        except Failed as error:
            self._tell("FAIL", what, str(error))
            return False
        return True

    def _tell(self, word, what, sentence):
        self._failures += word == "FAIL"
        print(f"{word:<5} {what}: {sentence}", file=self.app.stdout, flush=True)


def _configuration(conf):
    files = conf.default_config_files
    return f"read from {', '.join(files)}" if files else "the defaults, and what the environment says"


def _database(conf):
    store = engine.create_engine(conf)
    try:
        if engine.is_missing(store):
            return f"{store.url.database} is not there yet; the first command that records makes it"
        with store.connect() as connection:
            if schema.current(connection) is None and not sa.inspect(connection).get_table_names():
                return "it is empty; the first command that records fills it"
            schema.check(connection)
        return f"{store.url.render_as_string(hide_password=True)}, revision {schema.head()}"
    except schema.SchemaError as error:
        raise Failed(str(error)) from error
    except sa.exc.DBAPIError as error:
        raise Failed(
            f"{engine.explain(error, conf)}: is the server up, and the name, account and password right?"
        ) from error
    finally:
        store.dispose()


def _replica(conf):
    """Whether pages can be read from it, and from when they are."""
    store = engine.create_engine(conf, read_only=True, option="replica_connection")
    try:
        if engine.is_missing(store):
            raise Failed(f"[database] replica_connection: there is no {store.url.database}")
        with store.connect() as connection:
            schema.check(connection)
            newest = window.newest_event(connection)
    except schema.SchemaError as error:
        raise Failed(f"{error}; what is done to the database reaches its replica by itself") from error
    except sa.exc.DBAPIError as error:
        raise Failed(
            f"{engine.explain(error, conf)}: is the server up, and the name, account and password right?"
        ) from error
    finally:
        store.dispose()
    told = f"its newest event is of {newest:%Y-%m-%d %H:%M:%S} UTC" if newest else "no event is in it yet"
    return f"{store.url.render_as_string(hide_password=True)}, revision {schema.head()}; {told}"


def _parsers(conf):
    parsers = manager.ParserManager(disabled=conf.parsers.disabled)
    if faults := parsers.take_faults():
        told = "; ".join(f"{name}: {reason}" for (name, _), (_, reason) in faults.items())
        raise Failed(f"{told}; install what is missing, or name the plugin in [parsers] disabled")
    return f"{len(parsers.parsers)} of them"


def _registry(conf):
    try:
        found = registry.read_file(conf)
    except base.CommandError as error:
        raise Failed(str(error)) from error
    count = len(found.current().systems)
    if not count:
        return "none; what a CI covers is learned from what it does"
    return f"{count} CI system{'s' * (count != 1)}"


def _writable(option, folder):
    path = pathlib.Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise Failed(
            f"{option}: {path}: {error.strerror}: make it, and give it to the account that listens"
        ) from error
    return str(path)


def _source(name):
    try:
        return listen.source_class(name).name
    except base.CommandError as error:
        raise Failed(str(error)) from error


def _broker(kind, conf):
    try:
        return kind.probe(conf)
    except (broker.BrokerError, service.ConfigError) as error:
        raise Failed(str(error)) from error


def _rest(client):
    try:
        version = client.version()
        client.changes("is:open", 0, 1)
    except rest.RestError as error:
        raise Failed(
            f"{error} Without REST what was missed is asked for over ssh, which tells less of what is typed"
        ) from error
    return f"{client.url} is Gerrit {version}"


def _clock(client):
    if client.server_time is None:
        return "Gerrit does not say what time it is"
    ahead = (datetime.datetime.now(datetime.UTC) - client.server_time).total_seconds()
    # Gerrit's is cut to whole seconds.
    if abs(ahead) > _MOST_SKEW_S:
        word = "ahead of" if ahead > 0 else "behind"
        raise Failed(
            f"this machine's clock is {abs(ahead):.0f} s {word} Gerrit's: set both by NTP"
            " (timedatectl set-ntp true)"
        )
    return "within a second of Gerrit's" if abs(ahead) < 2 else f"{abs(ahead):.0f} s off Gerrit's"


def _account(conf):
    if not conf.gerrit.username:
        raise Failed(
            "[gerrit] username is not set: ssh needs an account of Gerrit's; or set [listener] source = rest,"
            " which needs none"
        )
    return conf.gerrit.username


def _key_file(name):
    path = pathlib.Path(os.path.expanduser(name))
    try:
        mode = path.stat().st_mode
        with open(path, "rb") as stream:
            stream.read(1)
    except OSError as error:
        raise Failed(f"[gerrit] key_file: {path}: {error.strerror}") from error
    if mode & 0o077:
        raise Failed(f"[gerrit] key_file: {path} can be read by others: chmod 600 {path}")
    return f"{path}, readable by its owner only"


def _stream(connection, username):
    try:
        with connection.stream():
            return "Gerrit lets this account hear its events"
    except ssh.ForbiddenError as error:
        raise Failed(
            f"{error}: Gerrit's administrators have to give {username!r} the global capability Stream Events"
            " (Access of All-Projects; membership of the group Service Users will do on most servers)"
        ) from error
    except ssh.SshError as error:
        raise Failed(str(error)) from error


def _group(conf, name):
    """Word, what and sentence: one may listen without knowing who is in a group."""
    what = f"group {name}"
    try:
        members = questions.members_of(conf, name)
    except (rest.RestError, ssh.SshError) as error:
        return "note", what, f"{error}; correct [gerrit] ci_groups, or leave it empty"
    if not members:
        return (
            "note",
            what,
            "it has no members that this account may see; its owners can make it visible to all registered"
            " users",
        )
    return "ok", what, f"{len(members)} members"
