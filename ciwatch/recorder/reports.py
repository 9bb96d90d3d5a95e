"""Stores reports with their builds, and numbers the attempts."""

import sqlalchemy as sa

from ciwatch.db import bulk
from ciwatch.db import models
from ciwatch.db import summary
from ciwatch.recorder import attempts
from ciwatch.recorder import dirty
from ciwatch.recorder import reading as readings
from ciwatch.recorder.rows import chunks

REPORTS = models.Report.__table__
BUILDS = models.Build.__table__
JOBS = models.Job.__table__
ACCOUNT_PROJECTS = models.AccountProject.__table__


def store(connection, rows, items, ci_of_account):
    """Inserts reports that are not there yet, their builds, and numbers the attempts around them.

    :param rows: the recorder's :class:`~ciwatch.recorder.rows.Rows`.
    :param items: (:class:`~ciwatch.recorder.reading.Posted`, Reading or None) pairs.
    :param ci_of_account: account id -> id of its CI system.
    """
    if not items:
        return
    ids = rows.new_ids(REPORTS, len(items))
    builds, read = _read_columns(rows, items, ids, ci_of_account)
    reports = [{**posted.columns, **columns} for (posted, _), columns in zip(items, read, strict=True)]
    attempts.number_new(connection, reports, ci_of_account)
    bulk.insert(connection, REPORTS, reports)
    bulk.insert(connection, BUILDS, builds)
    _note_projects(connection, rows, [posted for posted, _ in items])


def _note_projects(connection, rows, items):
    """Keeps who reports on which project, so that pages need not look through all reports for it."""
    places = places_of(connection, {posted.patch_set_id for posted in items})
    dirty.mark_days(connection, places.values())
    spans = {}
    for posted in items:
        key = places[posted.patch_set_id].project_id, posted.account_id
        first, last = spans.get(key, (posted.posted_at, posted.posted_at))
        spans[key] = min(first, posted.posted_at), max(last, posted.posted_at)
    known = rows.find(ACCOUNT_PROJECTS, ["project_id", "account_id"], spans)
    for key, (first, _) in spans.items():
        before = known[key]["first_at"] if key in known else None
        if before is None or first < before:
            # From then on the CI may be expected there.
            dirty.mark_project(connection, key[0], first, before)
    rows.merge(
        ACCOUNT_PROJECTS,
        ["project_id", "account_id"],
        [(key, (*key, *span)) for key, span in spans.items()],
        lambda span: dict(zip(("project_id", "account_id", "first_at", "last_at"), span, strict=True)),
        _widen,
    )


def places_of(connection, patch_set_ids):
    """Patch set id -> :class:`~ciwatch.recorder.dirty.Place` of it."""
    places = {}
    for part in chunks(patch_set_ids):
        places.update(dirty.places(connection, models.PatchSet.id.in_(part)))
    return places


def _widen(row, span):
    first_at, last_at = min(row["first_at"], span[2]), max(row["last_at"], span[3])
    changed = (first_at, last_at) != (row["first_at"], row["last_at"])
    row.update(first_at=first_at, last_at=last_at)
    return changed


def rewrite(connection, rows, items, ids, ci_of_account):
    """Puts what was read anew in the place of what was read before, and numbers the attempts around it.

    :param items: as for :func:`store`.
    :param ids: the ids of their reports, in the same order.
    """
    if not items:
        return
    builds, read = _read_columns(rows, items, ids, ci_of_account)
    for part in chunks(ids):
        connection.execute(sa.delete(BUILDS).where(BUILDS.c.report_id.in_(part)))
    bulk.update(connection, REPORTS, read, [name for name in read[0] if name != "id"])
    attempts.number_stored(connection, {posted.patch_set_id for posted, _ in items})
    bulk.insert(connection, BUILDS, builds)
    dirty.mark_patch_sets(connection, {posted.patch_set_id for posted, _ in items})


def _read_columns(rows, items, ids, ci_of_account):
    """What was read of *items*: the rows of their builds, and the columns of their reports."""
    builds = _builds(rows, items, ids, ci_of_account)
    summaries = {}
    for build in builds:
        token = summary.pack(build["job_id"], build["result_class"], build["voting"], build["log_url"])
        summaries.setdefault(build["report_id"], []).append(token)
    read = [
        {
            "id": report_id,
            "summary": " ".join(summaries[report_id]) if report_id in summaries else None,
            **readings.report_columns(posted.comment, reading),
        }
        for report_id, (posted, reading) in zip(ids, items, strict=True)
    ]
    return builds, read


def _builds(rows, items, ids, ci_of_account):
    """The rows of all builds of *items*."""
    builds, jobs = [], []
    for report_id, (posted, reading) in zip(ids, items, strict=True):
        if reading:
            ci_system_id = ci_of_account[posted.account_id]
            for position, build in enumerate(reading.report.builds):
                jobs.append((ci_system_id, readings.bounded(build.job, 255)))
                builds.append({"report_id": report_id, **readings.build_columns(build, position)})
    ids_of_jobs = job_ids(rows, jobs)
    for build, job in zip(builds, jobs, strict=True):
        build["job_id"] = ids_of_jobs[job]
    return builds


def job_ids(rows, jobs):
    """(CI id, job name) -> id of the job, for some *jobs*; those that are not there yet are made."""
    found, _, _ = rows.merge(
        JOBS,
        ["ci_system_id", "name"],
        [(job, job) for job in dict.fromkeys(jobs)],
        lambda job: {"ci_system_id": job[0], "name": job[1]},
        lambda row, job: False,
    )
    return {job: found[job]["id"] for job in jobs}
