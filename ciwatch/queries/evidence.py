"""What CIs said of a change, of others about then, and in the days before: read in few statements."""

import bisect
import datetime
import functools
import operator

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import summary
from ciwatch.insight import explanation
from ciwatch.insight import facts
from ciwatch.insight import flakes
from ciwatch.insight import statistics
from ciwatch.insight import verdicts
from ciwatch.parsers import base
from ciwatch.rollup import scenes

#: So long before and after a verdict the same job's other verdicts are compared with it.
NEARBY = datetime.timedelta(days=1)

_USUAL = datetime.timedelta(days=explanation.USUAL_DAYS)

# So many stretches of time are asked for in one statement.
_STRETCHES = 100


class Spoken(msgspec.Struct, frozen=True):
    """A finished report on the change, and the *number* of its patch set, and when that was seen."""

    attempt: facts.Attempt
    account: int
    name: str
    is_gate: bool
    number: int
    seen_at: datetime.datetime
    merged_at: datetime.datetime | None


class Line(msgspec.Struct, frozen=True):
    """A build that went wrong."""

    job: int
    name: str
    result: str
    result_class: str
    voting: bool
    log_url: str | None


class Own:
    """What the change itself adds to the figures of a day: its own failures are not usual."""

    def __init__(self, spoken):
        by_place = {}
        for each in spoken:
            key = each.seen_at.date(), each.attempt.system, each.attempt.patch_set
            by_place.setdefault(key, []).append(each.attempt)
        self._jobs, self._systems = {}, {}
        for (day, system_id, _), attempts in by_place.items():
            self._add(self._systems, (system_id, day), verdicts.standing_verdict(attempts))
            classes = {}
            for attempt in verdicts.without_repetitions(attempts):
                for build in attempt.builds:
                    self._add(self._jobs, (build.job, day), build.result_class)
                    classes.setdefault(build.job, set()).add(build.result_class)
            for job, said in classes.items():
                counts = self._jobs[job, day]
                counts[2] += flakes.is_judged(said)
                counts[3] += flakes.is_flaked(said)

    @staticmethod
    def _add(table, key, kind):
        counts = table.setdefault(key, [0, 0, 0, 0])
        counts[0] += kind == facts.PASSED
        counts[1] += kind == facts.FAILED

    def of_job(self, job, day):
        """(passed, failed, judged, flaked) of a day."""
        return self._jobs.get((job, day), (0, 0, 0, 0))

    def of_system(self, system_id, day):
        """The same of a CI; the last two mean nothing."""
        return self._systems.get((system_id, day), (0, 0, 0, 0))


def _sum(rows, attempt, own):
    """The sums of figures over the days before an attempt, without those that are the change's own."""
    last = attempt.posted_at.date()
    first = last - _USUAL
    there = []
    for day, counts in rows:
        if first <= day < last:
            mine = own(day)
            # What was recorded since the day was counted is not in it.
            there.append([max(0, n - m) for n, m in zip(counts, mine, strict=True)] if any(mine) else counts)
    return [sum(counts) for counts in zip(*there, strict=True)] if there else [0, 0, 0, 0]


class JobDays:
    """The daily figures of some jobs."""

    def __init__(self, connection, bad, jobs):
        table = models.DailyJob
        self._rows = {}
        if not jobs:
            return
        columns = (table.passed, table.failed, table.judged, table.flaked)
        statement = (
            sa.select(table.job_id, table.day, *map(sa.func.sum, columns))
            .where(table.job_id.in_(jobs), _in_days(table, bad))
            .group_by(table.job_id, table.day)
        )
        for job, day, *counts in connection.execute(statement):
            self._rows.setdefault(job, []).append((day, list(map(int, counts))))

    def usual(self, attempt, job, own):
        """(builds passed of those that judged, patch sets flaked of those judged)."""
        sums = _sum(self._rows.get(job, ()), attempt, lambda day: own.of_job(job, day))
        passed, failed, judged, flaked = sums
        return statistics.rate(passed, passed + failed), statistics.rate(min(flaked, judged), judged)


class SystemDays:
    """The daily figures of some CIs."""

    def __init__(self, connection, bad):
        table = models.DailySystem
        columns = (table.passed, table.failed, table.confirmed, table.refuted)
        statement = (
            sa.select(table.ci_system_id, table.day, *map(sa.func.sum, columns))
            .where(table.ci_system_id.in_({each.attempt.system for each in bad}), _in_days(table, bad))
            .group_by(table.ci_system_id, table.day)
        )
        self._rows = {}
        for system_id, day, *counts in connection.execute(statement):
            self._rows.setdefault(system_id, []).append((day, list(map(int, counts))))

    def usual(self, attempt, own):
        """Patch sets passed of those judged."""
        passed, failed, *_ = _sum(
            self._rows.get(attempt.system, ()), attempt, lambda day: own.of_system(attempt.system, day)
        )
        return statistics.rate(passed, passed + failed)

    def trust(self, attempt):
        """Confirmed of those that were confirmed or refuted."""
        rows = self._rows.get(attempt.system, ())
        *_, confirmed, refuted = _sum(rows, attempt, lambda day: (0, 0, 0, 0))
        return statistics.rate(confirmed, confirmed + refuted)


def _in_days(table, bad):
    """The condition that a day is one of those before the bad verdicts."""
    lasts = {each.attempt.posted_at.date() for each in bad}
    stretches = _merged((last - _USUAL, last) for last in lasts)
    return sa.or_(*(sa.and_(table.day >= since, table.day < until) for since, until in stretches))


def _merged(stretches):
    """Stretches (since, until) that touch made one, in their order."""
    found = []
    for since, until in sorted(stretches):
        if found and since <= found[-1][1]:
            found[-1] = found[-1][0], max(until, found[-1][1])
        else:
            found.append((since, until))
    return found


_SPOKEN = (
    sa.select(
        *scenes.ATTEMPT,
        models.Report.account_id,
        models.CISystem.name,
        models.CISystem.is_gate,
        models.PatchSet.number,
        models.PatchSet.seen_at,
        models.PatchSet.merged_at,
    )
    .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
    .join(models.Account, models.Account.id == models.Report.account_id)
    .join(models.CISystem, models.CISystem.id == models.Account.ci_system_id)
    .where(
        models.PatchSet.change_id == sa.bindparam("change_id"),
        models.Report.kind == base.Kind.FINISHED,
        models.Report.posted_at <= sa.bindparam("as_of"),
    )
    .order_by(*scenes.ATTEMPT_ORDER)
)


def read_spoken(connection, change_id, as_of):
    found = []
    rows = connection.execute(_SPOKEN, {"change_id": change_id, "as_of": as_of}).all()
    for *values, account, name, is_gate, number, seen_at, merged_at in rows:
        attempt = scenes.attempt_of(values)
        merged_at = merged_at if merged_at and merged_at <= as_of else None
        found.append(Spoken(attempt, account, name, is_gate, number, seen_at, merged_at))
    return found


_LINES = (
    sa.select(
        models.Build.report_id,
        models.Build.job_id,
        models.Job.name,
        models.Build.result,
        sa.type_coerce(models.Build.result_class, sa.String()),
        models.Build.voting,
        models.Build.log_url,
    )
    .join(models.Job, models.Job.id == models.Build.job_id)
    .join(models.Report, models.Report.id == models.Build.report_id)
    .join(models.PatchSet, models.PatchSet.id == models.Report.patch_set_id)
    .where(
        models.PatchSet.change_id == sa.bindparam("change_id"),
        models.Report.kind == base.Kind.FINISHED,
        models.Build.result_class.in_(facts.BAD),
    )
    .order_by(models.Build.report_id, models.Build.position)
)


def read_lines(connection, change_id):
    """Report id -> its builds that went wrong, in their order."""
    found = {}
    for report_id, *values, log_url in connection.execute(_LINES, {"change_id": change_id}).all():
        is_link = bool(log_url) and log_url.startswith(("http://", "https://"))
        found.setdefault(report_id, []).append(Line(*values, log_url if is_link else None))
    return found


class Near(msgspec.Struct, frozen=True):
    """On how many other changes a CI as a whole, and its *jobs*, failed within a day of an attempt."""

    whole: statistics.Rate
    jobs: dict[int, statistics.Rate]


class Nearby:
    """What CIs said of other changes about when they failed this one."""

    def __init__(self, said):
        """Takes CI id -> (account id, at, change id, verdict, builds), in the order of their times."""
        self._said = said
        self._times = {system_id: [row[1] for row in each] for system_id, each in said.items()}
        self._found = {}

    def of(self, attempt):
        """The :class:`Near` of an attempt: of its voting jobs that failed, no others."""
        if attempt.id not in self._found:
            self._found[attempt.id] = self._count(attempt)
        return self._found[attempt.id]

    def _count(self, attempt):
        times = self._times.get(attempt.system, ())
        first = bisect.bisect_left(times, attempt.posted_at - NEARBY)
        last = bisect.bisect_right(times, attempt.posted_at + NEARBY)
        jobs = {
            build.job: {} for build in attempt.builds if build.voting and build.result_class == facts.FAILED
        }
        whole = {}
        for _, _, change, verdict, line in self._said.get(attempt.system, ())[first:last]:
            if verdict in facts.JUDGED:
                whole[change] = whole.get(change, False) or verdict == facts.FAILED
            if line:
                judged = _judged(line)
                for job, of_job in jobs.items():
                    if job in judged:
                        of_job[change] = of_job.get(change, False) or judged[job]
        return Near(_failed(whole), {job: _failed(of_job) for job, of_job in jobs.items()})


@functools.lru_cache(maxsize=16384)
def _judged(line):
    """Job id -> whether it failed, of the jobs that judged by a report's summary; most lines are alike."""
    found = {}
    for job, kind, *_ in summary.unpack(line):
        if kind in facts.JUDGED:
            found[job] = found.get(job, False) or kind == facts.FAILED
    return found


def _failed(by_change):
    return statistics.rate(sum(by_change.values()), len(by_change))


def read_nearby(connection, change_id, bad, as_of):
    report = models.Report
    by_account = {}
    systems = {each.account: each.attempt.system for each in bad}
    for each in bad:
        at = each.attempt.posted_at
        by_account.setdefault(each.account, []).append((at - NEARBY, min(at + NEARBY, as_of)))
    stretches = [
        sa.and_(report.account_id == account, report.posted_at >= since, report.posted_at <= until)
        for account, found in sorted(by_account.items())
        for since, until in _merged(found)
    ]
    said = {}
    for start in range(0, len(stretches), _STRETCHES):
        statement = (
            sa.select(
                report.account_id,
                report.posted_at,
                models.PatchSet.change_id,
                sa.type_coerce(report.verdict, sa.String()),
                report.summary,
            )
            .join(models.PatchSet, models.PatchSet.id == report.patch_set_id)
            .where(
                sa.or_(*stretches[start : start + _STRETCHES]),
                report.kind == base.Kind.FINISHED,
                models.PatchSet.change_id != change_id,
            )
        )
        for row in connection.execute(statement).all():
            said.setdefault(systems[row[0]], []).append(row)
    for each in said.values():
        each.sort(key=operator.itemgetter(1))
    return Nearby(said)
