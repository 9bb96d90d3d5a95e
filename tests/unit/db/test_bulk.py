"""Many rows at once: what is read is what was written, and faults are told as of any statement."""

import datetime

import sqlalchemy as sa

from ciwatch.db import bulk
from ciwatch.db import engine
from ciwatch.db import models
from tests import base

PATCH_SETS = models.PatchSet.__table__
#: What a text format might take for a sign of its own.
ODD = ("tab\there", "line\nbreak\r\n", "back\\slash \\N \\.", "\u00e4\u540d\U0001f6a2", "", "'\"%s%%:x{}")


class TestBulk(base.TestCase):
    """Rows of every type, few and many."""

    def setUp(self):
        """A change to which they belong."""
        super().setUp()
        self.store = self.make_engine()
        case = base.comment_event("Patch Set 1:\n\nhello", 1700000000, change=1)
        self.make_recorder(self.store).record([base.line(case)])

    def rows(self, count):
        """Patch sets, each with what may be odd in another column."""
        moment = datetime.datetime(2026, 2, 28, 23, 59, 59, tzinfo=datetime.UTC)
        return [
            {
                "id": 100 + place,
                "change_id": 1,
                "project_id": 1,
                "number": 100 + place,
                "revision": ODD[place % len(ODD)],
                "kind": "REWORK",
                "created_at": None if place % 2 else moment,
                "seen_at": moment + datetime.timedelta(seconds=place),
                "merged_at": None,
                "abandoned_at": moment,
                "is_unready": bool(place % 3),
                "files": None if place % 2 else list(ODD),
            }
            for place in range(count)
        ]

    def test_round_trip(self):
        """Inserted, and changed."""
        for count in (1, 3, 700):
            rows = self.rows(count)
            with self.store.begin() as connection:
                bulk.insert(connection, PATCH_SETS, rows)
                self.assertEqual(rows, self.read(connection))
                for row in rows:
                    row["revision"], row["is_unready"] = ODD[(row["id"] + 1) % len(ODD)], True
                    row["files"] = list(ODD) if row["files"] is None else None
                    row["merged_at"] = row["seen_at"] if row["id"] % 3 else None
                names = ["revision", "is_unready", "files", "merged_at"]
                bulk.update(connection, PATCH_SETS, rows, names)
                self.assertEqual(rows, self.read(connection))
                connection.execute(sa.delete(PATCH_SETS).where(PATCH_SETS.c.id >= 100))

    def read(self, connection):
        """The rows that are there."""
        statement = sa.select(PATCH_SETS).where(PATCH_SETS.c.id >= 100).order_by(PATCH_SETS.c.id)
        return [dict(row) for row in connection.execute(statement).mappings()]

    def test_faults(self):
        """One that is there already: the data is at fault, not the database, and nothing is kept."""
        for count in (2, 200):
            rows = self.rows(count)
            rows[-1]["number"] = rows[0]["number"]
            with self.store.connect() as connection:
                with connection.begin():
                    error = self.assertRaises(
                        sa.exc.IntegrityError, bulk.insert, connection, PATCH_SETS, rows
                    )
                    self.assertFalse(engine.is_away(error))
                    connection.get_transaction().rollback()
                self.assertEqual([], self.read(connection))
