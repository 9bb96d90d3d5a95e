"""How long the matrix takes, cold, in the WSGI call, and how big it is.

The simulator's main project: a gate and twelve third-party CIs with 72 job rows. Nothing is cached between
two calls. As on a server, the process that answers is not the one that recorded.

    python -m benchmarks.matrix [--rounds N]
"""

import argparse
import collections
import datetime
import gzip
import json
import multiprocessing
import pathlib
import statistics
import tempfile
import time

import webob

from benchmarks import replay
from ciwatch import service
from ciwatch.cli import ingest
from ciwatch.db import engine
from ciwatch.demo import characters
from ciwatch.demo import world
from ciwatch.registry import model
from ciwatch.rollup import updater
from ciwatch.sources import batches
from ciwatch.web import app as web_app

#: (query, patch sets, bound in milliseconds, bound in kB); each also with the rows of CIs alone, as it opens.
PAGES = (
    ("&jobs=open", 100, 30, 90),
    ("", 100, 30, 90),
    ("&columns=500&jobs=open", 500, 120, 400),
    ("&columns=500", 500, 120, 400),
)


def record(path, changes):
    """Plays a fortnight into a database, and counts its figures."""
    conf, store = replay.make_store(path)
    recorder = ingest.make_recorder(conf, store, "benchmark")
    events = world.World(seed=1, changes=changes, keep_truth=False).history()
    lines = (json.dumps(event).encode() for event in events)
    for batch in batches.full(lines, conf.listener.batch_size):
        recorder.record(batch)
    now = datetime.datetime.now(datetime.UTC)
    collections.deque(updater.Updater(store, model.Registry()).update(now), maxlen=0)
    store.dispose()


def main():
    """Prints milliseconds and kB of each page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50, help="of which the median is printed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "matrix.sqlite"
        recorder = multiprocessing.get_context("spawn").Process(target=record, args=(path, 600))
        recorder.start()
        recorder.join()
        conf = service.prepare([], config_files=[])
        conf.set_override("connection", f"sqlite:///{path}", group="database")
        store = engine.create_engine(conf, read_only=True)
        app = web_app.create_app(conf, engine=store)
        web_app.settle_memory()
        for query, columns, bound_ms, bound_kb in PAGES:
            address = f"/project/{characters.MAIN_PROJECT}?window=30d{query}"
            seconds = []
            for _ in range(options.rounds):
                begun = time.perf_counter()
                response = webob.Request.blank(address).get_response(app)
                seconds.append(time.perf_counter() - begun)
            body = response.body
            rows = body.count(b'<tr class="job">')
            cells = body.count(b"<a href=/log/")
            print(
                f"{columns} patch sets x {rows} job rows, {cells:,} linked cells:"
                f" median {statistics.median(seconds) * 1000:.0f} ms, best {min(seconds) * 1000:.0f} ms"
                f" (at most {bound_ms}); {len(body) / 1000:.0f} kB,"
                f" {len(gzip.compress(body, 6)) / 1000:.0f} kB gzipped (at most {bound_kb})"
            )
        store.dispose()


if __name__ == "__main__":
    main()
