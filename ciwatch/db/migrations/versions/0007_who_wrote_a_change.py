"""Who wrote a change."""

from alembic import op
import sqlalchemy as sa

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    """Adds it: what is recorded from now on tells it."""
    op.add_column("changes", sa.Column("owner", sa.String(255), nullable=False, server_default=sa.text("''")))


def downgrade():
    """Takes it away."""
    with op.batch_alter_table("changes") as columns:
        columns.drop_column("owner")
