"""A source that is one connection after the other: when one breaks, the next is tried, again and again."""

import abc
import contextlib
import logging
import time

from ciwatch.sources import base
from ciwatch.sources import patience

LOG = logging.getLogger(__name__)

# A connection that lived for so long was a good one: what comes after it is tried at once again.
_GOOD_S = 60


class ConnectedSource(base.LiveSource):
    """Connects, hands over, and connects again, until it is closed."""

    #: What :meth:`connection_lines` raises where there is no connection, or none any more.
    trouble: type[Exception]

    def __init__(self, conf, since=None, longest_wait_s=patience.LONGEST_S):
        """Takes the configuration.

        :param longest_wait_s: the longest wait between two tries, in seconds.
        """
        super().__init__(conf, since)
        self._longest_wait_s = longest_wait_s

    @abc.abstractmethod
    def connection_lines(self):
        """The lines of one connection, and the marks between them; ends after :meth:`close`.

        :raises Exception: its :attr:`trouble`.
        """

    def lines(self):
        """Those of all connections."""
        while not self.stop.is_set():
            retrying = patience.retrying(
                self.stop, self._tries_again, tell=self._wait, longest_s=self._longest_wait_s
            )
            with contextlib.suppress(self.trouble):
                for attempt in retrying:
                    with attempt:
                        yield from self._lines_once()
        self.tell(base.Word.STOPPED)

    def _lines_once(self):
        """The lines of one connection; raises, unless it was a good one."""
        begun = time.monotonic()
        try:
            yield from self.connection_lines()
        except self.trouble as error:
            if time.monotonic() - begun < _GOOD_S or self.stop.is_set():
                raise
            LOG.warning("%s; connecting again", error)
            self.tell(base.Word.WAITING, str(error))

    def _tries_again(self, error):
        return isinstance(error, self.trouble) and not self.stop.is_set()

    def _wait(self, error, seconds):
        LOG.warning("%s; the next try is in %.0f s", error, seconds)
        self.tell(base.Word.WAITING, str(error))
