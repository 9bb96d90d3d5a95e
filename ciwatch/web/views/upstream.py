"""Whether it is the gate, or all at once, and not one CI."""

from pyramid.view import view_config

from ciwatch.queries import upstream
from ciwatch.web import params
from ciwatch.web import rendering
from ciwatch.web.views import project as project_views


@view_config(route_name="upstream", renderer="ciwatch.web:templates/upstream.mako")
def page(request):
    """The gate's health, and what fails for all."""
    return rendering.page(
        request, upstream=find(request), given={"until": request.GET.get("until", "").strip()}
    )


@view_config(route_name="api_upstream", renderer="msgspec")
def find(request):
    """The same as data; takes ``project`` and ``until``.

    :raises pyramid.httpexceptions.HTTPNotFound: where there is no such project.
    """
    name = params.text(request, "project")
    project = project_views.find(request, name) if name else None
    known = request.registry["registry_file"].current()
    return upstream.read(request.db, known, params.until(request), project)
