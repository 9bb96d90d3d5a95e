"""Lines into the database, or onto the disk while that is away."""

import collections
import logging
import time

from ciwatch.db import engine as engines
from ciwatch.recorder import recorder as recorders

LOG = logging.getLogger(__name__)

# How often a database that is away is tried again, in seconds.
_RETRY_S = 2.0
_MINUTES = 5


class Intake:
    """Records lines; those that cannot be recorded wait in the spool, and go first when they can.

    :ivar counts: what became of all lines so far.
    :ivar trouble: why the database cannot be written, or None.
    :ivar has_lost: whether lines were not kept since the spool is full.
    """

    def __init__(self, recorder, spool, explain=str):
        """Takes the :class:`~ciwatch.recorder.recorder.Recorder` and the :class:`~.spool.Spool`.

        :param explain: makes a line of an error of the database, without its password.
        """
        self._recorder = recorder
        self._spool = spool
        self._explain = explain
        self._retry_at = 0.0
        self._recent = collections.deque()
        self.counts = recorders.Counts()
        self.trouble = None
        self.has_lost = False

    @property
    def per_minute(self):
        """How many lines came a minute, of the last five."""
        now = time.monotonic()
        while self._recent and self._recent[0][0] < now - _MINUTES * 60:
            self._recent.popleft()
        return sum(count for _, count in self._recent) / _MINUTES

    def take(self, lines, wait=None):
        """Records *lines*, or keeps them.

        :param wait: called while there is room for neither, again and again; what it raises ends that, and
            not all of *lines* are kept then. Where it is None, they are lost.
        :returns: the :class:`~ciwatch.recorder.recorder.Counts`, or None where some of them wait or are lost.
        """
        self._recent.append((time.monotonic(), len(lines)))
        left = lines
        while True:
            if self.drain():
                counts = self.record(left)
                if counts is not None:
                    return counts if len(left) == len(lines) else None
            left = left[self._spool.append(left) :]
            if not left:
                return None
            if wait is None:
                self._lose()
                return None
            wait()

    def _lose(self):
        if not self.has_lost:
            LOG.error(
                "%d events wait for the database and there is no room for more; Gerrit will be asked for"
                " those that come now",
                self._spool.events,
            )
        self.has_lost = True

    def drain(self):
        """Records what waits, if the database is back; returns whether nothing waits any more."""
        if not self._spool.events:
            return self.trouble is None or time.monotonic() >= self._retry_at
        if time.monotonic() < self._retry_at:
            return False
        before = self._spool.events

        def record(lines):
            if self.record(lines) is None:
                raise _AwayError

        try:
            self._spool.drain(record)
        except _AwayError:
            return False
        LOG.warning("The database is back; %d events that waited are recorded", before)
        return True

    def record(self, lines, also=None):
        """Records *lines*; None where the database is away.

        :param also: called with the connection, in the same transaction.
        """
        try:
            counts = self._recorder.record(lines, also)
        except Exception as error:
            if engines.is_away(error):
                self._is_away(error)
                return None
            # Not the database but something among the lines; the others must not suffer for it.
            LOG.exception("%d events cannot be recorded together", len(lines))
            counts = self._record_one_by_one(lines, also)
            if counts is None:
                return None
        self.trouble = None
        self.counts += counts
        return counts

    def _record_one_by_one(self, lines, also):
        total, news, telling = recorders.Counts(), [], []
        try:
            for place, line in enumerate(lines):
                try:
                    counts = self._recorder.record([line])
                except Exception as error:
                    if engines.is_away(error):
                        raise
                    self._recorder.reject([line], f"cannot be recorded: {type(error).__name__}: {error}")
                    counts = recorders.Counts(read=1, rejected=1)
                total += counts
                news += [place] * len(counts.news)
                telling += [place] * len(counts.telling)
            if also:
                self._recorder.record([], also)
        except Exception as error:
            if not engines.is_away(error):
                raise
            self._is_away(error)
            return None
        total.news, total.telling = tuple(news), tuple(telling)
        return total

    def _is_away(self, error):
        if self.trouble is None:
            LOG.error("The database cannot be written; events wait on disk: %s", self._explain(error))
        self.trouble = self._explain(error)
        self._retry_at = time.monotonic() + _RETRY_S


class _AwayError(Exception):
    """The database is away; ends the draining of the spool."""
