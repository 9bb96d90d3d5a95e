"""How long figures take: counting them, keeping them current, and reading all of one CI's over 90 days.

    python -m benchmarks.figures FILE [--rounds N]

FILE is a recording of events; the CI is the one that reported most. Everything is as of the recording's end.
"""

import argparse
import datetime
import pathlib
import statistics
import tempfile
import time

import sqlalchemy as sa

from benchmarks import replay
from ciwatch.cli import ingest
from ciwatch.db import models
from ciwatch.queries import behind
from ciwatch.queries import figures
from ciwatch.queries import jobs
from ciwatch.queries import story
from ciwatch.queries import window
from ciwatch.registry import model as registry_model
from ciwatch.rollup import updater
from ciwatch.sources import batches
from ciwatch.sources import file

DAYS = 90
#: What all figures of a CI may take together, in milliseconds.
BOUND_MS = 50
# The last events of the recording are counted for themselves: a minute's of a busy server.
_MINUTE = 30


def fill(path, events):
    """Records and counts; returns the engine, and the seconds of counting all, and the last events."""
    conf, store = replay.make_store(path)
    record = ingest.make_recorder(conf, store, "benchmark")
    lines = list(file.FileSource(events).lines())
    work, seconds = updater.Updater(store, registry_model.Registry()), []
    for part in (lines[:-_MINUTE], lines[-_MINUTE:]):
        for batch in batches.full(iter(part), conf.listener.batch_size):
            record.record(batch)
        with store.connect() as connection:
            as_of = window.newest_event(connection)
        begun = time.perf_counter()
        for _ in work.update(as_of):
            pass
        seconds.append(time.perf_counter() - begun)
    return store, as_of, seconds


def read(connection, system_id, as_of):
    """All that is told of a CI: what is read by days, and what looks at single reports.

    :returns: seconds of each, by name.
    """
    known, since = registry_model.Registry(), as_of - datetime.timedelta(days=DAYS)
    parts = {
        "figures": lambda: figures.read(connection, known, system_id, as_of, DAYS),
        "jobs": lambda: jobs.read(connection, known, system_id, as_of, DAYS),
        "status and spells": lambda: (
            story.status(connection, system_id, as_of),
            story.periods(connection, system_id, since, as_of),
            story.read_spells(connection, system_id, since, as_of),
        ),
        "newest missed (10)": lambda: behind.unanswered(
            connection, known, system_id, as_of, DAYS, {"missed"}, size=10
        ),
        "newest failed (10)": lambda: behind.failed(connection, known, system_id, as_of, DAYS, size=10),
    }
    seconds = {}
    for name, part in parts.items():
        begun = time.perf_counter()
        part()
        seconds[name] = time.perf_counter() - begun
    return seconds


def main():
    """Prints seconds and milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=pathlib.Path, help="events, plain or .gz")
    parser.add_argument("--rounds", type=int, default=20, help="of which the median is printed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store, as_of, (all_s, last_s) = fill(pathlib.Path(folder) / "figures.sqlite", options.file)
        with store.connect() as connection:
            report = models.Report
            system_id, name, count = connection.execute(
                sa.select(models.CISystem.id, models.CISystem.name, sa.func.count())
                .join(models.Account, models.Account.ci_system_id == models.CISystem.id)
                .join(report, report.account_id == models.Account.id)
                .group_by(models.CISystem.id, models.CISystem.name)
                .order_by(sa.func.count().desc())
            ).first()
            days = connection.scalar(sa.select(sa.func.count()).select_from(models.DailyProject))
            print(f"{options.file.name}: counting {days} days of branches {all_s:.1f} s,")
            print(f"then the last {_MINUTE} events {1000 * last_s:.0f} ms")
            rounds = [read(connection, system_id, as_of) for _ in range(options.rounds)]
        print(f"{name}, {count:,} reports, {DAYS} days before {as_of:%Y-%m-%d %H:%M} UTC:")
        for part in rounds[0]:
            print(f"  {part}: median {1000 * statistics.median(each[part] for each in rounds):.1f} ms")
        names = ("figures", "jobs", "status and spells")
        total = statistics.median(sum(each[name] for name in names) for each in rounds)
        everything = statistics.median(sum(each.values()) for each in rounds)
        print(f"  all figures, jobs, status and spells: median {1000 * total:.1f} ms (at most {BOUND_MS})")
        print(f"  with the newest patch sets behind them: median {1000 * everything:.1f} ms")
        store.dispose()


if __name__ == "__main__":
    main()
