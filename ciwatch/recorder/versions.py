"""Moves the version of a project in each transaction that changes anything its pages show.

Whoever holds a page asks with the version that it had, and is told in one look at one row that nothing is
new. So it is moved once too often rather than not at all; but never by what was known.
"""

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.recorder.rows import chunks

PROJECTS = models.Project.__table__

_MOVE_ALL = sa.update(PROJECTS).values(version=PROJECTS.c.version + 1)
# Made once, since each batch that is recorded needs it.
_MOVE = _MOVE_ALL.where(PROJECTS.c.id.in_(sa.bindparam("project_ids", expanding=True)))


def move(connection, project_ids):
    """Moves the versions of projects."""
    for part in chunks(sorted(project_ids)):
        connection.execute(_MOVE, {"project_ids": part})


def move_all(connection):
    """Moves the versions of all projects."""
    connection.execute(_MOVE_ALL)


def move_patch_sets(connection, patch_set_ids):
    """Moves the versions of the projects that patch sets are of."""
    patch_set, change = models.PatchSet, models.Change
    for part in chunks(sorted(patch_set_ids)):
        _move(
            connection,
            sa.select(change.project_id)
            .join(patch_set, patch_set.change_id == change.id)
            .where(patch_set.id.in_(part)),
        )


def move_accounts(connection, account_ids):
    """Moves the versions of the projects that accounts reported on."""
    table = models.AccountProject
    for part in chunks(sorted(account_ids)):
        _move(connection, sa.select(table.project_id).where(table.account_id.in_(part)))


def move_system(connection, system_id):
    """Moves the versions of the projects that a CI reported on."""
    table, account = models.AccountProject, models.Account
    _move(
        connection,
        sa.select(table.project_id)
        .join(account, account.id == table.account_id)
        .where(account.ci_system_id == system_id),
    )


def _move(connection, found):
    """Moves those whose ids a statement finds."""
    connection.execute(_MOVE_ALL.where(PROJECTS.c.id.in_(found)))
