"""``request.db``: a connection for the time of a request, and what the request calls now."""

import datetime

from ciwatch.db import engine


def includeme(config):
    """Adds ``request.db`` and ``request.now``."""
    registry = config.registry
    if registry["engine"] is None:
        registry["engine"] = engine.create_engine(registry["conf"], read_only=True)
    config.add_request_method(_connect, "db", reify=True)
    config.add_request_method(_now, "now", reify=True)


def _connect(request):
    connection = request.registry["engine"].connect()
    request.add_finished_callback(lambda request: connection.close())
    return connection


def _now(request):
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
