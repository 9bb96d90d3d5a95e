"""Does a CI keep the rules of third-party testing? Read for one CI, over a window."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import expectation
from ciwatch.insight import facts
from ciwatch.insight import policy
from ciwatch.insight import scene
from ciwatch.parsers import base
from ciwatch.queries import registered
from ciwatch.queries import window as windows
from ciwatch.recorder.dirty import Place
from ciwatch.rollup import known
from ciwatch.rollup import learned

#: The stretch of time that is looked at, where nobody says another.
LENGTH = datetime.timedelta(days=30)


# A member is compared by a method of its class, plain text at once.
_FINISHED, _OTHER = str(base.Kind.FINISHED.value), str(base.Kind.OTHER.value)


class Policy(msgspec.Struct, frozen=True):
    """The rules and how a CI keeps them, in a window. The gate need not be named as third parties are."""

    name: str
    title: str
    window: windows.Window
    rules: list[policy.Rule]


class _PatchSet(msgspec.Struct, frozen=True):
    """A patch set that came in the window, to a project that the CI reported on."""

    facts: facts.PatchSet
    project_id: int


def read(connection, name, as_of, registry, length=LENGTH):
    """The :class:`Policy` of the CI called *name*, or None where there is none.

    :param as_of: the end of the window, UTC; nothing that was said later is told.
    :param registry: a :class:`~ciwatch.registry.model.Registry`.
    :param length: that of the window, a timedelta.
    """
    accounts = _read_accounts(connection, name)
    if not accounts:
        return None
    system, window = accounts[0], windows.ending(as_of, length)
    ids = [account.id for account in accounts]
    entry = registered.find(registry, name)
    reports = _read_reports(connection, ids, window)
    comments = _comments(reports, _read_logs(connection, ids, window))
    threads = _Threads(connection, system, ids, window, registry).build(reports, entry.recheck)
    rules = [
        policy.one_comment(threads),
        policy.answers_recheck(threads, as_of),
        policy.in_time(threads, as_of),
        policy.links_page(comments, entry.page),
        policy.links_logs(comments),
    ]
    if not system.is_gate:
        rules.append(policy.named([account.full_name for account in accounts]))
    return Policy(system.name, system.title, window, rules)


def _read_accounts(connection, name):
    system, account = models.CISystem, models.Account
    statement = (
        sa.select(
            account.id,
            account.name.label("full_name"),
            system.id.label("system_id"),
            system.name,
            system.title,
            system.is_gate,
        )
        .join(system, system.id == account.ci_system_id)
        .where(system.name == name)
        .order_by(account.username)
    )
    return connection.execute(statement).all()


def _in(accounts, window):
    report = models.Report
    return sa.and_(
        # Nearly all CIs have one account; only so the database finds its reports by an index.
        report.account_id == accounts[0] if len(accounts) == 1 else report.account_id.in_(accounts),
        report.posted_at > window.since,
        report.posted_at <= window.until,
    )


def _read_reports(connection, accounts, window):
    """The reports in a window, in their order."""
    report = models.Report
    statement = (
        sa.select(
            report.id,
            report.patch_set_id,
            models.Change.number.label("change"),
            models.PatchSet.number.label("patch_set"),
            report.posted_at,
            sa.type_coerce(report.kind, sa.String()).label("kind"),
            report.pipeline,
            sa.type_coerce(report.verdict, sa.String()).label("verdict"),
            report.parser,
            report.text,
        )
        .join(models.PatchSet, models.PatchSet.id == report.patch_set_id)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .where(_in(accounts, window))
        .order_by(report.posted_at, report.id)
    )
    return connection.execute(statement).all()


def _read_logs(connection, accounts, window):
    """Report id -> (job, address of its log or None) of its builds that judged, in their order."""
    build, report, found = models.Build, models.Report, {}
    statement = (
        sa.select(build.report_id, models.Job.name, build.log_url)
        .join(report, report.id == build.report_id)
        .join(models.Job, models.Job.id == build.job_id)
        .where(_in(accounts, window), report.kind == base.Kind.FINISHED, build.result_class.in_(facts.JUDGED))
        .order_by(build.report_id, build.position)
    )
    for report_id, job, log_url in connection.execute(statement).all():
        found.setdefault(report_id, []).append((job, log_url))
    return found


def _comments(reports, logs):
    """The comments that should hold links: not those that are no report, nor those that repeat one."""
    return [
        policy.Comment(
            change,
            patch_set,
            posted_at,
            text,
            tuple(logs.get(report_id, ())),
            kind == _FINISHED and verdict in facts.JUDGED,
        )
        for report_id, _, change, patch_set, posted_at, kind, _, verdict, parser, text in reports
        if kind != _OTHER or parser is None
    ]


class _Threads:
    """What a CI said of the patch sets of a window, and should have."""

    def __init__(self, connection, system, accounts, window, registry):
        self._system = system
        self._window = window
        self._registry = registry
        self._first_at = _read_first_reports(connection, accounts)
        self._patch_sets = _read_patch_sets(connection, list(self._first_at), window)
        self._asked = _read_rechecks(connection, list(self._first_at), window)
        self._watched = {}
        places = {
            Place(each.project_id, each.facts.branch, each.facts.seen_at.date()) for each in self._patch_sets
        }
        self._learned = learned.Learned(connection, system.system_id, places)

    def build(self, reports, own_phrase):
        """The :class:`~ciwatch.insight.policy.Thread` of each patch set of the window."""
        said = {}
        for _, patch_set_id, _, _, posted_at, kind, pipeline, verdict, _, _ in reports:
            is_finished = kind == _FINISHED
            if is_finished or (kind == _OTHER and verdict is not None):
                result = policy.Result(posted_at, pipeline, verdict, not is_finished)
                said.setdefault(patch_set_id, []).append(result)
        return [self._thread(each, said.get(each.facts.id, ()), own_phrase) for each in self._patch_sets]

    def _thread(self, each, results, own_phrase):
        patch_set, asked = each.facts, self._asked.get(each.facts.id, ())
        watched = self._watch(each)
        is_expected = expectation.exemption(patch_set, watched.first_report_at) is None and bool(
            watched.expected(patch_set.files)
        )
        requests = ()
        if asked:
            first_at = next((result.at for result in results if not result.is_repeat), None)
            requests = tuple(
                (at, phrase)
                for at, phrase in asked
                if (is_expected or (first_at is not None and first_at < at))
                and policy.is_request(phrase, own_phrase)
            )
        return policy.Thread(
            patch_set.change,
            patch_set.number,
            tuple(results),
            requests,
            tuple(at for at, _ in asked),
            patch_set.ended_at,
            watched.limit,
            patch_set.seen_at + watched.limit if is_expected else None,
        )

    def _watch(self, each):
        """The CI as it stands to a project's branch on the day of a patch set."""
        day, project, branch = each.facts.seen_at.date(), each.facts.project, each.facts.branch
        key = project, branch, day
        if key not in self._watched:
            name = self._system.name
            is_learned = self._learned.is_expected(each.project_id, branch, day)
            self._watched[key] = scene.Watched(
                self._system.system_id,
                self._system.is_gate,
                self._first_at[each.project_id],
                known.expects(self._registry, name, project, branch, day, is_learned),
                self._registry.limit(name, project),
            )
        return self._watched[key]


def _read_first_reports(connection, accounts):
    """Project id -> when the CI first reported on it."""
    table = models.AccountProject
    statement = (
        sa.select(table.project_id, sa.func.min(table.first_at))
        .where(table.account_id.in_(accounts))
        .group_by(table.project_id)
    )
    return dict(map(tuple, connection.execute(statement)))


def _of_window(projects, window):
    """The condition that a patch set came in a window, to some projects."""
    table = models.PatchSet
    return sa.and_(
        models.Change.project_id.in_(projects), table.seen_at > window.since, table.seen_at <= window.until
    )


def _read_patch_sets(connection, projects, window):
    """The patch sets of a window, as was known at its end, in the order of their changes."""
    table = models.PatchSet
    statement = (
        sa.select(
            table.id,
            models.Change.number.label("change"),
            table.number,
            models.Project.name.label("project"),
            models.Change.branch,
            table.kind,
            table.seen_at,
            table.created_at,
            table.merged_at,
            table.abandoned_at,
            table.is_unready,
            table.files,
            models.Change.project_id,
        )
        .join(models.Change, models.Change.id == table.change_id)
        .join(models.Project, models.Project.id == models.Change.project_id)
        .where(_of_window(projects, window))
        .order_by(models.Change.number, table.number)
    )
    found, following, until = [], (None, None), window.until
    # From the last on, so that each knows the one that replaced it.
    for row in reversed(connection.execute(statement).all()):
        *named, seen_at, created_at, merged_at, abandoned_at, is_unready, files, project_id = row
        change = named[1]
        patch_set = facts.PatchSet(
            *named,
            seen_at,
            created_at,
            following[1] if following[0] == change else None,
            merged_at if merged_at is not None and merged_at <= until else None,
            abandoned_at if abandoned_at is not None and abandoned_at <= until else None,
            is_unready,
            None if files is None else tuple(files),
        )
        found.append(_PatchSet(patch_set, project_id))
        following = change, seen_at
    return found[::-1]


def _read_rechecks(connection, projects, window):
    """Patch set id -> (moment, phrase) of the requests for a re-run there, in their order."""
    table, found = models.Recheck, {}
    statement = (
        sa.select(table.patch_set_id, table.posted_at, table.phrase)
        .join(models.PatchSet, models.PatchSet.id == table.patch_set_id)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .where(_of_window(projects, window), table.posted_at <= window.until)
        .order_by(table.posted_at, table.id)
    )
    for patch_set_id, at, phrase in connection.execute(statement).all():
        found.setdefault(patch_set_id, []).append((at, phrase))
    return found
