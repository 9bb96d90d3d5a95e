"""Listeners and how they do, members of Gerrit's groups, why a gap was, which times Gerrit itself told."""

from alembic import op
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    """Adds them."""
    op.create_table(
        "listeners",
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("detail", sa.String(500), nullable=False),
        sa.Column("started_at", types.UTCDateTime(), nullable=False),
        sa.Column("state_since", types.UTCDateTime(), nullable=False),
        sa.Column("seen_at", types.UTCDateTime(), nullable=False),
        sa.Column("heard_at", types.UTCDateTime(), nullable=True),
        sa.Column("caught_up_at", types.UTCDateTime(), nullable=True),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("recorded", sa.BigInteger(), nullable=False),
        sa.Column("duplicate", sa.BigInteger(), nullable=False),
        sa.Column("ignored", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("per_minute", sa.Float(), nullable=False),
        sa.Column("spooled", sa.Integer(), nullable=False),
        sa.Column("spool_bytes", sa.BigInteger(), nullable=False),
        sa.Column("spool_limit", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_listeners")),
    )
    op.create_table(
        "group_members",
        sa.Column("username", sa.String(255), nullable=False),
        sa.Column("group_name", sa.String(255), nullable=False),
        sa.Column("found_by", types.enum_column(models.FoundBy), nullable=False),
        sa.PrimaryKeyConstraint("username", "group_name", name=op.f("pk_group_members")),
    )
    op.add_column("gaps", sa.Column("reason", sa.String(255), server_default="unknown", nullable=False))
    op.add_column("changes", sa.Column("exact", sa.Boolean(), server_default=sa.false(), nullable=False))
    for table in ("comments", "reports"):
        op.add_column(table, sa.Column("log_digest", sa.String(32), nullable=True))
    op.create_index("ix_comments_account_id_posted_at", "comments", ["account_id", "posted_at"])
    op.drop_index("ix_comments_account_id", table_name="comments")


def downgrade():
    """Takes them away."""
    op.create_index("ix_comments_account_id", "comments", ["account_id"])
    op.drop_index("ix_comments_account_id_posted_at", table_name="comments")
    for table, column in (
        ("reports", "log_digest"),
        ("comments", "log_digest"),
        ("changes", "exact"),
        ("gaps", "reason"),
    ):
        with op.batch_alter_table(table) as columns:
            columns.drop_column(column)
    op.drop_table("group_members")
    op.drop_table("listeners")
