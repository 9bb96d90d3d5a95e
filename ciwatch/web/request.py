"""What every view asks of a request: a connection, what it calls now, and what all pages tell of the data."""

import datetime

from pyramid import decorator
from pyramid import request

from ciwatch.queries import collector
from ciwatch.queries import window


class Request(request.Request):
    """A request. Each of its properties is read when it is asked for first.

    Declared here, since Pyramid makes a class anew for each request where properties were added to all.

    :ivar validator: the ETag of the page that is being made, or None: :mod:`~ciwatch.web.validators`.
    """

    validator = None

    @decorator.reify
    def now(self):
        """The moment of the request, in whole seconds, UTC."""
        return _now()

    @decorator.reify
    def db(self):
        """A connection from which pages are read, for the time of the request."""
        return self._connect("engine")

    @decorator.reify
    def primary(self):
        """One to the database that is written, for what must not be older; ``db`` without a replica."""
        return self.db if self.registry["primary"] is None else self._connect("primary")

    @decorator.reify
    def newest(self):
        """When the newest event happened that was recorded, or None."""
        return window.newest_event(self.db)

    @decorator.reify
    def silence(self):
        """The :class:`~ciwatch.queries.collector.Silence` that all pages tell of, or None."""
        return collector.silence(self.db, self.now, self.newest)

    @decorator.reify
    def kept_from(self):
        """The first date of whose patch sets all is kept, or None where nothing was deleted."""
        return window.kept_from(self.db)

    def _connect(self, name):
        connection = self.registry[name].connect()
        self.add_finished_callback(lambda request: connection.close())
        return connection


def _now():
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
