"""Words are compared and ordered by their bytes in every database, as SQLite does.

What a database does by default is the order of some language, in which ``Nova`` may be the same name as
``nova``, and an index finds no beginning of a name. Which default it has, nobody needs to know: it is set
with each migration, for all columns that are there by then.
"""

import sqlalchemy as sa


def set_default(connection):
    """Sets what new tables get, where a database has such a default; to be called before they are made."""
    if connection.dialect.name in ("mysql", "mariadb"):
        connection.exec_driver_sql(
            f"ALTER DATABASE CHARACTER SET utf8mb4 COLLATE {_mysql_collation(connection)}"
        )


def settle(connection):
    """Changes all columns that compare otherwise; to be called when the tables are made."""
    if connection.dialect.name in ("mysql", "mariadb"):
        _settle_mysql(connection)
    elif connection.dialect.name == "postgresql":
        _settle_postgresql(connection)


def _mysql_collation(connection):
    # These do not take a name for that of another which ends in a space, as utf8mb4_bin does.
    return "utf8mb4_nopad_bin" if connection.dialect.is_mariadb else "utf8mb4_0900_bin"


def _settle_mysql(connection):
    collation = _mysql_collation(connection)
    others = sa.text(
        "SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = database()"
        " AND data_type IN ('varchar', 'mediumtext', 'text') AND collation_name <> :collation"
    )
    for table in connection.scalars(others, {"collation": collation}).all():
        connection.exec_driver_sql(
            f"ALTER TABLE `{table}` CONVERT TO CHARACTER SET utf8mb4 COLLATE {collation}"
        )


def _settle_postgresql(connection):
    others = sa.text(
        "SELECT table_name, column_name, character_maximum_length FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND data_type = 'character varying'"
        " AND collation_name IS DISTINCT FROM 'C' ORDER BY table_name, column_name"
    )
    changes = {}
    for table, column, length in connection.execute(others):
        changes.setdefault(table, []).append(
            f'ALTER COLUMN "{column}" TYPE varchar({length}) COLLATE "C"'
        )
    for table, parts in changes.items():
        connection.exec_driver_sql(f'ALTER TABLE "{table}" {", ".join(parts)}')
