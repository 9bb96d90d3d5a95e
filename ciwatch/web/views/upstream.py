"""Whether it is the gate, or all at once, and not one CI."""

from pyramid.view import view_config

from ciwatch.queries import upstream
from ciwatch.web import headlines
from ciwatch.web import params
from ciwatch.web import rendering
from ciwatch.web import systems
from ciwatch.web.views import project as project_views

_PARAMETERS = (params.PROJECT, params.AS_OF)


@view_config(route_name="upstream", renderer="ciwatch.web:templates/upstream.mako", live="all")
def page(request):
    """The gate's health, and what fails for all."""
    found = find(request, **params.read(request, _PARAMETERS))
    return rendering.page(
        request,
        upstream=found,
        headline=headlines.of_upstream(found),
        gate_told=headlines.of_gate,
        given=params.given(request, _PARAMETERS),
    )


def find(request, project, until):
    """The :class:`~ciwatch.queries.upstream.Upstream` of a project, or of all.

    :raises pyramid.httpexceptions.HTTPNotFound: where there is no such project.
    """
    row = project_views.find(request, project) if project else None
    return upstream.read(request.db, systems.registry(request), until, row)
