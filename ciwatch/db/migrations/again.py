"""Steps of migrations that were done before an interruption are not done again.

MySQL ends a transaction with each table that is made or altered, so a migration that is interrupted there
leaves its first steps behind. Any other database takes them back; there is nothing to pass over then.
"""

from alembic.operations import ops
from alembic.operations import toimpl
from alembic.operations.base import Operations
import sqlalchemy as sa


@Operations.implementation_for(ops.CreateTableOp, replace=True)
def create_table(operations, operation):
    """Makes a table that is not there."""
    if not _has_table(operations, operation.table_name):
        return toimpl.create_table(operations, operation)
    return operation.to_table(operations.migration_context)


@Operations.implementation_for(ops.AddColumnOp, replace=True)
def add_column(operations, operation):
    """Adds a column that is not there."""
    if operation.column.name not in _columns(operations, operation.table_name):
        toimpl.add_column(operations, operation)


@Operations.implementation_for(ops.CreateIndexOp, replace=True)
def create_index(operations, operation):
    """Makes an index that is not there."""
    if operation.index_name not in _indexes(operations, operation.table_name):
        toimpl.create_index(operations, operation)


@Operations.implementation_for(ops.DropIndexOp, replace=True)
def drop_index(operations, operation):
    """Drops an index that is there."""
    if operation.index_name in _indexes(operations, operation.table_name):
        toimpl.drop_index(operations, operation)


def _inspector(operations):
    return sa.inspect(operations.get_bind())


def _has_table(operations, name):
    return _inspector(operations).has_table(name)


def _columns(operations, table):
    return {column["name"] for column in _inspector(operations).get_columns(table)}


def _indexes(operations, table):
    return {index["name"] for index in _inspector(operations).get_indexes(table)}
