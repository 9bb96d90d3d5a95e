"""The WSGI application, made of one concern after the other."""

from pyramid import config

from ciwatch.parsers import manager


def create_app(conf, engine=None):
    """Makes the application.

    :param conf: the configuration of :func:`ciwatch.service.prepare`.
    :param engine: the SQLAlchemy engine to read from, instead of that of the configuration.
    :returns: a WSGI application.
    """
    with config.Configurator(settings={"mako.strict_undefined": "true"}) as configurator:
        configurator.registry["conf"] = conf
        configurator.registry["engine"] = engine
        configurator.registry["parsers"] = manager.ParserManager(disabled=conf.parsers.disabled)
        configurator.include("pyramid_mako")
        configurator.include("ciwatch.web.db")
        configurator.include("ciwatch.web.static")
        configurator.include("ciwatch.web.headers")
        configurator.include("ciwatch.web.errors")
        configurator.include("ciwatch.web.rendering")
        configurator.include("ciwatch.web.routes")
        configurator.scan("ciwatch.web.views")
        configurator.scan("ciwatch.web.api")
    return configurator.make_wsgi_app()
