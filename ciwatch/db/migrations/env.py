"""Alembic's entry: runs the migrations on the connection that :mod:`ciwatch.db.schema` hands over."""

from alembic import context

from ciwatch.db import models
from ciwatch.db.migrations import again  # noqa: F401  it says what is done of each step

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=models.Base.metadata,
    # SQLite cannot alter a column: Alembic copies the table instead.
    render_as_batch=True,
    compare_type=True,
    # The transaction is the caller's, who holds SQLite's write lock meanwhile.
    transactional_ddl=False,
    on_version_apply=context.config.attributes.get("tell"),
)
context.run_migrations()
