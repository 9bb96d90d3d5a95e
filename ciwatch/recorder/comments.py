"""Stores a comment: as a report where its author is a CI, else as a comment that waits."""

from ciwatch.db import bulk
from ciwatch.db import models
from ciwatch.recorder import dirty
from ciwatch.recorder import evidence
from ciwatch.recorder import rechecks
from ciwatch.recorder import reports

COMMENTS = models.Comment.__table__
RECHECKS = models.Recheck.__table__


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
    store_rechecks(connection, [posted for posted, _ in items])


def store_rechecks(connection, items):
    """Inserts what *items*, a list of Posted of people, ask for."""
    asked = [
        {
            "patch_set_id": posted.patch_set_id,
            "account_id": posted.account_id,
            "posted_at": posted.posted_at,
            "phrase": phrase,
        }
        for posted in items
        if (phrase := rechecks.read_phrase(posted.comment.body))
    ]
    bulk.insert(connection, RECHECKS, asked)
    dirty.mark_patch_sets(connection, {row["patch_set_id"] for row in asked})
