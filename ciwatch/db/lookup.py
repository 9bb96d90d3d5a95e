"""Rows by keys of several columns."""

import sqlalchemy as sa


def among(columns, keys, by):
    """The condition that *columns* have together one of some *keys*.

    SQLite looks pairs up by reading the whole table, whatever index there is. So it is told as well which
    values single columns have, and finds by these.

    :param columns: a list.
    :param keys: tuples of as many values.
    :param by: those of the columns with which an index begins.
    """
    keys, names = list(keys), [column.name for column in columns]
    values = {column: {key[names.index(column.name)] for key in keys} for column in by}
    narrower = [column.in_(sorted(found)) for column, found in values.items()]
    return sa.and_(*narrower, sa.tuple_(*columns).in_(keys))
