"""Rows that several events speak of: load, merge, insert what is new, update what changed.

The newest event wins, whatever the order in which events arrive; so the result is a function of the set of
events, and recording one of them again changes nothing.
"""

import sqlalchemy as sa

from ciwatch.db import upsert

# Far below the number of parameters that any database takes in one statement.
_CHUNK = 500


def chunks(items, size=_CHUNK):
    """*items* as lists of at most *size*."""
    items = list(items)
    for start in range(0, len(items), size):
        yield items[start:start + size]


def load(connection, table, key, values):
    """Rows of *table* by key, locked where the database locks rows.

    :param key: names of the key's columns.
    :param values: values of the first of them.
    :returns: key tuple -> row as a dict.
    """
    column = table.c[key[0]]
    rows = {}
    for part in chunks(values):
        statement = sa.select(table).where(column.in_(part)).order_by(table.c.id).with_for_update()
        for row in connection.execute(statement).mappings():
            rows[tuple(row[name] for name in key)] = dict(row)
    return rows


def merge_all(connection, table, key, items, fresh, merge):
    """Brings the rows of *table* up to date with *items*.

    :param key: names of the columns of its unique constraint.
    :param items: (key tuple, whatever *fresh* and *merge* take) pairs, in any order.
    :param fresh: makes a new row, a dict without id, of an item.
    :param merge: puts an item into a row; returns whether that changed it.
    :returns: (key tuple -> row with its id, numbers of the items that brought something new).
    """
    rows = load(connection, table, key, {item[0][0] for item in items})
    news, missing, dirty = set(), {}, {}
    for number, (value, item) in enumerate(items):
        row = rows.get(value) or missing.get(value)
        if row is None:
            missing[value] = fresh(item)
            news.add(number)
        elif merge(row, item):
            news.add(number)
            if value in rows:
                dirty[value] = row
    if missing:
        connection.execute(upsert.insert_missing(connection, table, key), list(missing.values()))
        there = load(connection, table, key, {value[0] for value in missing})
        # Another writer may have inserted the same row just before, with other contents.
        for value, item in items:
            if value in missing and merge(there[value], item):
                dirty[value] = there[value]
        for value in missing:
            rows[value] = there[value]
    update(connection, table, dirty.values())
    return rows, news


def update(connection, table, rows):
    """Writes whole *rows*, dicts with their id."""
    rows = list(rows)
    if not rows:
        return
    columns = [column.name for column in table.c if column.name != "id"]
    statement = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("row_id"))
        .values({name: sa.bindparam(name) for name in columns})
    )
    connection.execute(
        statement, [{"row_id": row["id"], **{name: row[name] for name in columns}} for row in rows]
    )
