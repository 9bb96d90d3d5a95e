"""How long every page takes, cold, in the WSGI call, and how big it is.

Pages are asked for as of the newest event of a recording, those of figures over 90 days. Nothing is cached
between two calls, and as on a server the process that answers is not the one that recorded.

    python -m benchmarks.pages FILE_OR_DATABASE [--days N] [--rounds N]

FILE_OR_DATABASE is a recording of events, or an SQLite database that is ready, with its figures counted.
"""

import argparse
import contextlib
import gzip
import multiprocessing
import pathlib
import statistics
import tempfile
import time
import typing
import urllib.parse

import sqlalchemy as sa
import webob

from benchmarks import figures
from ciwatch import service
from ciwatch.db import engine
from ciwatch.db import models
from ciwatch.db import schema
from ciwatch.queries import window
from ciwatch.web import app as web_app

#: What a page may take, in milliseconds; the matrix has bounds of its own.
BOUND_MS = 50

_SQLITE = b"SQLite format 3\0"


class Page(typing.NamedTuple):
    """An *address*, what it *shows*, and whether it *is_bound* by :data:`BOUND_MS`."""

    shows: str
    address: str
    is_bound: bool = True


class Biggest(typing.NamedTuple):
    """What has most to show: the names of a project, a CI and a job of it, the number of a change."""

    project: str
    system: str
    job: str | None
    change: int


def fill(path, events):
    """Records a file into a database, and counts all figures."""
    store, _, _ = figures.fill(path, events)
    store.dispose()


@contextlib.contextmanager
def database(given):
    """The path of a database: the one that is given, or a new one that a recording was replayed into.

    :raises SystemExit: where the one that is given is not of this version.
    """
    with open(given, "rb") as file:
        is_database = file.read(len(_SQLITE)) == _SQLITE
    if is_database:
        _check(given.resolve())
        yield given.resolve()
        return
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "pages.sqlite"
        recorder = multiprocessing.get_context("spawn").Process(target=fill, args=(path, given))
        recorder.start()
        recorder.join()
        if recorder.exitcode:
            raise SystemExit(f"{given} could not be replayed")
        yield path


def _check(path):
    store = sa.create_engine(f"sqlite:///{path}")
    try:
        with store.connect() as connection:
            schema.check(connection)
    except schema.SchemaError as error:
        raise SystemExit(f"{path}: {error}") from error
    finally:
        store.dispose()


def find_biggest(connection):
    """The :class:`Biggest` of a database."""
    report, count = models.Report, sa.func.count()
    of_change = (
        sa.select(models.Change.number, models.Project.name, count)
        .select_from(report)
        .join(models.PatchSet, models.PatchSet.id == report.patch_set_id)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .join(models.Project, models.Project.id == models.Change.project_id)
    )
    number, _, _ = connection.execute(of_change.group_by(models.Change.id).order_by(count.desc())).first()
    _, project, _ = connection.execute(of_change.group_by(models.Project.id).order_by(count.desc())).first()
    system_id, system, _ = connection.execute(
        sa.select(models.CISystem.id, models.CISystem.name, count)
        .join(models.Account, models.Account.ci_system_id == models.CISystem.id)
        .join(report, report.account_id == models.Account.id)
        .group_by(models.CISystem.id, models.CISystem.name)
        .order_by(count.desc())
    ).first()
    job = connection.execute(
        sa.select(models.Job.name, count)
        .join(models.Build, models.Build.job_id == models.Job.id)
        .where(models.Job.ci_system_id == system_id)
        .group_by(models.Job.id, models.Job.name)
        .order_by(count.desc())
    ).first()
    return Biggest(project, system, job and job[0], number)


def pages(biggest, as_of, days):
    """The :class:`Page` of all addresses, of the *days* before a moment."""
    until = f"until={as_of:%Y-%m-%dT%H:%M:%S}"
    project, system = (urllib.parse.quote(name) for name in (biggest.project, biggest.system))
    query = f"{until}&window={days}d"
    yield Page("home", "/")
    yield Page("search", f"/search?q={urllib.parse.quote(biggest.system[:4])}")
    yield Page("matrix, 7 days", f"/project/{project}?window=7d&{until}", is_bound=False)
    yield Page("CI systems", f"/ci?{query}")
    yield Page("the CI that reported most", f"/ci/{system}?{query}")
    yield Page("what it missed", f"/ci/{system}/missed?{query}")
    yield Page("its failed verdicts", f"/ci/{system}/trust?{query}")
    yield Page("its rules", f"/ci/{system}/policy?{query}")
    if biggest.job is not None:
        job = urllib.parse.quote(biggest.job)
        yield Page("its job that ran most", f"/ci/{system}/job/{job}?{query}")
    yield Page("the change most spoken of", f"/change/{biggest.change}")
    yield Page("coverage", f"/coverage?{until}")
    yield Page("coverage of a project", f"/coverage?{until}&project={project}")
    yield Page("its CIs' rules", f"/coverage?{until}&project={project}&rules=yes")
    yield Page("upstream", f"/upstream?{until}")
    yield Page("status", "/status")
    yield Page("about", "/about")


def measure(app, page, rounds):
    """The last response of a page, and the seconds of each call: on the wall, and of this process alone."""
    seconds, own = [], []
    for _ in range(rounds):
        begun, own_begun = time.perf_counter(), time.process_time()
        response = webob.Request.blank(page.address).get_response(app)
        seconds.append(time.perf_counter() - begun)
        own.append(time.process_time() - own_begun)
    return response, seconds, own


def main():
    """Prints milliseconds and kB of each page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=pathlib.Path, help="events, plain or .gz, or an SQLite database")
    parser.add_argument("--days", type=int, default=figures.DAYS, help="the days of which figures are told")
    parser.add_argument("--rounds", type=int, default=10, help="of which the median is printed")
    options = parser.parse_args()
    with database(options.file) as path:
        conf = service.prepare([], config_files=[])
        conf.set_override("connection", f"sqlite:///{path}", group="database")
        store = engine.create_engine(conf, read_only=True)
        app = web_app.create_app(conf, engine=store)
        web_app.settle_memory()
        with store.connect() as connection:
            biggest, as_of = find_biggest(connection), window.newest_event(connection)
        print(f"{options.file.name}: {options.days} days before {as_of:%Y-%m-%d %H:%M} UTC,")
        print(f"median of {options.rounds} calls; at most {BOUND_MS} ms, but for the matrix")
        for page in pages(biggest, as_of, options.days):
            response, seconds, own = measure(app, page, options.rounds)
            if response.status_int != 200:
                print(f"  {page.shows}: {response.status}")
                continue
            milliseconds = 1000 * statistics.median(seconds)
            late = "  LATE" if page.is_bound and milliseconds > BOUND_MS else ""
            print(
                f"  {page.shows:26} median {milliseconds:5.1f} ms"
                f" ({1000 * statistics.median(own):.1f} of them its own work);"
                f" {len(response.body) / 1000:5.0f} kB, {len(gzip.compress(response.body, 6)) / 1000:4.0f} kB"
                f" gzipped{late}"
            )
        store.dispose()


if __name__ == "__main__":
    main()
