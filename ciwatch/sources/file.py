"""Events from a file of JSON lines, plain or gzip-compressed, or from standard input."""

import contextlib
import gzip
import hashlib
import io
import os
import sys
import zlib

from ciwatch.gerrit import events
from ciwatch.sources import base

_GZIP_MAGIC = b"\x1f\x8b"


class SourceError(Exception):
    """The file cannot be read; the message is one line that says which, and why."""


class FileSource(base.Source):
    """Reads one file from its beginning to its end, in constant memory.

    :ivar cut_short: the last line, where the file ends in the middle of one; it is not handed over, since
        the rest of it may still come.
    :ivar offset: how many bytes of its text, which may be compressed, are before the line that comes next.
    """

    name = "file"

    def __init__(self, path):
        """Names the file.

        :param path: its path, or ``-`` for standard input.
        """
        self.path = path
        self.cut_short = None
        self.offset = 0
        self._digest = _digest()
        self._raw = None
        self._skipped = 0

    @property
    def size(self):
        """The bytes of the file on disk, or None where nobody knows."""
        if self.path == "-":
            return None
        try:
            return os.stat(self.path).st_size or None
        except OSError:
            return None

    @property
    def position(self):
        """How many of them have been read."""
        if self.path == "-":
            return 0
        if self._raw is None:
            return self._skipped
        return self.size or 0 if self._raw.closed else self._raw.tell()

    @property
    def digest(self):
        """The digest of its text until :attr:`offset`, as hex."""
        return self._digest.hexdigest()

    def go_on(self, offset, digest):
        """Has :meth:`lines` begin later, if what comes before an *offset* has a *digest*.

        :returns: whether it has; else the file is another one now.
        """
        found = _digest()
        try:
            with contextlib.ExitStack() as stack:
                stream, left = self._open(stack), offset
                while left and (piece := stream.read(min(left, 1 << 20))):
                    found.update(piece)
                    left -= len(piece)
                skipped = self._raw.tell()
        except (OSError, EOFError, zlib.error):
            # Whoever reads its lines is told.
            return False
        finally:
            self._raw = None
        if left or found.hexdigest() != digest:
            return False
        self.offset, self._digest, self._skipped = offset, found, skipped
        return True

    def check(self):
        """Raises :class:`SourceError` where the file cannot be opened, before any other is read."""
        if self.path != "-":
            try:
                with open(self.path, "rb"):
                    pass
            except OSError as error:
                raise SourceError(f"{self.path}: {error.strerror}") from error

    def lines(self):
        """The lines that hold something.

        A line above the longest that Gerrit sends is handed over cut, to be rejected as too long.

        :raises SourceError: where the file cannot be opened or read.
        """
        try:
            with contextlib.ExitStack() as stack:
                stream = self._open(stack)
                if self.offset:
                    stream.seek(self.offset)
                yield from self._read(stream)
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise SourceError(f"{self.path}: {reason}") from error

    def _open(self, stack):
        if self.path == "-":
            self._raw = sys.stdin.buffer
        else:
            self._raw = stack.enter_context(open(self.path, "rb"))
        if self._raw.peek(2)[:2] == _GZIP_MAGIC:
            return io.BufferedReader(gzip.GzipFile(fileobj=self._raw), 1 << 20)
        return self._raw

    def _read(self, stream):
        longest = events.MAX_LINE_BYTES
        while line := stream.readline(longest + 1):
            if not line.endswith(b"\n"):
                if len(line) > longest:
                    self._count(line)
                    for piece in _rest(stream):
                        self._count(piece)
                    yield line.strip()
                    continue
                if _is_cut_short(line):
                    self.cut_short = line
                    return
            self._count(line)
            line = line.strip()
            if line:
                yield line


    def _count(self, text):
        self.offset += len(text)
        self._digest.update(text)


def _digest():
    return hashlib.blake2b(digest_size=16)


def _rest(stream):
    """The pieces of what is left of a line."""
    while piece := stream.readline(1 << 20):
        yield piece
        if piece.endswith(b"\n"):
            return


def _is_cut_short(line):
    """Whether a last line without line end is the beginning of one, and not the whole of it."""
    try:
        events.read_event(line)
    except events.RejectedError as error:
        return "not JSON" in str(error) or "UTF-8" in str(error)
    return False
