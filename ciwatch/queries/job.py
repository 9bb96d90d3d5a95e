"""A job of a CI over some days: what came of its builds, how long they took, where it flips."""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import types
from ciwatch.insight import days
from ciwatch.insight import flakes
from ciwatch.insight import statistics
from ciwatch.insight.facts import midnight
from ciwatch.parsers import base
from ciwatch.parsers.results import ResultClass
from ciwatch.rollup import daily
from ciwatch.rollup import instability
from ciwatch.rollup import known as knowns
from ciwatch.rollup import spells
from ciwatch.rollup import window as windows

#: So many builds are a page, and so many of the newest are told of the patch sets on which it flipped.
PAGE = 100
MOST_FLIPS = 50

#: Of so many builds, the newest, it is told how long they took.
MOST_TIMES = 300


class JobBuild(msgspec.Struct, frozen=True):
    """What the job said of a patch set, in one attempt.

    :ivar result: the word as written, *result_class* what it means.
    :ivar log: the way to its log, an address of this site; null where it has none.
    """

    project: str
    branch: str
    change: int
    patch_set: int
    subject: str
    posted_at: datetime.datetime
    pipeline: str
    attempt: int
    result: str
    result_class: ResultClass
    voting: bool
    duration_s: int | None
    log: str | None


class Said(msgspec.Struct, frozen=True):
    """A result, and when it was posted."""

    at: datetime.datetime
    result: str


class Flip(msgspec.Struct, frozen=True):
    """A patch set on which the job both passed and failed, and all that it said there, in order."""

    project: str
    change: int
    patch_set: int
    subject: str
    said: list[Said]


class Took(msgspec.Struct, frozen=True):
    """How long a build took, and when it was posted."""

    at: datetime.datetime
    duration_s: int
    result_class: ResultClass


class JobHistory(msgspec.Struct, frozen=True):
    """A job over some days.

    :ivar system: the CI's name, *title* what it is called.
    :ivar waiting: how many days are recorded and not counted yet.
    :ivar passed: builds that passed, of those that judged; the other counts are of builds, too.
    :ivar consistent: of the patch sets that it judged, those on which it did not both pass and fail.
    :ivar flips: patch sets on which it flipped, of those that its voting builds judged in the 28 days before
        *as_of*; runs of failures are left out. Null where it judged none.
    :ivar is_unstable: whether these make it so, and *rule* says why, or why not.
    :ivar flipped: the newest of these patch sets.
    :ivar took: how long the newest builds took, the newest first.
    :ivar items: a page of its builds, the newest first.
    """

    system: str
    title: str
    name: str
    as_of: datetime.datetime
    first: datetime.date
    last: datetime.date
    waiting: int
    passed: statistics.Rate
    infrastructure: int
    not_run: int
    unknown: int
    consistent: statistics.Rate
    flips: statistics.Rate | None
    is_unstable: bool
    rule: str
    flipped: list[Flip]
    took: list[Took]
    items: list[JobBuild]
    page: int
    has_more: bool


class Named(msgspec.Struct, frozen=True):
    """Which job of which CI."""

    system_id: int
    system: str
    title: str
    id: int
    name: str


def find(connection, pairs):
    """The :class:`Named` job of the first of some (CI or account, job) that there is, or None."""
    owners, names = (sorted(set(each)) for each in zip(*pairs, strict=True))
    rows = connection.execute(_NAMED, {"owners": owners, "names": names}).all()
    for owner, name in pairs:
        for row in rows:
            if row[4] == name and owner in (row[1], row[5]):
                return Named(*row[:5])
    return None


# Said once: to put a statement together takes longer than SQLite takes for it.

_OWNERS = sa.bindparam("owners", expanding=True)

_NAMED = (
    sa.select(
        models.CISystem.id,
        models.CISystem.name,
        models.CISystem.title,
        models.Job.id,
        models.Job.name,
        models.Account.username,
    )
    .join(models.Job, models.Job.ci_system_id == models.CISystem.id)
    .outerjoin(models.Account, models.Account.ci_system_id == models.CISystem.id)
    .where(
        models.Job.name.in_(sa.bindparam("names", expanding=True)),
        sa.or_(models.CISystem.name.in_(_OWNERS), models.Account.username.in_(_OWNERS)),
    )
)

_PATCH_SETS = (
    sa.select(
        models.PatchSet.id,
        models.Project.name,
        models.Change.number,
        models.PatchSet.number,
        models.Change.subject,
    )
    .join(models.Change, models.Change.id == models.PatchSet.change_id)
    .join(models.Project, models.Project.id == models.Change.project_id)
    .where(models.PatchSet.id.in_(sa.bindparam("patch_set_ids", expanding=True)))
)


def read(connection, registry, named, as_of, count, result="", page=1):
    """The :class:`JobHistory`.

    :param registry: the :class:`~ciwatch.registry.model.Registry`.
    :param named: the :class:`Named`.
    :param count: of so many days, of which the last is that of *as_of*.
    :param result: of which class the builds of the page are; all, unless given.
    """
    first, last = windows.ending(as_of, count)
    known = knowns.Known(connection, registry, first)
    window = windows.Window(known, windows.Scope(named.system_id, job_id=named.id), first, last, as_of)
    rows = window.jobs()
    total = daily.total([row.figures for row in rows]) if rows else days.JobDay()
    builds = _Builds(connection, named, first, as_of)
    items = builds.page(result, page)
    flips, flipped = _flips(connection, named, as_of)
    is_unstable = bool(flips and flips.is_unstable)
    return JobHistory(
        named.system,
        named.title,
        named.name,
        as_of,
        first,
        last,
        window.waiting,
        statistics.rate(total.passed, total.passed + total.failed),
        total.infrastructure,
        total.not_run,
        total.unknown,
        statistics.rate(total.judged - total.flaked, total.judged),
        flips and flips.flaked,
        is_unstable,
        _rule(flips, is_unstable),
        flipped,
        builds.took(),
        items[:PAGE],
        page,
        len(items) > PAGE,
    )


def _rule(flips, is_unstable):
    if flips is None:
        return f"No voting build of it passed or failed in {flakes.DAYS} days, so nobody can say."
    told = flips.flaked.tell("patch sets")
    return (
        f"{'Unstable' if is_unstable else 'Not unstable'}: in {flakes.DAYS} days it both passed and failed on"
        f" {told}. Unstable is a job that did on at least {flakes.MIN_FLAKED}, and surely on more than"
        f" {100 * flakes.MIN_SHARE:.0f} %; {flakes.BREAKAGE} or more failures in a row are breakage, and no"
        " flips."
    )


def _flips(connection, named, as_of):
    """(its :class:`~ciwatch.insight.flakes.Flakiness` or None, the newest patch sets on which it flipped)."""
    # As on the morning after, in which the status word is found: all that was said until the moment counts.
    morning = midnight(as_of.date() + datetime.timedelta(days=1))
    builds = instability.builds_of(connection, named.system_id, named.id, morning, as_of)
    if not builds:
        return None, []
    flips, flipped = flakes.flaked([build[1:] for build in builds])
    last_at = {patch_set: at for at, patch_set, _ in builds}
    newest = sorted(flipped, key=last_at.get, reverse=True)[:MOST_FLIPS]
    said = {patch_set: [] for patch_set in newest}
    for at, patch_set, result in builds:
        if patch_set in said:
            said[patch_set].append(Said(types.moment(at, connection.dialect), result))
    about = {key: values for key, *values in connection.execute(_PATCH_SETS, {"patch_set_ids": newest})}
    return flips, [Flip(*about[each], said[each]) for each in newest]


class _Builds:
    """The builds of a job on the patch sets of a window."""

    def __init__(self, connection, named, first, as_of):
        report, build, patch_set = models.Report, models.Build, models.PatchSet
        self._connection = connection
        accounts = spells.accounts_of(connection, named.system_id)
        # Of its reports no more is asked than their index has.
        self._said = [
            # Nearly all CIs have one account; only so the newest are found by an index.
            report.account_id == accounts[0] if len(accounts) == 1 else report.account_id.in_(accounts),
            report.posted_at >= midnight(first),
            report.posted_at <= as_of,
            # + 0: not by the index of the job, which has all that it ever did.
            build.job_id + 0 == named.id,
        ]
        self._conditions = [
            *self._said,
            report.kind == base.Kind.FINISHED,
            patch_set.seen_at >= midnight(first),
        ]

    def _select(self, *columns):
        return (
            sa.select(*columns)
            .join(models.Build, models.Build.report_id == models.Report.id)
            .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
            .where(*self._conditions)
            .order_by(models.Report.posted_at.desc(), models.Report.id.desc(), models.Build.position)
        )

    def took(self):
        """Each :class:`Took` of the newest."""
        report, build = models.Report, models.Build
        says = build.duration_s.is_not(None)
        # Many jobs never do: to look for one that says it takes a third of looking for the newest in vain.
        any_says = (
            sa.select(build.id).join(report, report.id == build.report_id).where(*self._said, says).limit(1)
        )
        if self._connection.execute(any_says).first() is None:
            return []
        statement = self._select(report.posted_at, build.duration_s, build.result_class).where(says)
        return [Took(*row) for row in self._connection.execute(statement.limit(MOST_TIMES))]

    def page(self, result, page):
        """Each :class:`JobBuild` of a page, and one more where there are more."""
        report, build = models.Report, models.Build
        statement = (
            self._select(
                models.Project.name,
                models.Change.branch,
                models.Change.number,
                models.PatchSet.number,
                models.Change.subject,
                report.posted_at,
                report.pipeline,
                report.attempt,
                build.result,
                build.result_class,
                build.voting,
                build.duration_s,
                build.log_url,
                report.id,
                build.position,
            )
            .join(models.Change, models.Change.id == models.PatchSet.change_id)
            .join(models.Project, models.Project.id == models.Change.project_id)
            .limit(PAGE + 1)
            .offset((page - 1) * PAGE)
        )
        if result:
            statement = statement.where(build.result_class == ResultClass(result))
        return [
            JobBuild(*values, f"/log/{report_id}/{position}" if _is_http(log_url) else None)
            for *values, log_url, report_id, position in self._connection.execute(statement)
        ]


def _is_http(url):
    return bool(url) and url.startswith(("http://", "https://"))
