"""Events that wait on disk: in order, bounded, and there after a crash."""

import os

import fixtures

from ciwatch.listener import spool
from tests import base

LIMIT = 10**6


class TestSpool(base.TestCase):
    """A folder with lines."""

    def open(self, limit=LIMIT):
        """The spool in the test's folder."""
        opened = spool.Spool(self.folder / "spool", limit)
        self.addCleanup(opened.close)
        return opened

    def drained(self, opened):
        """What waits, as it is handed over."""
        lines = []
        opened.drain(lines.extend)
        return lines

    def test_order(self):
        """First in, first out, over several segments; afterwards nothing is left."""
        self.useFixture(fixtures.MonkeyPatch("ciwatch.listener.spool._SEGMENT_BYTES", 50))
        opened = self.open()
        lines = [b"line %d" % number for number in range(100)]
        for start in range(0, 100, 10):
            self.assertEqual(10, opened.append(lines[start : start + 10]))
        self.assertEqual((100, sum(len(line) + 1 for line in lines)), (opened.events, opened.bytes))
        self.assertGreater(len(list(opened.folder.glob("*.jsonl"))), 5)
        self.assertEqual(lines, self.drained(opened))
        self.assertEqual((0, 0), (opened.events, opened.bytes))
        self.assertEqual(["lock"], os.listdir(opened.folder))

    def test_crash(self):
        """What was appended is there for the next process, but for the half line that was being written."""
        first = self.open()
        first.append([b"one", b"two"])
        first.close()
        with open(next(first.folder.glob("*.jsonl")), "ab") as stream:
            stream.write(b"thr")
        second = self.open()
        self.assertEqual(2, second.events)
        second.append([b"four"])
        self.assertEqual([b"one", b"two", b"four"], self.drained(second))

    def test_limit(self):
        """What comes first is kept as far as it fits, and what waits stays."""
        opened = self.open(limit=20)
        self.assertEqual(2, opened.append([b"12345678", b"12345678", b"12345678"]))
        self.assertEqual(1, opened.append([b"1", b"2"]))
        self.assertEqual(0, opened.append([b"1"]))
        self.assertEqual([b"12345678", b"12345678", b"1"], self.drained(opened))

    def test_record_fails(self):
        """Nothing is lost, and a second try hands all of it over again."""
        opened = self.open()
        opened.append([b"one"])

        def fail(lines):
            raise RuntimeError("no")

        self.assertRaises(RuntimeError, opened.drain, fail)
        self.assertEqual(1, opened.events)
        opened.append([b"two"])
        self.assertEqual([b"one", b"two"], self.drained(opened))

    def test_full_disk(self):
        """Nothing half is kept."""
        opened = self.open()
        opened.append([b"one"])

        def fail(handle):
            raise OSError(28, "No space left on device")

        with fixtures.MonkeyPatch("os.fsync", fail):
            self.assertEqual(0, opened.append([b"lost"]))
        opened.append([b"two"])
        self.assertEqual([b"one", b"two"], self.drained(opened))

    def test_one_process(self):
        """Two listeners of one name do not share a folder."""
        self.open()
        error = self.assertRaises(spool.SpoolError, spool.Spool, self.folder / "spool", LIMIT)
        self.assertIn("[listener] name", str(error))

    def test_cannot_be_made(self):
        """The line says which folder, and why."""
        (self.folder / "spool").touch()
        error = self.assertRaises(spool.SpoolError, spool.Spool, self.folder / "spool", LIMIT)
        self.assertIn(f"cannot keep events in {self.folder}/spool", str(error))

    def test_look(self):
        """Others may look, while it is in use."""
        state = self.folder / "state"
        for name in ("one", "../two/three"):
            opened = spool.Spool(spool.folder_of(state, name), LIMIT)
            self.addCleanup(opened.close)
            opened.append([b"12345"])
        self.assertEqual(
            [spool.Waiting("../two/three", 1, 6), spool.Waiting("one", 1, 6)], spool.look_all(state)
        )
        self.assertEqual([], spool.look_all(self.folder / "none"))
