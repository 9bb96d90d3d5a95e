"""Many rows at once, as fast as the database's driver takes them.

SQLAlchemy prepares the parameters of each row with a generality that costs more than the database does. Here
a statement is compiled once, and a row is a tuple whose values its columns' types have converted.
"""

import functools
import operator

import sqlalchemy as sa


def insert(connection, table, rows):
    """Inserts *rows*, dicts which all hold the same columns of *table*."""
    if rows:
        names = tuple(rows[0])
        _execute(connection, _insert_plan(connection.dialect, table, names), rows)


def update(connection, table, rows, names):
    """Writes the columns *names* of *rows*, dicts which hold those and their id."""
    if rows:
        _execute(connection, _update_plan(connection.dialect, table, tuple(names)), rows)


@functools.lru_cache(maxsize=64)
def _insert_plan(dialect, table, names):
    statement = sa.insert(table).values({name: sa.bindparam(name) for name in names})
    return _plan(dialect, table, statement)


@functools.lru_cache(maxsize=64)
def _update_plan(dialect, table, names):
    statement = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("row_id"))
        .values({name: sa.bindparam(name) for name in names})
    )
    return _plan(dialect, table, statement)


def _plan(dialect, table, statement):
    """The SQL, the names of its parameters in their order, and a converter or None for each."""
    compiled = statement.compile(dialect=dialect)
    names = list(compiled.positiontup or compiled.params)
    columns = ["id" if name == "row_id" else name for name in names]
    converters = [table.c[column].type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    return str(compiled), names, operator.itemgetter(*columns), converters, compiled.positional


def _execute(connection, plan, rows):
    sql, names, values_of, converters, positional = plan
    needed = [(place, convert) for place, convert in enumerate(converters) if convert]
    parameters = []
    for row in rows:
        values = list(values_of(row))
        for place, convert in needed:
            values[place] = convert(values[place])
        parameters.append(tuple(values) if positional else dict(zip(names, values, strict=True)))
    connection.exec_driver_sql(sql, parameters)
