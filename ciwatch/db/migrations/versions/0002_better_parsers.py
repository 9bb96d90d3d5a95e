"""Shapes of unread comments, faults of plugins, where a task stopped, who reports on which project."""

from alembic import op
import sqlalchemy as sa

from ciwatch.db import types
from ciwatch.parsers import contract
from ciwatch.parsers import shape

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    """Adds them, filled from what is there."""
    op.create_table(
        "parser_faults",
        sa.Column("parser", sa.String(64), nullable=False),
        sa.Column("kind", types.enum_column(contract.FaultKind), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("last_at", types.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("parser", "kind", name=op.f("pk_parser_faults")),
    )
    op.create_table(
        "task_positions",
        sa.Column("task", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(32), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_task_positions")),
    )
    op.create_table(
        "account_projects",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("first_at", types.UTCDateTime(), nullable=False),
        sa.Column("last_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_account_projects_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_account_projects_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_projects")),
        sa.UniqueConstraint(
            "project_id", "account_id", name=op.f("uq_account_projects_project_id_account_id")
        ),
    )
    op.create_index(op.f("ix_account_projects_account_id"), "account_projects", ["account_id"])
    op.execute(
        "INSERT INTO account_projects (id, project_id, account_id, first_at, last_at)"
        " SELECT row_number() OVER (ORDER BY project_id, account_id),"
        " project_id, account_id, min(posted_at), max(posted_at)"
        " FROM reports JOIN patch_sets ON patch_sets.id = reports.patch_set_id"
        " JOIN changes ON changes.id = patch_sets.change_id GROUP BY project_id, account_id"
    )
    op.add_column("accounts", sa.Column("result_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("comments", sa.Column("result", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("reports", sa.Column("shape", sa.String(200), nullable=True))
    op.create_index("ix_reports_account_id_posted_at", "reports", ["account_id", "posted_at"])
    op.drop_index("ix_reports_account_id", table_name="reports")
    op.create_index(
        "ix_reports_shape",
        "reports",
        ["account_id", "shape"],
        sqlite_where=sa.text("shape IS NOT NULL"),
        postgresql_where=sa.text("shape IS NOT NULL"),
    )
    with op.batch_alter_table("builds") as builds:
        builds.alter_column("result", existing_type=sa.String(64), type_=sa.String(255), nullable=False)
    op.create_index(
        "ix_builds_unknown",
        "builds",
        ["result_class", "job_id", "result"],
        sqlite_where=sa.text("result_class = 'unknown'"),
        postgresql_where=sa.text("result_class = 'unknown'"),
    )
    _add_shapes(op.get_bind())


def _add_shapes(connection):
    """Gives the comments that are unread now their shapes, so that no page hides them."""
    reports = sa.table("reports", sa.column("id"), sa.column("parser"), sa.column("text"), sa.column("shape"))
    unread = sa.select(reports.c.id, reports.c.text).where(reports.c.parser.is_(None)).order_by(reports.c.id)
    last = -1
    while found := connection.execute(unread.where(reports.c.id > last).limit(1000)).all():
        connection.execute(
            sa.update(reports)
            .where(reports.c.id == sa.bindparam("row_id"))
            .values(shape=sa.bindparam("shape_of")),
            [{"row_id": row.id, "shape_of": shape.shape_of(row.text)} for row in found],
        )
        last = found[-1].id


def downgrade():
    """Takes them away."""
    op.drop_index("ix_builds_unknown", table_name="builds")
    builds = sa.table("builds", sa.column("result", sa.String()))
    op.execute(sa.update(builds).values(result=sa.func.substr(builds.c.result, 1, 64)))
    with op.batch_alter_table("builds") as columns:
        columns.alter_column("result", existing_type=sa.String(255), type_=sa.String(64), nullable=False)
    op.drop_index("ix_reports_shape", table_name="reports")
    op.create_index("ix_reports_account_id", "reports", ["account_id"])
    op.drop_index("ix_reports_account_id_posted_at", table_name="reports")
    with op.batch_alter_table("reports") as reports:
        reports.drop_column("shape")
    with op.batch_alter_table("comments") as comments:
        comments.drop_column("result")
    with op.batch_alter_table("accounts") as accounts:
        accounts.drop_column("result_count")
    op.drop_table("account_projects")
    op.drop_table("task_positions")
    op.drop_table("parser_faults")
