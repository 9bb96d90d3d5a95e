"""How much memory a listener takes while it hears more and more, and how fast it takes a burst.

    python -m benchmarks.listening --events 100000

A real ``ciwatch listen`` beside an ssh server in this process, which sends the events of the demo's invented
project again and again, each time on other changes. The floor of the burst is the same lines recorded by
``ciwatch replay``'s recorder from memory.
"""

import argparse
import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from benchmarks import replay
from ciwatch.cli import ingest
from ciwatch.demo import world
from tests import gerrit_ssh


def lines_of(count):
    """So many lines of the invented project."""
    story = [json.dumps(event).encode() for event in world.World(seed=1, days=3, changes=150).history()]
    lines = []
    number = 0
    while len(lines) < count:
        # Another telling of the story is about other changes.
        for line in story:
            event = json.loads(line)
            event["change"]["number"] += number
            lines.append(json.dumps(event, separators=(",", ":")).encode() + b"\n")
        number += 100_000
    return lines[:count]


def memory_of(process):
    """What a process has in memory, in MiB."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def heard(path):
    """How many lines the listener has taken so far, as it says itself."""
    try:
        connection = sqlite3.connect(path)
        try:
            return connection.execute("SELECT coalesce(max(read), 0) FROM listeners").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return 0


def wait_for(path, count, process):
    """Waits until *count* lines are taken; returns the seconds."""
    begun = time.monotonic()
    while heard(path) < count:
        if process.poll() is not None or time.monotonic() - begun > 900:
            raise SystemExit("the listener did not take all events")
        time.sleep(0.05)
    return time.monotonic() - begun


@contextlib.contextmanager
def listener(folder, path):
    """A ``ciwatch listen`` that records into a database at *path*: (the ssh server it hears, its process).

    :param folder: for its key and its state.
    """
    key, known_hosts = folder / "id_ed25519", folder / "known_hosts"
    server = gerrit_ssh.GerritSsh(gerrit_ssh.write_key(key))
    server.setUp()
    server.write_known_hosts(known_hosts)
    environment = {
        **os.environ,
        "OS_DATABASE__CONNECTION": f"sqlite:///{path}",
        "OS_DEFAULT__STATE_PATH": str(folder),
        "OS_GERRIT__URL": "http://127.0.0.1:9",
        "OS_GERRIT__USERNAME": "watcher",
        "OS_GERRIT__SSH_HOST": "127.0.0.1",
        "OS_GERRIT__SSH_PORT": str(server.port),
        "OS_GERRIT__KEY_FILE": str(key),
        "OS_GERRIT__KNOWN_HOSTS_FILE": str(known_hosts),
        "OS_GERRIT__CI_GROUPS": "",
    }
    process = subprocess.Popen([sys.executable, "-m", "ciwatch.cli.app", "listen"], env=environment)
    try:
        yield server, process
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    finally:
        process.kill()
        server.cleanUp()


def main():
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=100_000, help="how many are sent (default: 100000)")
    parsed = parser.parse_args()
    lines = lines_of(parsed.events)
    with tempfile.TemporaryDirectory(prefix="ciwatch-listening-") as folder:
        folder = pathlib.Path(folder)
        path, part = folder / "ciwatch.sqlite", max(1, len(lines) // 10)
        with listener(folder, path) as (server, process):
            for start in range(0, len(lines), part):
                sent = lines[start : start + part]
                begun = time.monotonic()
                server.send(*[b"".join(sent[place : place + 500]) for place in range(0, len(sent), 500)])
                # The listener says how it does every few seconds.
                wait_for(path, start + len(sent), process)
                took = time.monotonic() - begun
                done, size = start + len(sent), memory_of(process)
                print(f"{done:>7} events: {size:6.1f} MiB, the last {len(sent)} in {took:.0f} s")
        conf, store = replay.make_store(str(folder / "floor.sqlite"))
        record = ingest.make_recorder(conf, store, "floor")
        begun = time.monotonic()
        for start in range(0, part, 1000):
            record.record([line.strip() for line in lines[start : start + 1000]])
        print(f"floor: the recorder alone takes {part} of them in {time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    main()
