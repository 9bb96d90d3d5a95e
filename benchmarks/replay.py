"""How fast a replay into SQLite is, against the floor measured in the same run.

The floor does what no replay can do without, and nothing else: decode each line with msgspec, one pass of a
regular expression over each comment, executemany of the same rows into the same tables.

    python -m benchmarks.replay FILE [--rounds N]
"""

import argparse
import gzip
import pathlib
import re
import resource
import sqlite3
import statistics
import tempfile
import time

import msgspec

from ciwatch import service
from ciwatch.cli import ingest
from ciwatch.db import engine
from ciwatch.db import models
from ciwatch.db import schema
from ciwatch.sources import batches
from ciwatch.sources import file

_JOB_LINE = re.compile(r"^[-*] (\S+) (\S+) : ([A-Z_]+)", re.MULTILINE)


def make_store(path):
    """An engine and configuration for an empty database at *path*."""
    conf = service.prepare([], config_files=[])
    conf.set_override("connection", f"sqlite:///{path}", group="database")
    store = engine.create_engine(conf)
    schema.prepare(store)
    return conf, store


def replay(events, path):
    """Replays the file *events*; returns (events, seconds)."""
    conf, store = make_store(path)
    record = ingest.make_recorder(conf, store, "benchmark")
    begun = time.perf_counter()
    read = 0
    for batch in batches.full(file.FileSource(events).lines(), conf.listener.batch_size):
        read += record.record(batch).read
    seconds = time.perf_counter() - begun
    store.dispose()
    return read, seconds


def floor(events, rows, path):
    """Does the unavoidable for the same file and *rows*; returns seconds."""
    _, store = make_store(path)
    store.dispose()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=NORMAL")
    decoder = msgspec.json.Decoder()
    open_file = gzip.open if str(events).endswith(".gz") else open
    begun = time.perf_counter()
    found = 0
    with open_file(events, "rb") as stream:
        for line in stream:
            found += len(_JOB_LINE.findall(decoder.decode(line).get("comment") or ""))
    for table, (statement, values) in rows.items():
        with connection:
            connection.execute(f"DELETE FROM {table}")
            connection.executemany(statement, values)
    seconds = time.perf_counter() - begun
    connection.close()
    return seconds


def read_rows(path):
    """All rows of the database at *path*: table -> (INSERT statement, rows)."""
    connection = sqlite3.connect(path)
    rows = {}
    for table in models.Base.metadata.sorted_tables:
        columns = [column.name for column in table.c]
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        found = connection.execute(f"SELECT {names} FROM {table.name}").fetchall()
        rows[table.name] = f"INSERT INTO {table.name} ({names}) VALUES ({marks})", found
    connection.close()
    return rows


def main():
    """Prints events per second of both, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=pathlib.Path, help="events, plain or .gz")
    parser.add_argument("--rounds", type=int, default=5, help="of which the median is printed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        ours, floors = [], []
        for number in range(options.rounds):
            target = folder / f"replay-{number}.sqlite"
            read, seconds = replay(options.file, target)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            if number == 0:
                print(f"peak memory of the first replay: {peak:.0f} MB")
            rows = read_rows(target)
            ours.append(read / seconds)
            floors.append(read / floor(options.file, rows, folder / f"floor-{number}.sqlite"))
            print(f"round {number + 1}: replay {ours[-1]:,.0f}/s, floor {floors[-1]:,.0f}/s")
        ratio = statistics.median(ours) / statistics.median(floors)
        total = sum(len(values) for _, values in rows.values())
        size = target.stat().st_size
        print(f"database: {size / 2**20:.1f} MiB, {size / read:,.0f} bytes an event")
        print(
            f"{options.file.name}: {read:,} events, {total:,} rows; replay"
            f" {statistics.median(ours):,.0f} events/s, floor {statistics.median(floors):,.0f}"
            f" events/s, ratio {ratio:.2f} (at least 0.20)"
        )


if __name__ == "__main__":
    main()
