"""The first schema."""

from alembic import op
import sqlalchemy as sa

from ciwatch.db import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    """The first schema."""
    op.create_table(
        "ci_systems",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("is_gate", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ci_systems")),
        sa.UniqueConstraint("name", name=op.f("uq_ci_systems_name")),
    )
    op.create_table(
        "gaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("started_at", types.UTCDateTime(), nullable=False),
        sa.Column("ended_at", types.UTCDateTime(), nullable=False),
        sa.Column("filled_by", sa.String(64), nullable=True),
        sa.Column("event_count", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("name", name=op.f("uq_projects_name")),
    )
    op.create_table(
        "recorder_turns",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recorder_turns")),
    )
    op.create_table(
        "rejected_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("received_at", types.UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(255), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("text", types.long_text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_events")),
        sa.UniqueConstraint("digest", name=op.f("uq_rejected_events_digest")),
    )
    op.create_table(
        "stream_positions",
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("position_at", types.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_stream_positions")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("username", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("ci_system_id", sa.Integer(), nullable=True),
        sa.Column("found_by", sa.String(32), nullable=True),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column("read_count", sa.Integer(), nullable=False),
        sa.Column("updated_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ci_system_id"], ["ci_systems.id"], name=op.f("fk_accounts_ci_system_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("username", name=op.f("uq_accounts_username")),
    )
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accounts_ci_system_id"), ["ci_system_id"], unique=False)

    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(1000), nullable=False),
        sa.Column("topic", sa.String(255), nullable=False),
        sa.Column("url", sa.String(1000), nullable=False),
        sa.Column("updated_at", types.UTCDateTime(), nullable=False),
        sa.Column("status", sa.String(32), nullable=True),
        sa.Column("status_at", types.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_changes_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sa.UniqueConstraint("number", name=op.f("uq_changes_number")),
    )
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_changes_project_id"), ["project_id"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ci_system_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(
            ["ci_system_id"], ["ci_systems.id"], name=op.f("fk_jobs_ci_system_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("ci_system_id", "name", name=op.f("uq_jobs_ci_system_id_name")),
    )
    op.create_table(
        "patch_sets",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=True),
        sa.Column("seen_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["changes.id"], name=op.f("fk_patch_sets_change_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patch_sets")),
        sa.UniqueConstraint("change_id", "number", name=op.f("uq_patch_sets_change_id_number")),
    )
    with op.batch_alter_table("patch_sets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_patch_sets_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("strict", sa.Boolean(), nullable=False),
        sa.Column("patch_set_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", types.UTCDateTime(), nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("tag", sa.String(255), nullable=True),
        sa.Column("votes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("text", types.long_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_comments_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["patch_set_id"], ["patch_sets.id"], name=op.f("fk_comments_patch_set_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint(
            "patch_set_id",
            "account_id",
            "digest",
            "posted_at",
            name=op.f("uq_comments_patch_set_id_account_id_digest_posted_at"),
        ),
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comments_account_id"), ["account_id"], unique=False)

    op.create_table(
        "rechecks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patch_set_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", types.UTCDateTime(), nullable=False),
        sa.Column("phrase", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_rechecks_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["patch_set_id"], ["patch_sets.id"], name=op.f("fk_rechecks_patch_set_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rechecks")),
    )
    with op.batch_alter_table("rechecks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rechecks_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rechecks_patch_set_id"), ["patch_set_id"], unique=False)

    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("pipeline", sa.String(64), nullable=False),
        sa.Column("pipeline_source", sa.String(32), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(32), nullable=True),
        sa.Column("verdict_source", sa.String(32), nullable=True),
        sa.Column("vote", sa.Integer(), nullable=True),
        sa.Column("headline", sa.String(32), nullable=True),
        sa.Column("parser", sa.String(64), nullable=True),
        sa.Column("parser_version", sa.Integer(), nullable=True),
        sa.Column("summary", types.long_text(), nullable=True),
        sa.Column("patch_set_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", types.UTCDateTime(), nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("tag", sa.String(255), nullable=True),
        sa.Column("votes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("text", types.long_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_reports_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["patch_set_id"], ["patch_sets.id"], name=op.f("fk_reports_patch_set_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint(
            "patch_set_id",
            "account_id",
            "digest",
            "posted_at",
            name=op.f("uq_reports_patch_set_id_account_id_digest_posted_at"),
        ),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reports_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_parser"), ["parser"], unique=False)

    op.create_table(
        "builds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(64), nullable=False),
        sa.Column("result_class", sa.String(32), nullable=False),
        sa.Column("voting", sa.Boolean(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.Column("log_url", sa.String(2000), nullable=True),
        sa.Column("detail", sa.String(1000), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_builds_job_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_builds_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_builds")),
        sa.UniqueConstraint("report_id", "position", name=op.f("uq_builds_report_id_position")),
    )
    with op.batch_alter_table("builds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_builds_job_id"), ["job_id"], unique=False)


def downgrade():
    """Undo: the first schema. An index goes with its table, and MySQL lets none go before."""
    op.drop_table("builds")
    op.drop_table("reports")
    op.drop_table("rechecks")
    op.drop_table("comments")
    op.drop_table("patch_sets")
    op.drop_table("jobs")
    op.drop_table("changes")
    op.drop_table("accounts")
    op.drop_table("stream_positions")
    op.drop_table("rejected_events")
    op.drop_table("recorder_turns")
    op.drop_table("projects")
    op.drop_table("gaps")
    op.drop_table("ci_systems")
