"""What makes the kept figures of some days those of another moment.

What is kept of a day is as of its last count. A page as of an earlier moment must not know what was said
later, and one as of now has to see that an answer which was pending is missed by now. Where the time of all
patch sets of a day had passed by then, few of them differ: what these count now is taken away, and what they
counted then is added. The other days of which it matters are counted as a whole.
"""

import typing

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import days
from ciwatch.insight import expectation
from ciwatch.insight import scene
from ciwatch.recorder.dirty import Place
from ciwatch.rollup import daily
from ciwatch.rollup import scenes
from ciwatch.rollup import spells


class Stale(typing.NamedTuple):
    """The :class:`~ciwatch.recorder.dirty.Place` of the days whose kept figures were others then.

    :ivar whole: those that are counted as a whole.
    :ivar partly: those whose patch sets' time had passed then, so that only few of them differ.
    """

    whole: set
    partly: set


class Correction(typing.NamedTuple):
    """What a day said then: the kept figures without *gone*, which is None for all of them, and with *come*.

    Both are :class:`~ciwatch.insight.days.Counted`, or of one kind of figures what that has by their ids.
    """

    come: typing.Any
    gone: typing.Any


_STALE = sa.select(
    daily.PROJECTS.c.project_id,
    daily.PROJECTS.c.branch,
    daily.PROJECTS.c.day,
    daily.PROJECTS.c.due_at,
    daily.PROJECTS.c.later_at,
).where(
    sa.or_(
        daily.PROJECTS.c.changed_at > sa.bindparam("as_of"), daily.PROJECTS.c.due_at < sa.bindparam("as_of")
    ),
    # Of the days before nothing is left by which they could be counted.
    daily.PROJECTS.c.day >= sa.bindparam("kept_from"),
)


def select(*conditions):
    """The statement for :func:`find`, of the days that meet conditions; to be said once."""
    return _STALE.where(*conditions)


def find(known, systems, dirty, as_of, statement, asked):
    """The :class:`Stale` days.

    :param known: a :class:`~ciwatch.rollup.known.Known`.
    :param systems: ids of the CIs of which figures are asked for, or None for all.
    :param dirty: the places of days that wait to be counted.
    :param statement: of :func:`select`: which days are asked for; ``asked``: its parameters.
    """
    whole, partly, settled = set(dirty), set(), {}
    asked = {"as_of": as_of, "kept_from": known.kept_from, **asked}
    for *key, due_at, later_at in known.connection.execute(statement, asked):
        place = Place._make(key)
        if place.project_id not in settled:
            settled[place.project_id] = (as_of - longest_limit(known, systems, place.project_id)).date()
        is_settled = due_at is None and later_at is None and place.day < settled[place.project_id]
        (partly if is_settled else whole).add(place)
    return Stale(whole, partly - whole)


def longest_limit(known, systems, project_id):
    """The longest time in which an answer of some CIs is expected on a project."""
    project = known.projects[project_id]
    limits = (
        known.registry.limit(known.systems[system_id].name, project)
        for system_id in (known.systems if systems is None else systems)
    )
    return max(limits, default=expectation.LIMIT)


def read_whole(known, systems, places, as_of):
    """The :class:`Correction` of stale days that are counted as a whole, by their places.

    :param systems: ids of the CIs of which figures are asked for, or None for all.
    """
    learn(known, places)
    return {
        place: Correction(days.count(there, as_of, systems), None)
        for place, there in scenes.read(known, places, as_of).items()
    }


def read_partly(known, systems, places, as_of):
    """The same of those on which few patch sets differ: of those days on which any does."""
    if not places:
        return {}
    learn(known, places)
    return {
        place: Correction(
            days.count(there.before(as_of), as_of, systems), days.count(there, scenes.END, systems)
        )
        for place, there in scenes.read(known, places, scenes.END, _differs(known, as_of)).items()
        if there.patch_sets
    }


def learn(known, places):
    """Reads at once who is learned to be expected on some days."""
    for project_id in {place.project_id for place in places}:
        there = [place.day for place in places if place.project_id == project_id]
        known.learn(project_id, min(there), max(there))


def read_jobs(known, system_id, stale, as_of):
    """The :class:`Correction` of stale days, of job id -> :class:`~ciwatch.insight.days.JobDay` of a CI."""
    if not stale.whole and not stale.partly:
        return {}
    spoke, report = scene.NEEDS["answered"], models.Report
    accounts = spells.accounts_of(known.connection, system_id)
    later = sa.select(report.id).where(
        report.patch_set_id == models.PatchSet.id,
        # Not by their index: that has all that they said since.
        (report.account_id + 0).in_(accounts),
        report.posted_at > as_of,
    )
    whole = scenes.read_some(known, stale.whole, as_of, spoke, system_id)
    partly = scenes.read_some(known, stale.partly, scenes.END, spoke, system_id, later.exists())
    found = {place: Correction({}, None) for place in stale.whole}
    for place, there in whole.items():
        found[place] = Correction(_jobs(there, system_id), None)
    for place, there in partly.items():
        found[place] = Correction(_jobs(there.before(as_of), system_id), _jobs(there, system_id))
    return found


def _jobs(there, system_id):
    found = {}
    for patch_set in there.patch_sets:
        days.add_jobs(found, there.attempts.get(patch_set.id, {}).get(system_id, ()))
    return found


def _differs(known, as_of):
    """The condition that figures may count a patch set otherwise now, although its time had passed then.

    That it was replaced or abandoned later changes nothing then.
    """
    report, recheck, patch_set = models.Report, models.Recheck, models.PatchSet
    said_later = [report.posted_at > as_of]
    for system_id, started_at in known.called_later(as_of):
        accounts = sa.select(models.Account.id).where(models.Account.ci_system_id == system_id)
        said_later.append(sa.and_((report.account_id + 0).in_(accounts), report.posted_at >= started_at))
    # Whatever a report says: so the index has all that is asked.
    said = sa.select(report.id).where(report.patch_set_id == patch_set.id, sa.or_(*said_later))
    asked = sa.select(recheck.id).where(recheck.patch_set_id == patch_set.id, recheck.posted_at > as_of)
    return sa.or_(patch_set.merged_at > as_of, said.exists(), asked.exists())
