"""Finds the CI that an address names, for whatever is told of it."""

from pyramid import httpexceptions

from ciwatch.queries import ci
from ciwatch.queries import figures
from ciwatch.web import rendering

_LONGEST = 255


def find(request):
    """The row (id, name, title, is_gate) of the CI that the address names.

    :raises pyramid.httpexceptions.HTTPNotFound: where there is none.
    :raises pyramid.httpexceptions.HTTPFound: where it names an account that the registry joined into another
        CI, so that links to an account lead there.
    """
    name = request.matchdict["name"]
    # No database is asked for what it may not even take.
    is_name = len(name) <= _LONGEST and "\0" not in name
    found = figures.find(request.db, name) if is_name else None
    if found is None:
        joined = ci.name_of(request.db, name) if is_name else None
        if joined is not None and joined != name:
            query = dict(request.GET)
            raise httpexceptions.HTTPFound(
                request.route_path(request.matched_route.name, name=joined, _query=query or None)
            )
        _refuse_job(request, name)
        raise httpexceptions.HTTPNotFound(f"No CI system is called {rendering.bounded(name, 80)!r}.")
    return found


def _refuse_job(request, name):
    """Says that a CI has no such job, where the address is that of one."""
    for word in ("/job/", "/jobs/"):
        system, _, job = name.partition(word)
        if job and len(system) <= _LONGEST and "\0" not in system and figures.find(request.db, system):
            raise httpexceptions.HTTPNotFound(
                f"{rendering.bounded(system, 80)} has no job called {rendering.bounded(job, 80)!r}."
            )


def registry(request):
    """The :class:`~ciwatch.registry.model.Registry` as it is now."""
    return request.registry["registry_file"].current()
