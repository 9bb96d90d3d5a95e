"""Who has a CI and who has none."""

from pyramid.view import view_config

from ciwatch.queries import coverage
from ciwatch.web import params
from ciwatch.web import rendering
from ciwatch.web import systems
from ciwatch.web.views import project as project_views

#: Above so many rows a page of all projects tells of each only what it lacks; that of a project has all.
MOST_ROWS = 150

_PARAMETERS = (params.PROJECT, params.AS_OF, params.RULES)


@view_config(route_name="coverage", renderer="ciwatch.web:templates/coverage.mako", live="all")
def page(request):
    """Project by project, component by component."""
    found = find(request, **params.read(request, _PARAMETERS))
    given = params.given(request, _PARAMETERS)
    if "project" not in given:
        given.pop("rules", None)
    is_brief = "project" not in given and _rows(found) > MOST_ROWS
    return rendering.page(request, coverage=found, given=given, is_brief=is_brief)


def _rows(found):
    """How many rows a coverage has if each CI of each component has one."""
    return sum(
        len(project.others) + sum(len(component.systems) or 1 for component in project.components)
        for project in found.projects
    )


def find(request, project, until, rules):
    """The :class:`~ciwatch.queries.coverage.Coverage` of a project, or of all.

    :param rules: whether to look at the rules of third-party testing; not for all projects at once.
    :raises pyramid.httpexceptions.HTTPNotFound: where there is no such project, nor a registered one.
    """
    registry = systems.registry(request)
    if project and project not in registry.projects:
        project_views.find(request, project)
    with_rules = rules and bool(project)
    return coverage.read(request.db, registry, until, project or None, with_rules)
