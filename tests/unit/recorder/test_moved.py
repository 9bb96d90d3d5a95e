"""A change that moves to another project takes all of its patch sets along."""

import sqlalchemy as sa

from ciwatch.db import models
from tests import base

AT = 1740787200


def said(at, project, patch_set):
    """A comment on a patch set of a change that is in a project."""
    event = base.comment_event("Looks good.", at, account="elm", patch_set=patch_set)
    event["change"]["project"] = project
    return base.line(event)


class MovedTest(base.TestCase):
    """What patch sets say of their project, and what their change does."""

    def places(self, store):
        """(number, its project, that of its change) of each patch set."""
        patch_set, change = models.PatchSet, models.Change
        project, home = (sa.orm.aliased(models.Project) for _ in range(2))
        statement = (
            sa.select(patch_set.number, project.name, home.name)
            .join(change, change.id == patch_set.change_id)
            .join(project, project.id == patch_set.project_id)
            .join(home, home.id == change.project_id)
            .order_by(patch_set.number)
        )
        with store.connect() as connection:
            return list(map(tuple, connection.execute(statement)))

    def test_moved(self):
        """Those of which nothing more was said go along, and those that the recorder remembers."""
        store = self.make_engine()
        recorder = self.make_recorder(store)
        recorder.record([said(AT, "lantern", 1), said(AT + 60, "lantern", 2)])
        recorder.record([said(AT + 120, "wick", 2)])
        wanted = [(1, "wick", "wick"), (2, "wick", "wick")]
        self.assertEqual(wanted, self.places(store))
        # Told late of the time before: it stays where it is now.
        recorder.record([said(AT + 30, "lantern", 1)])
        self.assertEqual(wanted, self.places(store))
        self.make_recorder(store).record([said(AT + 180, "lantern", 1)])
        self.assertEqual([(1, "lantern", "lantern"), (2, "lantern", "lantern")], self.places(store))
