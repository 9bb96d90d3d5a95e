"""``python -m tests.engines [ENGINE...] [PART OF A NAME...]``: tests that speak to a database, on a server's.

Each engine is tested by a process of its own with a private server. SQLite is what ``make test`` has.
"""

import os
import signal
import subprocess
import sys
import tempfile
import unittest

from tests import alone
from tests import databases

#: Where a database makes a difference. What is only computed, or only drawn, is the same for each.
MODULES = (
    "tests.engines",
    *(f"tests.unit.{name}" for name in ("db", "recorder", "rollup", "queries")),
    *(
        f"tests.functional.test_{name}"
        for name in (
            *("api", "check", "collector", "csv", "front", "job_pages", "kit", "listen", "lists", "nonsense"),
            *("openapi", "overviews", "plugins", "registry", "replay", "rollup", "serve", "system_pages"),
            *("unchanged", "web"),
        )
    ),
)

#: Hundreds of databases, or a whole recording: these ask whether the recorder is right, and that is no
#: matter of the database.
NOT_HERE = (
    "test_exact",
    "test_behind",
    "test_identity",
    "TestAfterwards",
    "OnRecording",
    "TestReplayOfRecordings",
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
        return _run_all(engines or databases.SERVERS, words)
    server = databases.SERVERS[engines[0]]
    if reason := server.missing():
        print(f"0 passed, 0 failed, skipped: {reason}")
        return 0
    # Whoever ends this ends the server, too.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    with server() as running:
        os.environ.update(running.environment())
        return alone.run(list(cases()), words)


def _run_all(engines, words):
    """Runs those of several engines beside one another; what they print, one after the other."""
    started = []
    for engine in engines:
        output = tempfile.TemporaryFile("w+")
        command = [sys.executable, "-m", "tests.engines", engine, *words]
        started.append((engine, output, subprocess.Popen(command, stdout=output, stderr=output)))
    code = 0
    for engine, output, process in started:
        code = process.wait() or code
        output.seek(0)
        print(f"On {engine}:", output.read(), sep="\n", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
