"""Does a report say now what it says in the database?"""

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.parsers import base
from ciwatch.recorder import attempts
from ciwatch.recorder import reading as readings

BUILDS = models.Build.__table__
JOBS = models.Job.__table__

# What a reading decides, other than attempts, which follow from the readings of a whole patch set.
_COMPARED = ("kind", "verdict", "verdict_source", "vote", "headline", "parser", "shape")
_BUILD_COLUMNS = ("result", "result_class", "voting", "duration_s", "log_url", "detail")


def is_same(row, now):
    """Whether a report says now what it says in the database, but for its builds."""
    stored = dict(row)
    if row["kind"] is base.Kind.OTHER and row["verdict"] is not None:
        # Stored as the repetition of the one before it.
        stored["kind"] = base.Kind.FINISHED
    if any(now[name] != stored[name] for name in _COMPARED):
        return False
    if row["pipeline_source"] is base.PipelineSource.START:
        return now["pipeline_source"] in attempts.WEAKER_THAN_START
    return (now["pipeline"], now["pipeline_source"]) == (row["pipeline"], row["pipeline_source"])


def builds_of(reading):
    """The builds of a reading as they would be stored: tuples of job and columns."""
    if reading is None:
        return []
    found = []
    for position, build in enumerate(reading.report.builds):
        columns = readings.build_columns(build, position)
        found.append((readings.bounded(build.job, 255), *(columns[name] for name in _BUILD_COLUMNS)))
    return found


def stored_builds(connection, report_ids):
    """Report id -> its builds, as :func:`builds_of` gives them."""
    statement = (
        sa.select(BUILDS.c.report_id, JOBS.c.name, *(BUILDS.c[name] for name in _BUILD_COLUMNS))
        .join(JOBS, JOBS.c.id == BUILDS.c.job_id)
        .where(BUILDS.c.report_id.in_(report_ids))
        .order_by(BUILDS.c.report_id, BUILDS.c.position)
    )
    found = {}
    for report_id, *build in connection.execute(statement):
        found.setdefault(report_id, []).append(tuple(build))
    return found
