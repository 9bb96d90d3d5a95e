"""The outage test: whatever breaks, the database comes to equal that of one undisturbed replay.

    python -m tests.gerrit.outage --seed 1 --events 2000 --disturbances 50 [--database postgresql]

A real Gerrit; people and CIs who act on it without pause; two listeners on one database, behind proxies
that cut, stall, truncate and refuse; the listeners killed, Gerrit restarted, the database locked and taken
away, or its server killed. An observer that nobody disturbs writes down the stream. At the end every table is
compared, row for row, with that of a database into which the observer's lines were replayed and whose
listener asked Gerrit once, as every listener does when it starts.
"""

import argparse
import collections
import contextlib
import datetime
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import sqlalchemy as sa

from ciwatch.db import models
from tests import base
from tests import databases
from tests.gerrit import cast as casts
from tests.gerrit import proxy as proxies
from tests.gerrit import server

#: Tables that tell of the collecting, and not of what was collected.
ABOUT_COLLECTING = ("stream_positions", "gaps", "listeners", "task_positions", "recorder_turns")
#: Tables that follow from what was collected, and are as of when they were counted: they are compared in
#: tests/functional/test_rollup.py.
FIGURES = (
    *("dirty_days", "dirty_systems", "daily_projects", "daily_systems", "daily_jobs"),
    *("daily_rules", "spells", "status_periods"),
)


def ciwatch(*words):
    """The command line of the program."""
    return [sys.executable, "-m", "ciwatch.cli.app", *map(str, words)]


class Watch:
    """A configuration of CI Watch in a folder of its own.

    :ivar folder: the folder with the database, which may be taken away where it is a file.
    """

    def __init__(self, folder, name, gerrit, key, ssh_port, url, database_server=None):
        """Writes it; without a :class:`tests.databases.Server` the database is a file."""
        self.folder = pathlib.Path(folder) / name
        self.folder.mkdir(exist_ok=True)
        if database_server:
            self.database = database_server.database(name)
        else:
            self.database = databases.Database("sqlite", self.folder, "ciwatch.sqlite")
        self.database.create()
        self._gerrit, self._key, self._port, self._url = gerrit, key, ssh_port, url
        self._home = pathlib.Path(folder)
        self.processes = {}
        self.configure("main")

    def configure(self, listener):
        """The path of the configuration of the *listener*."""
        path = self._home / f"{self.folder.name}-{listener}.conf"
        path.write_text(
            f"[DEFAULT]\nstate_path = {self._home}/state-{self.folder.name}\n"
            f"[database]\nconnection = {self.database.url}\n"
            f"[gerrit]\nurl = {self._url}\nusername = watcher\n"
            f"ssh_host = 127.0.0.1\nssh_port = {self._port}\n"
            f"key_file = {self._key}\nknown_hosts_file = {self._gerrit.known_hosts(self._port)}\n"
            f"[listener]\nname = {listener}\narchive_dir = {self._home}/archive-{self.folder.name}\n"
        )
        return path

    def run(self, *words):
        """What a command prints."""
        done = subprocess.run(
            ciwatch("--config-file", self.configure("main"), *words),
            capture_output=True,
            text=True,
            timeout=600,
        )
        if done.returncode:
            raise RuntimeError(f"ciwatch {words[0]}: {done.stdout} {done.stderr}")
        return done.stdout

    def start(self, listener):
        """Starts a listener."""
        log = open(self._home / f"{self.folder.name}-{listener}.log", "a")
        command = ciwatch("-v", "--config-file", self.configure(listener), "listen")
        self.processes[listener] = subprocess.Popen(command, stdout=log, stderr=log)
        log.close()

    def end(self, listener, how=signal.SIGTERM):
        """Ends a listener; returns how long that took, in seconds."""
        process = self.processes.pop(listener)
        begun = time.monotonic()
        process.send_signal(how)
        process.wait(60)
        return time.monotonic() - begun

    def settle(self, listener, timeout_s=120):
        """Waits until a listener that has just been started has asked for all, and nothing waits."""
        begun = datetime.datetime.fromtimestamp(int(time.time()) - 1, datetime.UTC)
        deadline = time.monotonic() + timeout_s
        row = models.Listener
        statement = sa.select(row.name).where(
            row.name == listener, row.started_at >= begun, row.caught_up_at.is_not(None), row.spooled == 0
        )
        open_gaps = sa.select(models.Gap.id).where(models.Gap.filled_by.is_(None))
        while time.monotonic() < deadline:
            time.sleep(0.5)
            with contextlib.suppress(sa.exc.DBAPIError), self.database.connected() as connection:
                if connection.execute(statement).first() and not connection.execute(open_gaps).first():
                    return
        raise RuntimeError(f"{self.folder.name}: the listener did not come to rest")

    def rows(self):
        """All rows that tell what was collected."""
        engine = sa.create_engine(self.database.url)
        # Over REST, Gerrit tells the files of a change's newest patch set only: who asks later knows fewer.
        found = base.rows_of(engine, without=("files",))
        engine.dispose()
        return {name: rows for name, rows in found.items() if name not in (*ABOUT_COLLECTING, *FIGURES)}

    def query(self, statement):
        """What an SQL statement gives."""
        return self.database.query(statement)


class Observer:
    """Hears the stream without a proxy, and writes it down."""

    def __init__(self, gerrit, key, path):
        """Takes the file."""
        self._gerrit, self._key, self.path = gerrit, key, pathlib.Path(path)
        self.path.touch()
        self._process = None

    def start(self):
        """Connects, and returns once Gerrit has begun to send."""
        options = ["-o", f"UserKnownHostsFile={self._gerrit.known_hosts()}", "-o", "BatchMode=yes"]
        where = ["-p", str(self._gerrit.ssh_port), "-i", self._key, "watcher@127.0.0.1"]
        with open(self.path, "ab") as output:
            self._process = subprocess.Popen(["ssh", *options, *where, "gerrit stream-events"], stdout=output)
        for _ in range(100):
            before = self.path.stat().st_size
            # Anything that makes an event will do: here a branch that comes and goes.
            self._gerrit.admin.call(
                "PUT", f"/projects/x%2Fwick/branches/probe-{time.time_ns()}", {"revision": "master"}
            )
            time.sleep(0.2)
            if self.path.stat().st_size > before:
                return
        raise RuntimeError("the observer hears nothing")

    def rest(self):
        """Waits until nothing more comes."""
        size, since = -1, time.monotonic()
        while time.monotonic() - since < 2:
            now = self.path.stat().st_size
            if now != size:
                size, since = now, time.monotonic()
            time.sleep(0.1)

    def stop(self):
        """Disconnects."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)


class Outage:
    """One run."""

    def __init__(self, folder, seed, events, disturbances, tell, database_server=None):
        """Prepares Gerrit and the proxies.

        :param database_server: a :class:`tests.databases.Server`; without one the database is an SQLite file.
        """
        self._database_server = database_server
        self._rng = random.Random(seed)
        self._events, self._disturbances, self._tell = events, disturbances, tell
        self._folder = pathlib.Path(folder)
        self._ssh, self._http = proxies.Proxy(), proxies.Proxy()
        self._gerrit = server.Gerrit(folder, f"http://127.0.0.1:{self._http.port}")
        self._ssh.target, self._http.target = self._gerrit.ssh_port, self._gerrit.http_port
        # An actor holds its own while it does a deed: who takes both waits until no deed is half done.
        self._deeds = [threading.Lock() for _ in range(2)]
        self._stop = threading.Event()
        self._observer = self._watch = self._reference = self._cast = None
        self.done = collections.Counter()
        self.slowest_stop_s = 0.0

    def _set_up(self):
        """Starts Gerrit, makes who acts on it, and the two databases."""
        self._gerrit.start()
        self._cast = casts.Cast(self._gerrit, random.Random(self._rng.random()))
        key, folder = self._cast.watcher_key, self._folder
        self._observer = Observer(self._gerrit, key, self._folder / "stream.jsonl")
        url = self._gerrit.public_url
        disturbed = self._database_server
        self._watch = Watch(folder, "disturbed", self._gerrit, key, self._ssh.port, url, disturbed)
        self._reference = Watch(folder, "reference", self._gerrit, key, self._gerrit.ssh_port, url)

    def close(self):
        """Ends all that was started."""
        self._stop.set()
        for watch in filter(None, (self._watch, self._reference)):
            for listener in list(watch.processes):
                watch.end(listener, signal.SIGKILL)
        if self._observer:
            self._observer.stop()
        self._ssh.close()
        self._http.close()
        self._gerrit.stop(kill=True)

    def run(self):
        """Disturbs, then compares; returns what differs: table -> (only here, only there)."""
        self._set_up()
        self._observer.start()
        self._watch.run("db", "upgrade")
        # The first question of all asks for the last minutes only; what it moves is kept from here on.
        self._watch.start("one")
        self._watch.settle("one")
        begun = time.monotonic()
        actors = [threading.Thread(target=self._act, args=(deed,), daemon=True) for deed in self._deeds]
        for actor in actors:
            actor.start()
        while self._cast.acted < self._events or sum(self.done.values()) < self._disturbances:
            if not all(actor.is_alive() for actor in actors):
                raise RuntimeError("nobody acts any more")
            self._disturb()
        self._stop.set()
        for actor in actors:
            actor.join()
        self._tell(
            f"{self._cast.acted} deeds and {sum(self.done.values())} disturbances in"
            f" {time.monotonic() - begun:.0f} s: "
            + ", ".join(f"{name} {count}" for name, count in sorted(self.done.items()))
        )
        return self._compare()

    def _act(self, deed):
        while not self._stop.is_set():
            try:
                with deed:
                    self._cast.act()
            except Exception as error:
                # A change that another actor has just ended, an edit that met another.
                if "409" not in str(error) and "500" not in str(error) and "400" not in str(error):
                    raise
            # A lock is not fair: who waits for it gets its turn here.
            time.sleep(0.001)

    # What breaks.

    def _disturb(self):
        time.sleep(self._rng.uniform(0.2, 2.5))
        kinds = {
            "killed": 14,
            "stopped": 6,
            "second listener": 8,
            "ssh cut": 12,
            "ssh stalled": 5,
            "ssh refused": 4,
            "ssh truncated": 6,
            "REST cut": 6,
            "REST truncated": 6,
            "REST refused": 3,
            "database locked": 8,
            "database taken away": 6,
            "Gerrit restarted": 1.5,
        }
        kind = self._rng.choices(list(kinds), kinds.values())[0]
        # However short the run is.
        if self.done["Gerrit restarted"] == 0 and self._cast.acted > self._events / 3:
            kind = "Gerrit restarted"
        elif self.done["database taken away"] == 0:
            kind = "database taken away"
        getattr(self, "_" + kind.lower().replace(" ", "_"))()
        self.done[kind] += 1

    def _somebody(self):
        """A listener that runs, started where there is none."""
        if not self._watch.processes:
            self._watch.start("one")
        return self._rng.choice(sorted(self._watch.processes))

    def _killed(self):
        listener = self._somebody()
        self._watch.end(listener, signal.SIGKILL)
        time.sleep(self._rng.uniform(0, 3))
        self._watch.start(listener)

    def _stopped(self):
        listener = self._somebody()
        self.slowest_stop_s = max(self.slowest_stop_s, self._watch.end(listener))
        time.sleep(self._rng.uniform(0, 3))
        self._watch.start(listener)

    def _second_listener(self):
        """There are two, or one of two goes."""
        if len(self._watch.processes) == 2:
            self._watch.end(self._somebody(), self._rng.choice((signal.SIGTERM, signal.SIGKILL)))
            return
        self._somebody()
        self._watch.start("two" if "one" in self._watch.processes else "one")

    def _ssh_cut(self):
        self._ssh.cut()

    def _ssh_stalled(self):
        self._ssh.stall()
        time.sleep(self._rng.uniform(1, 5))
        if self._rng.random() < 0.5:
            self._ssh.cut()
        self._ssh.behave()

    def _ssh_refused(self):
        self._ssh.refuse()
        self._ssh.cut()
        time.sleep(self._rng.uniform(1, 4))
        self._ssh.behave()

    def _ssh_truncated(self):
        self._ssh.truncate(self._rng.randrange(20000))
        time.sleep(self._rng.uniform(0.5, 2))
        self._ssh.behave()

    def _rest_cut(self):
        self._http.cut()

    def _rest_truncated(self):
        """While somebody asks."""
        self._http.truncate(self._rng.randrange(200000))
        self._ssh.cut()
        time.sleep(self._rng.uniform(1, 3))
        self._http.behave()

    def _rest_refused(self):
        self._http.refuse()
        self._ssh.cut()
        time.sleep(self._rng.uniform(1, 4))
        self._http.behave()

    def _database_locked(self):
        with contextlib.suppress(sa.exc.DBAPIError), databases.Hold(self._watch.database):
            time.sleep(self._rng.uniform(1, 6))

    def _database_taken_away(self):
        if self._database_server:
            self._database_server.kill()
            time.sleep(self._rng.uniform(0.5, 4))
            self._database_server.start()
            return
        away = self._watch.folder.with_name("away")
        self._watch.folder.rename(away)
        time.sleep(self._rng.uniform(0.5, 4))
        # Who started meanwhile may have made a new one.
        shutil.rmtree(self._watch.folder, ignore_errors=True)
        away.rename(self._watch.folder)

    def _gerrit_restarted(self):
        with contextlib.ExitStack() as held:
            for deed in self._deeds:
                held.enter_context(deed)
            self._observer.rest()
            self._observer.stop()
            # Not with -9: its index would lack what was said last, and it could not be asked for that.
            self._gerrit.stop()
            self._gerrit.start()
            self._observer.start()

    # What comes of it.

    def _compare(self):
        self._observer.rest()
        self._observer.stop()
        for listener in list(self._watch.processes):
            self._watch.end(listener)
        for listener in ("one", "two"):
            # What it kept on disk when it was killed is its own.
            self._watch.start(listener)
            self._watch.settle(listener)
            self._watch.end(listener)
        printed = self._reference.run("replay", self._observer.path)
        self._tell(f"undisturbed replay: {printed.strip().splitlines()[-1]}")
        self._compare_texts()
        self._tell("backfill: " + self._reference.run("backfill", "--since", "1d").strip().splitlines()[-1])
        self._reference.start("main")
        self._reference.settle("main")
        self._reference.end("main")
        here, there = self._watch.rows(), self._reference.rows()
        self._tell(
            "rows: " + ", ".join(f"{name} {len(rows)}" for name, rows in sorted(there.items()) if rows)
        )
        gaps = self._watch.query(
            "SELECT count(*), coalesce(sum(event_count), 0) FROM gaps WHERE filled_by = 'rest'"
        )
        by_query = self._watch.query("SELECT count(*) FROM gaps WHERE filled_by = 'query'")[0][0]
        self._tell(
            f"gaps filled: {gaps[0][0]} from REST with {gaps[0][1]} events that nobody had heard,"
            f" {by_query} by gerrit query; slowest stop {self.slowest_stop_s:.1f} s"
        )
        return {
            name: (
                [row for row in here[name] if row not in there[name]],
                [row for row in there[name] if row not in here[name]],
            )
            for name in there
            if here[name] != there[name]
        }

    def _compare_texts(self):
        """The replay alone, before anybody is asked, knows no comment that the disturbed database lacks."""
        statement = (
            "SELECT changes.number, patch_sets.number, accounts.username, text FROM {} AS said"
            " JOIN patch_sets ON patch_sets.id = patch_set_id JOIN changes ON changes.id = change_id"
            " JOIN accounts ON accounts.id = account_id WHERE text NOT LIKE '%(1 comment)'"
        )
        here, there = (
            collections.Counter(
                row for table in ("reports", "comments") for row in watch.query(statement.format(table))
            )
            for watch in (self._watch, self._reference)
        )
        lacking = there - here
        if lacking:
            raise AssertionError(
                f"{sum(lacking.values())} comments that the stream told are lost: {list(lacking)[:3]}"
            )
        self._tell(
            f"the stream alone told {sum(there.values())} comments, all of them there, of"
            f" {sum(here.values())}"
        )


def main(arguments=None):
    """Runs it; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=None, help="what happens when (default: a random one)")
    parser.add_argument("--events", type=int, default=2000, help="how much happens at least (default: 2000)")
    parser.add_argument("--disturbances", type=int, default=50, help="how much breaks at least (default: 50)")
    parser.add_argument(
        "--database",
        choices=("sqlite", *databases.SERVERS),
        default="sqlite",
        help="what the disturbed listeners record into (default: sqlite)",
    )
    parser.add_argument("--keep", metavar="DIR", help="keep everything in this folder")
    parsed = parser.parse_args(arguments)
    seed = int.from_bytes(os.urandom(3)) if parsed.seed is None else parsed.seed
    print(f"seed {seed}", flush=True)
    with contextlib.ExitStack() as stack:
        folder = parsed.keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="ciwatch-outage-"))
        pathlib.Path(folder).mkdir(exist_ok=True)
        database_server = None
        if parsed.database != "sqlite":
            if reason := databases.SERVERS[parsed.database].missing():
                print(reason)
                return 2
            database_server = stack.enter_context(databases.SERVERS[parsed.database]())
        try:
            run = Outage(
                folder,
                seed,
                parsed.events,
                parsed.disturbances,
                lambda line: print(line, flush=True),
                database_server,
            )
        except server.MissingError as error:
            print(error)
            return 2
        stack.callback(run.close)
        differ = run.run()
    for name, (here, there) in differ.items():
        print(f"{name} differs: {len(here)} rows only after the outages, {len(there)} only without them")
        for row in here[:3]:
            print(f"  after: {row}")
        for row in there[:3]:
            print(f"  without: {row}")
    print("every table equals that of the undisturbed replay" if not differ else "TABLES DIFFER")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
