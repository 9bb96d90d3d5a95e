"""Which attempt a report is, which pipeline the start before it told, and whether it says anything new.

All three depend on the reports around one, so a report that arrives late may change those after it: whole
patch sets are numbered anew whenever one is added.
"""

import datetime
import typing

import sqlalchemy as sa

from ciwatch.db import bulk
from ciwatch.db import models
from ciwatch.parsers import base
from ciwatch.recorder.rows import chunks

REPORTS = models.Report.__table__
ACCOUNTS = models.Account.__table__

#: A result without job lines within this time of one with them says the same again: a vote of its own, or
#: "Build failed" below a table.
REPEATED_WITHIN = datetime.timedelta(minutes=2)

#: Sources of a pipeline that know less than the start before it does.
WEAKER_THAN_START = (base.PipelineSource.VOTE, base.PipelineSource.NONE, base.PipelineSource.START)

_DECIDED = ("kind", "pipeline", "pipeline_source", "attempt")


class Numbered(typing.NamedTuple):
    """What decides of a report's number; *row* is the new row that it is of, None where it is stored."""

    id: int
    patch_set_id: int
    account_id: int
    ci_system_id: int
    digest: str
    posted_at: datetime.datetime
    kind: base.Kind
    pipeline: str
    pipeline_source: base.PipelineSource
    attempt: int | None
    verdict: str | None
    has_builds: bool
    row: dict | None = None


def number_new(connection, rows, ci_of_account):
    """Numbers the attempts of *rows*, dicts about to be inserted, and of stored reports around them.

    :param ci_of_account: account id -> id of its CI system.
    """
    fresh = [
        Numbered(
            row["id"],
            row["patch_set_id"],
            row["account_id"],
            ci_of_account[row["account_id"]],
            row["digest"],
            row["posted_at"],
            row["kind"],
            row["pipeline"],
            row["pipeline_source"],
            row["attempt"],
            row["verdict"],
            row["summary"] is not None,
            row,
        )
        for row in rows
    ]
    _number(connection, {row.patch_set_id for row in fresh}, fresh)


def number_stored(connection, patch_set_ids):
    """Numbers the attempts on patch sets anew."""
    _number(connection, patch_set_ids, [])


def _number(connection, patch_set_ids, fresh):
    found = list(fresh)
    for part in chunks(sorted(patch_set_ids)):
        found += _stored(connection, part)
    # A start and the result of a job that did nothing may share their second.
    found.sort(key=lambda row: (row.posted_at, row.kind is not base.Kind.STARTED, row.digest, row.account_id))
    changed = []
    for row, *decided in _decide(found):
        if row.row is not None:
            row.row.update(zip(_DECIDED, decided, strict=True))
        elif decided != [row.kind, row.pipeline, row.pipeline_source, row.attempt]:
            changed.append({"id": row.id, **dict(zip(_DECIDED, decided, strict=True))})
    bulk.update(connection, REPORTS, changed, _DECIDED)


def _stored(connection, patch_set_ids):
    statement = (
        sa.select(
            REPORTS.c.id,
            REPORTS.c.patch_set_id,
            REPORTS.c.account_id,
            ACCOUNTS.c.ci_system_id,
            REPORTS.c.digest,
            REPORTS.c.posted_at,
            REPORTS.c.kind,
            REPORTS.c.pipeline,
            REPORTS.c.pipeline_source,
            REPORTS.c.attempt,
            REPORTS.c.verdict,
            REPORTS.c.summary.is_not(None),
        )
        .join(ACCOUNTS, ACCOUNTS.c.id == REPORTS.c.account_id)
        .where(REPORTS.c.patch_set_id.in_(patch_set_ids))
    )
    return [Numbered(*row) for row in connection.execute(statement)]


def _decide(found):
    """Yields (report, kind, pipeline, source, attempt) of starts and results, which come in their order."""
    started, waiting, attempts, lines = {}, {}, {}, {}
    for row in found:
        spoke = row.patch_set_id, row.account_id
        if row.kind is base.Kind.STARTED:
            if row.pipeline:
                started[spoke] = row.pipeline
            waiting.setdefault((row.patch_set_id, row.ci_system_id, row.pipeline), []).append(row)
            lines.pop(spoke, None)
        elif row.kind is base.Kind.FINISHED or row.verdict is not None:
            posted_at, repeated = lines.get(spoke, (None, None))
            if posted_at and not row.has_builds and row.posted_at - posted_at <= REPEATED_WITHIN:
                yield row, base.Kind.OTHER, *_pipeline(row, repeated), None
                continue
            pipeline, source = _pipeline(row, started.get(spoke))
            if row.has_builds:
                lines[spoke] = row.posted_at, pipeline
            key = row.patch_set_id, row.ci_system_id, pipeline
            attempt = attempts[key] = attempts.get(key, 0) + 1
            yield row, base.Kind.FINISHED, pipeline, source, attempt
            for start in waiting.pop(key, ()):
                yield start, start.kind, start.pipeline, start.pipeline_source, attempt
    for starts in waiting.values():
        for start in starts:
            yield start, start.kind, start.pipeline, start.pipeline_source, None


def _pipeline(row, begun):
    """The pipeline of a finished report and where it was found, given the one that *begun* before it."""
    if begun and row.pipeline_source in WEAKER_THAN_START:
        return begun, base.PipelineSource.START
    return row.pipeline, row.pipeline_source
