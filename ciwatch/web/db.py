"""``request.db`` and ``request.primary``: connections for the time of a request; and what it calls now."""

import datetime

from ciwatch.db import engine


def includeme(config):
    """Adds ``request.db``, from which pages are read, and ``request.now``.

    Beside it ``request.primary`` is of the database that is written, which is the same one without a replica:
    for what must not be older than that.
    """
    registry, conf = config.registry, config.registry["conf"]
    if registry["engine"] is None and conf.database.replica_connection:
        registry["engine"] = engine.create_engine(conf, read_only=True, option="replica_connection")
        registry["primary"] = engine.create_engine(conf, read_only=True)
        config.add_request_method(_connect_primary, "primary", reify=True)
    else:
        if registry["engine"] is None:
            registry["engine"] = engine.create_engine(conf, read_only=True)
        config.add_request_method(lambda request: request.db, "primary", reify=True)
    config.add_request_method(_connect, "db", reify=True)
    config.add_request_method(_now, "now", reify=True)


def _connect(request):
    return _open(request, request.registry["engine"])


def _connect_primary(request):
    return _open(request, request.registry["primary"])


def _open(request, store):
    connection = store.connect()
    request.add_finished_callback(lambda request: connection.close())
    return connection


def _now(request):
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
