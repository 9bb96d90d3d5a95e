"""Events from a file of JSON lines, plain or gzip-compressed, or from standard input."""

import contextlib
import gzip
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
    """

    name = "file"

    def __init__(self, path):
        """Names the file.

        :param path: its path, or ``-`` for standard input.
        """
        self.path = path
        self.cut_short = None
        self._raw = None

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
        if self._raw is None or self.path == "-":
            return 0
        return self.size if self._raw.closed else self._raw.tell()

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
                yield from self._read(self._open(stack))
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
                    _skip_rest(stream)
                elif _is_cut_short(line):
                    self.cut_short = line
                    return
            line = line.strip()
            if line:
                yield line


def _skip_rest(stream):
    while piece := stream.readline(1 << 20):
        if piece.endswith(b"\n"):
            return


def _is_cut_short(line):
    """Whether a last line without line end is the beginning of one, and not the whole of it."""
    try:
        events.read_event(line)
    except events.RejectedError as error:
        return "not JSON" in str(error) or "UTF-8" in str(error)
    return False
