"""The columns of a matrix: the patch sets of a window, the newest first."""

import functools

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
    asked = {
        "project_id": project.id,
        "since": filters.window.since,
        "until": filters.window.until,
        "size": filters.columns,
        "start": (filters.page - 1) * filters.columns,
    }
    if filters.result:
        asked["verdict"] = filters.result
        if systems is not None:
            asked["systems"] = systems
    count, page = _statements(filters.open, bool(filters.branch), *(name in asked for name in _OF_RESULT))
    counts = dict(map(tuple, connection.execute(count, asked)))
    total = sum(number for branch, number in counts.items() if filters.branch in ("", branch))
    rows = connection.execute(page, {**asked, "branch": filters.branch} if filters.branch else asked)
    return [_column(project.name, *row) for row in rows], total, sorted(counts)


_OF_RESULT = ("verdict", "systems")


@functools.cache
def _statements(is_open, of_branch, of_verdict, of_systems):
    """(the number of patch sets by branch, a page of them): put together once for each kind of filters."""
    patch_set, change, later = models.PatchSet, models.Change, orm.aliased(models.PatchSet)
    conditions = [
        patch_set.project_id == sa.bindparam("project_id"),
        patch_set.seen_at > sa.bindparam("since"),
        patch_set.seen_at <= sa.bindparam("until"),
    ]
    if is_open:
        conditions.append(change.status == OPEN)
    if of_verdict:
        conditions.append(_has_result(of_systems))
    count = (
        sa.select(change.branch, sa.func.count())
        .select_from(patch_set)
        .join(change, change.id == patch_set.change_id)
        .where(*conditions)
        .group_by(change.branch)
    )
    if of_branch:
        conditions.append(change.branch == sa.bindparam("branch"))
    # The rest is read of those of the page alone.
    page = (
        sa.select(patch_set.id)
        .join(change, change.id == patch_set.change_id)
        .where(*conditions)
        .order_by(patch_set.seen_at.desc(), change.number.desc(), patch_set.number.desc())
        .limit(sa.bindparam("size"))
        .offset(sa.bindparam("start"))
        .subquery()
    )
    replaced_at = (
        sa.select(later.seen_at)
        .where(later.change_id == patch_set.change_id, later.number > patch_set.number)
        .order_by(later.number)
        .limit(1)
        .scalar_subquery()
    )
    return count, (
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


def _has_result(of_systems):
    report = models.Report
    wanted = sa.select(report.id).where(
        report.patch_set_id == models.PatchSet.id,
        sa.type_coerce(report.verdict, sa.String()) == sa.bindparam("verdict"),
    )
    if of_systems:
        wanted = wanted.join(models.Account, models.Account.id == report.account_id).where(
            models.Account.ci_system_id.in_(sa.bindparam("systems", expanding=True))
        )
    return wanted.exists()


def _column(project, key, change, number, branch, *rest):
    *rest, files, subject, status = rest
    files = None if files is None else tuple(files)
    return facts.PatchSet(key, change, number, project, branch, *rest, files), subject, status
