"""Runs the tests of one folder one after the other, in this process, with what they print.

For those that take minutes and need something big that they share; ``make test`` leaves them out.
"""

import sys
import time
import unittest

import testtools


def cases(suite):
    """All test cases of a suite."""
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            yield from cases(each)
        else:
            yield each


class _Result(testtools.TextTestResult):
    """Tells of each test how long it took."""

    def startTest(self, test):
        """Looks at the clock."""
        self._begun = time.monotonic()
        super().startTest(test)

    def stopTest(self, test):
        """Prints a line."""
        print(f" {time.monotonic() - self._begun:.1f} s {test.id()}", flush=True)
        super().stopTest(test)


def main(folder, words, suite=unittest.TestSuite):
    """Runs those below a *folder* whose name holds all *words*; returns the exit code.

    :param suite: makes of a list of cases what runs them.
    """
    return run(cases(unittest.TestLoader().discover(folder, top_level_dir=".")), words, suite)


def run(found, words, suite=unittest.TestSuite):
    """Runs those of the cases *found* whose name holds all *words*; returns the exit code."""
    chosen = [case for case in found if all(word in case.id() for word in words)]
    result = _Result(sys.stdout, verbosity=2)
    result.startTestRun()
    suite(chosen).run(result)
    result.stopTestRun()
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = sum(len(cases) for cases in result.skip_reasons.values())
    for reason, cases_skipped in result.skip_reasons.items():
        print(f"{len(cases_skipped)} skipped: {reason}")
    for case, _ in (*result.failures, *result.errors):
        print(f"failed: {case.id()}")
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not chosen else 0
