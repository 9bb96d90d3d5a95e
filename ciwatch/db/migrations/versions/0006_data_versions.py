"""A number of each project that moves whenever anything changes that its pages show."""

from alembic import op
import sqlalchemy as sa

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    """Adds it: any number will do to begin with."""
    op.add_column("projects", sa.Column("version", sa.Integer(), nullable=False, server_default="0"))


def downgrade():
    """Takes it away."""
    with op.batch_alter_table("projects") as columns:
        columns.drop_column("version")
