"""Whether it is running, current and complete."""

from pyramid import response as responses
from pyramid.view import view_config

from ciwatch.db import schema
from ciwatch.listener import spool
from ciwatch.queries import status as statuses
from ciwatch.web import headlines
from ciwatch.web import metrics as exposition
from ciwatch.web import rendering


@view_config(route_name="status", renderer="ciwatch.web:templates/status.mako")
def status(request):
    """Who listens, what was recorded, rejected, and not understood."""
    found = statuses.read(request.primary, request.now, registry_fault(request))
    parsers = request.registry["parsers"]
    waiting = {each.listener: each for each in _waiting(request)}
    # Who listens on another machine keeps what waits on that one's disk, and tells here how much it is.
    told = sum(each.spooled for each in found.listeners if each.name not in waiting)
    spooled = told + sum(each.events for each in waiting.values())
    headline = headlines.of_status(found, request.now, spooled, len(parsers.failures))
    return rendering.page(request, status=found, waiting=waiting, parsers=parsers, headline=headline)


@view_config(route_name="metrics")
def metrics(request):
    """The same for Prometheus."""
    text = exposition.write(statuses.collection(request.primary), _waiting(request))
    return responses.Response(text, content_type=exposition.CONTENT_TYPE, charset="utf-8")


@view_config(route_name="healthz", renderer="json")
def healthz(request):
    """200 while the database, and its replica, answer and their schema is current, else 503."""
    schema.check(request.primary)
    if request.db is not request.primary:
        schema.check(request.db)
    return {"status": "ok"}


def registry_fault(request):
    """What is wrong with the file that describes the CIs, in words, or None."""
    registry_file = request.registry["registry_file"]
    registry_file.current()
    return registry_file.fault


def _waiting(request):
    return spool.look_all(request.registry["conf"].state_path)
