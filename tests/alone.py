"""Runs the tests of one folder one after the other, in this process, with what they print.

For those that take minutes and need something big that they share; ``make test`` leaves them out.
"""

import sys
import unittest

import testtools


def cases(suite):
    """All test cases of a suite."""
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            yield from cases(each)
        else:
            yield each


def main(folder, words, suite=unittest.TestSuite):
    """Runs those whose name holds all *words*; returns the exit code.

    :param suite: makes of a list of cases what runs them.
    """
    found = list(cases(unittest.TestLoader().discover(folder, top_level_dir=".")))
    chosen = [case for case in found if all(word in case.id() for word in words)]
    result = testtools.TextTestResult(sys.stdout, verbosity=2)
    result.startTestRun()
    suite(chosen).run(result)
    result.stopTestRun()
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = sum(len(cases) for cases in result.skip_reasons.values())
    for reason, cases_skipped in result.skip_reasons.items():
        print(f"{len(cases_skipped)} skipped: {reason}")
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not chosen else 0
