"""Hears a source, records what it says, and tells how it does."""

import contextlib
import datetime
import logging
import queue
import threading
import time

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db import upsert
from ciwatch.gerrit import events
from ciwatch.listener import questions
from ciwatch.listener import systemd
from ciwatch.recorder import members
from ciwatch.recorder import positions
from ciwatch.recorder.reading import bounded
from ciwatch.sources import base

LOG = logging.getLogger(__name__)

LISTENERS = models.Listener.__table__

#: How long a line may wait for others to share its transaction, in seconds.
PATIENCE_S = 0.1

#: How often the listener says that it is alive, in seconds.
HEARTBEAT_S = 5

# Lines between the threads; above that whoever brings more has to wait.
_QUEUE = 5000
_BATCH = 1000
# How long a listener that is to end waits for its threads, in seconds.
_LAST_WAIT_S = 1.0

# What is older than that when a question is asked should have been heard.
_HEARD_WITHIN = datetime.timedelta(minutes=1)
_FORGOTTEN_AFTER = datetime.timedelta(days=30)

_END = object()


class Listener:
    """One source, one database.

    A thread reads the source, another asks Gerrit for what was missed (:mod:`.questions`); both put what they
    have into one queue, and the thread of :meth:`run` is the only one that writes.
    """

    def __init__(self, conf, name, engine, source, intake, spool, identity, parsers, archive=None):
        """Takes its parts.

        :param name: its name on the status page.
        :param source: a :class:`~ciwatch.sources.base.LiveSource`.
        :param intake: the :class:`~.intake.Intake`, and its *spool*.
        :param archive: the :class:`~.archive.Archive`, or None.
        """
        self._name = name
        self._engine = engine
        self._source = source
        self._intake = intake
        self._spool = spool
        self._identity = identity
        self._parsers = parsers
        self._archive = archive
        self._queue = queue.Queue(maxsize=_QUEUE)
        self._questions = questions.Questions(conf, engine, self._put_answer, not source.fills_gaps)
        self._stop = threading.Event()
        self._started_at = positions.now()
        self._heard_at = None
        self._gap_reason = None
        self._heartbeat_at = 0.0
        self._said = None

    def stop(self):
        """Makes :meth:`run` end within some seconds; called from another thread."""
        self._stop.set()
        self._source.close()
        self._questions.close()

    def run(self):
        """Listens until it is stopped."""
        self._forget_old_listeners()
        reader = threading.Thread(target=self._read, daemon=True, name="source")
        reader.start()
        self._questions.start()
        systemd.notify("READY=1")
        while not self._stop.is_set():
            self._turn()
        deadline = time.monotonic() + _LAST_WAIT_S
        while time.monotonic() < deadline and (reader.is_alive() or not self._queue.empty()):
            self._turn()
        systemd.notify("STOPPING=1")
        self._heartbeat(base.Word.STOPPED)

    def _turn(self):
        """Takes what came, and says how it does."""
        self._handle(self._collect())
        if self._spool.events:
            self._intake.drain()
        if self._intake.has_lost and not self._spool.events and self._intake.trouble is None:
            self._intake.has_lost = False
            self._missed("there was no room on disk for events while the database was away")
        if self._gap_reason:
            self._open_gap()
        if time.monotonic() >= self._heartbeat_at:
            self._heartbeat_at = time.monotonic() + HEARTBEAT_S
            self._heartbeat(self._source.state.word)

    # The threads that bring something.

    def _read(self):
        try:
            for item in self._source.lines():
                self._queue.put((None, item))
        except Exception:
            LOG.exception("The source %s failed", self._source.name)
            self._queue.put((None, _END))

    def _put_answer(self, question, item):
        while not self._stop.is_set():
            try:
                self._queue.put((question, item), timeout=0.5)
                return
            except queue.Full:
                continue

    # The thread that writes.

    def _collect(self):
        """What came: a list of (question or None, item), after at most half a second."""
        found = []
        try:
            found.append(self._queue.get(timeout=0.5))
            deadline = time.monotonic() + PATIENCE_S
            while len(found) < _BATCH:
                found.append(self._queue.get(timeout=max(0.0, deadline - time.monotonic())))
        except queue.Empty:
            pass
        return found

    def _handle(self, found):
        lines, of = [], None
        for question, item in found:
            if isinstance(item, bytes) and (question is of or not lines):
                lines.append(item)
                of = question
                continue
            self._take(lines, of)
            lines, of = ([item], question) if isinstance(item, bytes) else ([], None)
            if isinstance(item, base.Missed):
                self._missed(item.reason)
            elif isinstance(item, base.Told):
                self._told(question, item)
            elif isinstance(item, questions.Members):
                self._take_members(item)
            elif item is _END:
                raise RuntimeError(f"the source {self._source.name} ended")
        self._take(lines, of)

    def _take(self, lines, question):
        if not lines:
            return
        if question is not None:
            self._take_answer(lines, question)
            return
        self._heard_at = positions.now()
        if self._source.fills_gaps:
            # What is known already is told again and again; only news are worth a place in the archive.
            self._wait_for_room()
            counts = self._intake.take(lines)
            self._keep(lines if counts is None else [lines[place] for place in counts.telling])
        else:
            self._keep(lines)
            self._intake.take(lines)

    def _take_answer(self, lines, question):
        if question.is_lost:
            return
        # In the order of the stream, what waits is older.
        counts = self._intake.record(lines) if self._intake.drain() else None
        if counts is None:
            question.is_lost = True
            return
        question.news += counts.recorded
        heard_by_then = question.asked_at - _HEARD_WITHIN
        question.old_news += sum(events.read_event(lines[place]).at < heard_by_then for place in counts.news)
        self._keep([lines[place] for place in counts.telling])

    def _wait_for_room(self):
        """A source that asks can wait: it is not read while the spool is full."""
        while self._spool.bytes > self._spool.limit * 0.9 and not self._stop.is_set():
            if self._intake.drain():
                return
            self._heartbeat(base.Word.WAITING)
            self._stop.wait(1.0)

    def _keep(self, lines):
        if self._archive:
            self._archive.write(lines)

    def _missed(self, reason):
        self._gap_reason = reason
        self._questions.ask_soon()

    def _open_gap(self):
        reason, now = self._gap_reason, positions.now()

        def note(connection):
            positions.open_gap(connection, self._source.name, reason, now)

        if self._intake.drain() and self._intake.record([], note) is not None:
            self._gap_reason = None

    def _told(self, question, told):
        """Gerrit has told all: that is noted, if all of it is recorded, and what was told before, too."""
        if question is not None and question.is_lost:
            return
        if not self._intake.drain() or self._intake.has_lost:
            if question is not None:
                question.is_lost = True
            return

        def note(connection):
            positions.move(connection, positions.ASKED, told.until)
            if question is not None and question.is_last and not question.is_first:
                positions.fill_gaps(connection, self._source.name, told.by, question)

        self._intake.record([], note)

    def _take_members(self, item):
        def note(connection):
            became = members.refresh(connection, item.group, item.usernames, self._identity, self._parsers)
            if became:
                LOG.info("CI systems by the group %r: %s", item.group, ", ".join(became))

        if not self._intake.drain():
            return
        try:
            self._intake.record([], note)
        except Exception:
            # Who is in a group is told again in an hour, and nothing else depends on it.
            LOG.exception("Cannot keep who is in the group %r", item.group)

    # How it does.

    def _forget_old_listeners(self):
        """Those that nobody has seen for a month: hosts that were renamed, or are no more."""
        with contextlib.suppress(sa.exc.DBAPIError), self._engine.begin() as connection:
            long_ago = positions.now() - _FORGOTTEN_AFTER
            connection.execute(sa.delete(LISTENERS).where(LISTENERS.c.seen_at < long_ago))

    def _heartbeat(self, word):
        state = self._source.state
        detail = self._intake.trouble or state.detail
        if self._questions.trouble and not self._intake.trouble:
            detail = f"{detail}; cannot ask for what was missed: {self._questions.trouble}"
        if self._identity.registry_fault:
            detail = f"{detail}; registry: {self._identity.registry_fault}"
        systemd.notify("WATCHDOG=1", f"STATUS={bounded(f'{word}: {detail}', 500)}")
        counts = self._intake.counts
        row = {
            "name": self._name,
            "source": self._source.name,
            "state": word,
            "detail": bounded(detail, 500),
            "started_at": self._started_at,
            "state_since": state.since,
            "seen_at": positions.now(),
            "heard_at": self._heard_at,
            "caught_up_at": self._questions.answered_at,
            "read": counts.read,
            "recorded": counts.recorded,
            "duplicate": counts.duplicate,
            "ignored": counts.ignored,
            "rejected": counts.rejected,
            "per_minute": self._intake.per_minute,
            "spooled": self._spool.events,
            "spool_bytes": self._spool.bytes,
            "spool_limit": self._spool.limit,
        }

        def note(connection):
            connection.execute(upsert.insert_missing(connection, LISTENERS, ["name"]), row)
            connection.execute(sa.update(LISTENERS).where(LISTENERS.c.name == self._name).values(row))

        # Where nothing waits and nothing comes, only this tells that the database is back.
        if self._intake.drain():
            self._intake.record([], note)
