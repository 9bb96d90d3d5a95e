"""Insert a row unless it is there: one statement for SQLite, PostgreSQL and MySQL."""

from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite


def insert_missing(connection, table, key):
    """An INSERT that leaves a row alone which has the same *key* already.

    :param connection: whose database the statement is for.
    :param table: a :class:`sqlalchemy.Table`.
    :param key: names of the columns of a unique constraint.
    """
    name = connection.dialect.name
    if name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing(index_elements=key)
    if name in ("mysql", "mariadb"):
        # INSERT IGNORE would hide other faults too; assigning a column to itself changes nothing.
        return mysql.insert(table).on_duplicate_key_update({key[0]: table.c[key[0]]})
    return sqlite.insert(table).on_conflict_do_nothing(index_elements=key)
