"""Plays worlds, compares what the figures say with what happened, and prints one table."""

import argparse
import collections
import functools
import multiprocessing
import sys
import time

from benchmarks.accuracy import cast
from benchmarks.accuracy import table
from benchmarks.accuracy import trials
from benchmarks.accuracy import worlds


def main():
    """Prints the table; returns 1 where something does not hold."""
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many worlds (default: 20)")
    parser.add_argument("--first", type=int, default=1, help="the seed of the first (default: 1)")
    parser.add_argument("--days", type=float, default=60, help="how long each is, in days (default: 60)")
    parser.add_argument("--jobs", type=int, default=2, help="so many processes (default: 2)")
    parser.add_argument("--trials", type=int, default=400, help="plain CIs for each rate (default: 400)")
    parser.add_argument("--why", action="store_true", help="list each case that does not hold, too")
    options = parser.parse_args()
    cases, begun = list(trials.run(options.trials)), time.monotonic()
    seeds = range(options.first, options.first + options.seeds)
    with multiprocessing.get_context("spawn").Pool(options.jobs, maxtasksperchild=1) as pool:
        played = pool.imap_unordered(functools.partial(worlds.play, days=options.days), seeds)
        for number, found in enumerate(played, 1):
            cases += found
            seconds = time.monotonic() - begun
            print(f"{number} of {options.seeds} worlds, {seconds:.0f} s", file=sys.stderr, flush=True)
    if options.why:
        for case in cases:
            if not case.holds and case.detail:
                print(f"{case.rule} | {case.who} | {case.detail}")
    found = list(table.rows(cases))
    failed = collections.Counter(row.holds for row in found)[False]
    print(f"{options.seeds} worlds of {options.days:g} days with {len(cast.CAST) - 1} CIs and a gate\n")
    print(table.render(found))
    print(f"\n{failed or 'No'} {'property does' if failed == 1 else 'properties do'} not hold.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
