"""What was learned of parsers: shapes of unread comments, faults of plugins, where a task stopped."""

from alembic import op
import sqlalchemy as sa

from ciwatch.db import types
from ciwatch.parsers import contract

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    """Adds them; 'ciwatch reparse' fills them for what is stored already."""
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
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_task_positions")),
    )
    op.add_column("accounts", sa.Column("result_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("comments", sa.Column("result", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("reports", sa.Column("shape", sa.String(200), nullable=True))
    op.create_index(
        "ix_reports_shape",
        "reports",
        ["account_id", "shape"],
        sqlite_where=sa.text("shape IS NOT NULL"),
        postgresql_where=sa.text("shape IS NOT NULL"),
    )
    op.create_index(
        "ix_builds_unknown",
        "builds",
        ["result_class", "job_id", "result"],
        sqlite_where=sa.text("result_class = 'unknown'"),
        postgresql_where=sa.text("result_class = 'unknown'"),
    )


def downgrade():
    """Takes them away."""
    op.drop_index("ix_builds_unknown", table_name="builds")
    op.drop_index("ix_reports_shape", table_name="reports")
    with op.batch_alter_table("reports") as reports:
        reports.drop_column("shape")
    with op.batch_alter_table("comments") as comments:
        comments.drop_column("result")
    with op.batch_alter_table("accounts") as accounts:
        accounts.drop_column("result_count")
    op.drop_table("task_positions")
    op.drop_table("parser_faults")
