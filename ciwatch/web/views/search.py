"""What the search box leads to."""

from pyramid import httpexceptions
from pyramid.view import view_config

from ciwatch.queries import search
from ciwatch.web import params
from ciwatch.web import rendering


@view_config(route_name="search", renderer="ciwatch.web:templates/search.mako")
def page(request):
    """All that was found, or the way to the only thing."""
    (text,) = params.read(request, (params.SEARCHED,)).values()
    found = search.read(request.db, text)
    if there := _address(found):
        raise httpexceptions.HTTPFound(location=request.application_url + there)
    return rendering.page(request, found=found, most=search.MOST)


def _address(found):
    """Where a search leads at once: to the change that was named, or to the only thing found; else None."""
    if found.change is not None:
        address = rendering.path("change", found.change.number)
        return f"{address}#ps-{found.change.patch_set}" if found.change.patch_set else address
    if found.count != 1:
        return None
    for project in found.projects:
        return rendering.path("project", project.name)
    for system in found.systems:
        return rendering.path("ci", system.name)
    for job in found.jobs:
        return rendering.path("ci", job.ci, "job", job.name)
    for change in found.changes:
        return rendering.path("change", change.number)
    return None
