"""How CIs keep the rules of third-party testing: written by the day, read by the window."""

import datetime
import functools
import operator
import typing

import msgspec
import sqlalchemy as sa

from ciwatch.db import bulk
from ciwatch.db import lookup
from ciwatch.db import models
from ciwatch.insight import days
from ciwatch.insight import facts
from ciwatch.insight import keeping
from ciwatch.insight import policy
from ciwatch.recorder.dirty import Place
from ciwatch.rollup import corrections
from ciwatch.rollup import daily
from ciwatch.rollup import scenes
from ciwatch.rollup import window as windows

RULES = models.DailyRule.__table__

_PLACE = tuple(RULES.c[name] for name in Place._fields)
_KEY = (RULES.c.ci_system_id, RULES.c.rule, RULES.c.counts_on)
_TALLY = tuple(RULES.c[name] for name in keeping.Tally.__struct_fields__)


# Said once: to put a statement together takes longer than to have it answered.

_OF_WINDOW = (
    RULES.c.ci_system_id.in_(sa.bindparam("systems", expanding=True)),
    RULES.c.counts_on.between(sa.bindparam("first"), sa.bindparam("last")),
)

_SUMS = (
    sa.select(*_KEY[:2], *(sa.func.sum(column) for column in (RULES.c.kept, RULES.c.cases, RULES.c.breaches)))
    .where(*_OF_WINDOW)
    .group_by(*_KEY[:2])
)

_BROKEN = sa.select(RULES.c.counts_on, RULES.c.rule, RULES.c.broken).where(*_OF_WINDOW, RULES.c.breaches > 0)


class Sum(typing.NamedTuple):
    """In how many *cases* a rule was kept, and how often it was broken."""

    kept: int
    cases: int
    breaches: int


def write(connection, counted):
    """Puts days in the place of what was counted of them before.

    :param counted: :class:`~ciwatch.recorder.dirty.Place` -> :class:`~ciwatch.insight.days.Counted`.
    :returns: the ids of the projects of which any row changed.
    """
    known = {place: {} for place in counted}
    statement = sa.select(*_PLACE, *_KEY, *_TALLY).where(_at(counted))
    for project_id, branch, day, *key, kept, cases, breaches, broken in connection.execute(statement).all():
        tally = keeping.Tally(kept, cases, breaches, broken)
        known[Place(project_id, branch, day)][keeping.Key(*key)] = tally
    changed = [place for place, of in counted.items() if of.rules != known[place]]
    if not changed:
        return set()
    connection.execute(sa.delete(RULES).where(_at(changed)))
    rows = [
        {
            **place._asdict(),
            "ci_system_id": key.system,
            # Any enumeration is more than a driver takes for text.
            "rule": str(key.rule.value),
            "counts_on": key.counts_on,
            **msgspec.structs.asdict(tally),
        }
        for place in changed
        for key, tally in counted[place].rules.items()
    ]
    bulk.insert(connection, RULES, rows)
    return {place.project_id for place in changed}


def _at(places):
    return lookup.among(_PLACE, [tuple(place) for place in places], by=[RULES.c.project_id, RULES.c.day])


class Window(windows.Window):
    """Some days as of a moment, of some CIs on all projects: how they kept the rules."""

    def __init__(self, known, system_ids, first, last, as_of):
        """Takes the ids of the CIs, and what else a :class:`~ciwatch.rollup.window.Window` does."""
        super().__init__(known, windows.Scope(), first, last, as_of)
        self._systems = list(system_ids)
        # Comments of these days may be on patch sets of earlier ones.
        self._narrowed = self._narrowed._replace(has_first=False, by_system=True)

    def tallies(self):
        """(CI id, rule) -> :class:`Sum`."""
        # MySQL's sums are decimals.
        found = {tuple(row[:2]): Sum(*map(int, row[2:])) for row in self._read(_SUMS)}
        for key, tally in self._fresh:
            before = found.get(key[:2], (0, 0, 0))
            told = (tally.kept, tally.cases, tally.breaches)
            found[key[:2]] = Sum(*map(sum, zip(before, told, strict=True)))
        return found

    def broken(self):
        """Rule -> ids of what broke it, of the only CI: of as many of the newest days as have enough."""
        told = [tuple(row) for row in self._read(_BROKEN)]
        told += [(key.counts_on, key.rule, tally.broken) for key, tally in self._fresh if tally.broken]
        found, until = {}, {}
        for day, rule, broken in sorted(told, key=operator.itemgetter(0), reverse=True):
            ids = found.setdefault(rule, [])
            # The day at which there are enough is taken as a whole: of its branches none is newer.
            if len(ids) < policy.MOST or until[rule] == day:
                ids += map(int, broken.split())
                until[rule] = day
        return found

    def _read(self, statement):
        """The rows that were right then."""
        if self._stale:
            statement = statement.where(sa.tuple_(*_PLACE).not_in([tuple(each) for each in self._stale]))
        asked = {"systems": self._systems, "first": self._first, "last": self._last}
        return self._connection.execute(statement, asked).all()

    @functools.cached_property
    def _fresh(self):
        """(key, tally) of the stale days, counted as a whole: where logs are is told by all of a day."""
        if not self._stale:
            return []
        corrections.learn(self._known, self._stale)
        found = scenes.read(self._known, self._stale, self._as_of, with_comments=True, only=self._systems)
        return [
            (key, tally)
            for there in found.values()
            for key, tally in days.count(there, self._as_of, self._systems).rules.items()
            if self._first <= key.counts_on <= self._last
        ]

    @functools.cached_property
    def _stale(self):
        """The places of the days whose kept rows were others then, in their order."""
        columns = daily.PROJECTS.c
        said = sa.select(RULES.c.rule).where(
            RULES.c.ci_system_id.in_(self._systems),
            RULES.c.counts_on.between(self._first, self._last),
            *(RULES.c[name] == columns[name] for name in Place._fields),
        )
        statement = corrections.select(
            *windows.where_it_reports(columns, self._narrowed),
            sa.or_(columns.day >= self._first, said.exists()),
        )
        stale = corrections.find(
            self._known, self._systems, self._dirty(), self._as_of, statement, self._asked
        )
        return sorted(stale.whole | self._touched(stale.partly))

    def _touched(self, places):
        """Those of some days, whose patch sets' time had passed then, on which rules were kept otherwise.

        For what was said later, or for a request whose time had not passed. That a change was closed later
        changes nothing then.
        """
        if not places:
            return set()
        report, recheck, patch_set = models.Report, models.Recheck, models.PatchSet
        accounts = sa.select(models.Account.id).where(models.Account.ci_system_id.in_(self._systems))
        said = sa.select(report.id).where(
            report.patch_set_id == patch_set.id,
            report.posted_at > self._as_of,
            scenes.unindexed(report.account_id).in_(accounts),
        )
        limit = max(
            corrections.longest_limit(self._known, self._systems, project_id)
            for project_id in {place.project_id for place in places}
        )
        asked = sa.select(recheck.id).where(
            recheck.patch_set_id == patch_set.id, recheck.posted_at >= self._as_of - limit
        )
        first, last = min(place.day for place in places), max(place.day for place in places)
        statement = (
            sa.select(models.Change.project_id, models.Change.branch, patch_set.seen_at)
            .join(models.Change, models.Change.id == patch_set.change_id)
            .where(
                patch_set.seen_at >= facts.midnight(first),
                patch_set.seen_at < facts.midnight(last + datetime.timedelta(days=1)),
                sa.or_(said.exists(), asked.exists()),
            )
        )
        return places.intersection(
            Place(project_id, branch, seen_at.date())
            for project_id, branch, seen_at in self._connection.execute(statement)
        )
