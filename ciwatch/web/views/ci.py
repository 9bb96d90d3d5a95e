"""CI systems, and one of them."""

import datetime

from pyramid.view import view_config

from ciwatch.queries import behind
from ciwatch.queries import ci
from ciwatch.queries import overview
from ciwatch.queries import policy as policies
from ciwatch.queries import story
from ciwatch.web import params
from ciwatch.web import rendering
from ciwatch.web import systems

_LISTED = (params.AS_OF, params.DAYS, params.STANDING, params.PAGE)


@view_config(route_name="ci_list", renderer="ciwatch.web:templates/ci_list.mako", live="all")
def ci_list(request):
    """All CI systems."""
    (as_of,) = params.read(request, (params.AS_OF,)).values()
    return rendering.page(
        request,
        systems=ci.list_systems(request.db, until=as_of),
        words=story.words(request.db, as_of),
        uncounted=story.UNCOUNTED,
        given=params.given(request, (params.AS_OF,)),
    )


@view_config(route_name="ci", renderer="ciwatch.web:templates/ci.mako", live="all")
def system(request):
    """How one CI does, and what it did."""
    asked = params.read(request, (params.AS_OF, params.DAYS))
    found = systems.find(request)
    return rendering.page(
        request,
        ci=ci.read(request.db, found.name, asked["until"]),
        told=overview.read(request.db, systems.registry(request), found.name, *asked.values()),
        given=params.given(request, (params.AS_OF, params.DAYS)),
    )


@view_config(route_name="ci_missed", renderer="ciwatch.web:templates/missed.mako", live="all")
def missed(request):
    """The patch sets that a CI did not answer."""
    asked = params.read(request, _LISTED)
    found = systems.find(request)
    listed = behind.unanswered(
        request.db,
        systems.registry(request),
        found.id,
        asked["until"],
        asked["window"],
        asked["standing"],
        asked["page"],
    )
    return rendering.page(
        request,
        system=found,
        listed=listed,
        as_of=asked["until"],
        standings=params.STANDING.schema["enum"],
        given=params.given(request, _LISTED),
    )


@view_config(route_name="ci_policy", renderer="ciwatch.web:templates/policy.mako", live="all")
def policy(request):
    """How a CI keeps the rules of third-party testing."""
    asked = params.read(request, (params.AS_OF, params.READ_DAYS))
    found = systems.find(request)
    length = datetime.timedelta(days=asked["window"])
    return rendering.page(
        request,
        policy=policies.read(request.db, found.name, asked["until"], systems.registry(request), length),
        given=params.given(request, (params.AS_OF, params.READ_DAYS)),
    )
