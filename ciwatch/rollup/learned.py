"""Where a CI is expected because of what it did before, of many days at once."""

import datetime

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import expectation

_PATCH_SETS = sa.select(
    models.DailyProject.project_id,
    models.DailyProject.branch,
    models.DailyProject.day,
    models.DailyProject.patch_sets,
).where(
    models.DailyProject.project_id.in_(sa.bindparam("project_ids", expanding=True)),
    models.DailyProject.day.between(sa.bindparam("first"), sa.bindparam("last")),
)

_REPORTED = sa.select(
    models.DailySystem.project_id,
    models.DailySystem.branch,
    models.DailySystem.day,
    models.DailySystem.reported,
).where(
    models.DailySystem.ci_system_id == sa.bindparam("system_id"),
    models.DailySystem.day.between(sa.bindparam("first"), sa.bindparam("last")),
)


class Learned:
    """Reads the daily sums in two statements, whatever the number of days."""

    def __init__(self, connection, system_id, places):
        """Takes the id of a CI, and the :class:`~ciwatch.recorder.dirty.Place` of which will be asked."""
        self._patch_sets, self._reported, self._known = ({}, {}, {})
        if not places:
            return
        days = [place.day for place in places]
        asked = {
            "project_ids": sorted({place.project_id for place in places}),
            "system_id": system_id,
            "first": expectation.learned_days(min(days))[0],
            "last": expectation.learned_days(max(days))[1],
        }
        for found, statement in ((self._patch_sets, _PATCH_SETS), (self._reported, _REPORTED)):
            for project_id, branch, day, count in connection.execute(statement, asked).all():
                found.setdefault((project_id, branch), {})[day] = count

    def is_expected(self, project_id, branch, day):
        """Whether it is, on the patch sets of a day of a project's branch."""
        key = project_id, branch, day
        if key not in self._known:
            self._known[key] = self._learn(*key)
        return self._known[key]

    def _learn(self, project_id, branch, day):
        first, last = expectation.learned_days(day)
        dates = [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]
        patch_sets, reported = (
            sum(found.get((project_id, branch), {}).get(date, 0) for date in dates)
            for found in (self._patch_sets, self._reported)
        )
        return expectation.is_learned(reported, patch_sets)
