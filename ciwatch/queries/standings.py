"""How each CI stands to the patch sets of a matrix on which it said no verdict."""

from ciwatch.insight import scene
from ciwatch.queries import cells
from ciwatch.rollup import known as knowns


class Standings:
    """Reads at once what tells where each CI is expected; then each cell is told by itself."""

    def __init__(self, connection, registry, project_id, patch_sets, as_of):
        """Takes :class:`~ciwatch.insight.facts.PatchSet` of a project, and the moment of which is told."""
        self._project_id, self._as_of = project_id, as_of
        self._watched = {}
        self._keys = {each.id: (each.branch, each.seen_at.date()) for each in patch_sets}
        days = {day for _, day in self._keys.values()}
        self._known = knowns.Known(connection, registry, since=min(days, default=None))
        if days:
            # Of the thousands that there may be, none else is asked for.
            self._known.projects = {project_id: patch_sets[0].project}
            self._known.learn(project_id, min(days), max(days))

    def state(self, system_id, patch_set):
        """The :class:`~ciwatch.queries.cells.State` of a CI that has not answered a patch set."""
        key = self._keys[patch_set.id]
        watched = self._watched.get(key)
        if watched is None:
            found = self._known.watched(self._project_id, *key, self._as_of, with_spells=False)
            watched = self._watched[key] = {system.id: system for system in found}
        if system_id not in watched:
            return cells.State.NOT_EXPECTED
        standing = scene.standing_of(watched[system_id], patch_set, (), self._as_of)
        # Where it depends on files that nobody knows, nobody can expect it either.
        return cells.UNANSWERED.get(standing, cells.State.NOT_EXPECTED)
