"""By what an account would be known as a CI if systems.yaml did not name it."""

from alembic import op
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    """Adds it: until now there was no systems.yaml."""
    op.add_column("accounts", sa.Column("sign", types.enum_column(models.FoundBy), nullable=True))
    op.execute("UPDATE accounts SET sign = found_by")


def downgrade():
    """Takes it away."""
    with op.batch_alter_table("accounts") as columns:
        columns.drop_column("sign")
