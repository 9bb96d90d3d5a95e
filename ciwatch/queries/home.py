"""All projects at a glance, as of a moment: how their CIs do, what changed lately, and how the gate does."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import regression
from ciwatch.insight import statistics
from ciwatch.insight import trend
from ciwatch.insight.status import Word
from ciwatch.queries import breakage
from ciwatch.queries import story
from ciwatch.queries import window as windows
from ciwatch.rollup import known as knowns
from ciwatch.rollup import window as rollup_windows

#: Patch sets of so many days are counted, and what changed in so many hours is told.
GLANCE = datetime.timedelta(days=7)
LATELY = datetime.timedelta(hours=24)

#: A CI is one of those of a project where it reported in so much time; one that is silent is for longer.
REPORTING = datetime.timedelta(days=30)
SILENT = datetime.timedelta(days=90)

#: The words of a CI that is not well, the worst first.
NOT_WELL = (Word.SILENT, Word.SICK, Word.REGRESSED, Word.UNSTABLE)

RECOVERED = "recovered"


class SystemOnProject(msgspec.Struct, frozen=True):
    """A CI on a project, and its *status* word, of all projects."""

    name: str
    title: str
    is_gate: bool
    status: str


class ProjectGlance(msgspec.Struct, frozen=True):
    """A project.

    :ivar patch_sets: how many came in the 7 days before.
    :ivar active_at: when the newest of these came; where there is none, when a CI reported last; null where
        nobody knows.
    :ivar systems: those that reported in the 30 days before, or are silent and did in the 90 days before: the
        worst first.
    :ivar long_silent: how many are silent and have not reported for longer.
    """

    name: str
    patch_sets: int
    active_at: datetime.datetime | None
    systems: list[SystemOnProject]
    long_silent: int

    @property
    def not_well(self):
        """Its CIs that are not well."""
        return [system for system in self.systems if system.status in NOT_WELL]

    @property
    def others(self):
        """(status word, how many of its CIs have it) of the words that are no bad news."""
        words = [system.status for system in self.systems]
        return [
            (word.value, words.count(word))
            for word in (Word.HEALTHY, Word.NEW, Word.RETIRED)
            if word in words
        ]


class Happening(msgspec.Struct, frozen=True):
    """A status word that changed in the last 24 hours.

    :ivar kind: the word where that is bad news, recovered, or new for a CI that was not known before.
    :ivar before: the word before; null for none.
    :ivar rule: by which rule it is so.
    """

    kind: str
    name: str
    title: str
    is_gate: bool
    status: str
    before: str | None
    since: datetime.datetime
    rule: str


class GateGlance(msgspec.Struct, frozen=True):
    """How all gates do together: patch sets passed, of the judged ones, in 7 days and the four weeks before.

    :ivar systems: which they are.
    """

    systems: list[SystemOnProject]
    now: statistics.Rate
    before: statistics.Rate
    trend: str


class Home(msgspec.Struct, frozen=True):
    """The whole.

    :ivar newest: when the newest event that was recorded happened; null for none.
    :ivar happenings: the worst first; of each CI the last one.
    :ivar gate: null where no gate is known.
    :ivar breakages: those that last.
    :ivar projects: those with patch sets first, and of these those whose CIs do worst.
    """

    as_of: datetime.datetime
    newest: datetime.datetime | None
    projects: list[ProjectGlance]
    happenings: list[Happening]
    gate: GateGlance | None
    breakages: list[breakage.Breakage]


def read(connection, registry, as_of):
    """The :class:`Home` as of a moment; which CI reports where is told as it is known now.

    :param registry: the :class:`~ciwatch.registry.model.Registry`.
    """
    words = {system_id: period.word for system_id, period in story.statuses(connection, as_of).items()}
    system = models.CISystem
    rows = connection.execute(sa.select(system.id, system.name, system.title, system.is_gate))
    systems = {
        row.id: SystemOnProject(row.name, row.title, row.is_gate, words.get(row.id, story.UNCOUNTED))
        for row in rows
    }
    return Home(
        as_of,
        windows.newest_event(connection),
        _projects(connection, systems, as_of),
        _happenings(connection, systems, as_of),
        _gate(connection, registry, systems, as_of),
        [each for each in breakage.read(connection, as_of) if each.until is None],
    )


def _projects(connection, systems, as_of):
    arrived = _arrived(connection, as_of)
    reporting = _reporting(connection, as_of)
    found = []
    for project_id, name in connection.execute(sa.select(models.Project.id, models.Project.name)):
        patch_sets, newest = arrived.get(project_id, (0, None))
        here, long_silent = [], 0
        for system_id, last_at in reporting.get(project_id, {}).items():
            is_silent = systems[system_id].status == Word.SILENT
            if last_at >= as_of - (SILENT if is_silent else REPORTING):
                here.append(systems[system_id])
            else:
                long_silent += is_silent
        here.sort(key=lambda each: (_badness(each.status), not each.is_gate, each.title.lower(), each.name))
        last_at = max(reporting.get(project_id, {}).values(), default=None)
        active_at = newest or (min(last_at, as_of) if last_at else None)
        found.append(ProjectGlance(name, patch_sets, active_at, here, long_silent))
    return sorted(found, key=_order)


def _badness(word):
    """The place of a word among those that are not well; the same for all others."""
    return NOT_WELL.index(word) if word in NOT_WELL else len(NOT_WELL)


def _order(project):
    worst = min((_badness(system.status) for system in project.systems), default=len(NOT_WELL))
    return not project.patch_sets, worst, -len(project.not_well), project.name


def _arrived(connection, as_of):
    """Project id -> (number of its patch sets, the newest one's time) in the days before."""
    seen_at, project_id = models.PatchSet.seen_at, models.PatchSet.project_id
    statement = (
        sa.select(project_id, sa.func.count(), sa.func.max(seen_at))
        .where(seen_at > as_of - GLANCE, seen_at <= as_of)
        .group_by(project_id)
    )
    return {row[0]: tuple(row[1:]) for row in connection.execute(statement)}


def _reporting(connection, as_of):
    """Project id -> CI id -> when it reported last, of those that had reported by then."""
    table, account = models.AccountProject, models.Account
    statement = (
        sa.select(table.project_id, account.ci_system_id, sa.func.max(table.last_at))
        .join(account, account.id == table.account_id)
        .where(account.ci_system_id.is_not(None), table.first_at <= as_of)
        .group_by(table.project_id, account.ci_system_id)
    )
    found = {}
    for project_id, system_id, last_at in connection.execute(statement):
        found.setdefault(project_id, {})[system_id] = last_at
    return found


def _happenings(connection, systems, as_of):
    table, since = models.StatusPeriod, as_of - LATELY
    statement = sa.select(table.ci_system_id, table.word, table.started_at, table.rule).where(
        table.started_at <= as_of, sa.or_(table.ended_at.is_(None), table.ended_at > since)
    )
    periods = {}
    # Sorted here: SQLite would read all that there ever were to have them in this order.
    for system_id, *told in sorted(connection.execute(statement), key=lambda row: row[:3:2]):
        periods.setdefault(system_id, []).append(told)
    found = []
    for system_id, told in periods.items():
        # What ended within the time is there, too, so the word before is.
        before, (word, started_at, rule) = (told[-2][0] if len(told) > 1 else None), told[-1]
        kind = _kind(before, word)
        if started_at > since and kind:
            each = systems[system_id]
            found.append(Happening(kind, each.name, each.title, each.is_gate, word, before, started_at, rule))
    found.sort(key=lambda each: each.since, reverse=True)
    return sorted(found, key=lambda each: _badness(each.kind))


def _kind(before, word):
    """What it is called that one word followed another; None for what is no news."""
    if word in NOT_WELL:
        return word
    if before in NOT_WELL and word != Word.RETIRED:
        return RECOVERED
    return Word.NEW.value if before is None else None


def _gate(connection, registry, systems, as_of):
    gates = sorted((each for each in systems.values() if each.is_gate), key=lambda each: each.name)
    if not gates:
        return None
    a_day = datetime.timedelta(days=1)
    first, last = rollup_windows.ending(as_of, regression.NOW_DAYS)
    earliest = first - regression.BEFORE_DAYS * a_day
    known = knowns.Known(connection, registry, since=earliest)
    scope = rollup_windows.Scope(of_gate=True)
    now, before = (
        _passed(rollup_windows.Window(known, scope, *span, as_of))
        for span in ((first, last), (earliest, first - a_day))
    )
    return GateGlance(gates, now, before, trend.of_good(now, before))


def _passed(window):
    sums = window.sums(("passed", "failed")).values()
    passed, failed = (sum(each[n] for each in sums) for n in (0, 1))
    return statistics.rate(passed, passed + failed)
