"""Writes what is known better of a stored comment: its time, its tag, what was typed; and what follows."""

import sqlalchemy as sa

from ciwatch.db import bulk
from ciwatch.db import models
from ciwatch.parsers import header
from ciwatch.recorder import attempts
from ciwatch.recorder import comments
from ciwatch.recorder import dirty
from ciwatch.recorder import evidence
from ciwatch.recorder import matching
from ciwatch.recorder import rechecks
from ciwatch.recorder import reports
from ciwatch.recorder.rows import chunks

REPORTS = reports.REPORTS
COMMENTS = comments.COMMENTS
RECHECKS = comments.RECHECKS
ACCOUNT_PROJECTS = reports.ACCOUNT_PROJECTS


def apply(connection, rows, better, accounts, parsers):
    """Writes *better*, a list of :class:`~ciwatch.recorder.matching.Known` that are stored.

    :param rows: the recorder's :class:`~ciwatch.recorder.rows.Rows`.
    :param accounts: account id -> its row, a dict that is brought up to date.
    :param parsers: the :class:`~ciwatch.parsers.manager.ParserManager`.
    """
    if not better:
        return
    of_cis = [same for same in better if same.table is REPORTS]
    of_people = [same for same in better if same.table is COMMENTS]
    _write_times(connection, of_cis)
    _read_reports_again(
        connection, rows, [same for same in of_cis if same.reads_differently], accounts, parsers
    )
    _read_comments_again(connection, of_people, accounts, parsers)
    moved = [same for same in of_cis if same.moved]
    attempts.number_stored(connection, {same.patch_set_id for same in moved})
    dirty.mark_patch_sets(connection, {same.patch_set_id for same in better})
    _narrow(connection, rows, moved)
    for account_id in {same.account_id for same in better if same.moved}:
        accounts[account_id]["updated_at"] = _newest(connection, account_id)


def _write_times(connection, better):
    told = [
        {"id": same.id, "posted_at": same.posted_at, "log_digest": same.told["log_digest"]} for same in better
    ]
    bulk.update(connection, REPORTS, told, ("posted_at", "log_digest"))


def _read_reports_again(connection, rows, better, accounts, parsers):
    items, ids = [], []
    for same, row in _with_rows(connection, REPORTS, better, accounts):
        posted = same.whole(row)
        reading = parsers.parse(posted.comment)
        _weigh(accounts[same.account_id], evidence.of_report(row, parsers), evidence.of_reading(reading))
        items.append((posted, reading))
        ids.append(same.id)
    _write(connection, REPORTS, items, ids)
    ci_of_account = {key: account["ci_system_id"] for key, account in accounts.items()}
    reports.rewrite(connection, rows, items, ids, ci_of_account)


def _read_comments_again(connection, better, accounts, parsers):
    items, ids, flags = [], [], []
    for same, row in _with_rows(connection, COMMENTS, better, accounts):
        posted = same.whole(row)
        reading = parsers.parse(posted.comment, strict_only=True)
        strict, result = evidence.of_reading(reading)
        _weigh(accounts[same.account_id], (row["strict"], row["result"]), (strict, result))
        items.append((posted, reading))
        ids.append(same.id)
        flags.append({"id": same.id, "strict": strict, "result": result})
        _forget_recheck(connection, same, row["text"])
    _write(connection, COMMENTS, items, ids)
    bulk.update(connection, COMMENTS, flags, ("strict", "result"))
    comments.store_rechecks(connection, [posted for posted, _ in items])


def _forget_recheck(connection, same, text):
    """Deletes what was taken for a recheck in the *text* that a comment had."""
    if phrase := rechecks.read_phrase(header.read_header(text).body):
        connection.execute(
            sa.delete(RECHECKS).where(
                RECHECKS.c.patch_set_id == same.patch_set_id,
                RECHECKS.c.account_id == same.account_id,
                RECHECKS.c.posted_at == same.stored_at,
                RECHECKS.c.phrase == phrase,
            )
        )


def _with_rows(connection, table, better, accounts):
    """Yields each of *better* with its stored row, a dict that has the username, too."""
    stored = {}
    for part in chunks([same.id for same in better]):
        for row in connection.execute(sa.select(table).where(table.c.id.in_(part))).mappings():
            stored[row["id"]] = row
    for same in better:
        yield same, {**stored[same.id], "username": accounts[same.account_id]["username"]}


def _write(connection, table, items, ids):
    names = (*matching.TOLD, "text")
    told = [
        {"id": key, **{name: posted.columns[name] for name in names}}
        for key, (posted, _) in zip(ids, items, strict=True)
    ]
    bulk.update(connection, table, told, names)


def _weigh(account, before, now):
    """Adds to an account's counts by how much the evidence that it is a CI differs."""
    account["read_count"] += now[0] - before[0]
    account["result_count"] += now[1] - before[1]


def _narrow(connection, rows, moved):
    """Finds anew when accounts reported first and last on a project, where that was the time that moved."""
    places = reports.places_of(connection, {same.patch_set_id for same in moved})
    keys = {}
    for same in moved:
        key = places[same.patch_set_id].project_id, same.account_id
        keys.setdefault(key, set()).add(same.stored_at)
    found = rows.find(ACCOUNT_PROJECTS, ["project_id", "account_id"], keys)
    dirty = []
    for key, times in keys.items():
        row = found[key]
        if times & {row["first_at"], row["last_at"]}:
            row["first_at"], row["last_at"] = (_edge(connection, key, last) for last in (False, True))
            dirty.append(row)
    rows.update(ACCOUNT_PROJECTS, dirty)


def _edge(connection, key, last):
    project_id, account_id = key
    order = models.Report.posted_at.desc() if last else models.Report.posted_at
    return connection.scalar(
        sa.select(models.Report.posted_at)
        .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .where(models.Report.account_id == account_id, models.Change.project_id == project_id)
        .order_by(order)
        .limit(1)
    )


def _newest(connection, account_id):
    """When the account's newest comment was posted."""
    return max(
        filter(
            None,
            (
                connection.scalar(
                    sa.select(sa.func.max(table.c.posted_at)).where(table.c.account_id == account_id)
                )
                for table in (REPORTS, COMMENTS)
            ),
        )
    )
