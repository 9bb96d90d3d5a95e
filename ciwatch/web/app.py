"""The WSGI application, made of one concern after the other."""

import gc

from pyramid import config

from ciwatch.db import engine as engines
from ciwatch.parsers import manager
from ciwatch.registry import file
from ciwatch.web import request

# All that a template shows goes through escape, unless it says that it is markup already.
_TEMPLATES = {
    "mako.strict_undefined": "true",
    "mako.default_filters": "escape",
    "mako.imports": "from ciwatch.web.rendering import escape",
}


def create_app(conf, engine=None):
    """Makes the application.

    :param conf: the configuration of :func:`ciwatch.service.prepare`.
    :param engine: the SQLAlchemy engine to read from, instead of that of the configuration.
    :returns: a WSGI application.
    """
    primary = None
    if engine is None:
        engine = engines.create_engine(conf, read_only=True)
        if conf.database.replica_connection:
            primary = engine
            engine = engines.create_engine(conf, read_only=True, option="replica_connection")
    with config.Configurator(settings=_TEMPLATES, request_factory=request.Request) as configurator:
        configurator.registry["conf"] = conf
        configurator.registry["engine"] = engine
        configurator.registry["primary"] = primary
        configurator.registry["registry_file"] = file.RegistryFile.of_conf(conf)
        configurator.registry["parsers"] = manager.ParserManager(disabled=conf.parsers.disabled)
        configurator.include("pyramid_mako")
        configurator.include("ciwatch.web.static")
        configurator.include("ciwatch.web.validators")
        configurator.include("ciwatch.web.headers")
        configurator.include("ciwatch.web.errors")
        configurator.include("ciwatch.web.rendering")
        configurator.include("ciwatch.web.routes")
        configurator.scan("ciwatch.web.views")
        configurator.include("ciwatch.web.api.endpoints")
    return configurator.make_wsgi_app()


def settle_memory():
    """Tells Python's garbage collector that this process serves pages; to be called once it can.

    A page is made of tens of thousands of values that live for some milliseconds and form no cycles. Looking
    through them, and through all modules, again and again took a third of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
