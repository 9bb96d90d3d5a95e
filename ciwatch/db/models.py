"""The tables. Names and meanings are those of doc/source/contributor/architecture.rst."""

import datetime
import enum

import sqlalchemy as sa
from sqlalchemy import orm

from ciwatch.db import types
from ciwatch.parsers import base
from ciwatch.parsers import contract
from ciwatch.parsers import results

ResultColumn = types.enum_column(results.ResultClass)


class FoundBy(enum.StrEnum):
    """By what an account was known to be a CI, from the surest to the weakest."""

    REGISTRY = "registry"
    GROUP = "group"
    TAG = "tag"
    SERVICE_USER = "service user"
    NAME = "name"
    BEHAVIOUR = "behaviour"


class VerdictSource(enum.StrEnum):
    """From what a report's verdict was read."""

    BUILDS = "builds"
    VOTE = "vote"
    HEADLINE = "headline"


class Base(orm.DeclarativeBase):
    """Base of all models, with names for every constraint so that migrations can address them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime.datetime: types.UTCDateTime}


def _given_id():
    """The primary key of a table whose ids the recorder gives out, since other rows need them at once."""
    return orm.mapped_column(primary_key=True, autoincrement=False)


def _key(target, **options):
    return orm.mapped_column(sa.ForeignKey(target, ondelete="CASCADE"), **options)


class Project(Base):
    """A project of Gerrit, under its whole name.

    *version* moves in each transaction that changes anything its pages show; see
    :mod:`ciwatch.recorder.versions`.
    """

    __tablename__ = "projects"

    id: orm.Mapped[int] = _given_id()
    name: orm.Mapped[str] = orm.mapped_column(sa.String(255), unique=True)
    version: orm.Mapped[int] = orm.mapped_column(server_default="0")


class Change(Base):
    """A change as the newest event about it says.

    *owner* is the name of who wrote it, empty where nobody said. *updated_at* is the time of that event;
    *status_at* that of the newest event which told the status. *exact* tells whether Gerrit was asked for it:
    then *updated_at* is what Gerrit says, and not when an event was sent.
    """

    __tablename__ = "changes"

    id: orm.Mapped[int] = _given_id()
    number: orm.Mapped[int] = orm.mapped_column(unique=True)
    project_id: orm.Mapped[int] = _key("projects.id", index=True)
    branch: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    subject: orm.Mapped[str] = orm.mapped_column(sa.String(1000))
    topic: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    url: orm.Mapped[str] = orm.mapped_column(sa.String(1000))
    owner: orm.Mapped[str] = orm.mapped_column(sa.String(255), server_default=sa.text("''"))
    updated_at: orm.Mapped[datetime.datetime]
    status: orm.Mapped[str | None] = orm.mapped_column(sa.String(32))
    status_at: orm.Mapped[datetime.datetime | None]
    exact: orm.Mapped[bool] = orm.mapped_column(server_default=sa.false())


class PatchSet(Base):
    """A patch set.

    *created_at* is what Gerrit says, None where it never said. *seen_at* is the earliest moment known of
    it: its creation, else the first event about it; pages order by this one. *merged_at* and *abandoned_at*
    are when its change was first merged, or abandoned, with it. *is_unready* tells whether the change was
    work in progress, or private, when it was uploaded. *files* are the names of those that it changes, None
    where Gerrit was not asked, or they are too many. *project_id* is that of its change, said once more so
    that those of a project and of some days are found at once, however long both have been there.
    """

    __tablename__ = "patch_sets"
    __table_args__ = (
        sa.UniqueConstraint("change_id", "number"),
        sa.Index("ix_patch_sets_project_id_seen_at", "project_id", "seen_at"),
    )

    id: orm.Mapped[int] = _given_id()
    change_id: orm.Mapped[int] = _key("changes.id")
    number: orm.Mapped[int]
    revision: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    created_at: orm.Mapped[datetime.datetime | None]
    seen_at: orm.Mapped[datetime.datetime] = orm.mapped_column(index=True)
    merged_at: orm.Mapped[datetime.datetime | None]
    abandoned_at: orm.Mapped[datetime.datetime | None]
    is_unready: orm.Mapped[bool] = orm.mapped_column(server_default=sa.false())
    files: orm.Mapped[list | None] = orm.mapped_column(sa.JSON(none_as_null=True))
    project_id: orm.Mapped[int] = orm.mapped_column(server_default="0")


class CISystem(Base):
    """A CI system. *name* is the address of its pages, *title* what it is called."""

    __tablename__ = "ci_systems"

    id: orm.Mapped[int] = _given_id()
    name: orm.Mapped[str] = orm.mapped_column(sa.String(255), unique=True)
    title: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    is_gate: orm.Mapped[bool]


class Account(Base):
    """A Gerrit account that commented.

    *username* is the full name where Gerrit gives no username. *ci_system_id* and *found_by* are None for
    a person; *sign* is what *found_by* would be without systems.yaml. The counts are of its comments, of
    those among them that a strict parser reads, and of those among these that are results with the address
    of a log; the pruned ones, how many of the latter two were deleted with old patch sets.
    """

    __tablename__ = "accounts"

    id: orm.Mapped[int] = _given_id()
    username: orm.Mapped[str] = orm.mapped_column(sa.String(255), unique=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    ci_system_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("ci_systems.id", ondelete="SET NULL"), index=True
    )
    found_by: orm.Mapped[FoundBy | None] = orm.mapped_column(types.enum_column(FoundBy))
    sign: orm.Mapped[FoundBy | None] = orm.mapped_column(types.enum_column(FoundBy))
    comment_count: orm.Mapped[int]
    read_count: orm.Mapped[int]
    result_count: orm.Mapped[int] = orm.mapped_column(server_default="0")
    pruned_read_count: orm.Mapped[int] = orm.mapped_column(server_default="0")
    pruned_result_count: orm.Mapped[int] = orm.mapped_column(server_default="0")
    updated_at: orm.Mapped[datetime.datetime]


class AccountProject(Base):
    """A project that a CI's account reported on: when first, and when last."""

    __tablename__ = "account_projects"
    __table_args__ = (sa.UniqueConstraint("project_id", "account_id"),)

    id: orm.Mapped[int] = _given_id()
    project_id: orm.Mapped[int] = _key("projects.id")
    account_id: orm.Mapped[int] = _key("accounts.id", index=True)
    first_at: orm.Mapped[datetime.datetime]
    last_at: orm.Mapped[datetime.datetime]


class Job(Base):
    """A named thing that a CI runs."""

    __tablename__ = "jobs"
    __table_args__ = (sa.UniqueConstraint("ci_system_id", "name"),)

    id: orm.Mapped[int] = _given_id()
    ci_system_id: orm.Mapped[int] = _key("ci_systems.id")
    name: orm.Mapped[str] = orm.mapped_column(sa.String(255))


class CommentColumns:
    """What is kept of any comment, so that a better parser can read it again."""

    patch_set_id: orm.Mapped[int] = _key("patch_sets.id")
    account_id: orm.Mapped[int] = _key("accounts.id")
    posted_at: orm.Mapped[datetime.datetime]
    #: BLAKE2 of the text, 16 bytes as hex.
    digest: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    #: The digest of what Gerrit's log of the change has in its place, where that is another text; else None.
    log_digest: orm.Mapped[str | None] = orm.mapped_column(sa.String(32))
    tag: orm.Mapped[str | None] = orm.mapped_column(sa.String(255))
    #: The votes that Gerrit sent beside the text and its header does not tell: label -> value, or None.
    votes: orm.Mapped[dict | None] = orm.mapped_column(sa.JSON(none_as_null=True))
    text: orm.Mapped[str] = orm.mapped_column(types.long_text())


class Comment(CommentColumns, Base):
    """A comment of an account that is not known to be a CI.

    Kept so that an account which turns out to be one brings its earlier comments with it. *strict* tells
    whether a strict parser reads it, *result* whether that is a result with the address of a log.
    """

    __tablename__ = "comments"
    __table_args__ = (
        sa.UniqueConstraint("patch_set_id", "account_id", "digest", "posted_at"),
        sa.Index("ix_comments_account_id_posted_at", "account_id", "posted_at"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    strict: orm.Mapped[bool]
    result: orm.Mapped[bool] = orm.mapped_column(server_default=sa.false())


class Report(CommentColumns, Base):
    """One comment of a CI on one patch set.

    *parser* is None where no parser could read it. *attempt* counts the finished reports of a CI on the
    same patch set and pipeline, in the order of their times; that of a start is the attempt it led to, None
    while it runs. *vote* is the Verified vote, or that on a label of the CI's own. Headline, vote
    and builds may disagree; *verdict_source* tells which of them *verdict* was read from. A comment that only
    repeats the result before it is of the kind other, with the verdict that it repeats.
    """

    __tablename__ = "reports"
    __table_args__ = (
        sa.UniqueConstraint("patch_set_id", "account_id", "digest", "posted_at"),
        sa.Index("ix_reports_account_id_posted_at", "account_id", "posted_at"),
        sa.Index(
            "ix_reports_shape",
            "account_id",
            "shape",
            sqlite_where=sa.text("shape IS NOT NULL"),
            postgresql_where=sa.text("shape IS NOT NULL"),
        ),
    )

    id: orm.Mapped[int] = _given_id()
    kind: orm.Mapped[base.Kind] = orm.mapped_column(types.enum_column(base.Kind))
    pipeline: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    pipeline_source: orm.Mapped[base.PipelineSource] = orm.mapped_column(
        types.enum_column(base.PipelineSource)
    )
    attempt: orm.Mapped[int | None]
    verdict: orm.Mapped[results.ResultClass | None] = orm.mapped_column(ResultColumn)
    verdict_source: orm.Mapped[VerdictSource | None] = orm.mapped_column(types.enum_column(VerdictSource))
    vote: orm.Mapped[int | None]
    headline: orm.Mapped[results.ResultClass | None] = orm.mapped_column(ResultColumn)
    parser: orm.Mapped[str | None] = orm.mapped_column(sa.String(64), index=True)
    parser_version: orm.Mapped[int | None]
    #: What it looks like, of :mod:`ciwatch.parsers.shape`, where no parser could read it; else None.
    shape: orm.Mapped[str | None] = orm.mapped_column(sa.String(200))
    #: Its builds in a line, of :mod:`ciwatch.db.summary`; None for none.
    summary: orm.Mapped[str | None] = orm.mapped_column(types.long_text())


class Build(Base):
    """One job's line in a report; *position* is its place there. *duration_s* is in seconds."""

    __tablename__ = "builds"
    __table_args__ = (
        sa.UniqueConstraint("report_id", "position"),
        sa.Index(
            "ix_builds_unknown",
            "result_class",
            "job_id",
            "result",
            sqlite_where=sa.text("result_class = 'unknown'"),
            postgresql_where=sa.text("result_class = 'unknown'"),
        ),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    report_id: orm.Mapped[int] = _key("reports.id")
    position: orm.Mapped[int]
    job_id: orm.Mapped[int] = _key("jobs.id", index=True)
    #: A word, or a sentence in its place.
    result: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    result_class: orm.Mapped[results.ResultClass] = orm.mapped_column(ResultColumn)
    voting: orm.Mapped[bool]
    duration_s: orm.Mapped[int | None]
    log_url: orm.Mapped[str | None] = orm.mapped_column(sa.String(2000))
    detail: orm.Mapped[str | None] = orm.mapped_column(sa.String(1000))


class Recheck(Base):
    """A person's comment that asks for a re-run; *phrase* is what it said."""

    __tablename__ = "rechecks"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    patch_set_id: orm.Mapped[int] = _key("patch_sets.id", index=True)
    account_id: orm.Mapped[int] = _key("accounts.id", index=True)
    posted_at: orm.Mapped[datetime.datetime]
    phrase: orm.Mapped[str] = orm.mapped_column(sa.String(255))


class ParserFault(Base):
    """A parser plugin that failed: how, how often, and what it said the last time."""

    __tablename__ = "parser_faults"

    parser: orm.Mapped[str] = orm.mapped_column(sa.String(64), primary_key=True)
    kind: orm.Mapped[contract.FaultKind] = orm.mapped_column(
        types.enum_column(contract.FaultKind), primary_key=True
    )
    count: orm.Mapped[int]
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(500))
    last_at: orm.Mapped[datetime.datetime]


class TaskPosition(Base):
    """How far a long task came that was interrupted: *position* is the last id it did.

    *fingerprint* tells whether a later run does the same task; *counts* is what it counted until then.
    """

    __tablename__ = "task_positions"

    task: orm.Mapped[str] = orm.mapped_column(sa.String(64), primary_key=True)
    fingerprint: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    position: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    counts: orm.Mapped[dict] = orm.mapped_column(sa.JSON)


class RecorderTurn(Base):
    """One row, which whoever records holds while it does; *mark* is of the recorder that did last."""

    __tablename__ = "recorder_turns"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    mark: orm.Mapped[str] = orm.mapped_column(sa.String(32))


#: The source whose position tells until when Gerrit was asked, and not when an event was.
ASKED = "asked"


class StreamPosition(Base):
    """How far a source has been recorded: the time of its newest event. Moved with the data it covers."""

    __tablename__ = "stream_positions"

    source: orm.Mapped[str] = orm.mapped_column(sa.String(64), primary_key=True)
    position_at: orm.Mapped[datetime.datetime]


class Gap(Base):
    """A stretch of time in which a source was not heard, and how it was filled afterwards.

    *filled_by* is None until it is filled: how Gerrit was asked; *event_count* how many events were new then.
    """

    __tablename__ = "gaps"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    source: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    started_at: orm.Mapped[datetime.datetime]
    ended_at: orm.Mapped[datetime.datetime]
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(255), server_default="unknown")
    filled_by: orm.Mapped[str | None] = orm.mapped_column(sa.String(64))
    event_count: orm.Mapped[int | None]


class Listener(Base):
    """A process that listens, and how it did when it last said so, at *seen_at*.

    The counts are of the lines since it was started; *per_minute* of the last minutes. *heard_at* is when the
    last line came, *caught_up_at* until when Gerrit was asked for all that happened.
    """

    __tablename__ = "listeners"

    name: orm.Mapped[str] = orm.mapped_column(sa.String(255), primary_key=True)
    source: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    state: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    detail: orm.Mapped[str] = orm.mapped_column(sa.String(500))
    started_at: orm.Mapped[datetime.datetime]
    state_since: orm.Mapped[datetime.datetime]
    seen_at: orm.Mapped[datetime.datetime]
    heard_at: orm.Mapped[datetime.datetime | None]
    caught_up_at: orm.Mapped[datetime.datetime | None]
    read: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    recorded: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    duplicate: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    ignored: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    rejected: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    per_minute: orm.Mapped[float] = orm.mapped_column(sa.Float)
    spooled: orm.Mapped[int]
    spool_bytes: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    spool_limit: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)


class GroupMember(Base):
    """An account that is a CI because Gerrit says so: a member of a group of CIs, or of service users."""

    __tablename__ = "group_members"

    username: orm.Mapped[str] = orm.mapped_column(sa.String(255), primary_key=True)
    group_name: orm.Mapped[str] = orm.mapped_column(sa.String(255), primary_key=True)
    found_by: orm.Mapped[FoundBy] = orm.mapped_column(types.enum_column(FoundBy))


class DirtyDay(Base):
    """A day of a project's branch whose figures are to be counted anew, since something was recorded of it.

    Marked in the transaction that recorded it, so that a count is never forgotten. *is_fresh* tells that
    something was recorded, and nobody looked yet whether it tells when a CI was sick.
    """

    __tablename__ = "dirty_days"
    __table_args__ = (sa.Index("ix_dirty_days_is_fresh", "is_fresh", "day", "project_id", "branch"),)

    project_id: orm.Mapped[int] = _key("projects.id", primary_key=True)
    branch: orm.Mapped[str] = orm.mapped_column(sa.String(255), primary_key=True)
    day: orm.Mapped[datetime.date] = orm.mapped_column(primary_key=True)
    is_fresh: orm.Mapped[bool] = orm.mapped_column(primary_key=True)


class DirtyPart(enum.StrEnum):
    """What of a CI is to be told anew, in this order."""

    VOTES = "votes"
    FIGURES = "figures"


class DirtySystem(Base):
    """A CI of which something is to be told anew from the morning of a *day* on.

    *part* is votes where these changed, and with them when it was sick; figures for all else.
    """

    __tablename__ = "dirty_systems"

    ci_system_id: orm.Mapped[int] = _key("ci_systems.id", primary_key=True)
    part: orm.Mapped[DirtyPart] = orm.mapped_column(types.enum_column(DirtyPart), primary_key=True)
    day: orm.Mapped[datetime.date]


class DayKey:
    """Of which day of which project's branch a figure is."""

    project_id: orm.Mapped[int] = _key("projects.id", primary_key=True)
    branch: orm.Mapped[str] = orm.mapped_column(sa.String(255), primary_key=True)
    day: orm.Mapped[datetime.date] = orm.mapped_column(primary_key=True)


class DailyProject(DayKey, Base):
    """The patch sets of a day; the columns are those of :class:`ciwatch.insight.days.ProjectDay`."""

    __tablename__ = "daily_projects"
    __table_args__ = (
        sa.Index("ix_daily_projects_day", "day"),
        sa.Index("ix_daily_projects_project_id_day", "project_id", "day"),
        sa.Index("ix_daily_projects_due_at", "due_at"),
        sa.Index("ix_daily_projects_later_at", "later_at"),
    )

    patch_sets: orm.Mapped[int]
    merged: orm.Mapped[int]
    rechecks: orm.Mapped[int]
    changed_at: orm.Mapped[datetime.datetime | None]
    due_at: orm.Mapped[datetime.datetime | None]
    later_at: orm.Mapped[datetime.datetime | None]


class DailySystem(DayKey, Base):
    """A CI's figures of a day; the columns are those of :class:`ciwatch.insight.days.SystemDay`."""

    __tablename__ = "daily_systems"
    __table_args__ = (
        sa.Index("ix_daily_systems_ci_system_id", "ci_system_id", "day"),
        sa.Index("ix_daily_systems_day", "day"),
        sa.Index("ix_daily_systems_project_id_day", "project_id", "day"),
    )

    ci_system_id: orm.Mapped[int] = _key("ci_systems.id", primary_key=True)
    reported: orm.Mapped[int]
    answered: orm.Mapped[int]
    late: orm.Mapped[int]
    missed: orm.Mapped[int]
    superseded: orm.Mapped[int]
    pending: orm.Mapped[int]
    unknown_files: orm.Mapped[int]
    passed: orm.Mapped[int]
    failed: orm.Mapped[int]
    infrastructure: orm.Mapped[int]
    unjudged: orm.Mapped[int]
    first_judged: orm.Mapped[int]
    first_bad: orm.Mapped[int]
    confirmed: orm.Mapped[int]
    refuted: orm.Mapped[int]
    open: orm.Mapped[int]
    set_aside: orm.Mapped[int]
    both_passed: orm.Mapped[int]
    only_ci_failed: orm.Mapped[int]
    only_gate_failed: orm.Mapped[int]
    both_failed: orm.Mapped[int]
    surely_broken: orm.Mapped[int]
    wrongly_passed: orm.Mapped[int]
    peers_judged: orm.Mapped[int]
    peers_failed: orm.Mapped[int]
    answer_times: orm.Mapped[str] = orm.mapped_column(types.long_text())
    recheck_times: orm.Mapped[str] = orm.mapped_column(types.long_text())


class DailyJob(DayKey, Base):
    """A job's builds of a day; the columns are those of :class:`ciwatch.insight.days.JobDay`."""

    __tablename__ = "daily_jobs"
    __table_args__ = (
        sa.Index("ix_daily_jobs_job_id", "job_id", "day"),
        sa.Index("ix_daily_jobs_project_id_day", "project_id", "day"),
    )

    job_id: orm.Mapped[int] = _key("jobs.id", primary_key=True)
    passed: orm.Mapped[int]
    failed: orm.Mapped[int]
    infrastructure: orm.Mapped[int]
    not_run: orm.Mapped[int]
    unknown: orm.Mapped[int]
    judged: orm.Mapped[int]
    flaked: orm.Mapped[int]


class DailyRule(DayKey, Base):
    """How often a CI kept a rule of third-party testing on the patch sets of a day.

    *rule* is a :class:`ciwatch.insight.policy.Name`. What is asked of comments counts on the date on which
    they were posted, *counts_on*; what is asked of a patch set, on its own day. The other columns are those
    of :class:`ciwatch.insight.keeping.Tally`.
    """

    __tablename__ = "daily_rules"
    __table_args__ = (
        sa.Index("ix_daily_rules_ci_system_id_counts_on", "ci_system_id", "counts_on"),
        sa.Index("ix_daily_rules_project_id_day", "project_id", "day"),
    )

    ci_system_id: orm.Mapped[int] = _key("ci_systems.id", primary_key=True)
    rule: orm.Mapped[str] = orm.mapped_column(sa.String(32), primary_key=True)
    counts_on: orm.Mapped[datetime.date] = orm.mapped_column(primary_key=True)
    kept: orm.Mapped[int]
    cases: orm.Mapped[int]
    breaches: orm.Mapped[int]
    broken: orm.Mapped[str] = orm.mapped_column(sa.String(2000))


class Spell(Base):
    """A time in which a CI was not well; see :class:`ciwatch.insight.facts.Spell`."""

    __tablename__ = "spells"
    __table_args__ = (
        sa.UniqueConstraint("ci_system_id", "kind", "started_at"),
        sa.Index("ix_spells_ended_at", "ended_at"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    ci_system_id: orm.Mapped[int] = _key("ci_systems.id")
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    started_at: orm.Mapped[datetime.datetime]
    called_at: orm.Mapped[datetime.datetime]
    ended_at: orm.Mapped[datetime.datetime | None]
    why: orm.Mapped[str] = orm.mapped_column(sa.String(1000))
    evidence: orm.Mapped[list] = orm.mapped_column(sa.JSON)


class StatusPeriod(Base):
    """The time in which a CI had a status word: from when on it was known until another one was."""

    __tablename__ = "status_periods"
    __table_args__ = (
        sa.UniqueConstraint("ci_system_id", "started_at"),
        sa.Index("ix_status_periods_ended_at", "ended_at"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    ci_system_id: orm.Mapped[int] = _key("ci_systems.id")
    word: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    rule: orm.Mapped[str] = orm.mapped_column(sa.String(2000))
    started_at: orm.Mapped[datetime.datetime]
    ended_at: orm.Mapped[datetime.datetime | None]


class RejectedEvent(Base):
    """A line that was no event: its beginning, how long it was in bytes, and why it was rejected."""

    __tablename__ = "rejected_events"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    digest: orm.Mapped[str] = orm.mapped_column(sa.String(32), unique=True)
    received_at: orm.Mapped[datetime.datetime]
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    length: orm.Mapped[int]
    text: orm.Mapped[str] = orm.mapped_column(types.long_text())
