"""Version 1 of the API. Each address gives what the page of the same view shows."""

from pyramid.view import view_config

from ciwatch.queries import ci
from ciwatch.queries import matrix
from ciwatch.queries import projects
from ciwatch.web import params
from ciwatch.web.views import change as changes
from ciwatch.web.views import project as project_views


@view_config(route_name="api_projects", renderer="msgspec")
def list_projects(request):
    """All projects, with their CIs at a glance."""
    return {"projects": projects.glance(request.db, request.now)}


@view_config(route_name="api_matrix", renderer="msgspec")
def project_matrix(request):
    """The matrix of a project; takes the parameters of its page."""
    found = project_views.find(request, request.matchdict["name"])
    filters = params.matrix_filters(request)
    return {"filters": filters, "matrix": matrix.read(request.db, found, filters)}


@view_config(route_name="api_ci_list", renderer="msgspec")
def list_systems(request):
    """All CI systems."""
    return {"systems": ci.list_systems(request.db)}


@view_config(route_name="api_change", renderer="msgspec")
def change(request):
    """A change with every attempt of every CI."""
    return changes.find(request)
