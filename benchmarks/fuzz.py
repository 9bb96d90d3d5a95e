"""Garbled comments by the hundred thousand, for every registered parser.

Each input is a comment of the recordings or the samples with lines dropped, doubled, cut and joined and bytes
flipped; one in ten is up to 64 kB long: what parsers look for, or a recorded line with a run in it, repeated.
Printed for each parser: how many it took, how many made it raise or return what is no report, and its times.

    python -m benchmarks.fuzz [FILE...] [--count N] [--seed N]
"""

import argparse
import gzip
import itertools
import json
import pathlib
import random
import sys
import time

import tqdm

from ciwatch.parsers import base
from ciwatch.parsers import contract
from ciwatch.parsers import manager
from ciwatch.parsers import testing

SAMPLES = pathlib.Path(__file__).parents[1] / "tests" / "data" / "comments"


def recorded_texts(*paths):
    """The comments of recordings, files or folders of them, each text once."""
    texts = {}
    files = [file for path in paths for file in (sorted(path.glob("*.jsonl*")) if path.is_dir() else [path])]
    for path in files:
        open_file = gzip.open if path.suffix == ".gz" else open
        with open_file(path, "rb") as lines:
            for line in lines:
                if b'"comment-added"' in line:
                    texts.setdefault(json.loads(line).get("comment") or "")
    return list(texts)


def make_inputs(texts, chance):
    """Garbled comments without end: each of *texts* in turn, and after every ninth one of pieces or a run."""
    while True:
        chance.shuffle(texts)
        for number, text in enumerate(texts):
            yield testing.mutate(text, chance)
            if number % 18 == 8:
                yield testing.pump_lines(text, chance)
            elif number % 18 == 17:
                parts = range(chance.randint(1, 30))
                pieces = [chance.choice(testing.PIECES) * chance.randint(1, 3000) for _ in parts]
                yield "".join(pieces)[: testing.LONG]


class Tally:
    """How one parser fared."""

    def __init__(self):
        """Counts from zero."""
        self.taken = self.raised = self.rubbish = 0
        self.seconds = []

    def read(self, parser, text):
        """Lets *parser* read *text*."""
        comment = base.Comment(text)
        begun = time.perf_counter()
        try:
            report = parser.parse(comment)
        except Exception as error:
            self.raised += 1
            print(f"{parser.name} raised {error!r} on {text[:300]!r}", file=sys.stderr)
            return
        finally:
            self.seconds.append(time.perf_counter() - begun)
        self.taken += report is not None
        try:
            if report is not None:
                contract.check_report(report)
        except contract.ContractError as error:
            self.rubbish += 1
            print(f"{parser.name} returned {error} on {text[:300]!r}", file=sys.stderr)


def seconds_for(parser, text):
    """Seconds that *parser*, or the manager of all, takes for *text*, the best of five."""
    found = []
    for _ in range(5):
        comment = base.Comment(text)
        begun = time.perf_counter()
        parser.parse(comment)
        found.append(time.perf_counter() - begun)
    return min(found)


def slowest_of_all(parsers):
    """Seconds that the slowest of the long lines takes through all parsers, as a recorder asks them."""
    slowest = 0.0
    for _, text in testing.long_lines():
        slowest = max(slowest, seconds_for(parsers, text))
    return slowest


def growth(parser):
    """(the slowest of the long lines in seconds, the greatest ratio of its time to that of a quarter of it).

    A ratio near 4 is linear, near 16 quadratic; times below a millisecond say nothing.
    """
    slowest, ratio = 0.0, 0.0
    for _, text in testing.long_lines():
        whole = seconds_for(parser, text)
        slowest = max(slowest, whole)
        if whole > 0.001:
            ratio = max(ratio, whole / seconds_for(parser, text[: len(text) // 4]))
    return slowest, ratio


def main():
    """Prints the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("files", metavar="FILE", nargs="*", type=pathlib.Path, help="recordings, or folders")
    options.add_argument("--count", type=int, default=100_000, help="how many inputs (default: 100000)")
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    texts = [json.loads(path.read_text())["comment"]["text"] for path in sorted(SAMPLES.glob("*/*.json"))]
    texts += recorded_texts(*options.files)
    chance = random.Random(options.seed)
    all_of_them = manager.ParserManager()
    parsers = all_of_them.parsers
    tallies = {parser.name: Tally() for parser in parsers}
    longest = 0
    inputs = itertools.islice(make_inputs(texts, chance), options.count)
    for text in tqdm.tqdm(inputs, total=options.count, disable=None, file=sys.stderr):
        longest = max(longest, len(text))
        for parser in parsers:
            tallies[parser.name].read(parser, text)
    print(f"{options.count:,} inputs of {len(texts):,} texts, the longest of {longest:,} characters")
    print(
        f"{'parser':18} {'took':>8} {'raised':>7} {'rubbish':>8} {'median':>10} {'99.9 %':>10} {'worst':>10}"
    )
    for parser in parsers:
        name, tally = parser.name, tallies[parser.name]
        times = sorted(second * 1000 for second in tally.seconds)
        middle, high = times[len(times) // 2], times[int(len(times) * 0.999)]
        print(
            f"{name:18} {tally.taken:8,} {tally.raised:7} {tally.rubbish:8}"
            f" {middle:7.3f} ms {high:7.3f} ms {times[-1]:7.3f} ms"
        )
    print("\nlines of 64 kB made to keep patterns busy, and the same at a quarter of the length (linear: 4)")
    for parser in parsers:
        slowest, ratio = growth(parser)
        print(f"{parser.name:18} slowest {slowest * 1000:7.3f} ms, greatest ratio {ratio:5.2f}")
    print(f"{'all in turn':18} slowest {slowest_of_all(all_of_them) * 1000:7.3f} ms (at most 50)")


if __name__ == "__main__":
    main()
