"""CI systems: which there are, and by which accounts they are known."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.queries import disagreement


class Account(msgspec.Struct, frozen=True):
    """One of a CI's accounts. *found_by* tells by what it was known to be a CI's."""

    username: str
    name: str
    found_by: str | None


class SystemSummary(msgspec.Struct, frozen=True):
    """A CI in the list: what it said, as far as that is kept, and when last.

    :ivar disagree_count: its results whose headline, vote and job lines do not say the same.
    """

    name: str
    title: str
    is_gate: bool
    accounts: list[Account]
    report_count: int
    unread_count: int
    disagree_count: int
    last_report_at: datetime.datetime | None

    @property
    def found_by(self):
        """By what its accounts were found, each once."""
        return sorted({account.found_by for account in self.accounts if account.found_by})


def list_systems(connection, until=None):
    """All CIs by title, as a list of :class:`SystemSummary`.

    :param until: only reports until this moment count, if it is given.
    """
    reports = sa.select(
        models.Report.account_id,
        sa.func.count().label("reports"),
        sa.func.sum(sa.case((models.Report.parser.is_(None), 1), else_=0)).label("unread"),
        sa.func.sum(sa.case((disagreement.DISAGREES, 1), else_=0)).label("disagree"),
        sa.func.max(models.Report.posted_at).label("last"),
    ).group_by(models.Report.account_id)
    if until is not None:
        reports = reports.where(models.Report.posted_at <= until)
    reports = reports.subquery()
    statement = (
        sa.select(
            models.CISystem.name,
            models.CISystem.title,
            models.CISystem.is_gate,
            models.Account.username,
            models.Account.name.label("account_name"),
            models.Account.found_by,
            reports.c.reports,
            reports.c.unread,
            reports.c.disagree,
            reports.c.last,
        )
        .join(models.Account, models.Account.ci_system_id == models.CISystem.id)
        .outerjoin(reports, reports.c.account_id == models.Account.id)
        .order_by(models.Account.username)
    )
    by_name = {}
    for row in connection.execute(statement):
        by_name.setdefault(row.name, []).append(row)
    found = [_summary(rows) for rows in by_name.values()]
    return sorted(found, key=lambda system: (not system.is_gate, system.title.lower(), system.name))


def _summary(rows):
    return SystemSummary(
        rows[0].name,
        rows[0].title,
        rows[0].is_gate,
        [Account(row.username, row.account_name, row.found_by) for row in rows],
        sum(row.reports or 0 for row in rows),
        sum(row.unread or 0 for row in rows),
        sum(row.disagree or 0 for row in rows),
        max((row.last for row in rows if row.last), default=None),
    )


def name_of(connection, username):
    """The name of the CI that an account called *username* is one of, or None."""
    return connection.scalar(
        sa.select(models.CISystem.name)
        .join(models.Account, models.Account.ci_system_id == models.CISystem.id)
        .where(models.Account.username == username)
    )


def accounts(connection, system_id):
    """The :class:`Account` of a CI, by their names."""
    return [Account(*row) for row in connection.execute(_ACCOUNTS, {"ci_system_id": system_id})]


_ACCOUNTS = (
    sa.select(models.Account.username, models.Account.name, models.Account.found_by)
    .where(models.Account.ci_system_id == sa.bindparam("ci_system_id"))
    .order_by(models.Account.username)
)
