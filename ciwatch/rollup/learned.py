"""Where a CI is expected because of what it did before, of many days at once."""

import datetime

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import expectation


class Learned:
    """Reads the daily sums in two statements, whatever the number of days."""

    def __init__(self, connection, system_id, places):
        """Takes the id of a CI, and the :class:`~ciwatch.recorder.dirty.Place` of which will be asked."""
        self._patch_sets, self._reported, self._known = ({}, {}, {})
        if not places:
            return
        project, system = models.DailyProject, models.DailySystem
        project_ids = sorted({place.project_id for place in places})
        days = [place.day for place in places]
        first, _ = expectation.learned_days(min(days))
        _, last = expectation.learned_days(max(days))
        statements = (
            sa.select(project.project_id, project.branch, project.day, project.patch_sets).where(
                project.project_id.in_(project_ids), project.day.between(first, last)
            ),
            sa.select(system.project_id, system.branch, system.day, system.reported).where(
                system.ci_system_id == system_id, system.day.between(first, last)
            ),
        )
        for found, statement in zip((self._patch_sets, self._reported), statements, strict=True):
            for project_id, branch, day, count in connection.execute(statement):
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
