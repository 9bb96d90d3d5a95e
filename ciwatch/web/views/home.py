"""All projects, with their CIs at a glance."""

from pyramid.view import view_config

from ciwatch.queries import projects
from ciwatch.web import rendering


@view_config(route_name="home", renderer="ciwatch.web:templates/home.mako", live="all")
def home(request):
    """The front page."""
    return rendering.page(request, projects=projects.glance(request.db, request.now))


@view_config(route_name="about", renderer="ciwatch.web:templates/about.mako")
def about(request):
    """What the marks and words mean."""
    return rendering.page(request)
