"""Whether it is running, current and complete."""

from pyramid.view import view_config

from ciwatch.db import schema
from ciwatch.queries import status as statuses
from ciwatch.web import rendering


@view_config(route_name="status", renderer="ciwatch.web:templates/status.mako")
def status(request):
    """What was recorded, rejected, and not understood."""
    return rendering.page(request, status=statuses.read(request.db), parsers=request.registry["parsers"])


@view_config(route_name="healthz", renderer="json")
def healthz(request):
    """200 while the database answers and its schema is current, else 503."""
    schema.check(request.db)
    return {"status": "ok"}
