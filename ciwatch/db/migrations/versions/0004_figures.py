"""Daily figures, spells and status words; when a patch set was closed, and its files."""

from alembic import op
import sqlalchemy as sa

from ciwatch.db import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = (
    "status_periods",
    "spells",
    "daily_jobs",
    "daily_systems",
    "daily_projects",
    "dirty_systems",
    "dirty_days",
)


def upgrade():
    """Adds them. Figures are counted when 'ciwatch rollup', or a listener, finds none."""
    op.add_column("patch_sets", sa.Column("merged_at", types.UTCDateTime(), nullable=True))
    op.add_column("patch_sets", sa.Column("abandoned_at", types.UTCDateTime(), nullable=True))
    op.add_column(
        "patch_sets", sa.Column("is_unready", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("patch_sets", sa.Column("files", sa.JSON(none_as_null=True), nullable=True))
    _close_patch_sets()
    op.create_table(
        "dirty_days",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(255), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_dirty_days_project_id"), ondelete="CASCADE"
        ),
        sa.Column("is_fresh", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "branch", "day", "is_fresh", name=op.f("pk_dirty_days")),
    )
    op.create_table(
        "dirty_systems",
        sa.Column("ci_system_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ci_system_id"],
            ["ci_systems.id"],
            name=op.f("fk_dirty_systems_ci_system_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ci_system_id", "part", name=op.f("pk_dirty_systems")),
    )
    op.create_table(
        "daily_projects",
        sa.Column("patch_sets", sa.Integer(), nullable=False),
        sa.Column("merged", sa.Integer(), nullable=False),
        sa.Column("rechecks", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.UTCDateTime(), nullable=True),
        sa.Column("due_at", types.UTCDateTime(), nullable=True),
        sa.Column("later_at", types.UTCDateTime(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(255), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_daily_projects_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "branch", "day", name=op.f("pk_daily_projects")),
    )
    op.create_index("ix_daily_projects_changed_at", "daily_projects", ["changed_at"])
    op.create_index("ix_daily_projects_due_at", "daily_projects", ["due_at"])
    op.create_index("ix_daily_projects_later_at", "daily_projects", ["later_at"])
    op.create_table(
        "daily_systems",
        sa.Column("ci_system_id", sa.Integer(), nullable=False),
        sa.Column("reported", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("superseded", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("unknown_files", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("infrastructure", sa.Integer(), nullable=False),
        sa.Column("unjudged", sa.Integer(), nullable=False),
        sa.Column("first_judged", sa.Integer(), nullable=False),
        sa.Column("first_bad", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("refuted", sa.Integer(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("set_aside", sa.Integer(), nullable=False),
        sa.Column("both_passed", sa.Integer(), nullable=False),
        sa.Column("only_ci_failed", sa.Integer(), nullable=False),
        sa.Column("only_gate_failed", sa.Integer(), nullable=False),
        sa.Column("both_failed", sa.Integer(), nullable=False),
        sa.Column("surely_broken", sa.Integer(), nullable=False),
        sa.Column("wrongly_passed", sa.Integer(), nullable=False),
        sa.Column("peers_judged", sa.Integer(), nullable=False),
        sa.Column("peers_failed", sa.Integer(), nullable=False),
        sa.Column("answer_times", types.long_text(), nullable=False),
        sa.Column("recheck_times", types.long_text(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(255), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_daily_systems_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ci_system_id"],
            ["ci_systems.id"],
            name=op.f("fk_daily_systems_ci_system_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ci_system_id", "project_id", "branch", "day", name=op.f("pk_daily_systems")),
    )
    op.create_index("ix_daily_systems_ci_system_id", "daily_systems", ["ci_system_id", "day"])
    op.create_table(
        "daily_jobs",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("infrastructure", sa.Integer(), nullable=False),
        sa.Column("not_run", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("flaked", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(255), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_daily_jobs_job_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_daily_jobs_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "project_id", "branch", "day", name=op.f("pk_daily_jobs")),
    )
    op.create_index("ix_daily_jobs_job_id", "daily_jobs", ["job_id", "day"])
    op.create_table(
        "spells",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ci_system_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("started_at", types.UTCDateTime(), nullable=False),
        sa.Column("called_at", types.UTCDateTime(), nullable=False),
        sa.Column("ended_at", types.UTCDateTime(), nullable=True),
        sa.Column("why", sa.String(1000), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ci_system_id"], ["ci_systems.id"], name=op.f("fk_spells_ci_system_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spells")),
        sa.UniqueConstraint(
            "ci_system_id", "kind", "started_at", name=op.f("uq_spells_ci_system_id_kind_started_at")
        ),
    )
    op.create_table(
        "status_periods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ci_system_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(32), nullable=False),
        sa.Column("rule", sa.String(2000), nullable=False),
        sa.Column("started_at", types.UTCDateTime(), nullable=False),
        sa.Column("ended_at", types.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ci_system_id"],
            ["ci_systems.id"],
            name=op.f("fk_status_periods_ci_system_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_periods")),
        sa.UniqueConstraint(
            "ci_system_id", "started_at", name=op.f("uq_status_periods_ci_system_id_started_at")
        ),
    )


def _close_patch_sets():
    """Tells when a change was closed, as far as it is known: when its status was last told."""
    changes = sa.table("changes", *(sa.column(name) for name in ("id", "status", "status_at")))
    patch_sets = sa.table(
        "patch_sets", *(sa.column(name) for name in ("change_id", "number", "merged_at", "abandoned_at"))
    )
    newest = (
        sa.select(patch_sets.c.change_id, sa.func.max(patch_sets.c.number).label("number"))
        .group_by(patch_sets.c.change_id)
        .subquery()
    )
    connection = op.get_bind()
    for status, column in (("MERGED", "merged_at"), ("ABANDONED", "abandoned_at")):
        statement = (
            sa.select(newest.c.change_id, newest.c.number, changes.c.status_at)
            .join(changes, changes.c.id == newest.c.change_id)
            .where(changes.c.status == status)
        )
        closed = [
            {"of_change": change_id, "its_number": number, "moment": moment}
            for change_id, number, moment in connection.execute(statement)
        ]
        if closed:
            connection.execute(
                sa.update(patch_sets)
                .where(
                    patch_sets.c.change_id == sa.bindparam("of_change"),
                    patch_sets.c.number == sa.bindparam("its_number"),
                )
                .values({column: sa.bindparam("moment")}),
                closed,
            )


def downgrade():
    """Takes them away."""
    for table in _TABLES:
        op.drop_table(table)
    with op.batch_alter_table("patch_sets") as patch_sets:
        for column in ("files", "is_unready", "abandoned_at", "merged_at"):
            patch_sets.drop_column(column)
