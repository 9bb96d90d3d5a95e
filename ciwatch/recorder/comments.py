"""Stores each comment once: as a report where its author is a CI, else as a comment that waits."""

import datetime

import sqlalchemy as sa

from ciwatch.db import bulk
from ciwatch.db import models
from ciwatch.recorder import evidence
from ciwatch.recorder import rechecks
from ciwatch.recorder import reports
from ciwatch.recorder.rows import chunks

COMMENTS = models.Comment.__table__
REPORTS = models.Report.__table__
RECHECKS = models.Recheck.__table__

#: Stream, query and REST round the time of a comment differently and name no common id: the same text of
#: the same account on the same patch set within this time is the same comment.
SAME_WITHIN = datetime.timedelta(seconds=5)


def new_ones(connection, items, bare):
    """Which of *items*, a list of Posted, are not stored yet, nor said before in the same list.

    :param bare: ids of patch sets that have no comment yet.
    :returns: numbers of the new items.
    """
    times = _stored_times(connection, {item.patch_set_id for item in items} - bare)
    news = []
    for number, item in enumerate(items):
        key = item.patch_set_id, item.account_id, item.digest
        known = times.setdefault(key, [])
        same = next((time for time in known if abs(time - item.posted_at) <= SAME_WITHIN), None)
        if same is None:
            known.append(item.posted_at)
            news.append(number)
    return news


def _stored_times(connection, patch_set_ids):
    times = {}
    for part in chunks(sorted(patch_set_ids)):
        for table in (REPORTS, COMMENTS):
            statement = sa.select(
                table.c.patch_set_id, table.c.account_id, table.c.digest, table.c.posted_at
            ).where(table.c.patch_set_id.in_(part))
            for patch_set_id, account_id, digest, posted_at in connection.execute(statement):
                times.setdefault((patch_set_id, account_id, digest), []).append(posted_at)
    return times


def store(connection, rows, items, accounts, parsers):
    """Stores *items*, a list of Posted that are new, and counts them on their accounts.

    :param rows: the recorder's :class:`~ciwatch.recorder.rows.Rows`.
    :param accounts: account id -> its row, a dict whose counts are raised here.
    :param parsers: the :class:`~ciwatch.parsers.manager.ParserManager`.
    """
    of_cis, of_people = [], []
    for item in items:
        account = accounts[item.account_id]
        is_ci = account["ci_system_id"] is not None
        reading = parsers.parse(item.comment, strict_only=not is_ci)
        account["comment_count"] += 1
        read, result = evidence.of_reading(reading)
        account["read_count"] += read
        account["result_count"] += result
        if is_ci:
            of_cis.append((item, reading))
        else:
            of_people.append((item, reading))
    ci_of_account = {key: account["ci_system_id"] for key, account in accounts.items()}
    reports.store(connection, rows, of_cis, ci_of_account)
    store_as_comments(connection, of_people)


def store_as_comments(connection, items):
    """Stores (Posted, what a strict parser read or None) pairs of accounts that are no CIs."""
    bulk.insert(
        connection,
        COMMENTS,
        [
            {**posted.columns, **dict(zip(("strict", "result"), evidence.of_reading(reading), strict=True))}
            for posted, reading in items
        ],
    )
    asked = [
        {
            "patch_set_id": posted.patch_set_id,
            "account_id": posted.account_id,
            "posted_at": posted.posted_at,
            "phrase": phrase,
        }
        for posted, _ in items
        if (phrase := rechecks.read_phrase(posted.comment.body))
    ]
    bulk.insert(connection, RECHECKS, asked)
