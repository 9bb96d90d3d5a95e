"""``ciwatch prune``: what is old is deleted, and its figures are kept."""

from cliff import command
import prettytable

from ciwatch.cli import arguments
from ciwatch.cli import base
from ciwatch.cli import progress
from ciwatch.cli import rollup
from ciwatch.listener import archive
from ciwatch.parsers import manager
from ciwatch.recorder import positions
from ciwatch.rollup import pruning

_GO_ON = "the same command goes on from here"

# A listener may record something old while it is counted, but not again and again.
_MOST_COUNTS = 5


class Prune(command.Command):
    """Delete what is old: with --older-than, all that was recorded of old patch sets but the figures.

    Single builds, reports, comments and rechecks are deleted with their patch sets; what was counted of these
    days stays as it is, for good. A listener may go on meanwhile. An interrupted run goes on where it
    stopped.

    In any case, files of [listener] archive_dir that are older than [listener] archive_days are removed.
    """

    def get_parser(self, prog_name):
        """Adds what is old."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--older-than",
            metavar="T",
            type=arguments.moment,
            help="delete from the database what is of patch sets that were uploaded before the day of T:"
            " 400d, 57w, or a date (UTC); at least 60d (default: delete nothing from the database)",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="tell how many rows --older-than would delete, and delete nothing",
        )
        parser.add_argument(
            "--archive-days",
            metavar="N",
            type=arguments.positive(int),
            help="keep the files of the last N days (default: [listener] archive_days)",
        )
        return parser

    def take_action(self, parsed_args):
        """Deletes, and prints how much that was."""
        if parsed_args.dry_run and parsed_args.older_than is None:
            raise base.CommandError("--dry-run needs --older-than: it tells what that would delete")
        if not parsed_args.dry_run:
            self._prune_archive(parsed_args)
        if parsed_args.older_than is not None:
            self._prune_database(parsed_args)

    def _prune_archive(self, parsed_args):
        folder = self.app.conf.listener.archive_dir
        days = parsed_args.archive_days or self.app.conf.listener.archive_days
        if folder and days:
            try:
                files, size = archive.prune(folder, days)
            except archive.ArchiveError as error:
                raise base.CommandError(str(error)) from error
            self._print(f"Removed {files} files, {size / 2**20:.1f} MiB.")
        elif parsed_args.archive_days or parsed_args.older_than is None:
            self._print(
                "No files to remove: [listener] archive_days is 0, which keeps all; --archive-days N removes"
                " older ones."
                if folder
                else "No files to remove: [listener] archive_dir is not set."
            )

    def _prune_database(self, parsed_args):
        conf, day = self.app.conf, parsed_args.older_than.date()
        if parsed_args.older_than > positions.now() - pruning.LEAST_AGE:
            raise base.CommandError(
                f"--older-than: patch sets of the last {pruning.LEAST_AGE.days} days are not deleted, since"
                f" pages of today look back at them; say {pruning.LEAST_AGE.days}d, or more"
            )
        with base.database(conf, read_only=parsed_args.dry_run) as engine:
            work = pruning.Pruner(engine, manager.ParserManager(disabled=conf.parsers.disabled), day)
            if parsed_args.dry_run:
                self._tell(work)
                return
            self._begin(work, engine)
            done = 0
            with progress.Progress("deleting", "patch sets", _GO_ON) as shown:
                for done, total in work.run():
                    shown.at(done, total)
            self._print(
                f"Deleted {done} patch sets from before {work.day} with all that was said of them; what was"
                " counted of these days is kept."
            )
            if free := pruning.free_bytes(engine):
                self._print(
                    f"{free / 2**20:.1f} MiB of the file are free, and are used for what comes; to make the"
                    f" file smaller: sqlite3 {engine.url.database} VACUUM"
                )

    def _begin(self, work, engine):
        """Counts what is to be deleted, for the last time."""
        for _ in range(_MOST_COUNTS):
            rollup.count(self.app.conf, engine, go_on=_GO_ON)
            try:
                work.begin()
            except pruning.UncountedError:
                continue
            return
        raise base.CommandError("old events are being recorded all the time; try again when that has ended")

    def _tell(self, work):
        table = prettytable.PrettyTable(["Table", "Would be deleted", "Would stay"])
        table.align = "r"
        table.align["Table"] = "l"
        for count in work.plan():
            table.add_row([count.table, f"{count.deleted:,}", f"{count.kept:,}"])
        self._print(table.get_string())
        self._print(
            f"That is all of patch sets uploaded before {work.day} 00:00 UTC, and lines that were rejected"
            " before then; what was counted of these days stays."
        )

    def _print(self, text):
        print(text, file=self.app.stdout)
