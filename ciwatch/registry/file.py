"""The registry of a process that runs for long: read again when its file changes."""

import logging
import os
import stat
import time

from oslo_config import cfg

from ciwatch.registry import model
from ciwatch.registry import reader

LOG = logging.getLogger(__name__)

# A file that changed just now may be half written, and half a registry is one, too.
_SETTLED_S = 1.0

_NEVER = object()


class RegistryFile:
    """A file, which may change, be faulty, or not be there.

    While it is faulty, or gone, what it said last holds.

    :ivar fault: what is wrong with it now, in words, or None.
    """

    #: The option that names it.
    OPTION = "[insight] registry_file"

    def __init__(self, path, is_needed=True):
        """Takes the path, or None for no registry at all.

        :param is_needed: whether it is a fault that there is no such file.
        """
        self._path = path
        self._is_needed = is_needed
        self._registry = model.Registry()
        self._seen = _NEVER
        self.fault = None

    @classmethod
    def of_conf(cls, conf):
        """That of a configuration: the default one is used where it exists, and another one must exist."""
        place = conf.get_location("registry_file", "insight")
        is_default = place is None or place.location is cfg.Locations.opt_default
        return cls(conf.insight.registry_file or None, is_needed=not is_default)

    def read(self):
        """The :class:`~ciwatch.registry.model.Registry` as the file is now.

        :raises ciwatch.registry.reader.RegistryError: where it cannot be used.
        """
        self._seen = self._look()
        self._registry = self._read(self._seen)
        self.fault = None
        return self._registry

    def current(self):
        """The newest :class:`~ciwatch.registry.model.Registry` that could be read; a stat, mostly."""
        seen = self._look()
        if seen == self._seen or (self._seen is not _NEVER and _is_fresh(seen)):
            return self._registry
        was_there, self._seen = self._seen not in (None, _NEVER), seen
        try:
            if seen is None and was_there:
                raise reader.RegistryError(self._path, [reader.Fault(None, "", "is not there any more")])
            self._registry = self._read(seen)
        except reader.RegistryError as error:
            self._tell(str(error))
        else:
            self.fault = None
        return self._registry

    def _look(self):
        """What tells one version of the file from another one, or None where there is none."""
        if self._path is None:
            return None
        try:
            found = os.stat(self._path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError):
            return 0, 0
        return found.st_mtime_ns, found.st_mode, found.st_size, found.st_ino, found.st_dev

    def _read(self, seen):
        if self._path is None or (seen is None and not self._is_needed):
            return model.Registry()
        if seen and seen[1] and not stat.S_ISREG(seen[1]):
            # Who reads a pipe may wait for ever.
            raise reader.RegistryError(self._path, [reader.Fault(None, "", "is no file")])
        return reader.read(self._path)

    def _tell(self, fault):
        if fault != self.fault:
            LOG.error("The registry cannot be used, and the last one that could holds: %s", fault)
        self.fault = fault


def _is_fresh(seen):
    return seen is not None and 0 <= time.time() - seen[0] / 1e9 < _SETTLED_S
