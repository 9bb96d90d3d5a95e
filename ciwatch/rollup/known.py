"""What does not change while figures are counted: who there is, where each is expected, when it was sick."""

import datetime
import functools

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import expectation
from ciwatch.insight import scene
from ciwatch.insight.facts import midnight
from ciwatch.recorder import horizon
from ciwatch.registry import model as registry_model
from ciwatch.rollup import spells

# Before there was a Gerrit.
_ANY_TIME = datetime.date(2000, 1, 1)


def expects(registry, name, project, branch, day, is_learned):
    """What :class:`~ciwatch.insight.scene.Watched` asks: whether a CI is expected, given a patch set's files.

    :param is_learned: whether it is by what it did there before, where the registry says nothing.
    """

    def expected(files):
        if registry.is_retired(name, day):
            return False
        found = registry.is_expected(name, project, branch, files)
        if found is registry_model.Expected.UNREGISTERED:
            return is_learned
        if found is registry_model.Expected.UNKNOWN_FILES:
            return None
        return found is registry_model.Expected.YES

    return expected


# Said once: to put a statement together takes longer than to have it answered.

_PROJECTS = sa.select(models.Project.id, models.Project.name)

_SYSTEMS = sa.select(models.CISystem.id, models.CISystem.name, models.CISystem.is_gate)

_FIRST_REPORTS = (
    sa.select(models.Account.ci_system_id, sa.func.min(models.AccountProject.first_at))
    .join(models.Account, models.Account.id == models.AccountProject.account_id)
    .where(
        models.AccountProject.project_id == sa.bindparam("project_id"),
        models.Account.ci_system_id.is_not(None),
    )
    .group_by(models.Account.ci_system_id)
)

_PATCH_SETS = sa.select(
    models.DailyProject.branch, models.DailyProject.day, models.DailyProject.patch_sets
).where(
    models.DailyProject.project_id == sa.bindparam("project_id"),
    models.DailyProject.day.between(sa.bindparam("since"), sa.bindparam("until")),
)

_REPORTED = sa.select(
    models.DailySystem.branch,
    models.DailySystem.ci_system_id,
    models.DailySystem.day,
    models.DailySystem.reported,
).where(
    models.DailySystem.project_id == sa.bindparam("project_id"),
    models.DailySystem.day.between(sa.bindparam("since"), sa.bindparam("until")),
    models.DailySystem.reported > 0,
)


_PATCH_SETS_OF_BRANCH = sa.select(sa.func.sum(models.DailyProject.patch_sets)).where(
    models.DailyProject.project_id == sa.bindparam("project_id"),
    models.DailyProject.branch == sa.bindparam("branch"),
    models.DailyProject.day.between(sa.bindparam("since"), sa.bindparam("until")),
)

_REPORTED_ON_BRANCH = (
    sa.select(models.DailySystem.ci_system_id, sa.func.sum(models.DailySystem.reported))
    .where(
        models.DailySystem.project_id == sa.bindparam("project_id"),
        models.DailySystem.branch == sa.bindparam("branch"),
        models.DailySystem.day.between(sa.bindparam("since"), sa.bindparam("until")),
    )
    .group_by(models.DailySystem.ci_system_id)
)

_SET_ASIDE = spells.brief(
    models.Spell.kind.in_(spells.SET_ASIDE),
    sa.or_(models.Spell.ended_at.is_(None), models.Spell.ended_at >= sa.bindparam("since")),
)


def _trailing(counts, days):
    """The sums of a figure, a dict of dates, over the days that tell of each of some *days* in a row."""
    first, last = expectation.learned_days(days[0])
    total = sum(
        counts.get(first + datetime.timedelta(days=number), 0) for number in range((last - first).days + 1)
    )
    sums = [total]
    for _ in days[1:]:
        last += datetime.timedelta(days=1)
        total += counts.get(last, 0) - counts.get(first, 0)
        first += datetime.timedelta(days=1)
        sums.append(total)
    return sums


class Known:
    """Reads each of these things once."""

    def __init__(self, connection, registry, since=None):
        """Takes the :class:`~ciwatch.registry.model.Registry`.

        :param since: the date before which nothing is asked; None for any time.
        """
        self.connection = connection
        self._since = since
        self.registry = registry
        self._first_reports = {}
        self._learned_on = {}
        self._learned_days = {}

    @functools.cached_property
    def kept_from(self):
        """The first date of whose patch sets more is kept than figures."""
        return horizon.read(self.connection)

    @functools.cached_property
    def projects(self):
        """Id of a project -> its name."""
        return dict(map(tuple, self.connection.execute(_PROJECTS)))

    @functools.cached_property
    def systems(self):
        """Id of a CI -> (id, name, is_gate)."""
        return {row.id: row for row in self.connection.execute(_SYSTEMS)}

    def watched(self, project_id, branch, day, as_of, only=None, also=(), learned=None, with_spells=True):
        """The :class:`~ciwatch.insight.scene.Watched` CIs of a branch on a day, by id, or *only* one.

        :param also: ids of CIs that spoke there, although they reported on nothing of the project: of a
            change that came from another one.
        :param learned: ids of those that are expected because of what they did before, where the caller
            knows it of all that it will ask about.
        :param with_spells: whether it matters when they were sick.
        """
        first_reports = {**dict.fromkeys(also), **self._first_reports_on(project_id)}
        if learned is None:
            learned = self._learned(project_id, branch, day)
        project = self.projects[project_id]
        return [
            scene.Watched(
                system_id,
                self.systems[system_id].is_gate,
                first_at,
                expects(
                    self.registry, self.systems[system_id].name, project, branch, day, system_id in learned
                ),
                self.registry.limit(self.systems[system_id].name, project),
                tuple(
                    spell
                    for spell in self._spells.get(system_id, ())
                    # Of a patch set nothing is said before its day; a year's spells are many to ask.
                    if spell.called_at <= as_of and (spell.ended_at is None or spell.ended_at > midnight(day))
                )
                if with_spells
                else (),
                *self._registered(system_id),
            )
            for system_id, first_at in sorted(first_reports.items())
            if only in (None, system_id)
        ]

    def _registered(self, system_id):
        """The address of a CI's page, and its phrase for a re-run, each None where the registry has none."""
        entry = self.registry.systems.get(self.systems[system_id].name)
        return (entry.page or None, entry.recheck or None) if entry else (None, None)

    def may_depend_on_files(self, system_id, branches):
        """Whether it may depend on unknown files that a CI is expected on some (project id, branch)."""
        name = self.systems[system_id].name
        return any(
            self.registry.is_expected(name, self.projects[project_id], branch, None)
            is registry_model.Expected.UNKNOWN_FILES
            for project_id, branch in branches
        )

    def learn(self, project_id, first, last):
        """Reads at once who is learned to be expected on a project's branches, from one date to another.

        What :meth:`watched` would else read for each branch and day by itself.
        """
        since, until = expectation.learned_days(first)[0], expectation.learned_days(last)[1]
        asked = {"project_id": project_id, "since": since, "until": until}
        patch_sets, reported = {}, {}
        for branch, day, count in self.connection.execute(_PATCH_SETS, asked).all():
            patch_sets.setdefault(branch, {})[day] = count
        for branch, system_id, day, count in self.connection.execute(_REPORTED, asked).all():
            reported.setdefault(branch, {}).setdefault(system_id, {})[day] = count
        days = [first + datetime.timedelta(days=number) for number in range((last - first).days + 1)]
        for branch, counts in patch_sets.items():
            of_all = _trailing(counts, days)
            of_each = {
                system_id: _trailing(each, days) for system_id, each in reported.get(branch, {}).items()
            }
            for number, day in enumerate(days):
                self._learned_on[project_id, branch, day] = frozenset(
                    system_id
                    for system_id, sums in of_each.items()
                    if expectation.is_learned(sums[number], of_all[number])
                )
        self._learned_days.setdefault(project_id, set()).update(days)

    def _first_reports_on(self, project_id):
        if project_id not in self._first_reports:
            rows = self.connection.execute(_FIRST_REPORTS, {"project_id": project_id})
            self._first_reports[project_id] = dict(map(tuple, rows))
        return self._first_reports[project_id]

    def _learned(self, project_id, branch, day):
        """The ids of the CIs that are expected because of what they did before *day*."""
        key = project_id, branch, day
        if key not in self._learned_on:
            # Of a branch without patch sets in all these days nothing was read, and nothing is there.
            is_read = day in self._learned_days.get(project_id, ())
            self._learned_on[key] = frozenset() if is_read else self._learn(*key)
        return self._learned_on[key]

    def _learn(self, project_id, branch, day):
        first, last = expectation.learned_days(day)
        asked = {"project_id": project_id, "branch": branch, "since": first, "until": last}
        patch_sets = self.connection.scalar(_PATCH_SETS_OF_BRANCH, asked)
        if not patch_sets:
            return frozenset()
        return frozenset(
            system_id
            for system_id, reported in self.connection.execute(_REPORTED_ON_BRANCH, asked)
            if expectation.is_learned(reported, patch_sets)
        )

    def called_later(self, moment):
        """(CI id, when it began) of the spells that had begun at a moment, and were known only later."""
        return [
            (system_id, spell.started_at)
            for system_id, found in self._spells.items()
            for spell in found
            if spell.started_at <= moment < spell.called_at
        ]

    @functools.cached_property
    def _spells(self):
        """Id of a CI -> the spells in which its votes are set aside, in their order."""
        found, asked = {}, {"since": midnight(self._since or _ANY_TIME)}
        for system_id, spell in spells.read_brief(self.connection, _SET_ASIDE, asked):
            found.setdefault(system_id, []).append(spell)
        return found
