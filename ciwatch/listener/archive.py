"""A copy of every raw event: one gzip file of JSON lines a day, which ``ciwatch replay`` reads."""

import datetime
import fcntl
import gzip
import logging
import os
import pathlib
import re
import zlib

LOG = logging.getLogger(__name__)

_NAME = re.compile(r"events-(\d{4}-\d\d-\d\d)(?:\.\d+)?\.jsonl\.gz")


class ArchiveError(Exception):
    """The folder cannot be used; the message says which, and why."""


class Archive:
    """Appends to the file of the day (UTC).

    Each call appends a gzip member of its own, so that the file is whole at any time. Two processes that
    share the folder write into two files.
    """

    def __init__(self, folder):
        """Takes the folder; makes it where it is not there.

        :raises ArchiveError: where it cannot be written.
        """
        self._folder = pathlib.Path(folder)
        self._stream = None
        self._day = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._open(_today())
        except OSError as error:
            raise ArchiveError(f"[listener] archive_dir: {self._folder}: {error.strerror}") from error

    def write(self, lines):
        """Appends *lines*, bytes objects; what cannot be written is told in the log, and nowhere else."""
        if not lines:
            return
        try:
            if self._day != _today():
                self._open(_today())
            self._stream.write(gzip.compress(b"".join(line + b"\n" for line in lines), 6))
            self._stream.flush()
        except OSError as error:
            LOG.error("Cannot archive %d events in %s: %s", len(lines), self._folder, error.strerror)

    def close(self):
        """Closes the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _open(self, day):
        self.close()
        part = 0
        while self._stream is None:
            name = f"events-{day}.jsonl.gz" if part == 0 else f"events-{day}.{part}.jsonl.gz"
            stream = open(self._folder / name, "ab")
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _mend(stream.name)
                self._stream = stream
            except BlockingIOError:
                stream.close()
                part += 1
        self._day = day


def _today():
    return datetime.datetime.now(datetime.UTC).date()


def _mend(path):
    """Cuts off a member that was being written when the process died: what follows could not be read."""
    whole = 0
    with open(path, "rb") as stream:
        member, read = zlib.decompressobj(wbits=31), 0
        while part := stream.read(1 << 16):
            try:
                while part:
                    member.decompress(part)
                    read += len(part) - len(member.unused_data)
                    if not member.eof:
                        break
                    whole, part = read, member.unused_data
                    member = zlib.decompressobj(wbits=31)
            except zlib.error:
                break
        size = os.fstat(stream.fileno()).st_size
    if whole < size:
        LOG.warning("The last %d bytes of %s were cut short and are removed", size - whole, path)
        os.truncate(path, whole)


def prune(folder, days, today=None):
    """Removes the files of days that are more than *days* before today.

    :returns: (how many files, how many bytes).
    :raises ArchiveError: where one cannot be removed.
    """
    first = (today or _today()) - datetime.timedelta(days=days)
    files = size = 0
    try:
        for path in sorted(pathlib.Path(folder).iterdir()):
            name = _NAME.fullmatch(path.name)
            if name and datetime.date.fromisoformat(name[1]) < first:
                size += path.stat().st_size
                path.unlink()
                files += 1
    except (OSError, ValueError) as error:
        raise ArchiveError(f"[listener] archive_dir: {getattr(error, 'strerror', None) or error}") from error
    return files, size
