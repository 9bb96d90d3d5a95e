"""Listening without an account: Gerrit's REST API is asked again and again for what was updated."""

import datetime
import logging

from ciwatch.gerrit import rest
from ciwatch.sources import asking
from ciwatch.sources import base

LOG = logging.getLogger(__name__)


class RestSource(base.LiveSource):
    """Asks every ``[listener] poll_interval`` seconds; needs no account.

    What it hands over is later than a stream by that time, and complete by itself.
    """

    name = "rest"
    fills_gaps = True
    can_wait = True

    def __init__(self, conf, since=None, projects=()):
        """Takes the configuration.

        :param since: until when all is known already, UTC; an hour ago, where it is None.
        :param projects: names of the projects to ask for; none for all.
        """
        super().__init__(conf, since)
        self._projects = projects
        self._client = client_of(conf)

    def lines(self):
        """Asks, hands over, waits, until it is closed."""
        asker = asking.RestAsker(self._client, self.stop, attempts=None, tell=self._wait, remembers=True)
        an_hour_ago = datetime.datetime.now(datetime.UTC).replace(microsecond=0) - datetime.timedelta(hours=1)
        since = self.since or an_hour_ago
        while not self.stop.is_set():
            try:
                for item in asking.ask([asker], since, projects=self._projects):
                    if isinstance(item, base.Told):
                        since = item.until
                    yield item
                    if self.stop.is_set():
                        return
                self.tell(base.Word.LISTENING, f"asks {self._client.url} every {self._interval} s")
            except asking.AskError as error:
                self._wait(error, self._interval)
            self.stop.wait(self._interval)
        self.tell(base.Word.STOPPED)

    @property
    def _interval(self):
        return self.conf.listener.poll_interval

    def _wait(self, error, seconds):
        LOG.warning("%s; the next try is in %.0f s", error, seconds)
        self.tell(base.Word.WAITING, str(error))


def client_of(conf):
    """The :class:`~ciwatch.gerrit.rest.Client` of a configuration."""
    return rest.Client(conf.gerrit.url, conf.gerrit.username, conf.gerrit.http_password)
