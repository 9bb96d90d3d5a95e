"""Stores reports with their builds, and numbers the attempts."""

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.parsers import base
from ciwatch.recorder import reading as readings
from ciwatch.recorder import rows

REPORTS = models.Report.__table__
BUILDS = models.Build.__table__
JOBS = models.Job.__table__
ACCOUNTS = models.Account.__table__


def store(connection, items, ci_of_account):
    """Inserts reports that are not there yet, their builds, and numbers the attempts around them.

    :param items: (:class:`~ciwatch.recorder.reading.Posted`, Reading or None) pairs.
    :param ci_of_account: account id -> id of its CI system.
    """
    if not items:
        return
    connection.execute(
        sa.insert(REPORTS),
        [
            {**posted.columns, **readings.report_columns(posted.comment, reading)}
            for posted, reading in items
        ],
    )
    ids = number_attempts(connection, {posted.patch_set_id for posted, _ in items})
    job_ids = _job_ids(connection, items, ci_of_account)
    builds = []
    for posted, reading in items:
        if reading is None or not reading.report.builds:
            continue
        report_id = ids[posted.patch_set_id, posted.account_id, posted.digest, posted.posted_at]
        ci_system_id = ci_of_account[posted.account_id]
        for position, build in enumerate(reading.report.builds):
            columns = readings.build_columns(build, position)
            columns["report_id"] = report_id
            columns["job_id"] = job_ids[ci_system_id, readings.bounded(build.job, 255)]
            builds.append(columns)
    if builds:
        connection.execute(sa.insert(BUILDS), builds)


def _job_ids(connection, items, ci_of_account):
    keys = {
        (ci_of_account[posted.account_id], readings.bounded(build.job, 255))
        for posted, reading in items
        if reading
        for build in reading.report.builds
    }
    if not keys:
        return {}
    found = {}
    names = {name for _, name in keys}
    for part in rows.chunks(sorted(names)):
        statement = sa.select(JOBS.c.ci_system_id, JOBS.c.name, JOBS.c.id).where(
            JOBS.c.ci_system_id.in_({ci_system_id for ci_system_id, _ in keys}),
            JOBS.c.name.in_(part),
        )
        found.update(((row[0], row[1]), row[2]) for row in connection.execute(statement))
    missing = sorted(keys - found.keys())
    if missing:
        merged, _ = rows.merge_all(
            connection,
            JOBS,
            ["ci_system_id", "name"],
            [(key, key) for key in missing],
            lambda key: {"ci_system_id": key[0], "name": key[1]},
            lambda row, key: False,
        )
        found.update((key, merged[key]["id"]) for key in missing)
    return found


def number_attempts(connection, patch_set_ids):
    """Finds the pipelines that a preceding start tells, and numbers the attempts, on whole patch sets.

    Both depend on the reports around one, so a report that arrives late may change those after it.

    :returns: (patch set id, account id, digest, posted_at) -> report id, for all reports on them.
    """
    ids, changed = {}, []
    for part in rows.chunks(sorted(patch_set_ids)):
        _number_part(connection, part, ids, changed)
    if changed:
        connection.execute(
            sa.update(REPORTS)
            .where(REPORTS.c.id == sa.bindparam("report_id"))
            .values(
                pipeline=sa.bindparam("new_pipeline"),
                pipeline_source=sa.bindparam("new_source"),
                attempt=sa.bindparam("new_attempt"),
            ),
            changed,
        )
    return ids


def _number_part(connection, patch_set_ids, ids, changed):
    statement = (
        sa.select(
            REPORTS.c.id,
            REPORTS.c.patch_set_id,
            REPORTS.c.account_id,
            REPORTS.c.digest,
            REPORTS.c.posted_at,
            REPORTS.c.kind,
            REPORTS.c.pipeline,
            REPORTS.c.pipeline_source,
            REPORTS.c.attempt,
            ACCOUNTS.c.ci_system_id,
        )
        .join(ACCOUNTS, ACCOUNTS.c.id == REPORTS.c.account_id)
        .where(REPORTS.c.patch_set_id.in_(patch_set_ids))
    )
    # A start and the result of a job that did nothing may share their second.
    found = sorted(
        connection.execute(statement).all(),
        key=lambda row: (row.posted_at, row.kind != base.Kind.STARTED, row.digest, row.account_id),
    )
    started, attempts = {}, {}
    for row in found:
        ids[row.patch_set_id, row.account_id, row.digest, row.posted_at] = row.id
        if row.kind is base.Kind.STARTED and row.pipeline:
            started[row.patch_set_id, row.account_id] = row.pipeline
        if row.kind is not base.Kind.FINISHED:
            continue
        pipeline, source = row.pipeline, row.pipeline_source
        if source in (base.PipelineSource.VOTE, base.PipelineSource.NONE, base.PipelineSource.START):
            begun = started.get((row.patch_set_id, row.account_id))
            if begun:
                pipeline, source = begun, base.PipelineSource.START
        key = row.patch_set_id, row.ci_system_id, pipeline
        attempt = attempts[key] = attempts.get(key, 0) + 1
        if (pipeline, source, attempt) != (row.pipeline, row.pipeline_source, row.attempt):
            changed.append(
                {
                    "report_id": row.id,
                    "new_pipeline": pipeline,
                    "new_source": source,
                    "new_attempt": attempt,
                }
            )
