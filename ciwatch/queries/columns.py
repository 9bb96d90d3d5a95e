"""The columns of a matrix: the patch sets of a window, the newest first."""

import sqlalchemy as sa
from sqlalchemy import orm

from ciwatch.db import models
from ciwatch.insight import facts

#: As Gerrit says that a change waits to be merged.
OPEN = "NEW"


def read(connection, project, filters, systems):
    """A page of patch sets.

    :param project: a row of :func:`ciwatch.queries.projects.find`.
    :param filters: the :class:`~ciwatch.queries.matrix.Filters`.
    :param systems: ids of the CIs of which the result is asked for; None for any.
    :returns: (a list of (:class:`~ciwatch.insight.facts.PatchSet`, subject, status of the change), the number
        of patch sets on all pages, the branches that have some).
    """
    conditions = _conditions(project.id, filters, systems)
    counts = _count(connection, conditions)
    total = sum(count for branch, count in counts.items() if filters.branch in ("", branch))
    if filters.branch:
        conditions.append(models.Change.branch == filters.branch)
    return _read(connection, project, filters, conditions), total, sorted(counts)


def _conditions(project_id, filters, systems):
    patch_set, report = models.PatchSet, models.Report
    conditions = [
        models.Change.project_id == project_id,
        patch_set.seen_at > filters.window.since,
        patch_set.seen_at <= filters.window.until,
    ]
    if filters.open:
        conditions.append(models.Change.status == OPEN)
    if filters.result:
        wanted = sa.select(report.id).where(
            report.patch_set_id == patch_set.id, report.verdict == filters.result
        )
        if systems is not None:
            wanted = wanted.join(models.Account, models.Account.id == report.account_id).where(
                models.Account.ci_system_id.in_(systems)
            )
        conditions.append(wanted.exists())
    return conditions


def _count(connection, conditions):
    """Branch -> number of patch sets."""
    statement = (
        sa.select(models.Change.branch, sa.func.count())
        .select_from(models.PatchSet)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .where(*conditions)
        .group_by(models.Change.branch)
    )
    return dict(map(tuple, connection.execute(statement)))


def _read(connection, project, filters, conditions):
    patch_set, change, later = models.PatchSet, models.Change, orm.aliased(models.PatchSet)
    # The rest is read of those of the page alone.
    page = (
        sa.select(patch_set.id)
        .join(change, change.id == patch_set.change_id)
        .where(*conditions)
        .order_by(patch_set.seen_at.desc(), change.number.desc(), patch_set.number.desc())
        .limit(filters.columns)
        .offset((filters.page - 1) * filters.columns)
        .subquery()
    )
    replaced_at = (
        sa.select(later.seen_at)
        .where(later.change_id == patch_set.change_id, later.number > patch_set.number)
        .order_by(later.number)
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        sa.select(
            patch_set.id,
            change.number,
            patch_set.number,
            change.branch,
            patch_set.kind,
            patch_set.seen_at,
            patch_set.created_at,
            replaced_at,
            patch_set.merged_at,
            patch_set.abandoned_at,
            patch_set.is_unready,
            patch_set.files,
            change.subject,
            change.status,
        )
        .join(page, page.c.id == patch_set.id)
        .join(change, change.id == patch_set.change_id)
        .order_by(patch_set.seen_at.desc(), change.number.desc(), patch_set.number.desc())
    )
    return [_column(project.name, *row) for row in connection.execute(statement)]


def _column(project, key, change, number, branch, *rest):
    *rest, files, subject, status = rest
    files = None if files is None else tuple(files)
    return facts.PatchSet(key, change, number, project, branch, *rest, files), subject, status
