"""A source hears what is kept, no sooner than it is, whatever becomes of the database and the disk."""

import contextlib
import queue
import sqlite3
import threading
import time

from ciwatch.cli import listen
from ciwatch.db import engine
from ciwatch.db import schema
from ciwatch.sources import base as sources
from ciwatch.sources import rest
from tests import base


class HeldSource(sources.LiveSource):
    """Hands over what the test puts in, and notes what it is told.

    :ivar told: tokens.
    """

    name = "held"
    can_wait = True
    # So that no Gerrit is asked.
    fills_gaps = True

    def __init__(self, conf):
        """Has nothing."""
        super().__init__(conf)
        self.items, self.told = queue.Queue(), []

    def lines(self):
        """What was put in."""
        while not self.stop.is_set():
            with contextlib.suppress(queue.Empty):
                yield self.items.get(timeout=0.05)

    def kept(self, token):
        """Notes it."""
        self.told.append(token)


class TestReceipts(base.TestCase):
    """A listener in this process, with a real database and a real spool of one MiB."""

    def setUp(self):
        """Starts it."""
        super().setUp()
        self.conf = self.make_conf()
        self.conf.set_override("state_path", str(self.folder / "state"))
        self.conf.set_override("spool_limit", 1, group="listener")
        self.conf.set_override("ci_groups", [], group="gerrit")
        # As a listener does, and not as patiently as others.
        self.store = engine.create_engine(self.conf, busy_timeout_s=0.2)
        self.addCleanup(self.store.dispose)
        schema.prepare(self.store)
        self.source = HeldSource(self.conf)
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.listener = listen.make_listener(self.conf, self.store, self.source, stack)
        self.thread = threading.Thread(target=self.listener.run, daemon=True)
        self.thread.start()
        self.addCleanup(self.end)

    def end(self):
        """Stops it, as a signal does."""
        self.listener.stop()
        self.thread.join(20)
        self.assertFalse(self.thread.is_alive())

    def put(self, number, size=10):
        """Hands a comment over, and asks for a receipt."""
        text = f"Patch Set 1:\n\n{number} " + "x" * size
        self.source.items.put(base.line(base.comment_event(text, 1700000000 + number, "ann", change=number)))
        self.source.items.put(sources.Receipt(number))

    def wait_for(self, condition):
        """Waits until it holds."""
        deadline = time.monotonic() + 30
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    @contextlib.contextmanager
    def locked(self):
        """The database, while somebody else writes."""
        with contextlib.closing(
            sqlite3.connect(self.folder / "ciwatch.sqlite", isolation_level=None, timeout=30)
        ) as holder:
            holder.execute("BEGIN IMMEDIATE")
            yield
            holder.execute("ROLLBACK")

    def texts(self):
        """The numbers of the comments that are recorded."""
        with contextlib.closing(sqlite3.connect(self.folder / "ciwatch.sqlite")) as connection:
            rows = connection.execute("SELECT text FROM comments ORDER BY posted_at").fetchall()
        return [int(text.split()[3]) for (text,) in rows]

    def spooled(self):
        """How many lines are on disk."""
        return sum(path.read_bytes().count(b"\n") for path in (self.folder / "state").rglob("*.jsonl"))

    def test_recorded(self):
        """In the order in which it was handed over."""
        for number in range(1, 30):
            self.put(number)
        self.wait_for(lambda: len(self.source.told) == 29)
        self.assertEqual(list(range(1, 30)), self.source.told)
        self.assertEqual(list(range(1, 30)), self.texts())

    def test_on_disk(self):
        """What is on disk is kept."""
        with self.locked():
            self.put(1)
            self.wait_for(lambda: self.source.told == [1])
            self.assertEqual(1, self.spooled())
            self.assertEqual([], self.texts())
        self.wait_for(lambda: self.texts() == [1])

    def test_no_room(self):
        """What has no room is waited with, and so is all behind it."""
        with self.locked():
            # Those that have room one by one: of several that are taken together all have, or none.
            for number in range(1, 4):
                self.put(number, 300_000)
                self.wait_for(lambda last=number: self.source.told == list(range(1, last + 1)))
            for number in range(4, 8):
                self.put(number, 300_000)
            time.sleep(3)
            self.assertEqual([1, 2, 3], self.source.told)
            self.assertEqual(3, self.spooled())
        self.wait_for(lambda: self.source.told == list(range(1, 8)))
        self.assertEqual(list(range(1, 8)), self.texts())

    def test_stopped_without_room(self):
        """Nothing behind what was not kept is acknowledged, even if there is room again for it."""
        with self.locked():
            self.put(1, 900_000)
            self.wait_for(lambda: self.source.told == [1])
            self.put(2, 900_000)
            time.sleep(3)
            self.put(3)
            self.end()
        self.assertEqual([1], self.source.told)


class TestSourcesThatCanWait(base.TestCase):
    """Who may be left unread."""

    def test_rest(self):
        """Gerrit can be asked again."""
        self.assertTrue(rest.RestSource.can_wait)
