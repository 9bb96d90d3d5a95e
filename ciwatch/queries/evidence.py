"""What CIs said of a change, of others about then, and in the days before: read in few statements."""

import bisect
import datetime
import functools
import itertools
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
            self._add(self._systems, system_id, day, verdicts.standing_verdict(attempts))
            classes = {}
            for attempt in verdicts.without_repetitions(attempts):
                for build in attempt.builds:
                    self._add(self._jobs, build.job, day, build.result_class)
                    classes.setdefault(build.job, set()).add(build.result_class)
            for job, said in classes.items():
                counts = self._jobs[job][day]
                counts[2] += flakes.is_judged(said)
                counts[3] += flakes.is_flaked(said)

    @staticmethod
    def _add(table, key, day, kind):
        counts = table.setdefault(key, {}).setdefault(day, [0, 0, 0, 0])
        counts[0] += kind == facts.PASSED
        counts[1] += kind == facts.FAILED

    def of_job(self, job):
        """Day -> (passed, failed, judged, flaked)."""
        return self._jobs.get(job, {})

    def of_system(self, system_id):
        """The same of a CI; the last two mean nothing."""
        return self._systems.get(system_id, {})


class _Days:
    """Four figures by the day of each of some jobs, or CIs."""

    def __init__(self, rows):
        """Takes (key, day, four figures), by key and in the order of their days."""
        self._days, self._sums = {}, {}
        for key, of_key in itertools.groupby(rows, operator.itemgetter(0)):
            _, self._days[key], *figures = zip(*of_key, strict=True)
            self._sums[key] = [list(itertools.accumulate(each, initial=0)) for each in figures]

    def sum(self, key, attempt, own):
        """The sums over the days before an attempt, without those that are the change's own."""
        if key not in self._days:
            return [0, 0, 0, 0]
        days, sums = self._days[key], self._sums[key]
        until = attempt.posted_at.date()
        first, last = bisect.bisect_left(days, until - _USUAL), bisect.bisect_left(days, until)
        found = [int(each[last] - each[first]) for each in sums]
        for day, mine in own.items():
            place = bisect.bisect_left(days, day, first, last)
            if place < last and days[place] == day:
                for number, each in enumerate(sums):
                    # What was recorded since the day was counted is not in it.
                    found[number] -= min(int(each[place + 1] - each[place]), mine[number])
        return found


class JobDays:
    """The daily figures of some jobs."""

    def __init__(self, connection, bad, jobs):
        self._days = _Days(_read_days(connection, _of_jobs, jobs, bad) if jobs else ())

    def usual(self, attempt, job, own):
        """(builds passed of those that judged, patch sets flaked of those judged)."""
        passed, failed, judged, flaked = self._days.sum(job, attempt, own.of_job(job))
        return statistics.rate(passed, passed + failed), statistics.rate(min(flaked, judged), judged)


class SystemDays:
    """The daily figures of some CIs."""

    def __init__(self, connection, bad):
        systems = {each.attempt.system for each in bad}
        self._days = _Days(_read_days(connection, _of_systems, systems, bad))

    def usual(self, attempt, own):
        """Patch sets passed of those judged."""
        passed, failed, *_ = self._days.sum(attempt.system, attempt, own.of_system(attempt.system))
        return statistics.rate(passed, passed + failed)

    def trust(self, attempt):
        """Confirmed of those that were confirmed or refuted."""
        *_, confirmed, refuted = self._days.sum(attempt.system, attempt, {})
        return statistics.rate(confirmed, confirmed + refuted)


def _read_days(connection, statement_of, keys, bad):
    """The daily figures of the days before the bad verdicts."""
    lasts = {each.attempt.posted_at.date() for each in bad}
    stretches = _merged((last - _USUAL, last) for last in lasts)
    asked = {"keys": sorted(keys)}
    for number, (since, until) in enumerate(stretches):
        asked[f"since_{number}"], asked[f"until_{number}"] = since, until
    return connection.execute(statement_of(len(stretches)), asked).all()


# Said once for each number of stretches: to put a statement together takes longer than to have it answered.


@functools.lru_cache(maxsize=100)
def _of_jobs(stretches):
    table = models.DailyJob
    return _of_days(table, table.job_id, (table.passed, table.failed, table.judged, table.flaked), stretches)


@functools.lru_cache(maxsize=100)
def _of_systems(stretches):
    table = models.DailySystem
    figures = (table.passed, table.failed, table.confirmed, table.refuted)
    return _of_days(table, table.ci_system_id, figures, stretches)


def _of_days(table, key, figures, stretches):
    in_days = (
        sa.and_(table.day >= sa.bindparam(f"since_{number}"), table.day < sa.bindparam(f"until_{number}"))
        for number in range(stretches)
    )
    return (
        sa.select(key, table.day, *map(sa.func.sum, figures))
        .where(key.in_(sa.bindparam("keys", expanding=True)), sa.or_(*in_days))
        .group_by(key, table.day)
        .order_by(key, table.day)
    )


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


class _Judged:
    """In which of a CI's reports, by their places in the order of time, a job judged, and where it failed."""

    def __init__(self):
        self.judged, self.failed = [], []

    def rate(self, changes, first, last):
        """How many changes failed of those judged, in the reports from the *first* place to the *last*."""
        return statistics.rate(
            len(_changes(changes, self.failed, first, last)), len(_changes(changes, self.judged, first, last))
        )


def _changes(changes, places, first, last):
    """The different ones of those at the *places* from the *first* to before the *last*."""
    there = places[bisect.bisect_left(places, first) : bisect.bisect_left(places, last)]
    return {changes[place] for place in there}


class _Said:
    """What a CI said of other changes."""

    def __init__(self, jobs, rows):
        """Takes the ids of jobs that are asked for, and (account id, at, change id, verdict, builds)."""
        rows = sorted(rows, key=operator.itemgetter(1))
        self._times = [row[1] for row in rows]
        self._changes = [row[2] for row in rows]
        self._whole, self._jobs = _Judged(), {job: _Judged() for job in jobs}
        # Most reports of a CI say the same.
        wanted = {}
        for place, row in enumerate(rows):
            said = row[3:]
            if said not in wanted:
                wanted[said] = self._lists(*said)
            for places in wanted[said]:
                places.append(place)

    def _lists(self, verdict, line):
        """The lists in which a report with this verdict and summary has its place."""
        found = self._of(self._whole, verdict == facts.FAILED) if verdict in facts.JUDGED else []
        failed = {}
        for build in summary.unpack(line) if line else ():
            if build.result in facts.JUDGED and build.job in self._jobs:
                failed[build.job] = failed.get(build.job, False) or build.result == facts.FAILED
        for job, is_failed in failed.items():
            found += self._of(self._jobs[job], is_failed)
        return found

    @staticmethod
    def _of(judged, is_failed):
        return [judged.judged, judged.failed] if is_failed else [judged.judged]

    def about(self, moment, jobs):
        """The :class:`Near` of a moment."""
        first = bisect.bisect_left(self._times, moment - NEARBY)
        last = bisect.bisect_right(self._times, moment + NEARBY)
        return Near(
            self._whole.rate(self._changes, first, last),
            {job: self._jobs[job].rate(self._changes, first, last) for job in jobs},
        )


class Nearby:
    """What CIs said of other changes about when they failed this one."""

    def __init__(self, bad, said):
        """Takes verdicts, and CI id -> what :class:`_Said` takes."""
        jobs = {each.attempt.system: set() for each in bad}
        for each in bad:
            jobs[each.attempt.system] |= _failed(each.attempt)
        self._said = {system_id: _Said(wanted, said.get(system_id, ())) for system_id, wanted in jobs.items()}

    def of(self, attempt):
        """The :class:`Near` of an attempt: of its voting jobs that failed, no others."""
        moment = attempt.posted_at.replace(tzinfo=None)
        return self._said[attempt.system].about(moment, _failed(attempt))


def _failed(attempt):
    """The ids of its voting jobs that failed."""
    return {build.job for build in attempt.builds if build.voting and build.result_class == facts.FAILED}


@functools.lru_cache(maxsize=_STRETCHES)
def _nearby(stretches):
    # With OR instead of a union SQLite would look up for each row whether it has it already.
    report = models.Report
    return sa.union_all(
        *(
            sa.select(
                report.account_id,
                # Thousands, and only compared with each other: without a zone they are read in half the time.
                sa.type_coerce(report.posted_at, sa.DateTime()),
                models.PatchSet.change_id,
                sa.type_coerce(report.verdict, sa.String()),
                report.summary,
            )
            .join(models.PatchSet, models.PatchSet.id == report.patch_set_id)
            .where(
                report.account_id == sa.bindparam(f"account_{number}"),
                report.posted_at >= sa.bindparam(f"since_{number}"),
                report.posted_at <= sa.bindparam(f"until_{number}"),
                report.kind == base.Kind.FINISHED,
                models.PatchSet.change_id != sa.bindparam("change_id"),
            )
            for number in range(stretches)
        )
    )


def read_nearby(connection, change_id, bad, as_of):
    by_account = {}
    systems = {each.account: each.attempt.system for each in bad}
    for each in bad:
        at = each.attempt.posted_at
        by_account.setdefault(each.account, []).append((at - NEARBY, min(at + NEARBY, as_of)))
    stretches = [
        (account, *stretch) for account, found in sorted(by_account.items()) for stretch in _merged(found)
    ]
    said = {}
    for start in range(0, len(stretches), _STRETCHES):
        part, asked = stretches[start : start + _STRETCHES], {"change_id": change_id}
        for number, (account, since, until) in enumerate(part):
            asked.update({f"account_{number}": account, f"since_{number}": since, f"until_{number}": until})
        for row in connection.execute(_nearby(len(part)), asked).all():
            said.setdefault(systems[row[0]], []).append(row)
    return Nearby(bad, said)
