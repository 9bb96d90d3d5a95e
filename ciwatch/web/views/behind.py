"""The lists behind the figures of a CI: every figure leads to the patch sets that it counts."""

from pyramid.view import view_config

from ciwatch.queries import behind
from ciwatch.web import params
from ciwatch.web import rendering
from ciwatch.web import systems

_PAGE = "ciwatch.web:templates/behind.mako"
_ORDERED = {"standing": params.STANDING, "outcome": params.OUTCOME, "counted": params.COUNTED}


@view_config(route_name="ci_missed", renderer=_PAGE, live="all")
def missed(request):
    """The patch sets that a CI did not answer."""
    return _list(request, "standing", behind.unanswered)


@view_config(route_name="ci_trust", renderer=_PAGE, live="all")
def trust(request):
    """The patch sets that a CI failed, and what became of that."""
    return _list(request, "outcome", behind.failed)


@view_config(route_name="ci_patch_sets", renderer=_PAGE, live="all")
def patch_sets(request):
    """The patch sets that a figure of a CI counts."""
    return _list(request, "counted", behind.counted)


def _list(request, kind, read):
    """The values of a page.

    :param kind: the name of the parameter that chooses.
    :param read: gives a :class:`~ciwatch.queries.behind.Page`.
    """
    chooses = _ORDERED[kind]
    asked = (params.AS_OF, params.DAYS, chooses, params.PAGE)
    values, found = params.read(request, asked), systems.find(request)
    listed = read(request.db, systems.registry(request), found.id, *values.values())
    given = params.given(request, asked)
    return rendering.page(
        request,
        system=found,
        kind=kind,
        listed=listed,
        as_of=values["until"],
        days=values["window"],
        choices=chooses.schema["enum"],
        chosen=given.get(kind, chooses.schema["default"]),
        figures=params.FIGURES,
        given=given,
    )
