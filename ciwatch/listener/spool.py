"""Events that wait on disk while the database is away, in the order in which they came."""

import fcntl
import logging
import os
import pathlib
import urllib.parse

import msgspec

LOG = logging.getLogger(__name__)

# A segment that has grown to this is followed by another, so that what was recorded can be deleted.
_SEGMENT_BYTES = 8 * 1024 * 1024
_BATCH = 1000


class SpoolError(Exception):
    """The folder cannot be used; the message says which, and why."""


class Spool:
    """A queue of lines in a folder that belongs to one process.

    What is appended is on the disk when :meth:`append` returns.

    :ivar events: how many lines wait.
    :ivar bytes: how long they are together.
    """

    def __init__(self, folder, limit):
        """Opens the folder, and finds what waits there.

        :param folder: its path; made where it is not there.
        :param limit: how many bytes may wait.
        :raises SpoolError: where another process has it, or it cannot be written.
        """
        self.folder = pathlib.Path(folder)
        self.limit = limit
        self._current = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = open(self.folder / "lock", "a")
        except OSError as error:
            raise SpoolError(f"cannot keep events in {self.folder}: {error.strerror}") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise SpoolError(
                f"{self.folder} is in use: another listener of this name runs here; give this one another"
                " [listener] name"
            ) from error
        self.events, self.bytes = look(self.folder)

    def append(self, lines):
        """Keeps *lines*, bytes objects, as far as there is room.

        :returns: how many of them were kept, from the first on.
        """
        room, kept = self.limit - self.bytes, []
        for line in lines:
            room -= len(line) + 1
            if room < 0:
                break
            kept.append(line + b"\n")
        data = b"".join(kept)
        try:
            if kept:
                self._write(data)
        except OSError as error:
            LOG.error("Cannot keep events in %s: %s", self.folder, error.strerror)
            return 0
        self.events += len(kept)
        self.bytes += len(data)
        return len(kept)

    def _write(self, data):
        if self._current is None or self._current.tell() >= _SEGMENT_BYTES:
            self._close_current()
            paths = self._segments()
            number = int(paths[-1].stem) + 1 if paths else 1
            self._current = open(self.folder / f"{number:012d}.jsonl", "ab")
            self._sync_folder()
        begun = self._current.tell()
        try:
            self._current.write(data)
            self._current.flush()
            os.fsync(self._current.fileno())
        except OSError:
            # Half of it on a full disk would be lost with the line that follows.
            path = self._current.name
            try:
                self._close_current()
            finally:
                os.truncate(path, begun)
            raise

    def drain(self, record):
        """Hands all that waits to *record*, oldest first, and forgets it.

        :param record: called with lists of lines; what it raises ends the draining, and nothing is lost.
        """
        self._close_current()
        for path in self._segments():
            data = path.read_bytes()
            # A line without end is the beginning of one that was being written when the process died.
            lines = [line for line in data.split(b"\n")[:-1] if line]
            for start in range(0, len(lines), _BATCH):
                record(lines[start : start + _BATCH])
            path.unlink()
            self._sync_folder()
            self.events = max(0, self.events - len(lines))
            self.bytes = max(0, self.bytes - len(data))

    def close(self):
        """Gives the folder back."""
        self._close_current()
        self._lock.close()

    def _segments(self):
        return _segments(self.folder)

    def _close_current(self):
        if self._current is not None:
            current, self._current = self._current, None
            current.close()

    def _sync_folder(self):
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def look(folder):
    """(events, bytes) that wait in *folder*, whoever's it is."""
    events = size = 0
    for path in _segments(pathlib.Path(folder)):
        try:
            with open(path, "rb") as stream:
                while part := stream.read(1 << 20):
                    events += part.count(b"\n")
                    size += len(part)
        except FileNotFoundError:
            # Recorded meanwhile.
            continue
    return events, size


class Waiting(msgspec.Struct, frozen=True):
    """What waits in the spool of a listener on this machine."""

    listener: str
    events: int
    bytes: int


def folder_of(state_path, name):
    """The folder for the listener called *name*."""
    return pathlib.Path(state_path) / "spool" / urllib.parse.quote(name, safe=" ")


def look_all(state_path):
    """What waits on this machine, as far as this process may look: a list of :class:`Waiting`, by name."""
    found = []
    try:
        for folder in sorted((pathlib.Path(state_path) / "spool").iterdir()):
            found.append(Waiting(urllib.parse.unquote(folder.name), *look(folder)))
    except OSError:
        return found
    return found


def _segments(folder):
    return sorted(folder.glob("[0-9]*.jsonl"))
