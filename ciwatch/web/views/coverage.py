"""Who has a CI and who has none."""

from pyramid.view import view_config

from ciwatch.queries import coverage
from ciwatch.web import params
from ciwatch.web import rendering
from ciwatch.web import systems
from ciwatch.web.views import project as project_views

_PARAMETERS = (params.PROJECT, params.AS_OF, params.RULES)


@view_config(route_name="coverage", renderer="ciwatch.web:templates/coverage.mako", live="all")
def page(request):
    """Project by project, component by component."""
    found = find(request, **params.read(request, _PARAMETERS))
    given = params.given(request, _PARAMETERS)
    if "project" not in given:
        given.pop("rules", None)
    return rendering.page(request, coverage=found, given=given)


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
