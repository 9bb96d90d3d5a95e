"""Commands that bring events in from a Gerrit: what happens, and what happened."""

import contextlib
import logging
import signal
import threading
import time

from cliff import command
from stevedore import driver

from ciwatch import service
from ciwatch.cli import arguments
from ciwatch.cli import base
from ciwatch.cli import ingest
from ciwatch.cli import progress
from ciwatch.cli import registry
from ciwatch.cli import rollup
from ciwatch.db import engine as engines
from ciwatch.listener import archive
from ciwatch.listener import backfill
from ciwatch.listener import intake
from ciwatch.listener import listener
from ciwatch.listener import spool
from ciwatch.parsers import manager
from ciwatch.recorder import positions
from ciwatch.recorder import recorder
from ciwatch.rollup import keeper
from ciwatch.sources import asking
from ciwatch.sources import base as sources
from ciwatch.sources import rest
from ciwatch.sources import ssh

LOG = logging.getLogger(__name__)

# Whoever listens does not wait long for a locked database: events wait on disk instead.
_BUSY_TIMEOUT_S = 2


class Listen(command.Command):
    """Listen to the Gerrit of [gerrit] url, and record what happens, until it is stopped.

    The source 'ssh' needs an account with the capability Stream Events; 'rest' needs none, and is some
    seconds later; 'kafka' and 'mqtt' hear a broker to which somebody hands Gerrit's events. What is missed
    while Gerrit, the network or this program is away is asked for afterwards. 'ciwatch check' tells
    beforehand what is missing.
    """

    def get_parser(self, prog_name):
        """Adds the source."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--source",
            metavar="NAME",
            help="ssh, rest, kafka, mqtt, or a plugin's name (default: [listener] source)",
        )
        return parser

    def take_action(self, parsed_args):
        """Listens until SIGTERM or Ctrl-C."""
        conf = self.app.conf
        kind = source_class(parsed_args.source or conf.listener.source)
        kind.require(conf)
        with contextlib.ExitStack() as stack:
            store = self._wait_for_database(conf, stack)
            with store.connect() as connection:
                since = positions.read(connection, positions.ASKED)
            listening = make_listener(conf, store, kind(conf, since), stack)
            for number in (signal.SIGTERM, signal.SIGINT):
                # In a thread: what is closed may be in use by the one that the signal interrupts.
                signal.signal(number, lambda *_: threading.Thread(target=listening.stop).start())
            print(
                f"Listening to {conf.gerrit.url} ({kind.name}); Ctrl-C ends", file=self.app.stdout, flush=True
            )
            stack.enter_context(keeper.Keeper(store, registry.read_file(conf)))
            listening.run()

    def _wait_for_database(self, conf, stack):
        """The engine; a service that is started before its database must not give up."""
        said = None
        while True:
            try:
                return stack.enter_context(base.database(conf, busy_timeout_s=_BUSY_TIMEOUT_S))
            except base.DatabaseAwayError as error:
                if str(error) != said:
                    said = str(error)
                    print(f"ciwatch: {said}; waiting for it", file=self.app.stderr, flush=True)
                time.sleep(_BUSY_TIMEOUT_S)


def source_class(name):
    """The class of the live source called *name*.

    :raises ciwatch.cli.base.CommandError: where there is no such plugin.
    """
    try:
        found = driver.DriverManager(
            "ciwatch.sources",
            name,
            on_load_failure_callback=_tell_load_failure,
            warn_on_missing_entrypoint=False,
        ).driver
    except (driver.NoMatches, RuntimeError) as error:
        raise base.CommandError(
            f"[listener] source: there is no source {name!r} that could be loaded; ssh, rest, kafka and mqtt"
            " are ours"
        ) from error
    if not issubclass(found, sources.LiveSource):
        raise base.CommandError(
            f"[listener] source: {name!r} is nothing to listen to; 'ciwatch replay FILE' reads files"
        )
    return found


def _tell_load_failure(manager, entry_point, error):
    LOG.error("The source %s cannot be loaded: %s", entry_point.name, error)


def make_listener(conf, store, source, stack):
    """The :class:`~ciwatch.listener.listener.Listener` of a configuration.

    :param store: the engine.
    :param source: a :class:`~ciwatch.sources.base.LiveSource`.
    :param stack: an ExitStack that closes what is to be closed.
    :raises ciwatch.cli.base.CommandError: where a folder cannot be used.
    """
    name = service.listener_name(conf)
    try:
        waiting = spool.Spool(spool.folder_of(conf.state_path, name), conf.listener.spool_limit * 2**20)
        stack.callback(waiting.close)
        copies = None
        if conf.listener.archive_dir:
            copies = archive.Archive(conf.listener.archive_dir)
            stack.callback(copies.close)
    except (spool.SpoolError, archive.ArchiveError) as error:
        raise base.CommandError(str(error)) from error
    parsers = manager.ParserManager(disabled=conf.parsers.disabled)
    identity = ingest.make_identity(conf)
    record = recorder.Recorder(store, parsers, identity, source.name)
    taker = intake.Intake(record, waiting, lambda error: engines.explain(error, conf))
    return listener.Listener(conf, name, store, source, taker, waiting, identity, parsers, copies)


class Backfill(command.Command):
    """Ask the Gerrit of [gerrit] url for what happened since some time, and record it.

    One request at a time, a day at a time, oldest first; no account is needed. An interrupted run goes on
    where it stopped when it is begun again for the same projects. A listener may go on meanwhile.
    """

    def get_parser(self, prog_name):
        """Adds which time, and which projects."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--since",
            metavar="T",
            type=arguments.moment,
            required=True,
            help="from when on: 30d, 12h, 2026-05-06 or 2026-05-06T21:30:00 (UTC)",
        )
        parser.add_argument("--until", metavar="T", type=arguments.moment, help="until when (default: now)")
        parser.add_argument(
            "--project",
            metavar="NAME",
            action="append",
            default=[],
            help="only changes of this project; may be given again (default: all projects)",
        )
        return parser

    def take_action(self, parsed_args):
        """Asks and records, with a progress bar on a terminal."""
        conf, now = self.app.conf, positions.now()
        end = parsed_args.until or now
        if parsed_args.since >= end:
            raise base.CommandError(
                f"--since is not before {end:%Y-%m-%d %H:%M} UTC: there is nothing to ask for"
            )
        with base.database(conf) as store:
            with progress.Progress(
                "asking Gerrit",
                "days",
                "the same command goes on from here",
                _days(end - parsed_args.since),
                bar_format="{l_bar}{bar}| {n:.1f}/{total:.1f} days [{elapsed}<{remaining}]{postfix}",
            ) as shown:
                task = self._task(conf, store, parsed_args, shown)
                if done := task.resume():
                    shown.say(f"going on from {done:%Y-%m-%d %H:%M} UTC")
                    shown.go_on_after(_days(done - parsed_args.since))
                self._run(task, now, parsed_args.since, shown)
            rollup.count(conf, store)
            ingest.tell_pruned(self.app, store, task.counts)
        print(ingest.summary(task.counts), file=self.app.stdout)

    def _task(self, conf, store, parsed_args, shown):
        def tell(error, seconds):
            shown.say(f"{error}; the next try is in {seconds:.0f} s")

        askers = [asking.RestAsker(rest.client_of(conf), tell=tell)]
        if conf.gerrit.username:
            askers.append(asking.QueryAsker(ssh.client_of(conf)))
        return backfill.Backfill(
            store,
            ingest.make_recorder(conf, store, "backfill"),
            askers,
            conf.gerrit.url,
            parsed_args.since,
            parsed_args.until,
            parsed_args.project,
        )

    def _run(self, task, now, since, shown):
        try:
            for done in task.run(now):
                shown.at(_days(done - since), note=f"{task.counts.read} events")
        except asking.AskError as error:
            raise base.CommandError(f"{error}; the same command goes on from here") from error


def _days(length):
    return length.total_seconds() / 86400
