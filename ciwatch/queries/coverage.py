"""Who has a CI and who has none: project by project, component by component, and how each CI does."""

import collections
import datetime
import enum

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import statistics
from ciwatch.insight.policy import Verdict
from ciwatch.insight.status import Word
from ciwatch.queries import figures
from ciwatch.queries import policy
from ciwatch.queries import story
from ciwatch.rollup import known as knowns
from ciwatch.rollup import scenes
from ciwatch.rollup import window as windows

#: In the place of the status word of a CI that is registered, and never reported on a project.
NEVER = "never reported"

_SUMS = ("answered", "missed", "confirmed", "refuted")
# Last reports of so long before are looked for among all, older ones by account and project.
_RECENT = datetime.timedelta(days=10)
# Of so few projects each is looked for by itself.
_FEW = 5


class State(enum.StrEnum):
    """How a component is served, by that of its CIs which does best: the worst first.

    *IDLE* means that none of them reported on the project in the days that are told of.
    """

    NONE = "no CI"
    NEVER = NEVER
    RETIRED = "retired"
    SILENT = "silent"
    IDLE = "no recent report"
    SERVED = "served"


_STATES = {NEVER: State.NEVER, Word.RETIRED.value: State.RETIRED, Word.SILENT.value: State.SILENT}


class Rules(msgspec.Struct, frozen=True):
    """Names of the rules of third-party testing that a CI keeps, breaks, and had too few cases for."""

    kept: list[str]
    broken: list[str]
    too_few: list[str]


class Service(msgspec.Struct, frozen=True):
    """A CI on a project.

    :ivar status: its status word, of all projects; :data:`NEVER` where it never reported on this one.
    :ivar rule: why that is said.
    :ivar last_report_at: when it last reported on the project.
    :ivar answered: patch sets of the project, of those that were expected.
    :ivar trust: failed verdicts on the project that were confirmed, of those confirmed or refuted.
    :ivar state: how it serves.
    :ivar rules: of all projects; None where they were not asked for, or it never reported anywhere.
    """

    name: str
    title: str
    is_gate: bool
    status: str
    rule: str
    last_report_at: datetime.datetime | None
    answered: statistics.Rate
    trust: statistics.Rate
    state: State
    rules: Rules | None


class Component(msgspec.Struct, frozen=True):
    """A part of a project that needs a CI, and those that the registry names for it."""

    name: str
    state: State
    systems: list[Service]


class Project(msgspec.Struct, frozen=True):
    """A project.

    :ivar components: those without a CI first; none where the registry names none.
    :ivar others: the CIs that report on it and serve none of these.
    """

    name: str
    components: list[Component]
    others: list[Service]


class Coverage(msgspec.Struct, frozen=True):
    """Of the days from *first* to *last*, as of a moment.

    :ivar waiting: how many days are recorded and not counted yet.
    :ivar has_components: whether the registry names any, of whatever project.
    :ivar states: :class:`State` -> how many components of these projects are served so: the worst first.
    :ivar reporting: how many CIs report on these projects, or did.
    """

    as_of: datetime.datetime
    first: datetime.date
    last: datetime.date
    waiting: int
    has_components: bool
    states: dict[str, int]
    reporting: int
    projects: list[Project]


def read(connection, registry, as_of, project=None, with_rules=False, count=figures.DAYS):
    """The :class:`Coverage`, of all projects or of one.

    :param registry: the :class:`~ciwatch.registry.model.Registry`.
    :param project: the name of the only project; None for all.
    :param with_rules: whether to look at the rules, too.
    :param count: how many days, of which the last is that of *as_of*.
    """
    first, last = windows.ending(as_of, count)
    known = knowns.Known(connection, registry, since=first)
    ids = {name: project_id for project_id, name in known.projects.items()}
    window = windows.Window(known, windows.Scope(project_id=ids.get(project)), first, last, as_of)
    facts = _Facts(connection, registry, as_of, first, ids.get(project), window)
    if project is not None:
        names = [project]
    else:
        registered = [name for name, each in registry.projects.items() if each.components]
        learned = {known.projects[project_id] for project_id, _ in facts.last_at}
        names = registered + sorted(learned.difference(registered))
    if with_rules:
        facts.read_rules(names, ids, count)
    projects = [_project(facts, name, ids.get(name)) for name in names]
    states = collections.Counter(component.state for each in projects for component in each.components)
    return Coverage(
        as_of,
        first,
        last,
        window.waiting,
        any(each.components for each in registry.projects.values()),
        {state.value: states[state] for state in State if states[state]},
        len({system_id for _, system_id in facts.last_at}),
        projects,
    )


def _project(facts, name, project_id):
    components = [_component(facts, component, project_id) for component in facts.components(name)]
    order = list(State)
    components.sort(key=lambda each: order.index(each.state))
    serving = {service.name for component in components for service in component.systems}
    others = [
        facts.service(system, project_id) for system in facts.reporting(project_id) if system not in serving
    ]
    others.sort(key=lambda each: (not each.is_gate, each.title.lower(), each.name))
    return Project(name, components, others)


def _component(facts, component, project_id):
    systems = [facts.service(name, project_id) for name in dict.fromkeys(component.systems)]
    states = {service.state for service in systems} or {State.NONE}
    return Component(component.name, max(states, key=list(State).index), systems)


class _Facts:
    """What is known of all CIs on all projects, read at once."""

    def __init__(self, connection, registry, as_of, first, project_id, window):
        self._connection = connection
        self._first = first
        self._registry = registry
        self._as_of = as_of
        system = models.CISystem
        rows = connection.execute(sa.select(system.id, system.name, system.title, system.is_gate)).all()
        self._systems = {row.name: row for row in rows}
        self._names = {row.id: row.name for row in rows}
        self._statuses = story.statuses(connection, as_of)
        #: (project id, CI id) -> when the CI last reported there.
        self.last_at = _last_reports(connection, project_id, as_of)
        self._reporting = {}
        for place, system_id in self.last_at:
            self._reporting.setdefault(place, []).append(self._names[system_id])
        self._sums = window.sums(_SUMS)
        self._rules = {}

    def components(self, project):
        """Those of the project called *project*, as they are registered."""
        found = self._registry.projects.get(project)
        return found.components if found else ()

    def reporting(self, project_id):
        """The names of the CIs that reported on a project."""
        return self._reporting.get(project_id, [])

    def read_rules(self, projects, ids, length):
        """Looks at the rules of all CIs that are shown with some projects."""
        shown = {
            name
            for project in projects
            for name in (
                *self.reporting(ids.get(project)),
                *(system for each in self.components(project) for system in each.systems),
            )
        }
        told = policy.read_verdicts(
            self._connection,
            self._registry,
            sorted(self._systems[name].id for name in shown.intersection(self._systems)),
            self._as_of,
            length,
        )
        for system_id, verdicts in told.items():
            self._rules[self._names[system_id]] = Rules(
                *(
                    [rule for rule, said in verdicts.items() if said == verdict]
                    for verdict in (Verdict.KEPT, Verdict.BROKEN, Verdict.TOO_FEW)
                )
            )

    def service(self, name, project_id):
        """The :class:`Service` of the CI called *name*."""
        system, registered = self._systems.get(name), self._registry.systems.get(name)
        key = project_id, system and system.id
        answered, missed, confirmed, refuted = self._sums.get(key, (0, 0, 0, 0))
        last_at = self.last_at.get(key)
        status, rule = self._status(name, system, last_at)
        return Service(
            name,
            (registered or system).title,
            system.is_gate if system else registered.gate,
            status,
            rule,
            last_at,
            statistics.rate(answered, answered + missed),
            statistics.rate(confirmed, confirmed + refuted),
            self._state(status, last_at),
            self._rules.get(name),
        )

    def _state(self, status, last_at):
        if status in _STATES:
            return _STATES[status]
        return State.IDLE if last_at.date() < self._first else State.SERVED

    def _status(self, name, system, last_at):
        """A word, and the rule behind it."""
        if self._registry.is_retired(name, self._as_of.date()):
            return Word.RETIRED.value, "The registry says that it no longer runs."
        if last_at is None:
            return NEVER, "It is registered for this, and no report of it on this project is known."
        period = self._statuses.get(system.id)
        return (period.word, period.rule) if period else (story.UNCOUNTED, story.UNCOUNTED_RULE)


def _last_reports(connection, project_id, as_of):
    """(project id, CI id) -> when the CI last reported there before a moment; without those that did not."""
    table, account = models.AccountProject, models.Account
    statement = (
        sa.select(
            table.project_id,
            account.ci_system_id,
            account.id,
            sa.case((table.last_at <= as_of, table.last_at)).label("last_at"),
        )
        .join(account, account.id == table.account_id)
        .where(account.ci_system_id.is_not(None), table.first_at <= as_of)
    )
    if project_id is not None:
        statement = statement.where(table.project_id == project_id)
    rows = connection.execute(statement).all()
    # What was said later is not told: of these the last report before is looked for, first among the newer.
    unknown = {(row.project_id, row.id) for row in rows if row.last_at is None}
    earlier = {}
    if unknown:
        accounts = {account_id for _, account_id in unknown}
        earlier |= _last_before(connection, accounts, as_of - _RECENT, as_of)
        unknown -= earlier.keys()
    by_account = {}
    for place, account_id in unknown:
        by_account.setdefault(account_id, []).append(place)
    for account_id, places in by_account.items():
        earlier |= _last_on(connection, account_id, sorted(places), as_of)
    found = {}
    for row in rows:
        last_at = row.last_at or earlier.get((row.project_id, row.id))
        key = row.project_id, row.ci_system_id
        if last_at is not None:
            found[key] = max(last_at, found.get(key, last_at))
    return found


def _last_before(connection, account_ids, since, as_of):
    """(project id, account id) -> the last report after one moment and before another."""
    report = models.Report
    statement = (
        sa.select(models.Change.project_id, report.account_id, sa.func.max(report.posted_at))
        .join(models.PatchSet, models.PatchSet.id == report.patch_set_id)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .where(
            report.account_id.in_(sorted(account_ids)), report.posted_at > since, report.posted_at <= as_of
        )
        .group_by(models.Change.project_id, report.account_id)
    )
    rows = connection.execute(statement)
    return {(project_id, account_id): last_at for project_id, account_id, last_at in rows}


def _last_on(connection, account_id, project_ids, as_of):
    """(project id, account id) -> the last report of an account before a moment on some projects.

    Of a few it is looked for among what the account said, the newest first. Whoever speaks on many, as a
    gate, said much more than ever happened on those where it was silent for long: there it is looked for by
    their patch sets.
    """
    if len(project_ids) <= _FEW:
        asked = {"account_id": account_id, "as_of": as_of}
        found = {each: connection.scalar(_NEWEST_ON, {"project_id": each, **asked}) for each in project_ids}
    else:
        asked = {"account_id": account_id, "as_of": as_of, "project_ids": project_ids}
        found = dict(map(tuple, connection.execute(_LAST_ON, asked)))
    return {(project_id, account_id): at for project_id, at in found.items() if at is not None}


_NEWEST_ON = (
    sa.select(models.Report.posted_at)
    .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
    .where(
        models.Report.account_id == sa.bindparam("account_id"),
        models.Report.posted_at <= sa.bindparam("as_of"),
        scenes.unindexed(models.PatchSet.project_id) == sa.bindparam("project_id"),
    )
    .order_by(models.Report.posted_at.desc())
    .limit(1)
)

_LAST_ON = (
    sa.select(models.PatchSet.project_id, sa.func.max(models.Report.posted_at))
    .join(models.Report, models.Report.patch_set_id == models.PatchSet.id)
    .where(
        models.PatchSet.project_id.in_(sa.bindparam("project_ids", expanding=True)),
        models.PatchSet.seen_at <= sa.bindparam("as_of"),
        scenes.unindexed(models.Report.account_id) == sa.bindparam("account_id"),
        models.Report.posted_at <= sa.bindparam("as_of"),
    )
    .group_by(models.PatchSet.project_id)
)
