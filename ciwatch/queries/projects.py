"""Projects by their names."""

import sqlalchemy as sa

from ciwatch.db import models


def find(connection, name):
    """The row (id, name) of a project, or None."""
    statement = sa.select(models.Project.id, models.Project.name).where(models.Project.name == name)
    return connection.execute(statement).first()


def find_by_short_name(connection, name):
    """The whole name of the project whose name, or its last part, is *name*; or None.

    The old pages named a project by its last part; where several share it, OpenStack's own is meant.
    """
    statement = sa.select(models.Project.name).where(
        sa.or_(
            models.Project.name == name,
            models.Project.name.endswith("/" + name, autoescape=True),
        )
    )
    names = sorted(
        connection.scalars(statement),
        key=lambda found: (found != name, not found.startswith("openstack/"), found),
    )
    return names[0] if names else None
