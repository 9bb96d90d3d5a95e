"""How well, and how fast, recorded comments are read.

For each recording and parser: how many comments of CIs were understood (a result, a start, or a known
non-result), and of those that bear job lines how many gave exactly those jobs with those results. What the
lines are is found a second time here, by a scan of its own that knows nothing of the parsers.

    python -m benchmarks.reading FILE... [--misses N]
"""

import argparse
import collections
import itertools
import pathlib
import re
import statistics
import tempfile
import time

import sqlalchemy as sa

from benchmarks import replay
from ciwatch.db import models
from ciwatch.parsers import base
from ciwatch.parsers import manager
from ciwatch.recorder import reading as readings

_ROUNDS = 5
_NUMBERED = re.compile(r"Reviewer \d+$")

_ZUUL = re.compile(r"[-*] (\S+)(?: (\S+))? ?: ?([A-Z][A-Z_]+)\b")
_FREE = re.compile(r"[-*] (\w+://\S+) : (\S.*?)(?: in (?:\d+h )?(?:\d+m )?\d+s)?$")
_TRIGGER = re.compile(r'"?([a-z]+://\S+) : (\S.*)$')
_TRIGGER_WORD = re.compile(r"(SUCCESS|FAILURE|UNSTABLE|ABORTED|NOT_BUILT)\b")
_ACTIONS = re.compile(r"([A-Z]*): (https://[^/]+/([^/]+/[^/]+)/actions/runs/\d+)$")
_TABLE = re.compile(r"\s+- ([^\s:(]+).*?: ?([A-Z_]+) *$")
_NOTIFIER = re.compile(r"Completed Jenkins job (\S+) with ([A-Z]+)\b")
_SPDK = re.compile(r"Build (?:with tests )?(successful|failed)\. Results:? (https?://\S+)")


def job_lines(text):
    """The (job, result) pairs that the lines of a comment say, as one who knows the formats finds them."""
    lines = text.split("\n")[1:] if re.match(r"Patch Set \d+:", text) else text.split("\n")
    table = any(line.startswith("Running ") and "Running on Jenkins" in line for line in lines)
    quoted, found = False, []
    for line in lines:
        if line.startswith(">>>"):
            quoted = False
        elif not quoted:
            found += _job_line(line, table)
            quoted = _TRIGGER.match(line) is not None and line.rstrip().endswith("<<<")
    return found


def _job_line(line, table):
    if table:
        match = _TABLE.match(line)
        return [match.groups()] if match else []
    if match := _ZUUL.match(line):
        return [(_name(match[1]), match[3])]
    if match := _FREE.match(line):
        return [(_name(match[1]), match[2])]
    if match := _TRIGGER.match(line):
        word = _TRIGGER_WORD.match(match[2])
        text = match[2].replace("<<<", "").split("\\n")[0]
        return [(_name(match[1]), word[1] if word else text.strip())]
    if match := _ACTIONS.match(line):
        return [] if match[1] == "STARTED" else [(match[3], match[1] or "(no word)")]
    if match := _NOTIFIER.match(line):
        return [match.groups()]
    if match := _SPDK.match(line):
        page = re.search(r"/([^/]+)_\d+\.html$", match[2])
        return [(page[1] if page else "(unnamed)", match[1])]
    return []


def _name(text):
    """A job's name; where an address stands in its place, what follows each /job/ in it."""
    if "://" not in text:
        return text
    parts = text.split("/")
    names = [after for before, after in itertools.pairwise(parts) if before == "job"]
    return "/".join(names) or "(unnamed)"


def comments_of_cis(store):
    """(account's name, Comment) pairs of the accounts that the recorder took for CIs, and who they are."""
    statement = (
        sa.select(models.Report, models.Account.username, models.Account.name)
        .join(models.Account, models.Account.id == models.Report.account_id)
        .order_by(models.Report.id)
    )
    with store.connect() as connection:
        rows = connection.execute(
            statement.with_only_columns(
                models.Report.text,
                models.Report.tag,
                models.Report.votes,
                models.Account.username,
                models.Account.name,
            )
        ).all()
    return [
        (row.name, base.Comment(row.text, author=row.username, tag=row.tag, votes=row.votes or {}))
        for row in rows
    ]


class Tally:
    """What became of the comments that one parser took."""

    def __init__(self):
        """Counts from zero."""
        self.comments = self.understood = self.with_lines = self.exact = 0


def judge(comments, parsers):
    """Reads all *comments*; returns (parser's name -> Tally, misses as texts)."""
    tallies, misses = collections.defaultdict(Tally), []
    for name, comment in comments:
        reading = parsers.parse(comment)
        tally = tallies[reading.parser.name if reading else "(none)"]
        tally.comments += 1
        tally.understood += reading is not None
        if reading is None:
            misses.append(f"not understood, of {name}: {comment.text!r}")
        expected = job_lines(comment.text)
        if not expected:
            continue
        tally.with_lines += 1
        found = [(build.job, build.result) for build in reading.report.builds] if reading else []
        if found == expected:
            tally.exact += 1
        else:
            misses.append(f"expected {expected}, found {found}, of {name}: {comment.text!r}")
    return tallies, misses


def rate(count, total):
    """n/N and its per cent."""
    return f"{count}/{total} {100 * count / total:6.2f} %" if total else "-"


def throughput(comments, parsers):
    """Comments a second that the parsers alone read on one core: the median of some rounds."""
    rounds = []
    for _ in range(_ROUNDS):
        fresh = [base.Comment(c.text, author=c.author, tag=c.tag, votes=c.votes) for _, c in comments]
        begun = time.perf_counter()
        for comment in fresh:
            parsers.parse(comment)
        rounds.append(len(fresh) / (time.perf_counter() - begun))
    return statistics.median(rounds)


def main():
    """Prints the table, the first misses, and the throughput."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("files", metavar="FILE", nargs="+", type=pathlib.Path, help="events, plain or .gz")
    options.add_argument("--misses", type=int, default=10, help="how many to print (default: 10)")
    options = options.parse_args()
    parsers = manager.ParserManager()
    everything, all_misses, sums = [], [], Tally()
    print(f"{'recording':28} {'parser':18} {'understood':>24} {'job lines exact':>24}")
    for path in options.files:
        with tempfile.TemporaryDirectory() as folder:
            target = pathlib.Path(folder) / "reading.sqlite"
            replay.replay(path, target)
            _, store = replay.make_store(target)
            comments = comments_of_cis(store)
            store.dispose()
        tallies, misses = judge(comments, parsers)
        all_misses += [f"{path.name}: {miss}" for miss in misses]
        total = Tally()
        for name, tally in sorted(tallies.items()):
            print_row(path.name, name, tally)
            add(total, tally)
        print_row(path.name, "(all)", total)
        add(sums, total)
        numbered = sorted({name for name, _ in comments if _NUMBERED.match(name)})
        if numbered:
            print(f"{path.name}: accounts with a person's number that were taken for CIs: {numbered}")
        everything += comments
    print_row("(all)", "(all)", sums)
    print(f"\nmisses: {len(all_misses)}")
    for miss in all_misses[: options.misses]:
        print(readings.bounded(miss, 600))
    print(f"\nparsing alone: {throughput(everything, parsers):,.0f} comments/s on one core (at least 20,000)")


def add(total, tally):
    """Adds the counts of one Tally to another."""
    for name, count in vars(tally).items():
        setattr(total, name, getattr(total, name) + count)


def print_row(recording, parser, tally):
    """One line of the table."""
    understood = rate(tally.understood, tally.comments)
    print(f"{recording:28.28} {parser:18} {understood:>24} {rate(tally.exact, tally.with_lines):>24}")


if __name__ == "__main__":
    main()
