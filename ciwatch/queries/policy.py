"""Does a CI keep the rules of third-party testing? Read for one CI, or for many in short, over some days."""

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import facts
from ciwatch.insight import policy
from ciwatch.insight.policy import Name
from ciwatch.parsers import base
from ciwatch.queries import window as windows
from ciwatch.rollup import known as knowns
from ciwatch.rollup import rules
from ciwatch.rollup import scenes
from ciwatch.rollup import window as days

#: So many days are looked at, where nobody says another.
DAYS = 30

_NOTHING = rules.Sum(0, 0, 0)

# Those that are counted by the day; an account's name is as it is now.
_COUNTED = tuple(name for name in Name if name is not Name.NAMED)


class Policy(msgspec.Struct, frozen=True):
    """The rules and how a CI keeps them, in a window. The gate need not be named as third parties are.

    :ivar window: it begins with a day, UTC.
    :ivar waiting: how many days are recorded and not counted yet.
    """

    name: str
    title: str
    window: windows.Window
    waiting: int
    rules: list[policy.Rule]


def read(connection, name, as_of, registry, length=DAYS):
    """The :class:`Policy` of the CI called *name*, or None where there is none.

    :param as_of: the end of the window, UTC; nothing that was said later is told.
    :param registry: a :class:`~ciwatch.registry.model.Registry`.
    :param length: how many days, of which the last is that of *as_of*.
    """
    accounts = _read_accounts(connection, models.CISystem.name == name)
    if not accounts:
        return None
    system, ids = accounts[0], [account.id for account in accounts]
    window = _open(connection, registry, [system.system_id], as_of, length)
    sums, broken = window.tallies(), window.broken()
    breaches = _Breaches(connection, registry, name, ids, as_of).read(broken)
    told = []
    for rule in _COUNTED:
        of = sums.get((system.system_id, rule), _NOTHING)
        told.append(policy.rule(rule, *of, breaches.get(rule, ())))
    if not system.is_gate:
        told.append(policy.named([account.full_name for account in accounts]))
    first, _ = days.ending(as_of, length)
    return Policy(
        system.name, system.title, windows.Window(facts.midnight(first), as_of), window.waiting, told
    )


def read_verdicts(connection, registry, system_ids, as_of, length):
    """CI id -> rule -> :class:`~ciwatch.insight.policy.Verdict`, of some CIs.

    Parameters are those of :func:`read`, and the ids of the CIs.
    """
    accounts = _read_accounts(connection, models.CISystem.id.in_(system_ids))
    sums, names = _open(connection, registry, system_ids, as_of, length).tallies(), {}
    for account in accounts:
        names.setdefault((account.system_id, account.is_gate), []).append(account.full_name)
    found = {}
    for (system_id, is_gate), full_names in names.items():
        found[system_id] = {
            rule.value: policy.rule(rule, *sums.get((system_id, rule), _NOTHING), ()).verdict
            for rule in _COUNTED
        }
        if not is_gate:
            found[system_id][Name.NAMED.value] = policy.named(full_names).verdict
    return found


def _open(connection, registry, system_ids, as_of, length):
    first, last = days.ending(as_of, length)
    return rules.Window(knowns.Known(connection, registry, first), system_ids, first, last, as_of)


def _read_accounts(connection, condition):
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
        .where(condition)
        .order_by(account.username)
    )
    return connection.execute(statement).all()


class _Breaches:
    """Puts into words what broke the rules: what broke them is known, so nothing else is read."""

    def __init__(self, connection, registry, name, accounts, as_of):
        """Takes the name of a CI, the ids of its accounts, and the moment of which it is told."""
        self._connection = connection
        self._registry = registry
        self._name = name
        self._accounts = accounts
        self._as_of = as_of

    def read(self, broken):
        """Rule -> list of :class:`~ciwatch.insight.policy.Breach`.

        :param broken: rule -> the ids of what broke it.
        """
        by_comment = Name.ONE_COMMENT, Name.LINKS_PAGE, Name.LINKS_LOGS
        comments = self._read_comments({row_id for rule in by_comment for row_id in broken.get(rule, ())})
        logs = self._read_logs(broken.get(Name.LINKS_LOGS, ()))
        found = {
            rule: [
                policy.Breach(*comments[row_id][:3], _say(rule, comments[row_id], logs.get(row_id, ())))
                for row_id in broken.get(rule, ())
                if row_id in comments
            ]
            for rule in by_comment
        }
        requests = self._execute(_REQUESTS, broken.get(Name.ANSWERS_RECHECK, ()))
        patch_sets = self._execute(_PATCH_SETS, broken.get(Name.IN_TIME, ()))
        answers = self._read_answers({row.patch_set_id for row in (*requests, *patch_sets)})
        found[Name.ANSWERS_RECHECK] = [self._unanswered(row, answers) for row in requests]
        found[Name.IN_TIME] = [self._late(row, answers) for row in patch_sets]
        return found

    def _unanswered(self, row, answers):
        request = facts.Request(row.id, row.posted_at, row.phrase)
        limit = self._registry.limit(self._name, row.project)
        answered_at, _ = policy.answer(request, answers.get(row.patch_set_id, ()), limit)
        what = policy.say_unanswered(request, answered_at, limit)
        return policy.Breach(row.change, row.number, row.posted_at, what)

    def _late(self, row, answers):
        due_at = row.seen_at + self._registry.limit(self._name, row.project)
        answered_at = next(iter(answers.get(row.patch_set_id, ())), None)
        return policy.Breach(row.change, row.number, due_at, policy.say_late(answered_at, due_at))

    def _read_comments(self, ids):
        """Report id -> (change, patch set, when, kind, pipeline) of some comments."""
        return {row[0]: row[1:] for row in self._execute(_COMMENTS, ids)}

    def _read_logs(self, ids):
        """Report id -> (job, address of its log or None) of its builds that judged, in their order."""
        found = {}
        for report_id, job, log_url in self._execute(_LOGS, ids):
            found.setdefault(report_id, []).append((job, log_url))
        return found

    def _read_answers(self, patch_set_ids):
        """Patch set id -> the moments of the CI's finished reports there, in their order."""
        found = {}
        rows = self._execute(_ANSWERS, patch_set_ids, accounts=self._accounts, as_of=self._as_of)
        for patch_set_id, posted_at in rows:
            found.setdefault(patch_set_id, []).append(posted_at)
        return found

    def _execute(self, statement, ids, **asked):
        return self._connection.execute(statement, {"ids": sorted(ids), **asked}).all() if ids else []


# Said once: to put a statement together takes longer than to have it answered.

_IDS = sa.bindparam("ids", expanding=True)

_COMMENTS = (
    sa.select(
        models.Report.id,
        models.Change.number,
        models.PatchSet.number,
        models.Report.posted_at,
        sa.type_coerce(models.Report.kind, sa.String()),
        models.Report.pipeline,
    )
    .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
    .join(models.Change, models.Change.id == models.PatchSet.change_id)
    .where(models.Report.id.in_(_IDS))
)

_LOGS = (
    sa.select(models.Build.report_id, models.Job.name, models.Build.log_url)
    .join(models.Job, models.Job.id == models.Build.job_id)
    .where(models.Build.report_id.in_(_IDS), models.Build.result_class.in_(facts.JUDGED))
    .order_by(models.Build.report_id, models.Build.position)
)


def _of_change(*columns):
    """A statement that tells of patch sets, with *columns* of theirs."""
    return (
        sa.select(
            models.PatchSet.id.label("patch_set_id"),
            models.Change.number.label("change"),
            models.PatchSet.number,
            models.Project.name.label("project"),
            *columns,
        )
        .select_from(models.PatchSet)
        .join(models.Change, models.Change.id == models.PatchSet.change_id)
        .join(models.Project, models.Project.id == models.Change.project_id)
    )


_REQUESTS = (
    _of_change(models.Recheck.id, models.Recheck.posted_at, models.Recheck.phrase)
    .join(models.Recheck, models.Recheck.patch_set_id == models.PatchSet.id)
    .where(models.Recheck.id.in_(_IDS))
)

_PATCH_SETS = _of_change(models.PatchSet.seen_at).where(models.PatchSet.id.in_(_IDS))

_ANSWERS = (
    sa.select(models.Report.patch_set_id, models.Report.posted_at)
    .where(
        models.Report.patch_set_id.in_(_IDS),
        scenes.unindexed(models.Report.account_id).in_(sa.bindparam("accounts", expanding=True)),
        models.Report.kind == base.Kind.FINISHED,
        models.Report.posted_at <= sa.bindparam("as_of"),
    )
    .order_by(models.Report.posted_at)
)


def _say(rule, comment, logs):
    if rule is Name.LINKS_PAGE:
        return policy.NO_PAGE
    if rule is Name.LINKS_LOGS:
        return policy.say_no_logs(logs)
    *_, kind, pipeline = comment
    return policy.say_surplus(pipeline, kind != _FINISHED)


# A member is compared by a method of its class, plain text at once.
_FINISHED = str(base.Kind.FINISHED.value)
