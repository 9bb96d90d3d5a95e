"""``ciwatch reparse``: better parsers read again what is stored."""

from cliff import command
import prettytable

from ciwatch.cli import arguments
from ciwatch.cli import base
from ciwatch.cli import ingest
from ciwatch.cli import progress
from ciwatch.cli import rollup
from ciwatch.parsers import manager
from ciwatch.recorder import reparse


class Reparse(command.Command):
    """Read stored comments again, with the parsers that are installed now.

    A listener may go on recording meanwhile. A run that was interrupted goes on where it stopped when it is
    begun again with the same parsers and options.
    """

    def get_parser(self, prog_name):
        """Adds what to read, and whether to write."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--parser",
            metavar="NAME",
            help="only what parser NAME may have to do with: comments that it reads, those that parsers asked"
            " after it read, and those that none reads",
        )
        parser.add_argument(
            "--since",
            metavar="T",
            type=arguments.moment,
            help="only comments since then: 30d, 12h, or a date (UTC)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would change, and change nothing"
        )
        return parser

    def take_action(self, parsed_args):
        """Reads, and prints what changed of which CI."""
        conf = self.app.conf
        parsers = manager.ParserManager(disabled=conf.parsers.disabled)
        names = [parser.name for parser in parsers.parsers]
        if parsed_args.parser not in (None, *names):
            raise base.CommandError(f"--parser {parsed_args.parser}: not among {', '.join(names)}")
        with base.database(conf, read_only=parsed_args.dry_run) as engine:
            work = reparse.Reparser(
                engine,
                parsers,
                ingest.make_identity(conf),
                only=parsed_args.parser,
                since=parsed_args.since,
                dry_run=parsed_args.dry_run,
            )
            self._run(work)
            if not parsed_args.dry_run:
                rollup.count(conf, engine)
        self._tell(work, "would change" if parsed_args.dry_run else "changed")

    def _run(self, work):
        go_on = "nothing is changed" if work.dry_run else "the same command goes on from here"
        with progress.Progress("reading again", "comments", go_on) as shown:
            before = None
            for done, total in work.run():
                if before is None and done:
                    shown.say(f"going on after {done} comments that were read before")
                    shown.go_on_after(done)
                before = done
                shown.at(done, total)

    def _tell(self, work, word):
        changed = {name: tally for name, tally in sorted(work.changes.items()) if tally.changed}
        if changed:
            table = prettytable.PrettyTable(
                ["CI", "Reports read", word.capitalize(), "Newly read", "No longer read", "Other verdict"]
            )
            table.align = "r"
            table.align["CI"] = "l"
            for name, tally in changed.items():
                table.add_row(
                    [name, tally.read, tally.changed, tally.newly_read, tally.no_longer_read, tally.verdicts]
                )
            print(table.get_string(), file=self.app.stdout)
        for name, is_ci in sorted(work.became.items()):
            verb = "would be" if work.dry_run else "is"
            said = (
                f"{name}: {verb} known as a CI by what it writes"
                if is_ci
                else f"{name}: {verb} no CI any more"
            )
            print(said, file=self.app.stdout)
        read = sum(tally.read for tally in work.changes.values())
        print(
            f"{sum(tally.changed for tally in changed.values())} of {read} reports {word},"
            f" of {len(changed)} CI systems",
            file=self.app.stdout,
        )
