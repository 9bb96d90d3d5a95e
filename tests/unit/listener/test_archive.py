"""The copy of every raw event."""

import datetime
import gzip

import fixtures

from ciwatch.listener import archive
from ciwatch.sources import file
from tests import base

DAY = datetime.date(2026, 11, 23)


class TestArchive(base.TestCase):
    """A folder with a file a day."""

    def setUp(self):
        """Stops the calendar."""
        super().setUp()
        self.day = DAY
        self.useFixture(fixtures.MonkeyPatch("ciwatch.listener.archive._today", lambda: self.day))
        self.path = self.folder / "archive"

    def open(self):
        """The archive."""
        opened = archive.Archive(self.path)
        self.addCleanup(opened.close)
        return opened

    def lines(self, name):
        """What ``ciwatch replay`` reads in a file."""
        return list(file.FileSource(str(self.path / name)).lines())

    def names(self):
        """Of all files."""
        return sorted(path.name for path in self.path.iterdir())

    def test_write(self):
        """What is written can be read at any time."""
        opened = self.open()
        opened.write([b"one", b"two"])
        self.assertEqual([b"one", b"two"], self.lines("events-2026-11-23.jsonl.gz"))
        opened.write([])
        opened.write([b"three"])
        self.assertEqual([b"one", b"two", b"three"], self.lines("events-2026-11-23.jsonl.gz"))
        self.assertEqual(b"one\ntwo\nthree\n", gzip.open(self.path / "events-2026-11-23.jsonl.gz").read())

    def test_new_day(self):
        """A new file."""
        opened = self.open()
        opened.write([b"one"])
        self.day = DAY + datetime.timedelta(days=1)
        opened.write([b"two"])
        self.assertEqual(["events-2026-11-23.jsonl.gz", "events-2026-11-24.jsonl.gz"], self.names())
        self.assertEqual([b"two"], self.lines("events-2026-11-24.jsonl.gz"))

    def test_crash(self):
        """What was being written when the process died is cut off, wherever it was cut."""
        opened = self.open()
        opened.write([b"one"])
        whole = (self.path / "events-2026-11-23.jsonl.gz").stat().st_size
        opened.write([b"two" * 100])
        opened.close()
        data = (self.path / "events-2026-11-23.jsonl.gz").read_bytes()
        for end in range(whole, len(data)):
            (self.path / "events-2026-11-23.jsonl.gz").write_bytes(data[:end])
            again = self.open()
            again.write([b"three"])
            again.close()
            self.assertEqual([b"one", b"three"], self.lines("events-2026-11-23.jsonl.gz"), end)

    def test_two_processes(self):
        """Each writes a file of its own."""
        for line in (b"one", b"two"):
            self.open().write([line])
        self.assertEqual(["events-2026-11-23.1.jsonl.gz", "events-2026-11-23.jsonl.gz"], self.names())

    def test_cannot_be_written(self):
        """The line says which folder, and why."""
        self.path.touch()
        error = self.assertRaises(archive.ArchiveError, archive.Archive, self.path)
        self.assertIn("[listener] archive_dir: " + str(self.path), str(error))

    def test_prune(self):
        """Old files of ours go, and nothing else."""
        self.path.mkdir()
        old = ["events-2026-11-12.jsonl.gz", "events-2026-11-12.3.jsonl.gz", "events-2019-01-01.jsonl.gz"]
        kept = ["events-2026-11-13.jsonl.gz", "events-2026-11-23.jsonl.gz", "notes", "events-2026.jsonl.gz"]
        for name in old + kept:
            (self.path / name).write_bytes(b"12345")
        self.assertEqual((3, 15), archive.prune(self.path, 10, DAY))
        self.assertEqual(sorted(kept), self.names())
        self.assertRaises(archive.ArchiveError, archive.prune, self.folder / "none", 10)
