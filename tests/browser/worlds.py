"""The servers that the browser visits: real processes on 127.0.0.1 over real databases, one a world."""

import atexit
import functools
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from tests import base
from tests.browser import hostile
from tests.gerrit import server

_START_S = 60
_REPLAY_S = 600


class AbsentError(Exception):
    """A world cannot be had here; the message is one line that says why."""


class World:
    """A database with its figures counted, and a server that shows it.

    :ivar name: a word for names of pictures.
    :ivar until: the query that asks for the time in which its story ends; empty where that is now.
    :ivar address: where it answers, without the last slash.
    """

    def __init__(self, name, folder, until=""):
        """Names it; nothing is there yet."""
        self.name, self.until = name, until
        self.database = pathlib.Path(folder) / f"{name}.sqlite"
        self.port = server.free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process = None

    def command(self, *words, stdin=None):
        """Runs the program on its database; returns what it prints."""
        done = subprocess.run(
            self._words(*words),
            env=self._environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_REPLAY_S,
        )
        if done.returncode:
            raise AssertionError(f"ciwatch {words[0]}: {done.stderr.strip()[-500:]}")
        return done.stdout

    def start(self):
        """Starts its server, and waits until it answers."""
        self._process = subprocess.Popen(
            self._words("serve", "--port", self.port),
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        deadline = time.monotonic() + _START_S
        while "answers on" not in (said := self._process.stdout.readline()):
            if not said or time.monotonic() > deadline:
                raise AssertionError(f"the server of {self.name} did not start")

    def stop(self):
        """Ends its server at once, as a crash would."""
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process.stdout.close()
            self._process = None

    def copy(self, name):
        """A world of the same story on a database of its own, which may be written to; started."""
        twin = World(name, self.database.parent, self.until)
        with sqlite3.connect(self.database) as here, sqlite3.connect(twin.database) as there:
            here.backup(there)
        twin.start()
        return twin

    def rows(self, statement, *values):
        """Rows of its database."""
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def url(self, path, query=""):
        """The address of a page, as of the end of its story where *query* may ask for that."""
        return f"{self.address}{path}" + (f"?{query}" if query else "")

    def _words(self, *words):
        return [sys.executable, "-m", "ciwatch.cli.app", *map(str, words)]

    def _environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
        return {
            **kept,
            "HOME": str(self.database.parent),
            "OS_DATABASE__CONNECTION": f"sqlite:///{self.database}",
            "OS_INSIGHT__REGISTRY_FILE": "",
        }


@functools.cache
def folder():
    """A temporary folder for all of them, removed at the end of the process."""
    path = tempfile.mkdtemp(prefix="ciwatch-browser-")
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return pathlib.Path(path)


def _shown(world):
    world.start()
    atexit.register(world.stop)
    return world


@functools.cache
def demo():
    """The story of ``ciwatch demo``: a fortnight until now, of CIs of known character."""
    world = World("demo", folder())
    events = folder() / "demo.jsonl"
    world.command("demo", "--events", events)
    world.command("replay", events)
    return _shown(world)


@functools.cache
def spdk():
    """Half a year of a real project.

    :raises AbsentError: where there is no such recording.
    """
    recording = base.CORPUS / "events" / "spdk-2019h1.jsonl.gz"
    if not recording.exists():
        raise AbsentError(f"needs the recording {recording.name}, which is no part of the project")
    world = World("spdk", folder(), "until=2019-06-30")
    world.command("replay", recording)
    return _shown(world)


@functools.cache
def hostile_world():
    """A fortnight of people who mean harm."""
    world = World("hostile", folder())
    events = folder() / "hostile.jsonl"
    hostile.write(events, int(time.time()))
    said = world.command("replay", events)
    if not re.search(r"rejected 0$", said.strip()):
        raise AssertionError(f"some hostile events were not recorded: {said.strip()}")
    return _shown(world)


ALL = {"demo": demo, "spdk": spdk, "hostile": hostile_world}
