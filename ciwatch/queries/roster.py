"""All CIs in a list: how each does, when it last reported, and its figures in a few numbers."""

import collections
import datetime
import enum

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import statistics
from ciwatch.insight.status import Word
from ciwatch.parsers import base
from ciwatch.queries import ci
from ciwatch.queries import figures
from ciwatch.queries import story
from ciwatch.recorder import horizon
from ciwatch.rollup import known as knowns
from ciwatch.rollup import window as windows

_SUMS = ("passed", "failed", "infrastructure", "unjudged", "answered", "missed", "confirmed", "refuted")

#: The status words from the one that needs somebody most.
WORST_FIRST = (
    Word.SICK,
    Word.SILENT,
    Word.REGRESSED,
    Word.UNSTABLE,
    Word.NEW,
    Word.HEALTHY,
    Word.RETIRED,
)


class Order(enum.StrEnum):
    """How the CIs can be ordered; in either the gate is first."""

    WORST = "worst"
    NAME = "name"


class Entry(msgspec.Struct, frozen=True):
    """A CI of the list; figures are of the :data:`~ciwatch.queries.figures.DAYS` before.

    :ivar reported: patch sets that it reported on.
    """

    name: str
    title: str
    is_gate: bool
    accounts: list[ci.Account]
    status: str
    since: datetime.datetime | None
    last_report_at: datetime.datetime | None
    reported: int
    passed: statistics.Rate
    answered: statistics.Rate
    trust: statistics.Rate


def read(connection, registry, as_of, text="", order=Order.WORST):
    """Every :class:`Entry`.

    :param registry: the :class:`~ciwatch.registry.model.Registry`.
    :param text: only those with this in their name or title.
    """
    first, last = windows.ending(as_of, figures.DAYS)
    window = windows.Window(knowns.Known(connection, registry, first), windows.Scope(), first, last, as_of)
    by_system = {}
    for (_, system_id), sums in window.sums(_SUMS).items():
        by_system.setdefault(system_id, collections.Counter()).update(dict(zip(_SUMS, sums, strict=True)))
    statuses = story.statuses(connection, as_of)
    accounts = _accounts(connection)
    last_at = _last_reports(connection, accounts, as_of)
    table = models.CISystem
    rows = connection.execute(sa.select(table.id, table.name, table.title, table.is_gate)).all()
    found = [
        _entry(
            row,
            [account for _, account in accounts.get(row.id, ())],
            statuses.get(row.id),
            max(filter(None, (last_at[key] for key, _ in accounts.get(row.id, ()))), default=None),
            by_system.get(row.id, collections.Counter()),
        )
        for row in rows
        if text.lower() in row.name.lower() or text.lower() in row.title.lower()
    ]
    return sorted(found, key=lambda entry: _place(entry, order))


def _place(entry, order):
    worst = WORST_FIRST.index(entry.status) if order == Order.WORST else 0
    return not entry.is_gate, worst, entry.title.lower(), entry.name


def _entry(row, accounts, period, last_report_at, sums):
    judged = sums["passed"] + sums["failed"]
    return Entry(
        row.name,
        row.title,
        row.is_gate,
        accounts,
        period.word if period else story.UNCOUNTED,
        period.since if period else None,
        last_report_at,
        judged + sums["infrastructure"] + sums["unjudged"],
        statistics.rate(sums["passed"], judged),
        statistics.rate(sums["answered"], sums["answered"] + sums["missed"]),
        statistics.rate(sums["confirmed"], sums["confirmed"] + sums["refuted"]),
    )


def _accounts(connection):
    """CI id -> (id, :class:`~ciwatch.queries.ci.Account`) of its accounts, by their names."""
    table = models.Account
    statement = (
        sa.select(table.ci_system_id, table.id, table.username, table.name, table.found_by)
        .where(table.ci_system_id.is_not(None))
        .order_by(table.username)
    )
    found = {}
    for system_id, account_id, *told in connection.execute(statement):
        found.setdefault(system_id, []).append((account_id, ci.Account(*told)))
    return found


def _last_reports(connection, accounts, as_of):
    """Account id -> when it last finished a report before a moment, or None."""
    report = models.Report
    # The newest of each by the index: the greatest of all would read them all.
    newest = (
        sa.select(report.posted_at)
        .where(
            report.account_id == models.Account.id,
            report.posted_at <= as_of,
            report.kind == base.Kind.FINISHED,
        )
        .order_by(report.posted_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    if horizon.read(connection) != horizon.NEVER:
        # What it said is deleted; when it did so last is not.
        spoken = models.AccountProject
        last = sa.select(sa.func.max(spoken.last_at)).where(
            spoken.account_id == models.Account.id, spoken.last_at <= as_of
        )
        newest = sa.func.coalesce(newest, last.scalar_subquery())
    statement = sa.select(models.Account.id, newest).where(models.Account.ci_system_id.in_(sorted(accounts)))
    return dict(map(tuple, connection.execute(statement)))
