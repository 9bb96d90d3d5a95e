"""Pages for what goes wrong, in the dress of the others; the API's are JSON."""

import logging

from pyramid import httpexceptions
from pyramid import renderers
from pyramid import response as responses
from pyramid.view import exception_view_config
from pyramid.view import notfound_view_config
import sqlalchemy as sa

from ciwatch.db import engine
from ciwatch.db import schema
from ciwatch.listener import spool
from ciwatch.web import rendering

LOG = logging.getLogger(__name__)


def includeme(config):
    """Adds the views of this module."""
    config.scan(__name__)


@notfound_view_config()
def not_found(error, request):
    """404: what is not there, where it is known."""
    return answer(request, 404, "Not found", error.detail or "There is no such page.")


@exception_view_config(httpexceptions.HTTPBadRequest)
def bad_request(error, request):
    """400: one sentence that says what the parameter takes."""
    return answer(request, 400, "That address cannot be answered", error.detail or "")


@exception_view_config(UnicodeDecodeError)
@exception_view_config(UnicodeEncodeError)
def bad_encoding(error, request):
    """400: an address that is no text."""
    return answer(request, 400, "That address cannot be answered", "Its bytes are no UTF-8.")


@exception_view_config(sa.exc.DBAPIError)
@exception_view_config(schema.SchemaError)
def no_database(error, request):
    """503: the database is away, or is not migrated."""
    said = error if isinstance(error, schema.SchemaError) else engine.explain(error, request.registry["conf"])
    LOG.error("The database cannot be read: %s", said)
    sentence = "It is away, or is being upgraded. Nothing is lost; please come back in a few minutes."
    waiting = spool.look_all(request.registry["conf"].state_path)
    if events := sum(each.events for each in waiting):
        size = rendering.size(sum(each.bytes for each in waiting))
        sentence += f" Meanwhile {events:,} events wait on disk ({size})."
    reply = answer(request, 503, "The database cannot be read", sentence)
    reply.headers["Retry-After"] = "60"
    return reply


@exception_view_config(Exception)
def fault(error, request):
    """500: a fault of ours, told without its innards."""
    LOG.exception("A fault while answering %s", request.path_url)
    return answer(request, 500, "A fault of ours", "This page could not be made. The log tells more.")


def answer(request, status, heading, sentence):
    """A response with *status*: JSON for the API, else a page.

    Takes nothing from the database, which may be what is wrong.
    """
    # Whoever asks with it again is to be told whether that is over.
    request.validator = None
    # Of an address that is no UTF-8, too.
    if request.environ.get("PATH_INFO", "").startswith("/api/"):
        reply = renderers.render_to_response("json", {"error": sentence}, request)
    else:
        values = {"heading": heading, "sentence": sentence, "newest": None, "silence": None}
        reply = responses.Response(renderers.render("templates/error.mako", values, request, "ciwatch.web"))
    reply.status_int = status
    return reply
