"""How often each CI kept the rules of third-party testing, by the day."""

from alembic import op
import sqlalchemy as sa

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    """Adds the table. Its rows are counted when 'ciwatch rollup', or a listener, runs next."""
    op.create_table(
        "daily_rules",
        sa.Column("ci_system_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(32), nullable=False),
        sa.Column("counts_on", sa.Date(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("breaches", sa.Integer(), nullable=False),
        sa.Column("broken", sa.String(2000), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(255), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ci_system_id"], ["ci_systems.id"], name=op.f("fk_daily_rules_ci_system_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_daily_rules_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "ci_system_id", "rule", "counts_on", "project_id", "branch", "day", name=op.f("pk_daily_rules")
        ),
    )
    op.create_index("ix_daily_rules_ci_system_id_counts_on", "daily_rules", ["ci_system_id", "counts_on"])


def downgrade():
    """Takes it away."""
    op.drop_table("daily_rules")
