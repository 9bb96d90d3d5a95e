"""Commands that show what is there; each prints a table, or JSON, YAML or CSV with -f."""

from cliff import lister

from ciwatch.cli import arguments
from ciwatch.cli import base
from ciwatch.parsers import manager
from ciwatch.queries import ci
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


class CiList(lister.Lister):
    """List the CI systems: by what each was found, its comments, and its last report.

    Unread are comments that no parser takes, Disagree results whose headline, vote and job lines do not say
    the same.
    """

    def take_action(self, parsed_args):
        """The columns and rows."""
        with base.database(self.app.conf, read_only=True) as engine, engine.connect() as connection:
            rows = [
                (
                    system.name,
                    system.title,
                    "gate" if system.is_gate else "third party",
                    ", ".join(system.found_by),
                    system.report_count,
                    system.unread_count,
                    system.disagree_count,
                    system.last_report_at.isoformat() if system.last_report_at else "",
                )
                for system in ci.list_systems(connection)
            ]
        return ("Name", "Title", "Role", "Found by", "Reports", "Unread", "Disagree", "Last report"), rows


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
