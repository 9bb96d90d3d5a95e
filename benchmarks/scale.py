"""How fast a large history is recorded and counted, how much room it takes, and how it is made.

    python -m benchmarks.scale events FILE --days N       writes the last N days of benchmarks.history
    python -m benchmarks.scale load FILE DATABASE         replays FILE, and counts all figures
    python -m benchmarks.scale repeat DATABASE --days N --times M
    python -m benchmarks.scale more DATABASE              records other changes of its last days

DATABASE is the path of an SQLite file, or the URL of a database; ``load`` makes its tables. 1826 days are
five years, four million comments and ten million builds; 180 days a million builds.

*repeat* says what such a database says of its last N days once more, M times, for the N days before, for
those before these, and so on: all rows but those of who there is. So pages can be asked for with ten million
builds after the time that one million takes to be recorded; how fast events are recorded it does not tell.
"""

import argparse
import gzip
import os
import pathlib
import resource
import time

import sqlalchemy as sa

from benchmarks import history
from ciwatch import service
from ciwatch.cli import ingest
from ciwatch.db import engine
from ciwatch.db import models
from ciwatch.db import schema
from ciwatch.queries import window
from ciwatch.registry import model as registry_model
from ciwatch.rollup import updater
from ciwatch.sources import batches
from ciwatch.sources import file

#: After so many events the rate of these is told.
_TOLD_EVERY = 250_000

#: Table -> the columns that name a row of a table which is repeated, too: these get other ids.
_REPEATED = {
    "changes": {"id": "changes"},
    "patch_sets": {"id": "patch_sets", "change_id": "changes"},
    "reports": {"id": "reports", "patch_set_id": "patch_sets"},
    "builds": {"id": "builds", "report_id": "reports"},
    "comments": {"id": "comments", "patch_set_id": "patch_sets"},
    "rechecks": {"id": "rechecks", "patch_set_id": "patch_sets"},
    "daily_projects": {},
    "daily_systems": {},
    "daily_jobs": {},
    "daily_rules": {},
    "spells": {"id": "spells"},
    "status_periods": {"id": "status_periods"},
}


def open_store(database):
    """(configuration, engine) of a database, with its tables."""
    conf = service.prepare([], config_files=[])
    url = database if "://" in database else f"sqlite:///{database}"
    conf.set_override("connection", url, group="database")
    store = engine.create_engine(conf)
    schema.prepare(store)
    return conf, store


def size_of(store):
    """The bytes of a database on disk."""
    if store.dialect.name == "sqlite":
        with store.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
        return sum(
            os.stat(name).st_size
            for name in (store.url.database, f"{store.url.database}-wal")
            if os.path.exists(name)
        )
    with store.connect() as connection:
        if store.dialect.name == "postgresql":
            return connection.scalar(sa.text("SELECT pg_database_size(current_database())"))
        tables = "SELECT sum(data_length + index_length) FROM information_schema.tables"
        return int(connection.scalar(sa.text(f"{tables} WHERE table_schema = database()")))


def write_events(path, days, seed):
    """Writes the events of some days, compressed, and prints how many they are."""
    told, count = history.History(seed), 0
    with gzip.open(path, "wb", compresslevel=1) as target:
        for line in told.lines(days):
            target.write(line + b"\n")
            count += 1
    print(
        f"{days} days: {count:,} events, {told.comments:,} comments, {told.builds:,} builds,"
        f" {len(told.projects):,} projects"
    )


def load(events, database):
    """Replays, counts all figures, and prints how long both take."""
    conf, store = open_store(database)
    record = ingest.make_recorder(conf, store, "benchmark")
    begun, own_begun = time.perf_counter(), time.process_time()
    since, count, told = begun, 0, 0
    for batch in batches.full(file.FileSource(events).lines(), conf.listener.batch_size):
        count += record.record(batch).read
        if count - told >= _TOLD_EVERY:
            now = time.perf_counter()
            print(f"  {count:,} events; {(count - told) / (now - since):,.0f} events/s", flush=True)
            told, since = count, now
    seconds, own = time.perf_counter() - begun, time.process_time() - own_begun
    with store.connect() as connection:
        builds, comments = (
            connection.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (models.Build, models.Report)
        )
        as_of = window.newest_event(connection)
    print(
        f"{count:,} events, {comments:,} reports, {builds:,} builds in {seconds:,.0f} s:"
        f" {count / seconds:,.0f} events/s, {builds / seconds:,.0f} builds/s,"
        f" {count / own:,.0f} events for each second of its own work; {_memory()}",
        flush=True,
    )
    begun = time.perf_counter()
    for _ in updater.Updater(store, registry_model.Registry()).update(as_of):
        pass
    seconds = time.perf_counter() - begun
    with store.connect() as connection:
        days = connection.scalar(sa.select(sa.func.count()).select_from(models.DailyProject))
    print(f"{days:,} days of branches counted in {seconds:,.0f} s: {days / seconds:,.0f}/s; {_memory()}")
    print(f"database: {size_of(store) / 2**20:,.0f} MiB, {size_of(store) / count:,.0f} bytes an event")
    store.dispose()


def more(database, days):
    """Records what else happened in the last *days*, and prints how long that takes."""
    conf, store = open_store(database)
    lines = list(history.History(others=True).lines(days))
    record = ingest.make_recorder(conf, store, "benchmark")
    with store.connect() as connection:
        builds = connection.scalar(sa.select(sa.func.max(models.Build.id)))
    begun, own_begun = time.perf_counter(), time.process_time()
    for batch in batches.full(iter(lines), conf.listener.batch_size):
        record.record(batch)
    seconds, own = time.perf_counter() - begun, time.process_time() - own_begun
    print(
        f"{builds:,} builds there; {len(lines):,} events: {len(lines) / seconds:,.0f} events/s,"
        f" {len(lines) / own:,.0f} for each second of its own work; {_memory()}"
    )
    store.dispose()


def _memory():
    return f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB of memory"


def repeat(database, days, times):
    """Says what the last *days* say once more, so many times, of those before."""
    _, store = open_store(database)
    with store.connect() as connection:
        highest = {
            name: connection.scalar(sa.text(f"SELECT max(id) FROM {name}"))
            for name in set().union(*(keys.values() for keys in _REPEATED.values()))
        }
        if highest["changes"] is None:
            raise SystemExit(f"{database}: nothing is recorded there")
    for name, keys in _REPEATED.items():
        table, begun = models.Base.metadata.tables[name], time.perf_counter()
        # Only what was there: what an earlier turn said is not to be said again.
        own = f"WHERE id <= {highest[name]}" if "id" in keys else f"WHERE day > '{_since(store, days)}'"
        for turn in range(1, times + 1):
            back = turn * days
            columns = {column.name: _earlier(store, column, keys, highest, turn, back) for column in table.c}
            statement = f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(columns.values())}"
            with store.begin() as connection:
                connection.execute(sa.text(f"{statement} FROM {name} {own}"))
        print(f"{name}: {time.perf_counter() - begun:.0f} s", flush=True)
    with store.begin() as connection:
        first_at = _moved(store, "first_at", days * times)
        connection.execute(sa.text(f"UPDATE account_projects SET first_at = {first_at}"))
    print(f"database: {size_of(store) / 2**20:,.0f} MiB")
    store.dispose()


def _since(store, days):
    with store.connect() as connection:
        last = connection.scalar(sa.select(sa.func.max(models.DailyProject.day)))
    return last.fromordinal(last.toordinal() - days)


def _earlier(store, column, keys, highest, turn, back):
    """SQL for the value that a column has in a row of *back* days before."""
    name = column.name
    if name in keys:
        return f"{name} + {turn * highest[keys[name]]}"
    if name == "number" and column.table.name == "changes":
        return f"{name} - {back * history.NUMBERS_A_DAY}"
    if isinstance(column.type, sa.Date):
        return _moved(store, name, back, is_date=True)
    if name == "ended_at":
        # What lasts lasts now, and not then.
        now = _moved(store, f"'{history.END:%Y-%m-%d %H:%M:%S}'", back)
        return f"coalesce({_moved(store, name, back)}, {now})"
    return _moved(store, name, back) if name.endswith("_at") else name


def _moved(store, moment, days, is_date=False):
    if store.dialect.name == "sqlite":
        return (
            f"date({moment}, '-{days} days')"
            if is_date
            else f"strftime('%Y-%m-%d %H\\:%M\\:%S', {moment}, '-{days} days')"
        )
    return f"{moment} - {days}" if is_date else f"CAST({moment} AS timestamp) - interval '{days} days'"


def main():
    """Does what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, dest="command")
    command = commands.add_parser("events", help="write events")
    command.add_argument("file", type=pathlib.Path)
    command.add_argument("--days", type=int, default=180)
    command.add_argument("--seed", type=int, default=1)
    command = commands.add_parser("load", help="replay them, and count")
    command.add_argument("file", type=pathlib.Path)
    command.add_argument("database")
    command = commands.add_parser("repeat", help="say the same of the time before")
    command.add_argument("database")
    command.add_argument("--days", type=int, default=180)
    command.add_argument("--times", type=int, default=9)
    command = commands.add_parser("more", help="record what else happened")
    command.add_argument("database")
    command.add_argument("--days", type=int, default=7)
    options = parser.parse_args()
    if options.command == "more":
        more(options.database, options.days)
    elif options.command == "events":
        write_events(options.file, options.days, options.seed)
    elif options.command == "load":
        load(options.file, options.database)
    else:
        repeat(options.database, options.days, options.times)


if __name__ == "__main__":
    main()
