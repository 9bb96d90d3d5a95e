"""Keeps the figures current beside whoever records, for as long as that lasts."""

import logging
import threading

import sqlalchemy as sa

from ciwatch.recorder import positions
from ciwatch.rollup import updater

LOG = logging.getLogger(__name__)

#: How long what was recorded may wait to be counted, in seconds. Pages count what waits for themselves.
EVERY_S = 30.0


class Keeper:
    """A thread that counts what was recorded; a context manager."""

    def __init__(self, engine, registry_file, every_s=EVERY_S):
        """Takes the engine, and the :class:`~ciwatch.registry.file.RegistryFile`."""
        self._engine = engine
        self._registry_file = registry_file
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="figures")

    def __enter__(self):
        """Begins."""
        self._thread.start()
        return self

    def __exit__(self, *error):
        """Ends after the part that it is at."""
        self._stop.set()
        self._thread.join(5)

    def _run(self):
        while not self._stop.wait(self._every_s):
            try:
                self._count()
            except sa.exc.DBAPIError as error:
                LOG.info("Figures wait for the database: %s", error.orig)
            except Exception:
                # What was recorded is safe, and is counted when this is mended.
                LOG.exception("Figures cannot be counted")

    def _count(self):
        work = updater.Updater(self._engine, self._registry_file.current())
        for _ in work.update(positions.now()):
            if self._stop.is_set():
                return
