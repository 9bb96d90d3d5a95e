"""What other sites show of a CI: its badge and its feed."""

from pyramid import response as responses
from pyramid.view import view_config

from ciwatch.queries import figures
from ciwatch.queries import happenings
from ciwatch.queries import story
from ciwatch.web import badge as drawing
from ciwatch.web import feed as feeds
from ciwatch.web import params
from ciwatch.web import systems

# So long nobody need ask again.
_FRESH_S = 300


@view_config(route_name="ci_badge")
def badge(request):
    """The status word of a CI, or the trust in its -1, as a picture."""
    asked = params.read(request, (params.AS_OF, params.SHOW))
    system = systems.find(request)
    if asked["show"] == "trust":
        told = figures.read(request.db, systems.registry(request), system.id, asked["until"])
        label = f"{system.title}: trust in a -1"
        value, colour = _trust(told.figures.trust)
    else:
        label, value = system.title, story.status(request.db, system.id, asked["until"]).word
        colour = drawing.COLOURS.get(value, drawing.TOO_FEW)
    response = _kept_for_a_while(drawing.draw(label, value, colour), "image/svg+xml")
    # A README is on another site.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@view_config(route_name="ci_feed")
def feed(request):
    """The changes of a CI's status word, and its failed verdicts, of the last 30 days."""
    (as_of,) = params.read(request, (params.AS_OF,)).values()
    system = systems.find(request)
    found = happenings.read(request.db, systems.registry(request), system.id, as_of)
    return _kept_for_a_while(feeds.write(request.application_url, system, found, as_of), feeds.CONTENT_TYPE)


def _trust(rate):
    if not rate.is_enough:
        return "too few", drawing.TOO_FEW
    return f"{rate.percent} ({rate.n}/{rate.of})", drawing.FIGURE


def _kept_for_a_while(body, content_type):
    response = responses.Response(body, content_type=content_type, charset="utf-8")
    response.cache_control = f"public, max-age={_FRESH_S}"
    response.md5_etag()
    response.conditional_response = True
    return response
