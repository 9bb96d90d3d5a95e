"""Listeners are killed while a broker hands over events; in the end nothing is missing.

    python -m tests.brokers.disturbance kafka --events 20000 --seed 1

A real broker, to which the simulator's events are written; on Kafka up to three listeners
who share a consumer group, on MQTT one with its session. They are killed with -9, stopped, joined by others;
their database is locked, so that events wait on disk; the broker is restarted. At the end every table is
compared, row for row, with that of a database into which the same events were replayed once from a file, and
the broker must have nothing that is not acknowledged.
"""

import argparse
import collections
import contextlib
import datetime
import itertools
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

from paho.mqtt import client as paho
import sqlalchemy as sa

from ciwatch.demo import world
from tests import base
from tests import gerrit_rest
from tests.brokers import kafka
from tests.brokers import mosquitto
from tests.brokers import server
from tests.gerrit import outage

#: Events a second, about, and how many for each disturbance: there is always something under way, and a slow
#: machine is disturbed as often as a fast one.
PER_SECOND = 150
SHARE = 300

#: After so long what a listener has heard would be acknowledged, if that did not wait until it is recorded;
#: and it is not on disk yet, since a listener gives a locked database two seconds. In seconds.
_HEARD_ONLY_S = 1.6

#: How often all listeners are killed with what they heard, at least.
LEAST = 3

_SETTLE_S = 180
_UNTIL = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
_TOPIC = "gerrit"


def make_lines(seed, count):
    """*count* lines as a broker has them: a story, and what is no event, or of no interest, or said twice."""
    rng = random.Random(seed)
    # A change makes some sixty events.
    told = world.World(seed=seed, days=30, changes=count // 30 + 50, until=_UNTIL, keep_truth=False).history()
    lines = [json.dumps(event).encode() for event in itertools.islice(told, count)]
    for place in rng.sample(range(count), count // 100):
        lines[place] = rng.choice(
            [
                b"no event, number %d" % place,
                b'{"type":"ref-updated","eventCreatedOn":1700000000}',
                lines[place - 1],
            ]
        )
    return lines


class KafkaStage:
    """Three partitions, and up to three listeners of one group."""

    listeners = ("one", "two", "three")

    def __init__(self, folder):
        """Starts the broker."""
        self.server = kafka.Kafka(folder)
        self.server.start()
        self.server.make_topic(_TOPIC, 3)
        self._producer = self.server.producer()
        self.options = f"[kafka]\nservers = {self.server.address}\ntopic = {_TOPIC}\n"

    def publish(self, line):
        """Hands one event over, without waiting."""
        self._producer.produce(_TOPIC, line)
        self._producer.poll(0)

    def flush(self):
        """Waits until the broker has all."""
        if self._producer.flush(120):
            raise RuntimeError("Kafka did not take all events")

    def restart(self):
        """Kills the broker, and starts it again."""
        self.server.stop(signal.SIGKILL)
        self.server.start()

    def behind(self):
        """How many events are not acknowledged."""
        return self.server.behind(_TOPIC, "ciwatch")


class MqttStage:
    """One session of one listener; events under topics as germqtt has them."""

    listeners = ("one",)

    def __init__(self, folder):
        """Starts the broker, and makes the session, without which it would keep nothing."""
        self.server = mosquitto.Mosquitto(folder)
        self.server.start()
        self.options = f"[mqtt]\nhost = 127.0.0.1\nport = {self.server.port}\n"
        self.behind()
        self._publisher = paho.Client(paho.CallbackAPIVersion.VERSION2, "publisher", clean_session=False)
        self._publisher.reconnect_delay_set(1, 1)
        self._publisher.connect("127.0.0.1", self.server.port)
        self._publisher.loop_start()
        self._last = None

    def publish(self, line):
        """Hands one event over, without waiting."""
        try:
            event = json.loads(line)
            topic = f"gerrit/{event['change']['project']}/{event['type']}"
        except (ValueError, KeyError):
            topic = "gerrit/else"
        self._last = self._publisher.publish(topic, line, qos=1)

    def flush(self):
        """Waits until the broker has all."""
        self._last.wait_for_publish(120)
        self._publisher.disconnect()
        self._publisher.loop_stop()

    def restart(self):
        """Ends the broker and starts it again; killed, it would forget what it had not written down."""
        self.server.stop()
        self.server.start()

    def behind(self):
        """How many events are not acknowledged: those that somebody gets who comes as the listener."""
        found = []
        client = paho.Client(
            paho.CallbackAPIVersion.VERSION2, "ciwatch-one", clean_session=False, manual_ack=True
        )
        client.on_connect = lambda *_: client.subscribe("gerrit/#", 1)
        client.on_message = lambda _, __, message: found.append(message)
        client.connect("127.0.0.1", self.server.port)
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            client.loop(0.1)
        client.disconnect()
        return len(found)


STAGES = {"kafka": KafkaStage, "mqtt": MqttStage}


class Run:
    """One run.

    :ivar done: what was disturbed, and how often.
    """

    def __init__(self, source, folder, seed, events, tell, stack):
        """Starts the broker, and a Gerrit that knows nothing when it is asked.

        :param stack: an ExitStack that ends all that was started.
        """
        self._rng = random.Random(seed)
        self._tell = tell
        self._folder = pathlib.Path(folder)
        self._lines = make_lines(seed, events)
        self._source, self._stage = source, STAGES[source](self._folder / source)
        stack.callback(self._stage.server.stop, signal.SIGKILL)
        self._gerrit = stack.enter_context(gerrit_rest.GerritRest())
        self._database = self._folder / "ciwatch.sqlite"
        self._processes = {}
        self._published = self._released = 0
        stack.callback(self._end_all, signal.SIGKILL)
        self.done = collections.Counter()

    def run(self):
        """Disturbs, then compares; returns what differs: table -> (only here, only in the replay)."""
        self._ciwatch("main", self._database, "db", "upgrade")
        for name in self._stage.listeners[:2]:
            self._start(name)
        publisher = threading.Thread(target=self._publish, daemon=True)
        begun = time.monotonic()
        publisher.start()
        while publisher.is_alive():
            self._released += SHARE
            if self._rng.random() < 0.8:
                self._wait_for_flow()
            time.sleep(self._rng.uniform(0, 1.5))
            self._disturb()
        took_s = time.monotonic() - begun
        self._stage.flush()
        self._tell(
            f"{len(self._lines)} events and {sum(self.done.values())} disturbances in {took_s:.0f} s: "
            + ", ".join(f"{name} {count}" for name, count in sorted(self.done.items()))
        )
        return self._compare()

    def _wait_for_flow(self):
        """Until somebody records again: who is killed before that loses nothing in any case."""
        before, deadline = self._newest(), time.monotonic() + 30
        while self._newest() == before and time.monotonic() < deadline:
            time.sleep(0.05)

    def _newest(self):
        with contextlib.closing(sqlite3.connect(self._database, timeout=10)) as connection:
            return connection.execute("SELECT max(id) FROM reports").fetchone()[0]

    def _publish(self):
        for number, line in enumerate(self._lines):
            while number >= self._released:
                time.sleep(0.01)
            self._stage.publish(line)
            self._published = number
            if number % 10 == 0:
                time.sleep(10 / PER_SECOND)

    # Listeners.

    def _command(self, name, database, *words):
        path = self._folder / f"{name}.conf"
        path.write_text(
            f"[DEFAULT]\nstate_path = {self._folder}/state\n"
            f"[database]\nconnection = sqlite:///{database}\n"
            f"[gerrit]\nurl = {self._gerrit.url}\n"
            f"[insight]\nregistry_file =\n"
            f"[listener]\nname = {name}\nsource = {self._source}\n{self._stage.options}"
        )
        return outage.ciwatch("-v", "--config-file", path, *words)

    def _ciwatch(self, name, database, *words):
        done = subprocess.run(
            self._command(name, database, *words), capture_output=True, text=True, timeout=600
        )
        if done.returncode:
            raise RuntimeError(f"ciwatch {words[0]}: {done.stdout} {done.stderr[-2000:]}")
        return done.stdout

    def _start(self, name):
        with open(self._folder / f"{name}.log", "a") as log:
            self._processes[name] = subprocess.Popen(
                self._command(name, self._database, "listen"), stdout=log, stderr=log
            )

    def _end(self, name, how):
        process = self._processes.pop(name)
        process.send_signal(how)
        process.wait(60)

    def _end_all(self, how):
        for name in list(self._processes):
            self._end(name, how)

    # What breaks.

    def _disturb(self):
        kinds = {
            "killed": 8,
            "killed with what they heard": 3,
            "stopped": 3,
            "database locked": 3,
            "broker restarted": 0.7,
        }
        if len(self._stage.listeners) > 1:
            kinds |= {"joined or left": 4}
        kind = self._rng.choices(list(kinds), kinds.values())[0]
        # However short the run is.
        if not self.done["broker restarted"] and self._published > len(self._lines) / 3:
            kind = "broker restarted"
        if self.done["killed with what they heard"] < LEAST:
            kind = "killed with what they heard"
        getattr(self, "_" + kind.replace(" ", "_"))()
        self.done[kind] += 1
        for name, process in self._processes.items():
            if process.poll() is not None:
                raise RuntimeError(f"the listener {name} ended by itself: see {self._folder}/{name}.log")

    def _killed(self):
        self._again(signal.SIGKILL)

    def _stopped(self):
        self._again(signal.SIGTERM)

    def _again(self, how):
        name = self._rng.choice(sorted(self._processes))
        self._end(name, how)
        time.sleep(self._rng.uniform(0, 1.5))
        self._start(name)

    def _joined_or_left(self):
        absent = [name for name in self._stage.listeners if name not in self._processes]
        if absent and (len(self._processes) == 1 or self._rng.random() < 0.5):
            self._start(self._rng.choice(absent))
        else:
            name = self._rng.choice(sorted(self._processes))
            self._end(name, self._rng.choice((signal.SIGTERM, signal.SIGKILL)))
            if not self._processes:
                self._start(name)

    def _database_locked(self):
        with self._locked():
            time.sleep(self._rng.uniform(1, 4))
            # Somebody dies with events that are only on disk.
            if self._rng.random() < 0.5:
                self._again(signal.SIGKILL)

    def _killed_with_what_they_heard(self):
        """All of them, while none can record: who acknowledges what it hears would lose it."""
        self._wait_for_flow()
        with self._locked():
            # What was written before may all be recorded by now.
            self._released += SHARE
            time.sleep(_HEARD_ONLY_S)
            names = sorted(self._processes)
            for name in names:
                self._processes[name].kill()
            for name in names:
                self._end(name, signal.SIGKILL)
        for name in names:
            self._start(name)

    @contextlib.contextmanager
    def _locked(self):
        with contextlib.closing(
            sqlite3.connect(self._database, timeout=60, isolation_level=None)
        ) as holder:
            holder.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                holder.execute("ROLLBACK")

    def _broker_restarted(self):
        self._stage.restart()

    # What comes of it.

    def _compare(self):
        replayed = self._folder / "replayed.sqlite"
        (self._folder / "events.jsonl").write_bytes(b"".join(line + b"\n" for line in self._lines))
        printed = self._ciwatch("replay", replayed, "replay", self._folder / "events.jsonl")
        self._tell(f"one replay: {printed.strip().splitlines()[-1]}")
        begun = time.monotonic()
        for name in self._stage.listeners:
            # What it kept on disk when it was killed is its own.
            if name not in self._processes:
                self._start(name)
        self._settle(replayed)
        self._end_all(signal.SIGTERM)
        self._tell(f"at rest after {time.monotonic() - begun:.0f} s")
        here, there = _rows(self._database), _rows(replayed)
        self._tell(
            "rows: " + ", ".join(f"{name} {len(rows)}" for name, rows in sorted(there.items()) if rows)
        )
        differ = {
            name: (
                [row for row in here[name] if row not in there[name]],
                [row for row in there[name] if row not in here[name]],
            )
            for name in there
            if here[name] != there[name]
        }
        if behind := self._stage.behind():
            differ["not acknowledged"] = [behind], []
        return differ

    def _settle(self, replayed):
        """Waits until as much is recorded as should be, and nothing waits on disk."""
        wanted, deadline = _counts(replayed), time.monotonic() + _SETTLE_S
        spool = self._folder / "state" / "spool"
        while time.monotonic() < deadline:
            time.sleep(0.5)
            if _counts(self._database) == wanted and not list(spool.glob("*/*.jsonl")):
                # Long enough for the last acknowledgements.
                time.sleep(3)
                return
        self._tell(f"the listeners did not come to rest: {_counts(self._database)} instead of {wanted}")


def _counts(database):
    tables = ("changes", "patch_sets", "reports", "comments", "rechecks", "rejected_events")
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return [connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables]


def _rows(database):
    """All rows that tell what was collected."""
    engine = sa.create_engine(f"sqlite:///{database}")
    found = base.rows_of(engine)
    engine.dispose()
    left_out = (*outage.ABOUT_COLLECTING, *outage.FIGURES)
    return {name: rows for name, rows in found.items() if name not in left_out}


def main(arguments=None):
    """Runs it; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", choices=STAGES, help="which broker")
    parser.add_argument("--seed", type=int, default=None, help="what happens when (default: a random one)")
    parser.add_argument("--events", type=int, default=20000, help="how many (default: 20000)")
    parser.add_argument("--keep", metavar="DIR", help="keep everything in this folder")
    parsed = parser.parse_args(arguments)
    seed = int.from_bytes(os.urandom(3)) if parsed.seed is None else parsed.seed
    print(f"{parsed.source}, seed {seed}", flush=True)
    with contextlib.ExitStack() as stack:
        folder = parsed.keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="ciwatch-brokers-"))
        pathlib.Path(folder).mkdir(exist_ok=True)
        try:
            run = Run(
                parsed.source, folder, seed, parsed.events, lambda line: print(line, flush=True), stack
            )
        except server.MissingError as error:
            print(error)
            return 2
        differ = run.run()
    for name, (here, there) in differ.items():
        print(f"{name} differs: {len(here)} rows only after the disturbances, {len(there)} only without them")
        for row in here[:3]:
            print(f"  after: {row}")
        for row in there[:3]:
            print(f"  without: {row}")
    print("every table equals that of one replay" if not differ else "TABLES DIFFER")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
