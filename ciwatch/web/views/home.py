"""All projects at a glance; and what the marks mean."""

from pyramid.view import view_config

from ciwatch.queries import home as homes
from ciwatch.web import glossary
from ciwatch.web import params
from ciwatch.web import rendering
from ciwatch.web import systems

#: So many of what changed, and of the CIs of a project that are not well, are named.
MOST_HAPPENINGS = 20
MOST_NAMED = 6


@view_config(route_name="home", renderer="ciwatch.web:templates/home.mako", live="all")
def home(request):
    """The front page."""
    (as_of,) = params.read(request, (params.AS_OF,)).values()
    return rendering.page(
        request,
        home=homes.read(request.db, systems.registry(request), as_of),
        given=params.given(request, (params.AS_OF,)),
        lately=homes.LATELY,
        most_happenings=MOST_HAPPENINGS,
        most_named=MOST_NAMED,
    )


@view_config(route_name="about", renderer="ciwatch.web:templates/about.mako")
def about(request):
    """What the marks and words mean."""
    return rendering.page(request, parts=glossary.PARTS)
