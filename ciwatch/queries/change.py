"""A change: every attempt of every CI on each of its patch sets."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import facts
from ciwatch.parsers import base as parsers
from ciwatch.queries import cells
from ciwatch.queries import explanation as explanations
from ciwatch.queries import registered
from ciwatch.queries import stances
from ciwatch.registry import model as registry_model

#: Of so many patch sets, the newest, it is told who was expected and whether a verdict is about the patch; of
#: those before them, what was said.
MOST_TOLD = 20


# Said once: to put a statement together takes longer than SQLite takes for most of them.

_OF_CHANGE = models.PatchSet.change_id == sa.bindparam("change_id")

_CHANGE = (
    sa.select(models.Change.__table__, models.Project.name.label("project"))
    .join(models.Project, models.Project.id == models.Change.project_id)
    .where(models.Change.number == sa.bindparam("number"))
)

_PATCH_SETS = (
    sa.select(models.PatchSet.__table__).where(_OF_CHANGE).order_by(models.PatchSet.number.desc())
)

_REPORTS = (
    sa.select(
        models.Report.id,
        models.Report.patch_set_id,
        models.Account.ci_system_id,
        models.Report.posted_at,
        models.Report.kind,
        models.Report.pipeline,
        models.Report.pipeline_source,
        models.Report.attempt,
        models.Report.verdict,
        models.Report.verdict_source,
        models.Report.vote,
        models.Report.headline,
        models.Report.parser,
        models.Report.text,
    )
    .join(models.Account, models.Account.id == models.Report.account_id)
    .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
    .where(_OF_CHANGE, models.Account.ci_system_id.is_not(None))
    .order_by(*cells.ORDER)
)

_BUILDS = (
    sa.select(
        models.Build.report_id,
        models.Job.name,
        models.Build.result,
        # Hundreds: as text, and not as members of an enumeration.
        sa.type_coerce(models.Build.result_class, sa.String()),
        models.Build.voting,
        models.Build.duration_s,
        models.Build.log_url,
        models.Build.detail,
    )
    .join(models.Job, models.Job.id == models.Build.job_id)
    .join(models.Report, models.Report.id == models.Build.report_id)
    .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
    .where(_OF_CHANGE)
    .order_by(models.Build.report_id, models.Build.position)
)

_TITLES = sa.select(
    models.CISystem.id, models.CISystem.name, models.CISystem.title, models.CISystem.is_gate
).where(models.CISystem.id.in_(sa.bindparam("system_ids", expanding=True)))

_COMMENTS = (
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
    .where(_OF_CHANGE)
    .order_by(models.Comment.posted_at, models.Comment.id)
)

_RECHECKS = (
    sa.select(
        models.Recheck.patch_set_id,
        models.Account.name,
        models.Recheck.posted_at,
        models.Recheck.phrase,
    )
    .join(models.Account, models.Account.id == models.Recheck.account_id)
    .join(models.PatchSet, models.PatchSet.id == models.Recheck.patch_set_id)
    .where(_OF_CHANGE)
    .order_by(models.Recheck.posted_at, models.Recheck.id)
)


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

    *explanation* tells of a verdict that is not passed whether it is about the patch; else, and for all but
    the newest 20 patch sets, it is None.
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

    @property
    def current(self):
        """Its builds; none of a start whose run has ended, which lists them as they were."""
        has_ended = self.kind == parsers.Kind.STARTED and self.attempt is not None
        return [] if has_ended else self.builds

    @property
    def faults(self):
        """The builds that went wrong, those that vote first."""
        bad = [build for build in self.builds if build.result_class in facts.BAD]
        return sorted(bad, key=lambda build: not build.voting)


class SystemReports(msgspec.Struct, frozen=True):
    """A CI on a patch set: its reports in the order of their times; none of one that was expected only.

    :ivar stance: how it stands to the patch set; null where nothing is known of that, and for all but the
        newest 20 patch sets.
    :ivar contact: whom to ask; *recheck*: what to type for a re-run; each null where nobody registered it.
    """

    name: str
    title: str
    is_gate: bool
    state: cells.State | None
    attempts: int
    reports: list[Report]
    stance: stances.Stance | None
    contact: str | None
    recheck: str | None

    @property
    def deciding(self):
        """The latest of its results that are what its state is; where it runs again, the latest; or None."""
        is_running = self.state == cells.State.RUNNING
        return next(
            (
                report
                for report in reversed(self.reports)
                if report.kind == parsers.Kind.FINISHED
                and (report.verdict if is_running else report.verdict == self.state)
            ),
            None,
        )


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
    """A patch set with all that was said of it; *created_at* is None where Gerrit did not tell.

    :ivar systems: the gate first, and what went wrong before what did not.
    """

    number: int
    revision: str
    kind: str
    created_at: datetime.datetime | None
    seen_at: datetime.datetime
    systems: list[SystemReports]
    strangers: list[Stranger]
    rechecks: list[Recheck]

    @property
    def tally(self):
        """(state, how many CIs are in it), the worst first."""
        states = [system.state for system in self.systems]
        return [(state, states.count(state)) for state in _WORST_FIRST if state in states]


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


# The order of those that are not the gate.
_WORST_FIRST = (
    cells.State.FAILED,
    cells.State.INFRASTRUCTURE,
    cells.State.UNREAD,
    cells.State.UNKNOWN,
    cells.State.RUNNING,
    cells.State.MISSED,
    cells.State.PENDING,
    cells.State.NOT_RUN,
    cells.State.PASSED,
    cells.State.SUPERSEDED,
    None,
)


def read(connection, number, as_of, registry=None):
    """The :class:`Change` with this *number*, or None.

    :param as_of: the moment as of which its verdicts are explained; what was said later is shown, too.
    :param registry: a :class:`~ciwatch.registry.model.Registry`; an empty one by default.
    """
    row = connection.execute(_CHANGE, {"number": number}).mappings().first()
    if row is None:
        return None
    change_id = row["id"]
    registry = registry or registry_model.Registry()
    by_number = connection.execute(_PATCH_SETS, {"change_id": change_id}).all()
    oldest = min((patch_set.number for patch_set in by_number[:MOST_TOLD]), default=1)
    explained = explanations.read(connection, change_id, as_of, registry, oldest)
    standing = stances.read(connection, registry, change_id, oldest, as_of)
    systems = _read_systems(connection, registry, change_id, explained, standing)
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
        for patch_set in by_number
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


def _read_systems(connection, registry, change_id, explained, standing):
    """Patch set id -> its CIs, those that were expected and said nothing, too."""
    builds = _read_builds(connection, change_id)
    said = {}
    for row in connection.execute(_REPORTS, {"change_id": change_id}).all():
        report_id, patch_set_id, system_id, *columns = row
        report = Report(*columns, builds.get(report_id, []), explained.get(report_id))
        said.setdefault((patch_set_id, system_id), []).append(report)
    stood = {
        (patch_set_id, system_id): stance
        for patch_set_id, there in standing.items()
        for system_id, stance in there.items()
    }
    titles = _read_titles(connection, {system_id for _, system_id in (*said, *stood)})
    found = {}
    for key in {**said, **stood}:
        patch_set_id, system_id = key
        system = _system(titles[system_id], said.get(key, []), stood.get(key), registry)
        found.setdefault(patch_set_id, []).append(system)
    for systems in found.values():
        systems.sort(
            key=lambda each: (
                not each.is_gate,
                _WORST_FIRST.index(each.state),
                each.title.lower(),
                each.name,
            )
        )
    return found


def _read_titles(connection, system_ids):
    """CI id -> (name, title, is_gate)."""
    found = connection.execute(_TITLES, {"system_ids": sorted(system_ids)})
    return {row[0]: tuple(row[1:]) for row in found}


def _system(title, reports, stance, registry):
    said = [
        (report.kind, report.pipeline, report.verdict, report.attempt)
        for report in reports
        # What was understood and is no result makes no state.
        if report.kind is not parsers.Kind.OTHER or report.parser is None
    ]
    state, attempts = cells.state_of(said) if said else (None, 0)
    if state is None and stance is not None:
        state = cells.UNANSWERED.get(stance.standing)
    entry = registered.find(registry, title[0])
    return SystemReports(*title, state, attempts, reports, stance, entry.contact, entry.recheck)


def _read_builds(connection, change_id):
    """Report id -> its builds in their order."""
    found = {}
    for report_id, *columns in connection.execute(_BUILDS, {"change_id": change_id}).all():
        found.setdefault(report_id, []).append(Build(*columns))
    return found


def _read_strangers(connection, change_id):
    """Patch set id -> comments with a Verified vote of accounts that are no known CIs."""
    found = {}
    for row in connection.execute(_COMMENTS, {"change_id": change_id}):
        vote = parsers.Comment(row.text, row.username, row.tag, row.votes or {}).vote
        if vote:
            found.setdefault(row.patch_set_id, []).append(
                Stranger(row.username, row.name, row.posted_at, vote, row.text)
            )
    return found


def _read_rechecks(connection, change_id):
    found = {}
    for patch_set_id, *columns in connection.execute(_RECHECKS, {"change_id": change_id}):
        found.setdefault(patch_set_id, []).append(Recheck(*columns))
    return found
