"""CI systems, and one of them."""

from pyramid import httpexceptions
from pyramid.view import view_config

from ciwatch.queries import ci
from ciwatch.web import rendering


@view_config(route_name="ci_list", renderer="ciwatch.web:templates/ci_list.mako")
def ci_list(request):
    """All CI systems."""
    return rendering.page(request, systems=ci.list_systems(request.db))


@view_config(route_name="ci", renderer="ciwatch.web:templates/ci.mako")
def system(request):
    """What one CI did."""
    name = request.matchdict["name"]
    found = ci.read(request.db, name) if len(name) <= 255 else None
    if found is None:
        joined = ci.name_of(request.db, name) if len(name) <= 255 else None
        if joined is not None and joined != name:
            # Links to an account lead to the CI that the registry joined it into.
            raise httpexceptions.HTTPFound(request.route_path("ci", name=joined))
        raise httpexceptions.HTTPNotFound(f"No CI system is called {rendering.bounded(name, 80)!r}.")
    return rendering.page(request, ci=found)
