"""Which state of the data a page is of; what moves it is in :mod:`ciwatch.recorder.versions`.

Each is a tuple that differs whenever the page does, or None where there is no such page.
"""

import sqlalchemy as sa

from ciwatch.db import models

_PROJECTS = models.Project.__table__
_CHANGES = models.Change.__table__

_OF_PROJECT = sa.select(_PROJECTS.c.id, _PROJECTS.c.version).where(_PROJECTS.c.name == sa.bindparam("name"))
_OF_CHANGE = (
    sa.select(_PROJECTS.c.id, _PROJECTS.c.version)
    .join(_CHANGES, _CHANGES.c.project_id == _PROJECTS.c.id)
    .where(_CHANGES.c.number == sa.bindparam("number"))
)
_OF_ALL = sa.select(sa.func.count(), sa.func.sum(_PROJECTS.c.version)).select_from(_PROJECTS)


def of_project(connection, name):
    """That of what is of one project."""
    return _tuple(connection.execute(_OF_PROJECT, {"name": name}).first())


def of_change(connection, number):
    """That of a change: its project's."""
    return _tuple(connection.execute(_OF_CHANGE, {"number": number}).first())


def of_all(connection):
    """That of what is of more than one project: the sum, and how many there are."""
    count, total = connection.execute(_OF_ALL).one()
    return count, int(total or 0)


def _tuple(row):
    return None if row is None else tuple(row)
