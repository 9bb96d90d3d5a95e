"""Reads what was said of the patch sets of some days, as of a moment."""

import datetime
import functools
import itertools

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import summary
from ciwatch.insight import facts
from ciwatch.insight import scene
from ciwatch.insight.facts import midnight
from ciwatch.parsers import base
from ciwatch.recorder.dirty import Place
from ciwatch.rollup import learned
from ciwatch.rollup import spells

# Rows are fetched all at once, .all(): one by one takes twice as long.
_CHUNK = 500
_DAY = datetime.timedelta(days=1)
_NEAR, _FAR = datetime.timedelta(days=3), datetime.timedelta(days=28)
_FEW_DAYS, _NEAR_DAYS = 2, 30


def unindexed(column):
    """A *column* by whose index no database looks: SQLite, which knows no statistics, would.

    It would read all that an account ever had, instead of a few days of it.
    """
    return column + 0


# Said once: to put a statement together takes longer than SQLite takes for most of them.

_PATCH_SETS = (
    sa.select(
        models.PatchSet.id,
        models.PatchSet.change_id,
        models.Change.project_id,
        models.Change.branch,
        models.Change.number.label("change"),
        models.PatchSet.number,
        models.PatchSet.kind,
        models.PatchSet.seen_at,
        models.PatchSet.created_at,
        models.PatchSet.merged_at,
        models.PatchSet.abandoned_at,
        models.PatchSet.is_unready,
        models.PatchSet.files,
    )
    .join(models.Change, models.Change.id == models.PatchSet.change_id)
    .order_by(models.PatchSet.seen_at, models.Change.number, models.PatchSet.number)
)

_ANSWERED_AT = sa.func.min(models.Report.posted_at)

# Without a zone, since they are many and only compared with each other.
_ANSWERED = (
    sa.select(
        models.PatchSet.id,
        models.Change.project_id,
        sa.type_coerce(models.PatchSet.seen_at, sa.DateTime()),
        sa.type_coerce(_ANSWERED_AT, sa.DateTime()),
    )
    .join(models.Change, models.Change.id == models.PatchSet.change_id)
    .join(models.Report, models.Report.patch_set_id == models.PatchSet.id)
    .where(
        models.PatchSet.project_id.in_(sa.bindparam("project_ids", expanding=True)),
        models.Change.branch.in_(sa.bindparam("branches", expanding=True)),
        models.PatchSet.seen_at >= sa.bindparam("since"),
        models.PatchSet.seen_at < sa.bindparam("until"),
        unindexed(models.Report.account_id).in_(sa.bindparam("accounts", expanding=True)),
        models.Report.kind == base.Kind.FINISHED,
        models.Report.posted_at <= sa.bindparam("as_of"),
    )
    .group_by(models.PatchSet.id, models.Change.project_id, models.PatchSet.seen_at)
)

_OF_CHANGE = _PATCH_SETS.where(
    models.PatchSet.change_id == sa.bindparam("change_id"), models.PatchSet.number >= sa.bindparam("oldest")
)

_CHANGE = sa.select(models.Change.project_id, models.Change.branch).where(
    models.Change.id == sa.bindparam("change_id")
)

_FOLLOWING = sa.select(models.PatchSet.change_id, models.PatchSet.number, models.PatchSet.seen_at).where(
    models.PatchSet.change_id.in_(sa.bindparam("change_ids", expanding=True))
)

_REQUESTS = (
    sa.select(models.Recheck.patch_set_id, models.Recheck.id, models.Recheck.posted_at, models.Recheck.phrase)
    .where(models.Recheck.patch_set_id.in_(sa.bindparam("patch_set_ids", expanding=True)))
    .order_by(models.Recheck.posted_at, models.Recheck.id)
)


#: As of it all that was recorded is told.
END = datetime.datetime.max.replace(tzinfo=datetime.UTC)


def read(known, places, as_of, rare=None, with_comments=False, only=None):
    """The scenes of some days: place -> :class:`~ciwatch.insight.scene.Scene`.

    :param known: a :class:`~ciwatch.rollup.known.Known`.
    :param places: :class:`~ciwatch.recorder.dirty.Place` tuples.
    :param as_of: nothing is told that happened after this moment.
    :param rare: a condition that few patch sets meet: no others are told of. None for all.
    :param with_comments: whether the comments are read, too: all of their text.
    :param only: ids of the CIs of which it is told what they said; None for all.
    """
    time, by_place = _Time(as_of), {place: [] for place in places}
    for place, patch_set in _of_days(known, places, time, rare):
        by_place[place].append(patch_set)
    comments = None
    if with_comments:
        ids = [patch_set.id for there in by_place.values() for patch_set in there]
        comments = _read_comments(known.connection, ids, time, only)
    own = () if only is None else (models.Account.ci_system_id.in_(only),)
    return _scenes(known, by_place, time, comments, own)


def read_change(known, change_id, oldest, as_of):
    """The scenes of a change, with no patch set of another one in them, by date as :func:`read` has them.

    :param oldest: the number of the first patch set that is told of.
    """
    time = _Time(as_of)
    project_id, branch = known.connection.execute(_CHANGE, {"change_id": change_id}).one()
    found = _read_patch_sets(known, time, _OF_CHANGE, {"change_id": change_id, "oldest": oldest})
    patch_sets = [patch_set for _, patch_set in found]
    wanted = sorted({patch_set.seen_at.date() for patch_set in patch_sets})
    # Each day by itself takes two statements; all between two days that are far apart would be too many.
    for near in _near(wanted):
        if len(near) > _FEW_DAYS:
            known.learn(project_id, near[0], near[-1])
    by_place = {Place(project_id, branch, day): [] for day in wanted}
    for patch_set in patch_sets:
        by_place[project_id, branch, patch_set.seen_at.date()].append(patch_set)
    return {place.day: there for place, there in _scenes(known, by_place, time).items()}


def _near(days):
    """Sorted days as lists of those that are not far from each other."""
    found = []
    for day in days:
        if found and (day - found[-1][0]).days <= _NEAR_DAYS:
            found[-1].append(day)
        else:
            found.append([day])
    return found


def _scenes(known, by_place, time, comments=None, own=()):
    ids = [patch_set.id for there in by_place.values() for patch_set in there]
    attempts = _read_attempts(known.connection, ids, time, *own)
    requests = _read_requests(known.connection, ids, time)
    rechecks = {key: [request.posted_at for request in asked] for key, asked in requests.items()}
    speakers = {}
    for (project_id, branch, _), there in by_place.items():
        for patch_set in there:
            spoke = speakers.setdefault((project_id, branch), set())
            spoke.update(attempts.get(patch_set.id, ()), (comments or {}).get(patch_set.id, ()))
    return {
        place: scene.Scene(
            place.day,
            there,
            attempts,
            rechecks,
            known.watched(*place, time.as_of, also=speakers[place.project_id, place.branch]) if there else [],
            time.later_at,
            comments,
            requests,
        )
        for place, there in by_place.items()
    }


class _Time:
    """The moment of which is told, and the earliest after it of which is not."""

    def __init__(self, as_of):
        self.as_of = as_of
        self.later_at = None

    def is_past(self, moment):
        """Whether something happened by then; what did not is remembered."""
        if moment <= self.as_of:
            return True
        self.later_at = min(moment, self.later_at or moment)
        return False

    def past(self, moment):
        """A moment, or None where it is None or yet to come."""
        return moment if moment is not None and self.is_past(moment) else None


def read_some(known, places, as_of, need, system_id, rare=None):
    """The scenes of many days, with those patch sets alone that may count in a figure of a CI.

    What is not needed for that is left out: who else is there, when somebody asked for a re-run.

    :param known: a :class:`~ciwatch.rollup.known.Known`.
    :param places: of the days, :class:`~ciwatch.recorder.dirty.Place` tuples.
    :param need: the figure's :class:`~ciwatch.insight.scene.Need`.
    :param rare: another condition, as that of :func:`read`.
    :returns: place -> :class:`~ciwatch.insight.scene.Scene`.
    """
    if not places:
        return {}
    time, connection = _Time(as_of), known.connection
    accounts, by_place = spells.accounts_of(connection, system_id), {}
    if need.late:
        late = models.PatchSet.id.in_(_read_late(known, places, as_of, system_id, accounts))
        rare = late if rare is None else sa.and_(rare, late)
    for place, patch_set in _of_days(known, places, time, rare, need, accounts):
        by_place.setdefault(place, []).append(patch_set)
    attempts = {}
    if need.verdicts is None or need.verdicts:
        ids = [patch_set.id for there in by_place.values() for patch_set in there]
        only = () if need.of_others else (unindexed(models.Report.account_id).in_(accounts),)
        attempts = _read_attempts(connection, ids, time, *only)
    speakers = {system_id, *(each for said in attempts.values() for each in said)}
    expects = learned.Learned(connection, system_id, places)
    return {
        place: scene.Scene(
            place.day,
            there,
            attempts,
            {},
            known.watched(
                *place,
                as_of,
                only=None if need.of_others else system_id,
                also=speakers,
                # Of the others it does not matter.
                learned={system_id} if expects.is_expected(*place) else frozenset(),
                with_spells=bool(attempts),
            ),
        )
        for place, there in by_place.items()
    }


def _read_late(known, places, as_of, system_id, accounts):
    """The ids of patch sets, of some days among others, that a CI answered after its limit."""
    places, name = set(places), known.systems[system_id].name
    limits = {
        project_id: known.registry.limit(name, known.projects[project_id])
        for project_id in {place.project_id for place in places}
    }
    asked = _asked(places, accounts, as_of)
    return [
        patch_set_id
        for patch_set_id, project_id, seen_at, answered_at in known.connection.execute(_ANSWERED, asked).all()
        if answered_at > seen_at + limits[project_id]
    ]


@functools.cache
def _meets(need):
    """The conditions that a patch set may count, given the ids of a CI's accounts, and as of which moment."""
    report = models.Report
    said = sa.select(report.id).where(
        report.patch_set_id == models.PatchSet.id,
        unindexed(report.account_id).in_(sa.bindparam("accounts", expanding=True)),
        report.kind == base.Kind.FINISHED,
        report.posted_at <= sa.bindparam("as_of"),
    )
    if need.verdicts is None:
        return [] if need.silent else [said.exists()]
    ways = [said.where(report.verdict.in_(sorted(need.verdicts))).exists()] if need.verdicts else []
    if need.silent:
        ways.append(~said.exists())
    return [sa.or_(*ways)]


def _chunks(ids):
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


def read_patch_sets(known, project_id, branch, wanted, as_of):
    """The :class:`~ciwatch.insight.facts.PatchSet` of some days of a project's branch, in their order."""
    places = [Place(project_id, branch, day) for day in wanted]
    return [patch_set for _, patch_set in _of_days(known, places, _Time(as_of))]


@functools.cache
def _select_days(need):
    """The statement for the patch sets of some days, and whether not all of them count."""
    conditions = _meets(need) if need else []
    seen_at = models.PatchSet.seen_at
    statement = _PATCH_SETS.where(
        models.PatchSet.project_id.in_(sa.bindparam("project_ids", expanding=True)),
        models.Change.branch.in_(sa.bindparam("branches", expanding=True)),
        # SQLite reads its index from beginning to end where it is asked for several stretches alone.
        seen_at >= sa.bindparam("since"),
        seen_at < sa.bindparam("until"),
        *conditions,
    )
    return statement, bool(conditions)


def _asked(places, accounts, as_of):
    """The parameters of statements about the patch sets of some days."""
    days = [place.day for place in places]
    return {
        "project_ids": sorted({place.project_id for place in places}),
        "branches": sorted({place.branch for place in places}),
        "since": midnight(min(days)),
        "until": midnight(max(days) + _DAY),
        "accounts": accounts,
        "as_of": as_of,
    }


def _of_days(known, places, time, rare=None, need=None, accounts=()):
    """(place, patch set) of those of some days that may count, in their order.

    :param rare: a condition that few meet; None for all.
    :param need: of the CI with these *accounts*; None for whatever was said.
    """
    if not places:
        return []
    places = set(places)
    days = sorted({place.day for place in places})
    statement, is_narrowed = _select_days(need)
    # Few meet conditions, so to pass over the days between takes less than to look each of many days up.
    apart = _FAR if rare is not None else _NEAR if is_narrowed else _DAY
    narrower = list(_within(models.PatchSet.seen_at, _stretches(days, apart)))
    if rare is not None:
        narrower.append(rare)
    if narrower:
        statement = statement.where(*narrower)
    asked = _asked(places, accounts, time.as_of)
    return _read_patch_sets(known, time, statement, asked, is_chosen=places.__contains__)


def _read_patch_sets(known, time, statement, asked, is_chosen=lambda place: True):
    rows = [
        (place, row)
        for row in known.connection.execute(statement, asked).all()
        if is_chosen(place := Place(row.project_id, row.branch, row.seen_at.date()))
        and time.is_past(row.seen_at)
    ]
    replaced = _read_replaced(known.connection, {row.change_id for _, row in rows})
    return [
        (
            place,
            facts.PatchSet(
                row.id,
                row.change,
                row.number,
                known.projects[row.project_id],
                row.branch,
                row.kind,
                row.seen_at,
                row.created_at,
                time.past(replaced.get((row.change_id, row.number))),
                time.past(row.merged_at),
                time.past(row.abandoned_at),
                row.is_unready,
                None if row.files is None else tuple(row.files),
            ),
        )
        for place, row in rows
    ]


def _within(moment, stretches):
    """The condition that a moment lies in some stretches of days, if they are several."""
    if len(stretches) == 1:
        return ()
    return [sa.or_(*(sa.and_(moment >= midnight(a), moment < midnight(b + _DAY)) for a, b in stretches))]


def _stretches(days, apart):
    """(first, last) of the stretches of sorted days that are not further apart."""
    found = []
    for day in days:
        if found and day - found[-1][1] <= apart:
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


def _read_replaced(connection, change_ids):
    """(change id, patch set number) -> when the next patch set came."""
    by_change = {}
    for part in _chunks(sorted(change_ids)):
        for change_id, number, seen_at in connection.execute(_FOLLOWING, {"change_ids": part}).all():
            by_change.setdefault(change_id, []).append((number, seen_at))
    replaced = {}
    for change_id, found in by_change.items():
        found.sort()
        for (number, _), (_, next_at) in itertools.pairwise(found):
            replaced[change_id, number] = next_at
    return replaced


#: What :func:`attempt_of` takes of a report with its account, and the order of times.
ATTEMPT = (
    models.Report.id,
    models.Account.ci_system_id,
    models.Report.patch_set_id,
    models.Report.pipeline,
    models.Report.attempt,
    models.Report.posted_at,
    sa.type_coerce(models.Report.verdict, sa.String()),
    models.Report.digest,
    models.Report.summary,
)
ATTEMPT_ORDER = (
    models.Report.posted_at,
    models.Report.pipeline,
    models.Report.attempt,
    models.Report.digest,
)


def attempt_of(values):
    """The :class:`~ciwatch.insight.facts.Attempt` of the values of :data:`ATTEMPT`."""
    *values, line = values
    return facts.Attempt(*values, builds_of(line))


_ATTEMPTS = (
    sa.select(*ATTEMPT)
    .join(models.Account, models.Account.id == models.Report.account_id)
    .where(
        models.Report.patch_set_id.in_(sa.bindparam("patch_set_ids", expanding=True)),
        models.Report.kind == base.Kind.FINISHED,
    )
    .order_by(*ATTEMPT_ORDER)
)


def _read_attempts(connection, patch_set_ids, time, *conditions):
    """Patch set id -> CI id -> its :class:`~ciwatch.insight.facts.Attempt`, in the order of their times."""
    found, statement = {}, _ATTEMPTS.where(*conditions) if conditions else _ATTEMPTS
    for part in _chunks(patch_set_ids):
        for row in connection.execute(statement, {"patch_set_ids": part}).all():
            _, system_id, patch_set_id, _, _, posted_at, *_ = row
            if posted_at <= time.as_of or time.is_past(posted_at):
                found.setdefault(patch_set_id, {}).setdefault(system_id, []).append(attempt_of(row))
    return found


@functools.lru_cache(maxsize=16384)
def builds_of(line):
    """The :class:`~ciwatch.insight.facts.Build` of a report's summary, in their order; none of None.

    Most lines of a CI are alike, so they are remembered.
    """
    if not line:
        return ()
    return tuple(facts.Build(build.job, build.result, build.voting) for build in summary.unpack(line))


def _read_requests(connection, patch_set_ids, time):
    """Patch set id -> the :class:`~ciwatch.insight.facts.Request` for re-runs, in order."""
    found = {}
    for part in _chunks(patch_set_ids):
        for patch_set_id, *asked in connection.execute(_REQUESTS, {"patch_set_ids": part}).all():
            request = facts.Request(*asked)
            if time.is_past(request.posted_at):
                found.setdefault(patch_set_id, []).append(request)
    return found


# A member is compared by a method of its class, plain text at once.
_FINISHED, _OTHER = str(base.Kind.FINISHED.value), str(base.Kind.OTHER.value)


def _read_comments(connection, patch_set_ids, time, only):
    """Patch set id -> CI id -> its :class:`~ciwatch.insight.facts.Comment`, in the order of their times."""
    report, account, found = models.Report, models.Account, {}
    for part in _chunks(patch_set_ids):
        conditions = [report.patch_set_id.in_(part)]
        if only is not None:
            conditions.append(account.ci_system_id.in_(only))
        logs = _read_logs(connection, conditions)
        statement = (
            sa.select(
                report.patch_set_id,
                account.ci_system_id,
                report.id,
                report.posted_at,
                sa.type_coerce(report.kind, sa.String()),
                report.pipeline,
                sa.type_coerce(report.verdict, sa.String()),
                report.parser,
                report.text,
            )
            .join(account, account.id == report.account_id)
            .where(*conditions)
            .order_by(report.posted_at, report.id)
        )
        for row in connection.execute(statement).all():
            patch_set_id, system_id, report_id, posted_at, kind, pipeline, verdict, parser, text = row
            if time.is_past(posted_at):
                comment = facts.Comment(
                    report_id,
                    posted_at,
                    kind == _FINISHED,
                    kind != _OTHER or parser is None,
                    pipeline,
                    verdict if kind in (_FINISHED, _OTHER) else None,
                    text,
                    tuple(logs.get(report_id, ())),
                )
                found.setdefault(patch_set_id, {}).setdefault(system_id, []).append(comment)
    return found


def _read_logs(connection, conditions):
    """Report id -> (job id, address of its log or None) of its builds that judged, in their order."""
    build, report, account, found = models.Build, models.Report, models.Account, {}
    statement = (
        sa.select(build.report_id, build.job_id, build.log_url)
        .join(report, report.id == build.report_id)
        .join(account, account.id == report.account_id)
        .where(*conditions, report.kind == base.Kind.FINISHED, build.result_class.in_(facts.JUDGED))
        .order_by(build.report_id, build.position)
    )
    for report_id, job_id, log_url in connection.execute(statement).all():
        found.setdefault(report_id, []).append((job_id, log_url))
    return found
