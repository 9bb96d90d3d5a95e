"""CI systems, and one of them."""

import collections

from pyramid.view import view_config

from ciwatch.queries import figures
from ciwatch.queries import policy as policies
from ciwatch.queries import portrait
from ciwatch.queries import roster
from ciwatch.web import params
from ciwatch.web import rendering
from ciwatch.web import systems

_OF_LIST = (params.AS_OF, params.CI, params.ORDER)


@view_config(route_name="ci_list", renderer="ciwatch.web:templates/ci_list.mako", live="all")
def ci_list(request):
    """All CI systems."""
    asked = params.read(request, _OF_LIST)
    found = roster.read(request.db, systems.registry(request), *asked.values())
    told = collections.Counter(system.status for system in found)
    return rendering.page(
        request,
        systems=found,
        counts=[(word, told[word]) for word in roster.WORST_FIRST if told[word]],
        as_of=asked["until"],
        order=asked["order"],
        days=figures.DAYS,
        given=params.given(request, _OF_LIST),
        until=params.given(request, (params.AS_OF,)),
    )


@view_config(route_name="ci", renderer="ciwatch.web:templates/ci.mako", live="all")
def system(request):
    """How one CI does, and what it did."""
    asked = params.read(request, (params.AS_OF, params.DAYS))
    found = systems.find(request)
    read = portrait.read(request.db, systems.registry(request), found, *asked.values())
    return rendering.page(
        request,
        portrait=read,
        shown_by=_shown_by(read.told),
        limits=_limits(read.told.projects),
        snippets=_snippets(request.host_url + rendering.path("ci", found.name)),
        days=asked["window"],
        windows=params.OFFERED_DAYS,
        given=params.given(request, (params.AS_OF, params.DAYS)),
    )


def _shown_by(told):
    """The spell that the status word comes from, or None: not all words come from one."""
    lasting = (spell for spell in told.spells if spell.until is None and spell.kind == told.status.word)
    return next(lasting, None)


def _limits(projects):
    """(seconds, words) of the times in which an answer is expected: the shortest, and the longest."""
    limits = sorted({project.limit_s for project in projects})
    return [(limit, f"limit {_hours(limit)}") for limit in dict.fromkeys(limits[:1] + limits[-1:])]


def _hours(seconds):
    return f"{seconds // 3600} h" if seconds % 3600 == 0 else rendering.duration(seconds)


def _snippets(address):
    """(format, text) to put the badge of a CI into a page of one's own."""
    image, words = f"{address}/badge.svg", "How this CI does, says CI Watch"
    return (
        ("HTML", f'<a href="{address}"><img src="{image}" alt="{words}"></a>'),
        ("reStructuredText", f".. image:: {image}\n   :alt: {words}\n   :target: {address}"),
        ("Markdown", f"[![{words}]({image})]({address})"),
    )


@view_config(route_name="ci_policy", renderer="ciwatch.web:templates/policy.mako", live="all")
def policy(request):
    """How a CI keeps the rules of third-party testing."""
    asked = params.read(request, (params.AS_OF, params.RULES_DAYS))
    found = systems.find(request)
    registry = systems.registry(request)
    return rendering.page(
        request,
        policy=policies.read(request.db, found.name, asked["until"], registry, asked["window"]),
        given=params.given(request, (params.AS_OF, params.RULES_DAYS)),
    )
