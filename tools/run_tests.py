"""Runs the tests with stestr and says last which failed, and how many passed, failed and were skipped.

Arguments are handed to ``stestr run``: a part of a test's name selects tests. The exit code is 0 only where
tests ran and none failed.
"""

import pathlib
import subprocess
import sys

from stestr.repository import abstract
from stestr.repository import util
import subunit
import testtools

# They take minutes and have commands of their own: make brokers, make browser, make deploy, make functional,
# make gerrit.
NOT_HERE = r"^tests\.(brokers|browser|deploy|engines|gerrit)\."

STESTR = pathlib.Path(sys.executable).with_name("stestr")


def count_runs():
    """How many runs stestr has on record."""
    try:
        return util.get_repo_open().count()
    except abstract.RepositoryNotFound:
        return 0


def summary_of(stream):
    """(passed, names of those that failed, skipped) of a subunit v2 *stream*.

    A test that never ended has failed.
    """
    summary = testtools.StreamSummary()
    summary.startTestRun()
    try:
        subunit.ByteStreamToStreamResult(stream, non_subunit_name="output").run(summary)
    finally:
        summary.stopTestRun()
    failed = [case.id() for case, _ in (*summary.errors, *summary.failures)]
    failed += [case.id() for case in summary.unexpectedSuccesses]
    skipped = len(summary.skipped)
    return summary.testsRun - len(failed) - skipped, failed, skipped


def main(arguments):
    """Runs the tests; returns the exit code."""
    before = count_runs()
    command = [STESTR, "run", "--exclude-regex", NOT_HERE, *arguments]
    code = subprocess.run(command, check=False).returncode  # noqa: S603
    if count_runs() == before:
        # Else the figures would be those of an earlier run.
        print("0 passed, 0 failed, 0 skipped: stestr ran no test")
        return code or 1
    repository = util.get_repo_open()
    passed, failed, skipped = summary_of(repository.get_test_run(repository.latest_id()).get_subunit_stream())
    for name in failed:
        print(f"failed: {name}")
    print(f"{passed} passed, {len(failed)} failed, {skipped} skipped")
    return code or (1 if failed or not passed + skipped else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
