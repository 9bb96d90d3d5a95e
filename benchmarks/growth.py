"""Whether pages become slower as the history grows: the same requests on two databases.

Both end with the same days, as those that :mod:`benchmarks.scale` makes; one of them goes back much further.
Of each kind of page many different ones are asked for, all of them cold: each once, in the WSGI call, and in
turn on the one database and on the other, so that whatever else the machine does befalls both.

    python -m benchmarks.growth SMALL LARGE [--requests N] [--until TIME]

SMALL and LARGE are SQLite files, or URLs, of databases that are ready, with their figures counted.
"""

import argparse
import datetime
import math
import random
import statistics
import time
import urllib.parse

import sqlalchemy as sa
import webob

from ciwatch import service
from ciwatch.db import engine
from ciwatch.db import models
from ciwatch.queries import window
from ciwatch.web import app as web_app

#: What 95 of 100 requests may take at most, in milliseconds, and by how much more of the larger one.
BOUND_MS = 100
BOUND_RATIO = 1.3

# So far back from the end lies what is asked for: the smaller history has it, too.
_RECENT = datetime.timedelta(days=60)


class Site:
    """The web side of a database."""

    def __init__(self, database):
        """Opens it; a path is that of an SQLite file."""
        conf = service.prepare([], config_files=[])
        url = database if "://" in database else f"sqlite:///{database}"
        conf.set_override("connection", url, group="database")
        self.name = database.rpartition("/")[2]
        self.store = engine.create_engine(conf, read_only=True)
        self._app = web_app.create_app(conf, engine=self.store)
        # The first page of a process is slow whatever it shows.
        self.ask("/about")

    def ask(self, address):
        """The seconds that a page takes."""
        begun = time.perf_counter()
        response = webob.Request.blank(address).get_response(self._app)
        len(response.body)
        seconds = time.perf_counter() - begun
        if response.status_int != 200:
            raise SystemExit(f"{self.name}: {address}: {response.status}")
        return seconds


def addresses(connection, rng, until, count):
    """Kind of a page -> its addresses: *count* of each, drawn with *rng* from what there was of late."""

    def text(moment):
        return f"until={moment:%Y-%m-%dT%H:%M:%S}"

    # Different moments are different pages.
    moments = [text(until + datetime.timedelta(seconds=number)) for number in range(count)]
    recent = models.PatchSet.seen_at > until - _RECENT
    patch_set, change, project = models.PatchSet, models.Change, models.Project
    projects = connection.scalars(
        sa.select(project.name)
        .join(patch_set, patch_set.project_id == project.id)
        .where(recent)
        .distinct()
        .order_by(project.name)
    ).all()
    changes = connection.scalars(
        sa.select(change.number)
        .join(patch_set, patch_set.change_id == change.id)
        .where(recent)
        .distinct()
        .order_by(change.number)
    ).all()
    system = models.CISystem
    systems = connection.scalars(sa.select(system.name).order_by(system.name)).all()
    jobs = connection.execute(
        sa.select(system.name, models.Job.name)
        .join(models.Job, models.Job.ci_system_id == system.id)
        .order_by(system.name, models.Job.name)
    ).all()

    def drawn(found):
        return [found[rng.randrange(len(found))] for _ in range(count)]

    quote = urllib.parse.quote
    return {
        "matrix, 7 days": [
            f"/project/{quote(name)}?window=7d&{moment}"
            for name, moment in zip(drawn(projects), moments, strict=True)
        ],
        "CI, 90 days": [
            f"/ci/{quote(name)}?window=90d&{moment}"
            for name, moment in zip(drawn(systems), moments, strict=True)
        ],
        "job, 90 days": [
            f"/ci/{quote(name)}/job/{quote(job)}?window=90d&{moment}"
            for (name, job), moment in zip(drawn(jobs), moments, strict=True)
        ],
        "change": [f"/change/{number}" for number in drawn(changes)],
        "coverage": [f"/coverage?{moment}" for moment in moments],
        "upstream": [f"/upstream?{moment}" for moment in moments],
        "home": [f"/?{moment}" for moment in moments],
    }


def told(seconds):
    """(p50, p95, p99) in milliseconds."""
    ordered = sorted(seconds)
    return [1000 * ordered[math.ceil(share * len(ordered)) - 1] for share in (0.5, 0.95, 0.99)]


def main():
    """Prints the milliseconds of each kind of page on both, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("small", help="a database: the file of SQLite, or a URL")
    parser.add_argument("large", help="one whose history is longer")
    parser.add_argument("--requests", type=int, default=200, help="of each kind of page")
    parser.add_argument("--seed", type=int, default=1, help="which pages are asked for")
    parser.add_argument(
        "--until", type=datetime.datetime.fromisoformat, help="as of when, UTC; by default the newest event"
    )
    options = parser.parse_args()
    small, large = sites = Site(options.small), Site(options.large)
    web_app.settle_memory()
    with small.store.connect() as connection:
        until = options.until or window.newest_event(connection)
        rng, until = random.Random(options.seed), until.replace(tzinfo=datetime.UTC)
        kinds = addresses(connection, rng, until, options.requests)
    for site in sites:
        with site.store.connect() as connection:
            builds, first, last = (
                connection.scalar(sa.select(what))
                for what in (
                    sa.select(sa.func.count()).select_from(models.Build).scalar_subquery(),
                    sa.func.min(models.PatchSet.seen_at),
                    sa.func.max(models.PatchSet.seen_at),
                )
            )
        print(f"{site.name}: {builds:,} builds, {first:%Y-%m-%d} to {last:%Y-%m-%d}")
    print(f"{options.requests} requests of each kind, as of {until:%Y-%m-%d %H:%M} UTC; p50/p95/p99 in ms;")
    print(f"at most {BOUND_MS} for p95, and {BOUND_RATIO} times as much for the longer history")
    for kind, asked in kinds.items():
        seconds = {site: [] for site in sites}
        for number, address in enumerate(asked):
            # Each is first half of the time.
            for site in sites if number % 2 else reversed(sites):
                seconds[site].append(site.ask(address))
        figures = [told(seconds[site]) for site in sites]
        ratio = figures[1][1] / figures[0][1]
        both = statistics.median(b / a for a, b in zip(*seconds.values(), strict=True))
        late = "  LATE" if figures[1][1] > BOUND_MS or ratio > BOUND_RATIO else ""
        print(
            f"  {kind:15} {'/'.join(f'{each:.0f}' for each in figures[0]):>14}"
            f" {'/'.join(f'{each:.0f}' for each in figures[1]):>14}"
            f"  ratio of p95 {ratio:.2f}, median of the ratios {both:.2f}{late}"
        )
    large.store.dispose()
    small.store.dispose()


if __name__ == "__main__":
    main()
