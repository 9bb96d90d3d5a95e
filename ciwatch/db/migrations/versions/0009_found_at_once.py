"""What pages look up by project and day is found at once, however long the history is."""

from alembic import op
import sqlalchemy as sa

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_patch_sets_project_id_seen_at", "patch_sets", ["project_id", "seen_at"]),
    ("ix_daily_projects_day", "daily_projects", ["day"]),
    ("ix_daily_projects_project_id_day", "daily_projects", ["project_id", "day"]),
    ("ix_daily_systems_day", "daily_systems", ["day"]),
    ("ix_daily_systems_project_id_day", "daily_systems", ["project_id", "day"]),
    ("ix_daily_jobs_project_id_day", "daily_jobs", ["project_id", "day"]),
    ("ix_daily_rules_project_id_day", "daily_rules", ["project_id", "day"]),
    ("ix_spells_ended_at", "spells", ["ended_at"]),
    ("ix_status_periods_ended_at", "status_periods", ["ended_at"]),
    ("ix_dirty_days_is_fresh", "dirty_days", ["is_fresh", "day", "project_id", "branch"]),
)


def upgrade():
    """Adds it to what is there."""
    op.add_column("patch_sets", sa.Column("project_id", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE patch_sets SET project_id ="
        " (SELECT project_id FROM changes WHERE changes.id = patch_sets.change_id)"
    )
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)
    op.drop_index("ix_daily_projects_changed_at", "daily_projects")
    for table, name in _keys():
        if _has(table, name):
            op.drop_index(name, table)


def downgrade():
    """Takes it away."""
    op.create_index("ix_daily_projects_changed_at", "daily_projects", ["changed_at"])
    for table, name in _keys():
        if not _has(table, name):
            op.create_index(name, table, ["project_id"])
    for name, table, _ in reversed(_INDEXES):
        op.drop_index(name, table)
    with op.batch_alter_table("patch_sets") as columns:
        columns.drop_column("project_id")


def _has(table, name):
    return name in {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}


def _keys():
    """MySQL has a foreign key keep an index, and gives up its own for one of ours: table, name of its own."""
    if op.get_bind().dialect.name in ("mysql", "mariadb"):
        for _, table, columns in _INDEXES:
            if columns[0] == "project_id" and table != "patch_sets":
                yield table, f"fk_{table}_project_id"
