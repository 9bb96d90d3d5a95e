"""The matrix of a project."""

from pyramid import httpexceptions
from pyramid.view import view_config

from ciwatch.queries import matrix
from ciwatch.queries import projects
from ciwatch.queries import window as windows
from ciwatch.web import grid
from ciwatch.web import params
from ciwatch.web import rendering
from ciwatch.web import systems

# The windows of the old pages.
_OLD_TIMES = {"24 hours": "24h", "48 hours": "48h", "7 days": "7d"}


def find(request, name):
    """The project called *name*.

    :raises pyramid.httpexceptions.HTTPNotFound: where there is none.
    """
    # No database is asked for what it may not even take.
    is_name = len(name) <= 255 and "\0" not in name
    project = projects.find(request.db, name) if is_name else None
    if project is None:
        raise httpexceptions.HTTPNotFound(f"No event spoke of a project {rendering.bounded(name, 80)!r} yet.")
    return project


@view_config(route_name="project", renderer="ciwatch.web:templates/project.mako", live="project")
def project(request):
    """Every CI on every patch set of a window."""
    found = find(request, request.matchdict["name"])
    filters = params.filters_of(**params.read(request, params.MATRIX))
    look = params.read(request, params.LOOKS)
    # Who asks for some jobs sees these.
    can_fold = not (filters.job or filters.rows)
    unfolded = frozenset(look["unfold"]) if can_fold and not look["jobs"] else None
    read = matrix.read(request.db, systems.registry(request), found, filters, request.now, unfolded)
    given = params.given(request, params.MATRIX + params.LOOKS)
    given.pop("page", None)
    return rendering.page(
        request,
        matrix=read,
        asked=filters,
        look=look,
        can_fold=can_fold,
        given=given,
        of_api={name: value for name, value in given.items() if name not in params.LOOK_NAMES},
        grid=grid,
        windows=params.WINDOWS,
        window="" if "since" in given else given.get("window", params.DEFAULT_WINDOW),
        pages=-(-read.total // filters.columns),
        newest_patch_set=None if read.total else windows.newest_patch_set(request.db, found.id),
    )


@view_config(route_name="old_project")
def old_project(request):
    """The address of the old pages: ``/project?project=nova&time=24+hours``."""
    name = params.text(request, "project")
    found = projects.find_by_short_name(request.db, name) if name else None
    if found is None:
        raise httpexceptions.HTTPNotFound(
            f"No event spoke of a project {name!r} yet." if name else "No project was named."
        )
    window = _OLD_TIMES.get(params.text(request, "time"), params.DEFAULT_WINDOW)
    return httpexceptions.HTTPMovedPermanently(
        location=request.application_url
        + rendering.path("project", found)
        + "?"
        + rendering.query({"window": window})
    )
