"""How long it takes to tell whoever holds a page that it is the same, in the WSGI call.

The simulator's main project; as many others beside it as a big Gerrit has, each with no more than its name;
and a listener. As on a server, the process that answers is not the one that recorded.

    python -m benchmarks.unchanged [--rounds N] [--projects N]
"""

import argparse
import datetime
import multiprocessing
import pathlib
import statistics
import tempfile
import time

import sqlalchemy as sa
import webob

from benchmarks import matrix
from ciwatch import service
from ciwatch.db import engine
from ciwatch.db import models
from ciwatch.demo import characters
from ciwatch.web import app as web_app

#: At most so many milliseconds.
BOUND_MS = 1.0


def record(path, projects):
    """Plays a fortnight into a database, and adds *projects*, a number of them."""
    matrix.record(path, 200)
    conf = service.prepare([], config_files=[])
    conf.set_override("connection", f"sqlite:///{path}", group="database")
    store = engine.create_engine(conf)
    now = datetime.datetime.now(datetime.UTC)
    listener = {
        column.name: 0 for column in models.Listener.__table__.c if column.type.python_type in (int, float)
    }
    listener.update(name="benchmark", source="ssh", state="listening", detail="")
    listener.update(started_at=now, state_since=now, seen_at=now, heard_at=now, caught_up_at=now)
    with store.begin() as connection:
        known = connection.scalar(sa.select(sa.func.max(models.Project.id)))
        connection.execute(
            sa.insert(models.Project),
            [{"id": known + number, "name": f"other/{number}"} for number in range(1, projects + 1)],
        )
        connection.execute(sa.insert(models.Listener), listener)
    store.dispose()


def main():
    """Prints milliseconds of each kind of page, made and not made."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=500, help="of which the median is printed")
    parser.add_argument("--projects", type=int, default=2000, help="beside the simulator's")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "unchanged.sqlite"
        recorder = multiprocessing.get_context("spawn").Process(target=record, args=(path, options.projects))
        recorder.start()
        recorder.join()
        conf = service.prepare([], config_files=[])
        conf.set_override("connection", f"sqlite:///{path}", group="database")
        store = engine.create_engine(conf, read_only=True)
        with store.connect() as connection:
            number = connection.scalar(sa.select(sa.func.max(models.Change.number)))
        app = web_app.create_app(conf, engine=store)
        web_app.settle_memory()
        for address in (
            f"/project/{characters.MAIN_PROJECT}?window=30d",
            f"/change/{number}",
            "/",
            f"/api/v1/projects/{characters.MAIN_PROJECT}/matrix",
        ):
            page_ms = _median_ms(app, address, {}, 200, min(options.rounds, 10))
            tag = webob.Request.blank(address).get_response(app).headers["ETag"]
            same_ms = _median_ms(app, address, {"If-None-Match": tag}, 304, options.rounds)
            print(f"{address}: {page_ms:.0f} ms; unchanged {same_ms:.2f} ms (at most {BOUND_MS:.0f})")
        store.dispose()


def _median_ms(app, address, headers, status, rounds):
    """The median of some rounds, which all have to answer with a *status*."""
    milliseconds = []
    for _ in range(rounds):
        request = webob.Request.blank(address, headers=headers)
        begun = time.perf_counter()
        response = request.get_response(app)
        milliseconds.append((time.perf_counter() - begun) * 1000)
        # At the end of five minutes a page is another one.
        if response.status_int not in (status, 200):
            raise SystemExit(f"{address}: {response.status}")
    return statistics.median(milliseconds)


if __name__ == "__main__":
    main()
