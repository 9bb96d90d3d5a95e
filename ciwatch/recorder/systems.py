"""An account becomes a CI, with all that it said before, or turns out to be none."""

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db.models import FoundBy
from ciwatch.recorder import attempts
from ciwatch.recorder import comments
from ciwatch.recorder import dirty
from ciwatch.recorder import horizon
from ciwatch.recorder import reading as readings
from ciwatch.recorder import reports
from ciwatch.recorder import versions

SYSTEMS = models.CISystem.__table__
ACCOUNTS = models.Account.__table__

# Rows moved at once, so that memory stays flat whatever an account has written.
_CHUNK = 1000


def settle(connection, rows, account, identity, parsers):
    """Brings an account's rows into agreement with what is known of it now.

    :param rows: the recorder's :class:`~ciwatch.recorder.rows.Rows`.
    :param account: its row, a dict; sign, found_by and ci_system_id are brought up to date in it.
    """
    weigh(account, identity)
    if account["found_by"] and account["ci_system_id"] is None:
        account["ci_system_id"] = _make_system(rows, account, identity)
        _write_account(connection, account)
        _become_ci(connection, rows, account, parsers)
    elif account["found_by"] is None and account["ci_system_id"] is not None:
        _become_person(connection, rows, account, parsers)
        account["ci_system_id"] = None


def weigh(account, identity):
    """Brings sign and found_by of an account, a dict, up to date with its counts and with the registry."""
    if account["sign"] in (None, FoundBy.BEHAVIOUR):
        behaves = identity.behaves_like_ci(
            account["username"],
            account["name"],
            account["comment_count"],
            account["read_count"],
            account["result_count"],
        )
        account["sign"] = FoundBy.BEHAVIOUR if behaves else None
    account["found_by"] = identity.found_by(account["username"], account["name"], account["sign"])


def retitle(connection, accounts, identity):
    """Gives the CI systems of *accounts* (rows) the names that those bear now, or the registry gives them."""
    changed = [account for account in accounts if account["ci_system_id"] is not None]
    if changed:
        connection.execute(
            sa.update(SYSTEMS)
            .where(
                SYSTEMS.c.id == sa.bindparam("system_id"),
                SYSTEMS.c.title != sa.bindparam("new_title"),
            )
            .values(title=sa.bindparam("new_title")),
            [
                {
                    "system_id": account["ci_system_id"],
                    "new_title": identity.system_of(account["username"], account["name"])[1],
                }
                for account in changed
            ],
        )


def _make_system(rows, account, identity):
    name, title, is_gate = identity.system_of(account["username"], account["name"])
    system = {"name": name, "title": title, "is_gate": is_gate}
    found, _, _ = rows.merge(SYSTEMS, ["name"], [((name,), system)], dict, lambda row, system: False)
    return found[name,]["id"]


def _write_account(connection, account):
    connection.execute(
        sa.update(ACCOUNTS)
        .where(ACCOUNTS.c.id == account["id"])
        .values(ci_system_id=account["ci_system_id"], found_by=account["found_by"])
    )


def _become_ci(connection, rows, account, parsers):
    ci_of_account = {account["id"]: account["ci_system_id"]}
    for part in _parts(connection, comments.COMMENTS, account):
        items = [(posted, parsers.parse(posted.comment)) for posted in part]
        reports.store(connection, rows, items, ci_of_account)
    _delete(connection, comments.RECHECKS, account)


def _become_person(connection, rows, account, parsers):
    patch_set_ids = set()
    for part in _parts(connection, reports.REPORTS, account):
        patch_set_ids |= {posted.patch_set_id for posted in part}
        items = [(posted, parsers.parse(posted.comment, strict_only=True)) for posted in part]
        comments.store_as_comments(connection, items)
    connection.execute(
        sa.update(ACCOUNTS).where(ACCOUNTS.c.id == account["id"]).values(ci_system_id=None, found_by=None)
    )
    _delete(connection, reports.ACCOUNT_PROJECTS, account)
    rows.forget(reports.ACCOUNT_PROJECTS)
    others = sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.ci_system_id == account["ci_system_id"])
    if connection.execute(others.limit(1)).first() is None:
        # Its jobs go with it.
        connection.execute(
            sa.delete(reports.JOBS).where(reports.JOBS.c.ci_system_id == account["ci_system_id"])
        )
        connection.execute(sa.delete(SYSTEMS).where(SYSTEMS.c.id == account["ci_system_id"]))
    else:
        delete_unused_jobs(connection, reports.JOBS.c.ci_system_id == account["ci_system_id"])
        attempts.number_stored(connection, patch_set_ids)
    rows.forget(reports.JOBS, SYSTEMS)


def delete_unused_jobs(connection, *conditions):
    """Deletes the jobs that meet *conditions* and of which neither a report tells any more nor a figure."""
    days = models.DailyJob.__table__
    used = (
        sa.exists().where(reports.BUILDS.c.job_id == reports.JOBS.c.id),
        # What was counted of builds that are deleted by now is all that is left of them.
        sa.exists().where(days.c.job_id == reports.JOBS.c.id, days.c.day < horizon.read(connection)),
    )
    connection.execute(sa.delete(reports.JOBS).where(*conditions, *(sa.not_(each) for each in used)))


def _parts(connection, table, account):
    """Takes the rows of *account* out of *table*, and gives them as lists of Posted."""
    statement = sa.select(table).where(table.c.account_id == account["id"]).order_by(table.c.id).limit(_CHUNK)
    while found := connection.execute(statement).mappings().all():
        ids = [row["id"] for row in found]
        if table is reports.REPORTS:
            connection.execute(sa.delete(reports.BUILDS).where(reports.BUILDS.c.report_id.in_(ids)))
        connection.execute(sa.delete(table).where(table.c.id.in_(ids)))
        patch_set_ids = {row["patch_set_id"] for row in found}
        dirty.mark_patch_sets(connection, patch_set_ids)
        versions.move_patch_sets(connection, patch_set_ids)
        yield [readings.posted_of_row(row, account["username"]) for row in found]


def _delete(connection, table, account):
    connection.execute(sa.delete(table).where(table.c.account_id == account["id"]))
