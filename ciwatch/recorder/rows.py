"""Rows that several events speak of: found or made, merged, written back.

One recorder records at a time, whatever the database: it holds the one row of ``recorder_turns``, in which it
has left its mark. While nobody else has recorded since, what it remembers of the rows is what is there, and
the ids that it gives out are free.
"""

import functools
import uuid

import sqlalchemy as sa

from ciwatch.db import bulk
from ciwatch.db import lookup
from ciwatch.db import models
from ciwatch.db import upsert

TURNS = models.RecorderTurn.__table__

#: What a merge says that changed a row without telling anything new: a more exact time.
CORRECTED = object()

# Far below the number of parameters that any database takes in one statement.
_CHUNK = 500

#: Rows of one table that are remembered; some 15 MB when all tables are full.
_REMEMBERED = 10000


def chunks(items, size=_CHUNK):
    """*items* as lists of at most *size*."""
    items = list(items)
    for start in range(0, len(items), size):
        yield items[start : start + size]


class Rows:
    """The rows of one recorder's database, as far as it remembers them."""

    def __init__(self):
        """Remembers nothing yet."""
        self._mark = uuid.uuid4().hex
        self._connection = None
        self._rows = {}
        self._next_ids = {}

    def begin(self, connection):
        """Waits until no other recorder records, and forgets everything if one did since the last time.

        To be called first in each transaction; :meth:`forget` where the transaction fails.

        :returns: whether another recorder recorded, or nobody yet.
        """
        self._connection = connection
        connection.execute(upsert.insert_missing(connection, TURNS, ["id"]), {"id": 1, "mark": self._mark})
        mark = connection.scalar(sa.select(TURNS.c.mark).with_for_update())
        if mark != self._mark:
            self.forget()
            connection.execute(sa.update(TURNS).values(mark=self._mark))
            return True
        if not self._next_ids:
            self.forget()
        return False

    def forget(self, *tables):
        """Forgets all rows, or those of some *tables*."""
        if tables:
            for table in tables:
                self._rows.pop(table, None)
        else:
            self._rows.clear()
            self._next_ids.clear()

    def new_ids(self, table, count):
        """*count* free ids for new rows of *table*, a range."""
        if table not in self._next_ids:
            highest = self._connection.scalar(sa.select(sa.func.max(table.c.id)))
            self._next_ids[table] = (highest or 0) + 1
        first = self._next_ids[table]
        self._next_ids[table] = first + count
        return range(first, first + count)

    def find(self, table, key, values):
        """The rows of *table* that are there.

        :param key: names of the columns of a unique constraint.
        :param values: tuples of their values.
        :returns: value -> row, a dict that is remembered: whoever changes it calls :meth:`update`.
        """
        known = self._rows.setdefault(table, {})
        unknown = [value for value in values if value not in known]
        if len(known) + len(unknown) > _REMEMBERED:
            known.clear()
            unknown = list(values)
        if len(key) == 1:
            asked, condition = [value for (value,) in unknown], table.c[key[0]].in_
        else:
            columns, asked = [table.c[name] for name in key], unknown
            condition = functools.partial(lookup.among, columns, by=columns[:1])
        names = [column.name for column in table.c]
        places = [names.index(name) for name in key]
        for part in chunks(asked):
            for row in self._connection.execute(sa.select(table).where(condition(part))):
                known[tuple([row[place] for place in places])] = dict(zip(names, row, strict=True))
        return known

    def merge(self, table, key, items, fresh, merge):
        """Brings the rows of *table* up to date with *items*.

        :param key: names of the columns of its unique constraint.
        :param items: (value of the key, a tuple; whatever *fresh* and *merge* take) pairs, in any order.
        :param fresh: makes a new row, a dict without id, of an item.
        :param merge: puts an item into a row; returns whether that changed it, or :data:`CORRECTED`.
        :returns: (value -> row, numbers of the items that brought something new, the new values).
        """
        rows = self.find(table, key, dict.fromkeys(value for value, _ in items))
        news, missing, dirty = set(), {}, {}
        for number, (value, item) in enumerate(items):
            row = rows.get(value)
            if row is None:
                rows[value] = missing[value] = fresh(item)
                news.add(number)
            elif changed := merge(row, item):
                if changed is not CORRECTED:
                    news.add(number)
                if value not in missing:
                    dirty[value] = row
        for new_id, row in zip(self.new_ids(table, len(missing)), missing.values(), strict=True):
            row["id"] = new_id
        bulk.insert(self._connection, table, list(missing.values()))
        self.update(table, dirty.values())
        return rows, news, missing.keys()

    def update(self, table, rows):
        """Writes whole *rows*, dicts with their id."""
        names = [column.name for column in table.c if column.name != "id"]
        bulk.update(self._connection, table, list(rows), names)
