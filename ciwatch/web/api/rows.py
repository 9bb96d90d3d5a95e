"""The rows of a list as CSV, where an item of the answer has lists in it."""

import datetime

import msgspec

from ciwatch.insight import statistics
from ciwatch.queries.cells import State


class ProjectRow(msgspec.Struct, frozen=True):
    """A CI on a project at a glance; a project without any has one row all the same."""

    project: str
    patch_sets: int
    active_at: datetime.datetime | None
    ci: str | None = None
    title: str | None = None
    is_gate: bool | None = None
    status: str | None = None


class FoundRow(msgspec.Struct, frozen=True):
    """What a search found: a *kind* of project, ci, job or change; *of* a CI, or of a project."""

    kind: str
    name: str
    title: str | None = None
    of: str | None = None


class CellRow(msgspec.Struct, frozen=True):
    """A cell of a matrix where something is said or expected: a CI's, or where *job* is named, a job's."""

    change: int
    patch_set: int
    branch: str
    subject: str
    seen_at: datetime.datetime
    ci: str
    job: str | None
    state: str
    attempts: int
    voting: bool | None = None
    log: str | None = None


class SystemRow(msgspec.Struct, frozen=True):
    """A CI of the list; *accounts* are the usernames."""

    name: str
    title: str
    is_gate: bool
    status: str
    accounts: str
    report_count: int
    unread_count: int
    disagree_count: int
    last_report_at: datetime.datetime | None


class SpellRow(msgspec.Struct, frozen=True):
    """A time in which a CI was not well; *evidence* are patch sets: 123,1 124,2."""

    kind: str
    since: datetime.datetime
    known_at: datetime.datetime
    until: datetime.datetime | None
    why: str
    evidence: str


class CoverageRow(msgspec.Struct, frozen=True):
    """A CI of a component, or one without; a component without any has one row all the same."""

    project: str
    component: str | None
    state: str
    ci: str | None = None
    title: str | None = None
    is_gate: bool | None = None
    status: str | None = None
    last_report_at: datetime.datetime | None = None
    answered: statistics.Rate | None = None
    trust: statistics.Rate | None = None
    rules_kept: str | None = None
    rules_broken: str | None = None
    rules_too_few: str | None = None


class RuleRow(msgspec.Struct, frozen=True):
    """A rule and how it is kept."""

    name: str
    rule: str
    verdict: str
    kept: statistics.Rate
    breach_count: int


class BreachRow(msgspec.Struct, frozen=True):
    """A case in which a rule was not kept."""

    rule: str
    change: int | None
    patch_set: int | None
    at: datetime.datetime | None
    what: str


class BuildRow(msgspec.Struct, frozen=True):
    """A build of a report on a change; a report without any has one row all the same."""

    patch_set: int
    ci: str
    posted_at: datetime.datetime
    kind: str
    pipeline: str
    attempt: int | None
    verdict: str | None
    vote: int | None
    job: str | None = None
    result: str | None = None
    result_class: str | None = None
    voting: bool | None = None
    duration_s: int | None = None
    log_url: str | None = None


def projects(answer):
    """The :class:`ProjectRow` of the projects."""
    for project in answer.projects:
        head = (project.name, project.patch_sets, project.active_at)
        if not project.systems:
            yield ProjectRow(*head)
        for system in project.systems:
            yield ProjectRow(*head, *msgspec.structs.astuple(system))


def cells(answer):
    """The :class:`CellRow` of a matrix, by patch sets."""
    for place, column in enumerate(answer.matrix.columns):
        head = (column.change, column.patch_set, column.branch, column.subject, column.seen_at)
        for system in answer.matrix.systems:
            if system.cells[place].state != State.NOT_EXPECTED:
                yield CellRow(*head, system.name, None, *msgspec.structs.astuple(system.cells[place]))
            for job in system.jobs:
                if job.cells[place]:
                    yield CellRow(*head, system.name, job.name, *msgspec.structs.astuple(job.cells[place]))


def systems(answer):
    """The :class:`SystemRow` of the CIs."""
    for system in answer.systems:
        yield SystemRow(
            system.name,
            system.title,
            system.is_gate,
            system.status,
            " ".join(account.username for account in system.accounts),
            system.report_count,
            system.unread_count,
            system.disagree_count,
            system.last_report_at,
        )


def spells(answer):
    """The :class:`SpellRow` of a CI."""
    for spell in answer.spells:
        *head, evidence = msgspec.structs.astuple(spell)
        yield SpellRow(*head, " ".join(f"{each.change},{each.patch_set}" for each in evidence))


def found(answer):
    """The :class:`FoundRow` of a search."""
    for project in answer.projects:
        yield FoundRow("project", project.name)
    for system in answer.systems:
        yield FoundRow("ci", system.name, system.title)
    for job in answer.jobs:
        yield FoundRow("job", job.name, None, job.ci)
    for change in answer.changes:
        yield FoundRow("change", str(change.number), change.subject, change.project)


def coverage(answer):
    """The :class:`CoverageRow` of the projects."""
    for project in answer.projects:
        for component in project.components:
            head = (project.name, component.name, component.state)
            if not component.systems:
                yield CoverageRow(*head)
            for service in component.systems:
                yield _service(*head, service)
        for service in project.others:
            yield _service(project.name, None, service.state, service)


def _service(project, component, state, service):
    rules = service.rules
    told = [", ".join(names) for names in (rules.kept, rules.broken, rules.too_few)] if rules else ()
    return CoverageRow(
        project,
        component,
        state,
        service.name,
        service.title,
        service.is_gate,
        service.status,
        service.last_report_at,
        service.answered,
        service.trust,
        *told,
    )


def rules(answer):
    """The :class:`RuleRow` of a policy."""
    for rule in answer.rules:
        yield RuleRow(*msgspec.structs.astuple(rule)[:5])


def breaches(answer):
    """The :class:`BreachRow` of a policy."""
    for rule in answer.rules:
        for breach in rule.breaches:
            yield BreachRow(rule.name, *msgspec.structs.astuple(breach))


def builds(answer):
    """The :class:`BuildRow` of a change."""
    for patch_set in answer.patch_sets:
        for system in patch_set.systems:
            for report in system.reports:
                head = (
                    patch_set.number,
                    system.name,
                    report.posted_at,
                    report.kind,
                    report.pipeline,
                    report.attempt,
                    report.verdict,
                    report.vote,
                )
                if not report.builds:
                    yield BuildRow(*head)
                for build in report.builds:
                    yield BuildRow(*head, *msgspec.structs.astuple(build)[:6])
