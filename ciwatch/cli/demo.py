"""The command that shows it all: a simulated project, a database of its own, a browser."""

import contextlib
import datetime
import json
import logging
import os
import pathlib
import sys
import tempfile
import threading
import time
import urllib.parse
import webbrowser

from cliff import command
import tqdm

from ciwatch.cli import arguments
from ciwatch.cli import base
from ciwatch.cli import ingest
from ciwatch.cli import listen
from ciwatch.cli import registry
from ciwatch.cli import rollup
from ciwatch.cli import serve
from ciwatch.demo import world
from ciwatch.gerrit import rest as gerrit_rest
from ciwatch.recorder import positions
from ciwatch.rollup import keeper
from ciwatch.sources import asking
from ciwatch.sources import batches
from ciwatch.sources import rest

LOG = logging.getLogger(__name__)

#: How much faster than real the simulated time goes on while the demo is looked at.
LIVE_SPEED = 60.0

# How often a real Gerrit is asked, in seconds, and how often what it said is counted.
_POLL_S = 30
_COUNT_EVERY_S = 5


class Demo(command.Command):
    """Show a simulated project: a fortnight of it in a fresh database, served on 127.0.0.1, and living on.

    A gate, a dozen third-party CIs of known character, people, re-runs and merges. With --gerrit and
    --project, a real one: its last two days, and what happens from then on, asked for over REST without an
    account. The database is in a temporary folder that is removed at the end.
    """

    def get_parser(self, prog_name):
        """Adds what can be asked of the demo."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--port", type=int, help="the port to answer on (default: 8080, or a free one if it is taken)"
        )
        parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
        parser.add_argument(
            "--gerrit", metavar="URL", help="show projects of this Gerrit, such as https://review.opendev.org"
        )
        parser.add_argument(
            "--project",
            metavar="NAME",
            action="append",
            help="with --gerrit, a project to show, such as openstack/cinder; may be given again",
        )
        parser.add_argument("--seed", type=int, default=1, help="another seed is another story (default: 1)")
        parser.add_argument(
            "--days",
            type=arguments.positive(float),
            help="how many days have passed (default: 14; with --gerrit 2)",
        )
        parser.add_argument(
            "--changes",
            type=arguments.positive(int),
            default=400,
            help="changes made in these days (default: 400)",
        )
        parser.add_argument(
            "--events",
            metavar="FILE",
            help="only write the events, one JSON object a line, to FILE ('-' is standard output)",
        )
        return parser

    def take_action(self, parsed_args):
        """Writes the events, or shows the demo until it is interrupted."""
        if bool(parsed_args.gerrit) != bool(parsed_args.project):
            raise base.CommandError("--gerrit URL and --project NAME belong together")
        if parsed_args.gerrit:
            self._show_gerrit(parsed_args)
            return
        play = world.World(
            seed=parsed_args.seed,
            days=parsed_args.days or 14,
            changes=parsed_args.changes,
            keep_truth=False,
        )
        if parsed_args.events:
            self._write(play, parsed_args.events)
            return
        with self._fresh_database() as engine:
            self._show(engine, play, ingest.make_recorder(self.app.conf, engine, "demo"), parsed_args)

    @contextlib.contextmanager
    def _fresh_database(self):
        with tempfile.TemporaryDirectory(prefix="ciwatch-demo-") as folder:
            conf = self.app.conf
            path = pathlib.Path(folder) / "ciwatch.sqlite"
            conf.set_override("state_path", folder)
            conf.set_override("connection", f"sqlite:///{path}", group="database")
            # Whose CIs are described there are not those of the story.
            conf.set_override("registry_file", "", group="insight")
            with base.database(conf) as engine:
                yield engine

    def _show_gerrit(self, parsed_args):
        conf, days = self.app.conf, parsed_args.days or 2
        try:
            conf.set_override("url", parsed_args.gerrit, group="gerrit")
        except ValueError as error:
            raise base.CommandError(f"--gerrit: {error}") from error
        # As anybody may see it, and without leaving anything behind.
        conf.set_override("username", None, group="gerrit")
        conf.set_override("archive_dir", None, group="listener")
        conf.set_override("poll_interval", _POLL_S, group="listener")
        since = positions.now() - datetime.timedelta(days=days)
        self._check_gerrit(conf, since, parsed_args.project)
        listener = _listen(parsed_args.port)
        with self._fresh_database() as engine, contextlib.ExitStack() as stack:
            source = rest.RestSource(conf, since, parsed_args.project)
            following = listen.make_listener(conf, engine, source, stack)
            thread = threading.Thread(target=following.run, daemon=True)
            thread.start()
            stack.callback(thread.join, 5)
            stack.callback(following.stop)
            stack.enter_context(keeper.Keeper(engine, registry.read_file(conf), _COUNT_EVERY_S))
            print(
                f"Asking {conf.gerrit.url} for the last {days:g} days of {', '.join(parsed_args.project)};"
                " pages fill while it answers",
                file=self.app.stdout,
            )
            path = "project/" + urllib.parse.quote(parsed_args.project[0])
            self._open_browser(parsed_args, serve.address(listener) + path)
            serve.run(conf, listener, self.app.stdout)

    def _check_gerrit(self, conf, since, projects):
        """Tells at once what would else be told to nobody."""
        try:
            found, _ = rest.client_of(conf).changes(asking.query_of(since, projects=projects), 0, 1)
        except gerrit_rest.RestError as error:
            raise base.CommandError(str(error)) from error
        if not found:
            print(
                f"ciwatch: no change of {', '.join(projects)} was updated since {since:%Y-%m-%d %H:%M} UTC;"
                " is the name whole, such as openstack/cinder?",
                file=self.app.stderr,
            )

    def _write(self, play, path):
        try:
            with contextlib.ExitStack() as stack:
                stream = self.app.stdout if path == "-" else stack.enter_context(open(path, "w"))
                for event in _with_bar(play):
                    stream.write(_line(event).decode() + "\n")
        except OSError as error:
            raise base.CommandError(f"{path}: {error.strerror}") from error

    def _show(self, engine, play, record, parsed_args):
        conf = self.app.conf
        # Before the history is played: who asks for a port that is taken should not wait for it.
        listener = _listen(parsed_args.port)
        events = _with_bar(play)
        for batch in batches.full(map(_line, events), conf.listener.batch_size):
            record.record(batch)
        rollup.count(conf, engine)
        threading.Thread(target=_live_on, args=(play, record), daemon=True).start()
        self._open_browser(parsed_args, serve.address(listener))
        with keeper.Keeper(engine, registry.read_file(conf)):
            serve.run(conf, listener, self.app.stdout)

    def _open_browser(self, parsed_args, address):
        if not parsed_args.no_browser and _has_display():
            threading.Timer(0.5, webbrowser.open, [address]).start()


def _listen(port):
    if port is not None:
        return serve.listen("127.0.0.1", port)
    try:
        return serve.listen("127.0.0.1", 8080)
    except base.CommandError:
        return serve.listen("127.0.0.1", 0)


def _with_bar(play):
    """The history's events, with a progress bar on a terminal."""
    with tqdm.tqdm(
        desc=f"{play.days:g} days",
        total=round(play.days, 2),
        unit="day",
        bar_format="{l_bar}{bar}| {postfix}",
        disable=None,
        file=sys.stderr,
    ) as bar:
        begun = play.until.timestamp() - play.days * 86400
        for number, event in enumerate(play.history()):
            if number % 500 == 0:
                bar.n = round(max(0.0, event["eventCreatedOn"] - begun) / 86400, 2)
                bar.set_postfix_str(f"{number} events")
            yield event
        bar.n = bar.total
        bar.refresh()


def _line(event):
    return json.dumps(event, separators=(",", ":")).encode()


def _live_on(play, record):
    """Records what goes on happening, each event at its time."""
    for event in play.live(speed=LIVE_SPEED):
        time.sleep(max(0.0, event["eventCreatedOn"] - time.time()))
        try:
            record.record([_line(event)])
        except Exception:
            LOG.exception("The demo could not record an event")


def _has_display():
    """Whether a browser with a window can be opened here."""
    return sys.platform == "darwin" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("BROWSER")
    )
