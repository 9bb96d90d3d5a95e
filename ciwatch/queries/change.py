"""A change: every attempt of every CI on each of its patch sets."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.parsers import base as parsers
from ciwatch.queries import cells
from ciwatch.queries import explanation as explanations
from ciwatch.registry import model as registry_model


class Build(msgspec.Struct, frozen=True):
    """One job's line."""

    job: str
    result: str
    result_class: str
    voting: bool
    duration_s: int | None
    log_url: str | None
    detail: str | None


class Report(msgspec.Struct, frozen=True):
    """One comment of a CI. Where *parser* is None nobody could read it and *text* is what there is.

    *explanation* tells of a verdict that is not passed whether it is about the patch; else it is None.
    """

    posted_at: datetime.datetime
    kind: str
    pipeline: str
    pipeline_source: str
    attempt: int | None
    verdict: str | None
    verdict_source: str | None
    vote: int | None
    headline: str | None
    parser: str | None
    text: str
    builds: list[Build]
    explanation: explanations.Explanation | None


class SystemReports(msgspec.Struct, frozen=True):
    """A CI on a patch set, its reports in the order of their times."""

    name: str
    title: str
    is_gate: bool
    state: cells.State | None
    attempts: int
    reports: list[Report]


class Stranger(msgspec.Struct, frozen=True):
    """A comment with a Verified vote, of an account that is not known to be a CI."""

    username: str
    name: str
    posted_at: datetime.datetime
    vote: int
    text: str


class Recheck(msgspec.Struct, frozen=True):
    """Somebody asked for a re-run."""

    name: str
    posted_at: datetime.datetime
    phrase: str


class PatchSet(msgspec.Struct, frozen=True):
    """A patch set with all that was said of it; *created_at* is None where Gerrit did not tell."""

    number: int
    revision: str
    kind: str
    created_at: datetime.datetime | None
    seen_at: datetime.datetime
    systems: list[SystemReports]
    strangers: list[Stranger]
    rechecks: list[Recheck]


class Change(msgspec.Struct, frozen=True):
    """The whole; patch sets from the newest."""

    number: int
    project: str
    branch: str
    subject: str
    status: str | None
    topic: str
    url: str
    patch_sets: list[PatchSet]


def read(connection, number, as_of, registry=None):
    """The :class:`Change` with this *number*, or None.

    :param as_of: the moment as of which its verdicts are explained; what was said later is shown, too.
    :param registry: a :class:`~ciwatch.registry.model.Registry`; an empty one by default.
    """
    statement = (
        sa.select(models.Change, models.Project.name.label("project"))
        .join(models.Project, models.Project.id == models.Change.project_id)
        .where(models.Change.number == number)
    )
    row = connection.execute(statement).mappings().first()
    if row is None:
        return None
    change_id = row["id"]
    explained = explanations.read(connection, change_id, as_of, registry or registry_model.Registry())
    systems = _read_systems(connection, change_id, explained)
    strangers = _read_strangers(connection, change_id)
    rechecks = _read_rechecks(connection, change_id)
    patch_sets = [
        PatchSet(
            patch_set.number,
            patch_set.revision,
            patch_set.kind,
            patch_set.created_at,
            patch_set.seen_at,
            systems.get(patch_set.id, []),
            strangers.get(patch_set.id, []),
            rechecks.get(patch_set.id, []),
        )
        for patch_set in connection.execute(
            sa.select(models.PatchSet.__table__)
            .where(models.PatchSet.change_id == change_id)
            .order_by(models.PatchSet.number.desc())
        )
    ]
    return Change(
        row["number"],
        row["project"],
        row["branch"],
        row["subject"],
        row["status"],
        row["topic"],
        row["url"],
        patch_sets,
    )


def read_log_url(connection, report_id, position):
    """The address of a build's log as its comment gave it; None where there is no such build or address."""
    return connection.scalar(
        sa.select(models.Build.log_url).where(
            models.Build.report_id == report_id, models.Build.position == position
        )
    )


def _read_systems(connection, change_id, explained):
    """Patch set id -> its CIs, the gate first."""
    statement = (
        sa.select(
            models.Report.__table__,
            models.CISystem.name.label("ci_name"),
            models.CISystem.title.label("ci_title"),
            models.CISystem.is_gate.label("is_gate"),
        )
        .join(models.Account, models.Account.id == models.Report.account_id)
        .join(models.CISystem, models.CISystem.id == models.Account.ci_system_id)
        .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
        .where(models.PatchSet.change_id == change_id)
        .order_by(*cells.ORDER)
    )
    builds = _read_builds(connection, change_id)
    found = {}
    for row in connection.execute(statement):
        key = (not row.is_gate, row.ci_title.lower(), row.ci_name)
        found.setdefault(row.patch_set_id, {}).setdefault(key, []).append(row)
    return {
        patch_set_id: [_system(rows, builds, explained) for _, rows in sorted(by_system.items())]
        for patch_set_id, by_system in found.items()
    }


def _system(rows, builds, explained):
    said = [
        (row.kind, row.pipeline, row.verdict, row.attempt)
        for row in rows
        # What was understood and is no result makes no state.
        if row.kind is not parsers.Kind.OTHER or row.parser is None
    ]
    state, attempts = cells.state_of(said) if said else (None, 0)
    reports = [
        Report(
            row.posted_at,
            row.kind,
            row.pipeline,
            row.pipeline_source,
            row.attempt,
            row.verdict,
            row.verdict_source,
            row.vote,
            row.headline,
            row.parser,
            row.text,
            builds.get(row.id, []),
            explained.get(row.id),
        )
        for row in rows
    ]
    return SystemReports(rows[0].ci_name, rows[0].ci_title, rows[0].is_gate, state, attempts, reports)


def _read_builds(connection, change_id):
    """Report id -> its builds in their order."""
    statement = (
        sa.select(models.Build.__table__, models.Job.name.label("job"))
        .join(models.Job, models.Job.id == models.Build.job_id)
        .join(models.Report, models.Report.id == models.Build.report_id)
        .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
        .where(models.PatchSet.change_id == change_id)
        .order_by(models.Build.report_id, models.Build.position)
    )
    found = {}
    for row in connection.execute(statement):
        found.setdefault(row.report_id, []).append(
            Build(row.job, row.result, row.result_class, row.voting, row.duration_s, row.log_url, row.detail)
        )
    return found


def _read_strangers(connection, change_id):
    """Patch set id -> comments with a Verified vote of accounts that are no known CIs."""
    statement = (
        sa.select(
            models.Comment.patch_set_id,
            models.Account.username,
            models.Account.name,
            models.Comment.posted_at,
            models.Comment.votes,
            models.Comment.tag,
            models.Comment.text,
        )
        .join(models.Account, models.Account.id == models.Comment.account_id)
        .join(models.PatchSet, models.PatchSet.id == models.Comment.patch_set_id)
        .where(models.PatchSet.change_id == change_id)
        .order_by(models.Comment.posted_at, models.Comment.id)
    )
    found = {}
    for row in connection.execute(statement):
        vote = parsers.Comment(row.text, row.username, row.tag, row.votes or {}).vote
        if vote:
            found.setdefault(row.patch_set_id, []).append(
                Stranger(row.username, row.name, row.posted_at, vote, row.text)
            )
    return found


def _read_rechecks(connection, change_id):
    statement = (
        sa.select(
            models.Recheck.patch_set_id,
            models.Account.name,
            models.Recheck.posted_at,
            models.Recheck.phrase,
        )
        .join(models.Account, models.Account.id == models.Recheck.account_id)
        .join(models.PatchSet, models.PatchSet.id == models.Recheck.patch_set_id)
        .where(models.PatchSet.change_id == change_id)
        .order_by(models.Recheck.posted_at, models.Recheck.id)
    )
    found = {}
    for row in connection.execute(statement):
        found.setdefault(row.patch_set_id, []).append(Recheck(row.name, row.posted_at, row.phrase))
    return found
