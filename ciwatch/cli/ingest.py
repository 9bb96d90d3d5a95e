"""Commands that bring events in."""

import contextlib
import functools

from cliff import command

from ciwatch.cli import base
from ciwatch.cli import progress
from ciwatch.cli import registry
from ciwatch.cli import rollup
from ciwatch.parsers import manager
from ciwatch.recorder import files
from ciwatch.recorder import horizon
from ciwatch.recorder import identity
from ciwatch.recorder import recorder
from ciwatch.rollup import keeper
from ciwatch.sources import batches
from ciwatch.sources import file

# After so many lines without an event among them a file is something else.
_HOPELESS = 1000

_NOBODY = contextlib.nullcontext()


def make_recorder(conf, engine, source):
    """A :class:`~ciwatch.recorder.recorder.Recorder` with the parsers and rules of *conf*."""
    return recorder.Recorder(
        engine,
        manager.ParserManager(disabled=conf.parsers.disabled),
        make_identity(conf),
        source,
    )


def make_identity(conf):
    """The :class:`~ciwatch.recorder.identity.Identity` rules of *conf*.

    :raises ciwatch.cli.base.CommandError: where its registry cannot be used.
    """
    return identity.Identity(
        ci_accounts=conf.listener.ci_accounts,
        ignored_accounts=conf.listener.ignored_accounts,
        gate_accounts=conf.gerrit.gate_accounts,
        registry_file=registry.read_file(conf),
    )


class Replay(command.Command):
    """Record Gerrit events from files of JSON lines, as 'gerrit stream-events' prints them.

    The same events may be recorded again, from whatever file and in whatever order: what is known already
    is counted as duplicate. An interrupted replay goes on where it stopped when it is begun again, and counts
    what it does not read again as duplicate, too.
    """

    def get_parser(self, prog_name):
        """Adds the files."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "files",
            metavar="FILE",
            nargs="+",
            help="events, one JSON object a line, plain or gzip-compressed; '-' is standard input",
        )
        return parser

    def take_action(self, parsed_args):
        """Replays the files in turn and prints what became of their lines."""
        sources = [file.FileSource(path) for path in parsed_args.files]
        for source in sources:
            source.check()
        conf = self.app.conf
        with base.database(conf) as engine:
            # What comes through a pipe may never end.
            with keeper.Keeper(engine, registry.read_file(conf)) if "-" in parsed_args.files else _NOBODY:
                total = self._replay(sources, make_recorder(conf, engine, "replay"), engine)
            rollup.count(conf, engine)
            tell_pruned(self.app, engine, total)
        print(summary(total), file=self.app.stdout)
        if total.rejected:
            print(
                "ciwatch: lines were rejected; 'ciwatch rejected list' tells why",
                file=self.app.stderr,
            )
        return 1 if total.read and total.rejected == total.read else 0

    def _replay(self, sources, record, engine):
        sizes = [source.size for source in sources]
        total, tasks = recorder.Counts(), []
        with progress.Progress(
            "replaying",
            "bytes",
            "the same command goes on from here",
            None if None in sizes else sum(sizes),
            unit="B",
            unit_scale=True,
        ) as shown:
            before = 0
            for source in sources:
                place, lines = files.Progress(engine, source), 0
                # Who names a file twice has it read twice.
                if place.task not in tasks and (lines := place.resume()):
                    total += recorder.Counts(read=lines, duplicate=lines)
                    shown.say(f"{source.path}: going on after {lines} lines that were recorded before")
                    shown.go_on_after(before + source.position)
                tasks.append(place.task)
                for batch in self._batches(source):
                    lines += len(batch)
                    also = None if source.path == "-" else functools.partial(place.move, lines=lines)
                    total += record.record(batch, also)
                    shown.at(before + source.position, note=f"events={total.read}")
                    if total.rejected == total.read >= _HOPELESS:
                        files.forget(engine, tasks)
                        raise base.CommandError(
                            f"{source.path}: none of its first {total.read} lines is an event of Gerrit;"
                            " 'ciwatch rejected list' tells why"
                        )
                before += source.position
                if source.cut_short is not None:
                    shown.say(f"{source.path}: its last line is cut short and was not recorded")
                    total += recorder.Counts(read=1, rejected=1)
        files.forget(engine, tasks)
        return total

    def _batches(self, source):
        size = self.app.conf.listener.batch_size
        if source.path == "-":
            # Somebody may be typing, or a server sending, at the other end.
            return batches.timely(source.lines(), size)
        return batches.full(source.lines(), size)


def tell_pruned(app, engine, counts):
    """Says so where events were left out since they are older than what is kept."""
    if counts.pruned:
        with engine.connect() as connection:
            day = horizon.read(connection)
        print(
            f"ciwatch: {counts.pruned} events were ignored: they are of patch sets from before {day}, of"
            " which 'ciwatch prune' keeps only what was counted",
            file=app.stderr,
        )


def summary(counts):
    """One line of a :class:`~ciwatch.recorder.recorder.Counts`."""
    return (
        f"read {counts.read} recorded {counts.recorded} duplicate {counts.duplicate}"
        f" ignored {counts.ignored} rejected {counts.rejected}"
    )
