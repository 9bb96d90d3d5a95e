"""Many rows at once, as fast as the database's driver takes them.

SQLAlchemy prepares the parameters of each row with a generality that costs more than the database does. Here
a statement is compiled once, and a row is a tuple whose values its columns' types have converted. Many new
rows go into PostgreSQL by its COPY, several times as fast as by INSERT; PyMySQL makes one INSERT of many,
but sends each UPDATE by itself, so there many rows are joined to the table in one.
"""

import functools
import itertools
import operator

import sqlalchemy as sa

#: From so many rows on a COPY takes less time than as many INSERTs.
_COPY_FROM = 10

# So many rows are joined at once, far below what a statement of MySQL may hold.
_JOINED = 500


def insert(connection, table, rows):
    """Inserts *rows*, dicts which all hold the same columns of *table*."""
    if rows:
        plan = _insert_plan(connection.dialect, table, tuple(rows[0]))
        if connection.dialect.driver == "psycopg" and len(rows) >= _COPY_FROM:
            _copy(connection, table, plan, rows)
        else:
            _execute(connection, plan, rows)


def update(connection, table, rows, names):
    """Writes the columns *names* of *rows*, dicts which hold those and their id."""
    if rows:
        plan = _update_plan(connection.dialect, table, tuple(names))
        if connection.dialect.name in ("mysql", "mariadb"):
            for start in range(0, len(rows), _JOINED):
                _join(connection, table, plan, rows[start : start + _JOINED])
        else:
            _execute(connection, plan, rows)


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
    sql, names, _, _, positional = plan
    make = tuple if positional else lambda values: dict(zip(names, values, strict=True))
    connection.exec_driver_sql(sql, [make(values) for values in _converted(plan, rows)])


def _join(connection, table, plan, rows):
    quoted = connection.dialect.identifier_preparer
    names = [quoted.quote("id" if name == "row_id" else name) for name in plan[1]]
    of_row = ", ".join(["%s"] * len(names))
    # The first SELECT names the columns for all.
    first = ", ".join(f"%s AS {name}" for name in names)
    told = " UNION ALL SELECT ".join([first, *[of_row] * (len(rows) - 1)])
    values = ", ".join(f"target.{name} = told.{name}" for name in names if name != "id")
    # Names alone; what the rows hold are parameters.
    sql = (
        f"UPDATE {quoted.format_table(table)} AS target JOIN (SELECT {told}) AS told"  # noqa: S608
        f" ON told.id = target.id SET {values}"
    )
    connection.exec_driver_sql(sql, tuple(itertools.chain.from_iterable(_converted(plan, rows))))


def _copy(connection, table, plan, rows):
    dialect, names = connection.dialect, plan[1]
    quoted = dialect.identifier_preparer
    columns = ", ".join(quoted.quote(name) for name in names)
    sql = f"COPY {quoted.format_table(table)} ({columns}) FROM STDIN"
    driver = dialect.loaded_dbapi
    try:
        with connection.connection.cursor() as cursor, cursor.copy(sql) as copy:
            for values in _converted(plan, rows):
                copy.write_row(values)
    except driver.Error as error:
        # As SQLAlchemy would have said it, had it been asked.
        is_lost = dialect.is_disconnect(error, None, None)
        raise sa.exc.DBAPIError.instance(
            sql, None, error, driver.Error, connection_invalidated=is_lost, dialect=dialect
        ) from error


def _converted(plan, rows):
    """The values of each row, in the order of the plan's names, as the driver takes them."""
    _, _, values_of, converters, _ = plan
    needed = [(place, convert) for place, convert in enumerate(converters) if convert]
    for row in rows:
        values = list(values_of(row))
        for place, convert in needed:
            values[place] = convert(values[place])
        yield values
