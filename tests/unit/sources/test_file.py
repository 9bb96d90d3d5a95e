"""Files of events: plain, compressed, broken and cut short."""

import gzip
import itertools

from ciwatch.gerrit import events
from ciwatch.sources import file
from tests import base

EVENT = base.line(base.comment_event("Patch Set 1:\n\nhi", 1700000000, "ann"))


class TestFileSource(base.TestCase):
    """The lines of a file."""

    def read(self, content, name="events.jsonl"):
        """(lines, the source) of a file with *content*."""
        path = self.folder / name
        path.write_bytes(content)
        source = file.FileSource(str(path))
        return list(source.lines()), source

    def test_plain_and_compressed(self):
        """Told apart by content, not by name; blank lines and CR are nothing."""
        content = EVENT + b"\r\n\n" + EVENT + b"\n"
        self.assertEqual([EVENT, EVENT], self.read(content)[0])
        self.assertEqual([EVENT, EVENT], self.read(gzip.compress(content), "events.txt")[0])

    def test_no_line_end(self):
        """A whole last line is a line, half of one is not: the rest may still come."""
        lines, source = self.read(EVENT + b"\n" + EVENT)
        self.assertEqual(([EVENT, EVENT], None), (lines, source.cut_short))
        lines, source = self.read(EVENT + b"\n" + EVENT[:-30])
        self.assertEqual(([EVENT], EVENT[:-30]), (lines, source.cut_short))

    def test_long_line(self):
        """10 MB in one line are not read into memory at once, and what follows is read."""
        lines, _ = self.read(b"x" * 10_000_000 + b"\n" + EVENT + b"\n")
        self.assertEqual(2, len(lines))
        self.assertEqual(events.MAX_LINE_BYTES + 1, len(lines[0]))
        self.assertEqual(EVENT, lines[1])

    def test_unreadable(self):
        """One line that says which file and why."""
        for make in (
            lambda: file.FileSource(str(self.folder / "none")),
            lambda: file.FileSource(str(self.folder)),
        ):
            source = make()
            error = self.assertRaises(file.SourceError, lambda source=source: list(source.lines()))
            self.assertIn(source.path, str(error))
            self.assertRaises(file.SourceError, source.check)

    def test_broken_compression(self):
        """What could be read is handed over before the fault is told."""
        content = gzip.compress((EVENT + b"\n") * 20000)
        path = self.folder / "broken.gz"
        path.write_bytes(content[: len(content) // 2])
        source, seen = file.FileSource(str(path)), []
        self.assertRaises(file.SourceError, lambda: seen.extend(source.lines()))
        self.assertEqual({EVENT}, set(seen))


class TestGoOn(base.TestCase):
    """What was read before an interruption."""

    def test_go_on(self):
        """The lines that are left, of a plain file and of a compressed one; all of a file that is another."""
        text = b"".join(b'{"type": "a", "number": %d}\n' % number for number in range(5000))
        longer = text + b'{"type": "b"}\n'
        for name, pack in (("plain", bytes), ("packed", gzip.compress)):
            path = self.folder / name
            path.write_bytes(pack(text))
            whole = file.FileSource(str(path))
            lines = list(itertools.islice(whole.lines(), 3000))
            offset, digest = whole.offset, whole.digest
            for now in (text, longer):
                path.write_bytes(pack(now))
                left = file.FileSource(str(path))
                self.assertTrue(left.go_on(offset, digest))
                self.assertEqual(now.splitlines(), lines + list(left.lines()))
                self.assertEqual(path.stat().st_size, left.position)
            for other in (b"x" + text, text[: offset - 1], b""):
                path.write_bytes(pack(other))
                left = file.FileSource(str(path))
                self.assertFalse(left.go_on(offset, digest))
                self.assertEqual(0, left.offset)
                self.assertEqual([line for line in other.splitlines() if line], list(left.lines()))
