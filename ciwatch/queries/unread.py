"""What could not be read, of all CIs or of one: comments by their shape, and result words nobody knows."""

import datetime
import functools

import msgspec
import sqlalchemy as sa

from ciwatch.db import models

#: How many are told at most.
MOST = 100

# How much of an example is shown, in characters.
_EXAMPLE = 4000


_SYSTEM = sa.select(models.CISystem.id).where(models.CISystem.name == sa.bindparam("name"))

_ACCOUNTS = sa.select(models.Account.id).where(models.Account.ci_system_id.in_(_SYSTEM))


class Shape(msgspec.Struct, frozen=True):
    """Unread comments that look alike: how many, and the last that was recorded as an example."""

    ci: str
    title: str
    shape: str
    comments: int
    change: int
    patch_set: int
    posted_at: datetime.datetime
    text: str


class UnknownWord(msgspec.Struct, frozen=True):
    """A result word that nobody has taught us: how many builds bear it, and one of them."""

    ci: str
    title: str
    word: str
    builds: int
    change: int
    patch_set: int
    job: str


def shapes(connection, name=None, limit=MOST):
    """The shapes of unread comments, the most frequent first, as a list of :class:`Shape`.

    :param name: the name of a CI, or None for all.
    """
    return [Shape(*row) for row in connection.execute(_shapes(name is not None, limit), {"name": name})]


# The statements are put together once: that takes longer than it takes to answer them.
@functools.cache
def _shapes(is_of_one, limit):
    counted = (
        sa.select(
            models.Report.account_id,
            models.Report.shape,
            sa.func.count().label("comments"),
            sa.func.max(models.Report.id).label("report_id"),
        )
        .where(models.Report.shape.is_not(None))
        .group_by(models.Report.account_id, models.Report.shape)
    )
    if is_of_one:
        counted = counted.where(models.Report.account_id.in_(_ACCOUNTS))
    counted = counted.order_by(sa.desc("comments"), models.Report.shape).limit(limit).subquery()
    return (
        sa.select(
            models.CISystem.name,
            models.CISystem.title,
            counted.c.shape,
            counted.c.comments,
            models.Change.number,
            models.PatchSet.number,
            models.Report.posted_at,
            sa.func.substr(models.Report.text, 1, _EXAMPLE),
        )
        .select_from(counted)
        .join(models.Report, models.Report.id == counted.c.report_id)
        .join(models.Account, models.Account.id == counted.c.account_id)
        .join(models.CISystem, models.CISystem.id == models.Account.ci_system_id)
        .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .order_by(counted.c.comments.desc(), counted.c.shape)
    )


def words(connection, name=None, limit=MOST):
    """The unknown result words, the most frequent first, as a list of :class:`UnknownWord`.

    :param name: the name of a CI, or None for all.
    """
    return [UnknownWord(*row) for row in connection.execute(_words(name is not None, limit), {"name": name})]


@functools.cache
def _words(is_of_one, limit):
    counted = (
        sa.select(
            models.Job.ci_system_id,
            models.Build.result,
            sa.func.count().label("builds"),
            sa.func.max(models.Build.id).label("build_id"),
        )
        .join(models.Job, models.Job.id == models.Build.job_id)
        # A literal, since SQLite uses a partial index for no parameter.
        .where(models.Build.result_class == sa.text("'unknown'"))
        .group_by(models.Job.ci_system_id, models.Build.result)
    )
    if is_of_one:
        counted = counted.where(models.Job.ci_system_id.in_(_SYSTEM))
    counted = counted.order_by(sa.desc("builds"), models.Build.result).limit(limit).subquery()
    return (
        sa.select(
            models.CISystem.name,
            models.CISystem.title,
            counted.c.result,
            counted.c.builds,
            models.Change.number,
            models.PatchSet.number,
            models.Job.name,
        )
        .select_from(counted)
        .join(models.Build, models.Build.id == counted.c.build_id)
        .join(models.Job, models.Job.id == models.Build.job_id)
        .join(models.CISystem, models.CISystem.id == counted.c.ci_system_id)
        .join(models.Report, models.Report.id == models.Build.report_id)
        .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .order_by(counted.c.builds.desc(), counted.c.result)
    )
