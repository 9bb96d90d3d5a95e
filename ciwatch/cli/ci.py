"""Commands about a CI: what its page tells, in the terminal."""

import contextlib
import datetime

from cliff import lister
from cliff import show

from ciwatch.cli import arguments
from ciwatch.cli import base
from ciwatch.cli import registry
from ciwatch.queries import behind
from ciwatch.queries import ci
from ciwatch.queries import figures
from ciwatch.queries import jobs
from ciwatch.queries import story
from ciwatch.recorder import positions

# As many spells and missed patch sets are named; there are commands and pages for the rest.
_MOST_NAMED = 10


def _add_as_of(parser):
    parser.add_argument(
        "--as-of",
        metavar="T",
        type=arguments.moment,
        help="what was known at a moment: 30d (ago), 12h, a date, or a date and time (UTC; default: now)",
    )


def _add_days(parser):
    parser.add_argument(
        "--days",
        metavar="N",
        type=arguments.positive(int),
        default=figures.DAYS,
        help=f"of the last N days (default: {figures.DAYS})",
    )


@contextlib.contextmanager
def _system(app, name):
    """(connection, registry, row) of the CI called *name*.

    :raises ciwatch.cli.base.CommandError: where there is none.
    """
    with base.database(app.conf, read_only=True) as engine, engine.connect() as connection:
        found = figures.find(connection, name)
        if found is None:
            raise base.CommandError(f"no CI system is called {name!r}; 'ciwatch ci list' names all")
        yield connection, registry.read_file(app.conf).current(), found


class CiList(lister.Lister):
    """List the CI systems: how each does, by what it was found, its comments, and its last report.

    Unread are comments that no parser takes, Disagree results whose headline, vote and job lines do not say
    the same.
    """

    def get_parser(self, prog_name):
        """Adds the moment."""
        parser = super().get_parser(prog_name)
        _add_as_of(parser)
        return parser

    def take_action(self, parsed_args):
        """The columns and rows."""
        as_of = parsed_args.as_of or positions.now()
        with base.database(self.app.conf, read_only=True) as engine, engine.connect() as connection:
            words = story.words(connection, as_of)
            rows = [
                (
                    system.name,
                    system.title,
                    "gate" if system.is_gate else "third party",
                    words.get(system.name, story.UNCOUNTED),
                    ", ".join(system.found_by),
                    system.report_count,
                    system.unread_count,
                    system.disagree_count,
                    system.last_report_at.isoformat() if system.last_report_at else "",
                )
                for system in ci.list_systems(connection)
            ]
        columns = (
            *("Name", "Title", "Role", "Status", "Found by"),
            *("Reports", "Unread", "Disagree", "Last report"),
        )
        return columns, rows


class CiShow(show.ShowOne):
    """Tell how a CI does: its status and why, last report, misses, unstable jobs, sick spells."""

    def get_parser(self, prog_name):
        """Adds the CI, and of when."""
        parser = super().get_parser(prog_name)
        parser.add_argument("name", metavar="NAME", help="the CI, as 'ciwatch ci list' names it")
        _add_as_of(parser)
        _add_days(parser)
        return parser

    def take_action(self, parsed_args):
        """The names and values."""
        as_of, count = parsed_args.as_of or positions.now(), parsed_args.days
        with _system(self.app, parsed_args.name) as (connection, known, system):
            told = figures.read(connection, known, system.id, as_of, count)
            lines = [
                *_identity(connection, known, system, as_of),
                *_figures(told.figures),
                ("Missed", _missed(connection, known, system.id, as_of, count)),
                ("Unstable jobs", _unstable(connection, system.id, as_of)),
                ("Spells", _spells(connection, system.id, as_of, count)),
            ]
        if told.waiting:
            lines.append(
                ("To be counted", f"{told.waiting} days that were recorded; 'ciwatch rollup' counts them")
            )
        lines.insert(0, ("Figures", f"of {told.first} to {told.last}, as of {_moment(as_of)}"))
        return zip(*lines, strict=True)


class CiMissed(lister.Lister):
    """List the patch sets on which a CI was expected and has not answered, the newest first.

    Missed are those that passed their limit, pending those that did not yet; superseded are those that a
    newer patch set, or the end of the change, came to before.
    """

    def get_parser(self, prog_name):
        """Adds the CI, of when, and which."""
        parser = super().get_parser(prog_name)
        parser.add_argument("name", metavar="NAME", help="the CI, as 'ciwatch ci list' names it")
        _add_as_of(parser)
        _add_days(parser)
        parser.add_argument("--all", action="store_true", help="also those that are pending or superseded")
        parser.add_argument(
            "--limit", type=arguments.positive(int), default=100, help="how many to list (default: 100)"
        )
        return parser

    def take_action(self, parsed_args):
        """The columns and rows."""
        names = behind.UNANSWERED if parsed_args.all else {"missed"}
        as_of = parsed_args.as_of or positions.now()
        with _system(self.app, parsed_args.name) as (connection, known, system):
            page = behind.unanswered(
                connection, known, system.id, as_of, parsed_args.days, names, size=parsed_args.limit
            )
        if page.has_more:
            print("ciwatch: there are more; --limit N lists them", file=self.app.stderr)
        columns = ("Patch set", "Standing", "Uploaded", "Due", "Project", "Branch", "Subject")
        return columns, [
            (
                f"{each.change},{each.patch_set}",
                each.standing,
                each.uploaded_at.isoformat(),
                each.due_at.isoformat(),
                each.project,
                each.branch,
                each.subject,
            )
            for each in page.items
        ]


def _identity(connection, known, system, as_of):
    period = story.status(connection, system.id, as_of)
    last = story.last_report(connection, system.id, as_of)
    entry = known.systems.get(system.name)
    yield "CI", f"{system.title} ({system.name}){', the gate' if system.is_gate else ''}"
    yield "Status", f"{period.word}, since {_moment(period.since)}"
    yield "Why", period.rule
    yield "Last report", f"{_moment(last)}, {_ago(last, as_of)}" if last else "none"
    for title, value in (
        ("Contact", entry and entry.contact),
        ("Page", entry and entry.page),
        ("Re-run with", entry and entry.recheck),
    ):
        if value:
            yield title, value


def _figures(told):
    """Lines of the figures themselves."""
    yield "Answered", told.answered.tell("expected patch sets")
    yield "In time", told.in_time.tell("answers")
    also = [f"{told.pending} pending", f"{told.superseded} superseded"]
    if told.unknown_files:
        also.append(f"{told.unknown_files} whose files are unknown")
    yield "Not counted there", ", ".join(also)
    yield "Time to answer", _times(told.time_to_answer)
    yield "After a recheck", _times(told.time_to_recheck)
    yield "Passed", told.passed.tell("judged patch sets")
    yield "Infrastructure", told.infrastructure.tell("reported patch sets")
    trust = told.trust.tell("failed verdicts that were confirmed or refuted")
    yield "Trust in a -1", f"{trust}; {told.open} open, {told.set_aside} set aside"
    yield "Agrees with gate", told.agreed.tell("patch sets that both judged")
    passed_wrongly = told.wrongly_passed.tell("patch sets that nearly all others failed")
    if told.is_suspiciously_green:
        passed_wrongly += "; suspiciously green: it never fails where others do"
    yield "Passed wrongly", passed_wrongly


def _missed(connection, known, system_id, as_of, count):
    page = behind.unanswered(connection, known, system_id, as_of, count, {"missed"}, size=_MOST_NAMED)
    lines = [
        f"{each.change},{each.patch_set} of {_moment(each.uploaded_at)}: {each.subject}"
        for each in page.items
    ]
    if page.has_more:
        lines.append("... 'ciwatch ci missed' lists all")
    return "\n".join(lines) or "none"


def _unstable(connection, system_id, as_of):
    found = jobs.unstable(connection, system_id, as_of)
    lines = [f"{name}: flips on {rate.tell('patch sets')} in 28 days" for name, rate in found]
    return "\n".join(lines) or "none"


def _spells(connection, system_id, as_of, count):
    since = as_of - datetime.timedelta(days=count)
    found = story.read_spells(connection, system_id, since, as_of)
    lines = [
        f"{each.kind} from {_moment(each.since)}"
        f" {'to ' + _moment(each.until) if each.until else 'on'}: {each.why}"
        for each in reversed(found)
    ]
    if len(lines) > _MOST_NAMED:
        lines[_MOST_NAMED:] = [f"... and {len(lines) - _MOST_NAMED} more"]
    return "\n".join(lines) or "none"


def _times(told):
    if not told.count:
        return "unknown"
    return (
        f"half within {_length(told.p50_s)}, 90 % within {_length(told.p90_s)}, 99 % within"
        f" {_length(told.p99_s)}, of {told.count}"
    )


def _length(seconds):
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def _moment(moment):
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _ago(moment, as_of):
    hours = int((as_of - moment).total_seconds() // 3600)
    if hours < 1:
        return "within the hour before"
    return f"{hours} h before" if hours < 72 else f"{hours // 24} days before"
