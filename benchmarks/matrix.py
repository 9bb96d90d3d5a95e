"""How long the matrix takes, cold, in the WSGI call, and how big it is.

The simulator's main project: a gate and twelve third-party CIs with 72 job rows. Nothing is cached between
two calls.

    python -m benchmarks.matrix [--rounds N]
"""

import argparse
import gzip
import json
import pathlib
import statistics
import tempfile
import time

import webob

from benchmarks import replay
from ciwatch.cli import ingest
from ciwatch.demo import characters
from ciwatch.demo import world
from ciwatch.sources import batches
from ciwatch.web import app as web_app

#: (query, patch sets, bound in milliseconds, bound in kB)
PAGES = (("", 100, 30, 90), ("&columns=500", 500, 120, 400))


def make_database(path, changes):
    """Plays a fortnight into a database; returns (configuration, engine, project)."""
    conf, store = replay.make_store(path)
    record = ingest.make_recorder(conf, store, "benchmark")
    events = world.World(seed=1, changes=changes, keep_truth=False).history()
    lines = (json.dumps(event).encode() for event in events)
    for batch in batches.full(lines, conf.listener.batch_size):
        record.record(batch)
    return conf, store, characters.MAIN_PROJECT


def main():
    """Prints milliseconds and kB of each page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20, help="of which the median is printed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        conf, store, project = make_database(pathlib.Path(folder) / "matrix.sqlite", changes=600)
        app = web_app.create_app(conf, engine=store)
        web_app.settle_memory()
        for query, columns, bound_ms, bound_kb in PAGES:
            path = f"/project/{project}?window=30d{query}"
            seconds = []
            for _ in range(options.rounds):
                begun = time.perf_counter()
                response = webob.Request.blank(path).get_response(app)
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
