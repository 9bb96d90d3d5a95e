"""What was counted of the comments of an account that were deleted since."""

from alembic import op
import sqlalchemy as sa

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_COLUMNS = ("pruned_read_count", "pruned_result_count")


def upgrade():
    """Adds it: nothing was deleted until now."""
    for column in _COLUMNS:
        op.add_column("accounts", sa.Column(column, sa.Integer(), nullable=False, server_default="0"))


def downgrade():
    """Takes it away."""
    with op.batch_alter_table("accounts") as columns:
        for column in _COLUMNS:
            columns.drop_column(column)
