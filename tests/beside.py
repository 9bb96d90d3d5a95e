"""Runs several programs of tests beside one another, and shows what they print while they run."""

import re
import signal
import subprocess
import sys
import threading

# The lines with which tests.alone ends.
_OUTCOME = re.compile(r"failed: |\d+ passed, |\d+ skipped: ")


def run(commands):
    """Runs Python with each of *commands*, a name -> its arguments; returns the exit code.

    Each line that they print has its name before it. The last lines say how each ended.
    """
    # Whoever ends this ends all of them, and they their servers.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    running = [_Running(name, arguments) for name, arguments in commands.items()]
    try:
        codes = [each.end() for each in running]
    finally:
        for each in running:
            each.stop()
    for each in running:
        print(*each.outcome, sep="\n", flush=True)
    return max(codes)


class _Running:
    """A program in a process of its own.

    :ivar outcome: the lines that say how it ended, with its name.
    """

    def __init__(self, name, arguments):
        """Starts it."""
        self._name, self.outcome = name, []
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            if _OUTCOME.match(line):
                self.outcome.append(f"{line.rstrip()} ({self._name})")
            else:
                print(f"{self._name}: {line}", end="", flush=True)

    def stop(self):
        """Ends it, unless it has ended."""
        self._process.terminate()

    def end(self):
        """Waits until it ends; returns the exit code."""
        self._reader.join()
        code = self._process.wait()
        if code and not self.outcome:
            self.outcome.append(f"0 passed, 1 failed, 0 skipped: it ended with {code} ({self._name})")
        return abs(code)
