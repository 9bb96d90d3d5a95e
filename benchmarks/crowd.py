"""How many requests a server answers while a listener records, and how many of them where nothing is new.

    python -m benchmarks.crowd [--seconds N] [--connections N]

Over HTTP, with wrk (the Debian package of that name) on this machine beside it: so a part of the processors
is not the server's. One process of ``ciwatch serve`` over the simulator's main project:

* an unchanged page, which is a 304, against the floor: waitress answering with nothing at all;
* the matrix, cold, for each second that the server's process had a processor;
* a crowd that looks at all kinds of pages while a listener records 100 events a second: nothing may fail, and
  afterwards the database has what one replay of the same events makes;
* the same crowd where nginx keeps pages in front of it, if it is installed.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from benchmarks import listening
from benchmarks import replay
from ciwatch.cli import ingest
from ciwatch.demo import characters
from ciwatch.demo import world
from ciwatch.sources import batches

#: An unchanged page is answered at least at this part of the rate of an empty answer.
BOUND = 0.5

#: Events that the listener hears in a second.
RATE = 100

_FLOOR = """
import logging, sys, waitress
logging.getLogger("waitress.queue").setLevel(logging.ERROR)
def nothing(environ, start_response):
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
waitress.serve(nothing, listen=sys.argv[1], threads=4, _quiet=True)
"""

# What an administrator is told to write, in doc/source/admin/caching.rst.
_NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 1;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  proxy_temp_path {folder}/t; client_body_temp_path {folder}/b; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  proxy_cache_path {folder}/cache keys_zone=ciwatch:10m max_size=1g inactive=1h;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{behind};
      proxy_cache ciwatch;
      proxy_cache_revalidate on;
      proxy_cache_lock on;
      proxy_cache_use_stale updating;
    }}
  }}
}}
"""

_LUA = """
local paths = {{ {paths} }}
local number = 0
request = function()
  number = number + 1
  return wrk.format("GET", paths[number % #paths + 1], {{ {headers} }})
end
"""


def free_port():
    """One that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listening_socket:
        return listening_socket.getsockname()[1]


@contextlib.contextmanager
def started(command, port, environment=None):
    """A program that answers on a *port* of this machine, and its process id."""
    process = subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{command[0]} does not answer") from None
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def cpu_s(pid):
    """Seconds of a processor that a process took so far."""
    words = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def load(folder, port, paths, seconds, connections, headers=""):
    """What wrk prints of a load, as (requests per second, what it says of times and faults).

    :raises SystemExit: where a request failed.
    """
    script = folder / "load.lua"
    script.write_text(_LUA.format(paths=", ".join(map(json.dumps, paths)), headers=headers))
    done = subprocess.run(
        [
            *("wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"),
            *("--timeout", "60s", "--latency", "--script", script, f"http://127.0.0.1:{port}"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    faults = re.findall(r"(?:Socket errors|Non-2xx).*", done.stdout)
    if faults:
        raise SystemExit(f"wrk: {'; '.join(faults)}")
    times = dict(re.findall(r"^ +(50|99)% +(\S+)", done.stdout, re.MULTILINE))
    rate = float(re.search(r"Requests/sec: +(\S+)", done.stdout)[1])
    return rate, f"p50 {times['50']}, p99 {times['99']}"


def etag(port, path):
    """The tag of a page."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as response:
        return response.headers["ETag"]


def counts(path):
    """Table -> how many rows it has, of what was recorded."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("changes", "patch_sets", "comments", "reports", "builds", "rechecks")
        }


def record(path, lines):
    """Records lines into a database."""
    conf, store = replay.make_store(path)
    recorder = ingest.make_recorder(conf, store, "crowd")
    for batch in batches.full(iter(lines), conf.listener.batch_size):
        recorder.record(batch)
    store.dispose()


def addresses(path):
    """The pages that a crowd looks at."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        numbers = connection.execute("SELECT number FROM changes ORDER BY 1 DESC LIMIT 40").fetchall()
        names = connection.execute("SELECT name FROM ci_systems ORDER BY 1").fetchall()
        jobs = connection.execute(
            "SELECT s.name, j.name FROM jobs j JOIN ci_systems s ON s.id = j.ci_system_id"
            " WHERE j.name NOT LIKE '%/%' ORDER BY 1, 2 LIMIT 40"
        ).fetchall()
    matrix = f"/project/{characters.MAIN_PROJECT}"
    found = ["/", "/coverage", "/upstream", "/ci", matrix, f"{matrix}?window=30d", f"{matrix}?jobs=open"]
    found += [f"/change/{number}" for (number,) in numbers]
    found += [f"/ci/{name}" for (name,) in names]
    found += [f"/ci/{name}/job/{job}" for name, job in jobs]
    return found


def main():
    """Prints what each load came to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60, help="of each crowd (default: 60)")
    parser.add_argument("--connections", type=int, default=50, help="at a time (default: 50)")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("It needs wrk: apt install wrk")
    with tempfile.TemporaryDirectory(prefix="ciwatch-crowd-") as folder:
        _measure(pathlib.Path(folder), options)


def _measure(folder, options):
    path, port, floor_port = folder / "ciwatch.sqlite", free_port(), free_port()
    events = world.World(seed=1, changes=600, keep_truth=False).history()
    lines = [json.dumps(event).encode() for event in events]
    heard = min(len(lines) // 2, RATE * (options.seconds + 30))
    record(str(path), lines[:-heard])
    paths, matrix = addresses(path), f"/project/{characters.MAIN_PROJECT}"
    serve = [sys.executable, "-m", "ciwatch.cli.app", "serve", "--port", str(port)]
    environment = {"OS_DATABASE__CONNECTION": f"sqlite:///{path}"}
    floor = [sys.executable, "-c", _FLOOR, f"127.0.0.1:{floor_port}"]
    with started(serve, port, environment) as pid, started(floor, floor_port):
        ratios = []
        for _ in range(3):
            tag = json.dumps(etag(port, matrix))
            same, times = load(folder, port, [matrix], 8, options.connections, f'["If-None-Match"] = {tag}')
            empty, _ = load(folder, floor_port, ["/"], 8, options.connections)
            ratios.append(same / empty)
            print(f"unchanged: {same:,.0f}/s ({times}), waitress alone {empty:,.0f}/s: {ratios[-1]:.2f}")
        print(f"unchanged, median: {statistics.median(ratios):.2f} of waitress alone (at least {BOUND})")
        begun = cpu_s(pid)
        rate, times = load(folder, port, [matrix], 15, 4)
        print(f"cold matrix: {rate:.1f}/s ({times}), {rate * 15 / (cpu_s(pid) - begun):.1f} a core's second")
        with listening.listener(folder, path) as (server, process):
            _crowd(folder, port, paths, options, server, lines[-heard:])
            listening.wait_for(path, heard, process)
        record(str(folder / "once.sqlite"), lines)
        found, expected = counts(path), counts(folder / "once.sqlite")
        if found != expected:
            raise SystemExit(f"recorded {found}, one replay {expected}")
        print("nothing was lost: " + ", ".join(f"{number} {name}" for name, number in found.items()))
        if shutil.which("nginx", path="/usr/sbin:/usr/bin") is None:
            print("nginx is not installed, so nothing is told of it")
            return
        _behind_nginx(folder, port, paths, options)


def _crowd(folder, port, paths, options, server, lines):
    """Has wrk ask while *lines* are sent to the listener, 100 a second."""
    is_over = threading.Event()

    def send():
        for start in range(0, len(lines), RATE // 10):
            server.send(b"".join(line + b"\n" for line in lines[start : start + RATE // 10]))
            # At the end all come at once: what matters is what was recorded.
            is_over.wait(0.1)

    sender = threading.Thread(target=send)
    sender.start()
    rate, times = load(folder, port, paths, options.seconds, options.connections)
    is_over.set()
    sender.join()
    who = f"{options.connections} readers of {len(paths)} pages, {RATE} events/s"
    print(f"{who}: {rate:.1f}/s, {times}, no error")


def _behind_nginx(folder, port, paths, options):
    front = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(_NGINX.format(folder=folder, port=front, behind=port))
    # Its workers may be of another user.
    folder.chmod(0o755)
    with started(["/usr/sbin/nginx", "-c", str(configuration)], front):
        rate, times = load(folder, front, paths, options.seconds, options.connections)
    print(f"the same behind nginx, which keeps pages: {rate:,.0f}/s, {times}, no error")


if __name__ == "__main__":
    main()
