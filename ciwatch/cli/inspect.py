"""Commands that show what is there; each prints a table, or JSON, YAML or CSV with -f."""

from cliff import lister

from ciwatch.cli import arguments
from ciwatch.cli import base
from ciwatch.parsers import manager
from ciwatch.queries import status


class ParsersList(lister.Lister):
    """List the parser plugins in the order in which they are asked, and those that cannot be used."""

    def take_action(self, parsed_args):
        """The columns and rows."""
        parsers = manager.ParserManager(disabled=self.app.conf.parsers.disabled)
        rows = [
            (parser.name, parser.version, parser.priority, "yes" if parser.strict else "no", "")
            for parser in parsers.parsers
        ]
        rows += [(name, "", "", "", reason) for name, reason in parsers.failures]
        return ("Name", "Version", "Priority", "Strict", "Fault"), rows


class RejectedList(lister.Lister):
    """List the lines that were no events, newest first, with the reason of each."""

    def get_parser(self, prog_name):
        """Adds the limit."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--limit", type=arguments.positive(int), default=50, help="how many to list at most (default: 50)"
        )
        return parser

    def take_action(self, parsed_args):
        """The columns and rows."""
        with base.database(self.app.conf, read_only=True) as engine, engine.connect() as connection:
            rows = [
                (row.received_at.isoformat(), row.reason, row.length, row.text[:80])
                for row in status.rejected_events(connection, parsed_args.limit)
            ]
        return ("Received", "Reason", "Bytes", "Begins with"), rows
