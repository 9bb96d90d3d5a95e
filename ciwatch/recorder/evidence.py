"""What a comment proves of its author: that it is a CI, whatever it is called.

A comment may be *read*, jobs found in it by a strict parser, and it may be a *result*: one that ended, with
the address of a log, of which one alone is proof enough.
"""

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.parsers import base
from ciwatch.recorder.reading import is_web_address


def of_reading(reading):
    """(read, result), two booleans, of what a parser made of a comment; None where none took it."""
    if reading is None or not reading.parser.strict:
        return False, False
    report = reading.report
    ended = report.kind is base.Kind.FINISHED
    return (
        bool(report.builds) or report.kind is base.Kind.STARTED,
        ended and any(is_web_address(build.log_url) for build in report.builds),
    )


def of_report(row, parsers):
    """(read, result) of a stored report, a row, as it was read then.

    Whether its parser was strict then is not kept; it is taken to be as it is now, and strict if it is gone.
    """
    lenient = {parser.name for parser in parsers.parsers if not parser.strict}
    if row["parser"] is None or row["parser"] in lenient:
        return False, False
    summary = row["summary"]
    return (
        summary is not None or row["kind"] is base.Kind.STARTED,
        row["kind"] is base.Kind.FINISHED and "l" in (summary or ""),
    )


def count_all(connection, parsers):
    """Account id -> its read_count and result_count, a dict, from all that is stored, or was."""
    found = count(connection, parsers)
    table = models.Account
    statement = sa.select(table.id, table.pruned_read_count, table.pruned_result_count)
    for account_id, read, result in connection.execute(statement.where(table.pruned_read_count > 0)):
        counts = found.setdefault(account_id, {"read_count": 0, "result_count": 0})
        counts["read_count"] += read
        counts["result_count"] += result
    return found


def count(connection, parsers, patch_set_ids=None):
    """The same from what is stored, of some patch sets; None for all."""
    strict = [parser.name for parser in parsers.parsers if parser.strict]
    # A build's token ends with l where it has a log with an address of the web.
    proof = sa.and_(models.Report.kind == base.Kind.FINISHED, models.Report.summary.like("%l%"))
    of_reports = sa.select(
        models.Report.account_id,
        sa.func.count(),
        sa.func.sum(sa.case((proof, 1), else_=0)),
    ).where(
        models.Report.parser.in_(strict),
        sa.or_(models.Report.kind == base.Kind.STARTED, models.Report.summary.is_not(None)),
    )
    of_comments = sa.select(
        models.Comment.account_id,
        sa.func.count(),
        sa.func.sum(sa.case((models.Comment.result, 1), else_=0)),
    ).where(models.Comment.strict)
    if patch_set_ids is not None:
        of_reports = of_reports.where(models.Report.patch_set_id.in_(patch_set_ids))
        of_comments = of_comments.where(models.Comment.patch_set_id.in_(patch_set_ids))
    found = {}
    for statement, column in (
        (of_reports, models.Report.account_id),
        (of_comments, models.Comment.account_id),
    ):
        for account_id, read, result in connection.execute(statement.group_by(column)):
            counts = found.setdefault(account_id, {"read_count": 0, "result_count": 0})
            counts["read_count"] += read
            counts["result_count"] += int(result)
    return found
