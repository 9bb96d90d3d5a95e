"""Commands for who looks after the database."""

from cliff import command
import sqlalchemy as sa

from ciwatch.cli import arguments
from ciwatch.cli import base
from ciwatch.db import engine
from ciwatch.db import schema
from ciwatch.listener import archive


class DbUpgrade(command.Command):
    """Bring the database's schema up to what this version needs."""

    def take_action(self, parsed_args):
        """Migrates, and prints from what to what."""
        store = engine.create_engine(self.app.conf)
        try:
            with store.begin() as connection:
                before, now = schema.upgrade(connection)
        except sa.exc.DBAPIError as error:
            raise base.CommandError(engine.explain(error, self.app.conf)) from error
        finally:
            store.dispose()
        if before == now:
            print(f"The schema is {now} already.", file=self.app.stdout)
        else:
            print(f"The schema was {before or 'empty'} and is {now} now.", file=self.app.stdout)


class Prune(command.Command):
    """Remove files of [listener] archive_dir that are older than [listener] archive_days."""

    def get_parser(self, prog_name):
        """Adds the number of days."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--archive-days",
            metavar="N",
            type=arguments.positive(int),
            help="keep the files of the last N days (default: [listener] archive_days)",
        )
        return parser

    def take_action(self, parsed_args):
        """Removes them, and prints how many there were."""
        folder = self.app.conf.listener.archive_dir
        days = parsed_args.archive_days or self.app.conf.listener.archive_days
        if not folder:
            print("Nothing to remove: [listener] archive_dir is not set.", file=self.app.stdout)
            return
        if not days:
            print(
                "Nothing to remove: [listener] archive_days is 0, which keeps all; --archive-days N removes"
                " older ones.",
                file=self.app.stdout,
            )
            return
        try:
            files, size = archive.prune(folder, days)
        except archive.ArchiveError as error:
            raise base.CommandError(str(error)) from error
        print(f"Removed {files} files, {size / 2**20:.1f} MiB.", file=self.app.stdout)
