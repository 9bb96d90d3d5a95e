"""``python -m tests.engines [ENGINE...] [PART OF A NAME...]``: tests that speak to a database, on a server's.

Each engine is tested by a process of its own with a private server. SQLite is what ``make test`` has.
"""

import os
import signal
import sys
import unittest

from tests import alone
from tests import beside
from tests import databases

#: Where a database makes a difference. What is only computed, or only drawn, is the same for each; whether it
#: is, test_alike asks every page and every answer of the API.
MODULES = (
    "tests.engines",
    *(f"tests.unit.{name}" for name in ("db", "recorder", "rollup", "queries")),
    *(
        f"tests.functional.test_{name}"
        for name in (
            *("check", "collector", "listen", "nonsense", "plugins", "prune.TestParts"),
            *("registry", "replay", "rollup", "serve", "unchanged"),
            *("web.TestBadAddresses", "web.TestWithoutData"),
        )
    ),
)

#: Hundreds of databases, whole recordings, or weeks counted piece by piece: these ask whether what is kept is
#: right, and that is no matter of the database.
NOT_HERE = (
    "test_exact",
    "test_behind",
    "test_identity",
    "TestAfterwards",
    "OnRecording",
    "TestReplayOfRecordings",
    "TestRecorded",
    "TestSimulated.test_in_",
    "TestDays.test_as_of",
    "TestMoments.test_as_counted",
)


def cases():
    """The chosen test cases."""
    loader = unittest.TestLoader()
    for name in MODULES:
        path = name.replace(".", "/")
        if os.path.isdir(path):
            found = loader.discover(path, top_level_dir=".")
        else:
            found = loader.loadTestsFromName(name)
        yield from (case for case in alone.cases(found) if not any(word in case.id() for word in NOT_HERE))


def main(arguments):
    """Runs them; returns the exit code."""
    engines = [word for word in arguments if word in databases.SERVERS]
    words = [word for word in arguments if word not in engines]
    if len(engines) != 1:
        return beside.run(
            {engine: ["-m", "tests.engines", engine, *words] for engine in engines or databases.SERVERS}
        )
    server = databases.SERVERS[engines[0]]
    if reason := server.missing():
        print(f"0 passed, 0 failed, skipped: {reason}")
        return 0
    # Whoever ends this ends the server, too.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    with server() as running:
        os.environ.update(running.environment())
        return alone.run(list(cases()), words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
