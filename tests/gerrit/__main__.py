"""``python -m tests.gerrit [PART OF A NAME]``: these tests one after the other, with what they print."""

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


def main(words):
    """Runs those whose name holds all *words*; returns the exit code."""
    found = list(cases(unittest.TestLoader().discover("tests/gerrit", top_level_dir=".")))
    chosen = [case for case in found if all(word in case.id() for word in words)]
    result = testtools.TextTestResult(sys.stdout, verbosity=2)
    result.startTestRun()
    unittest.TestSuite(chosen).run(result)
    result.stopTestRun()
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = sum(len(cases) for cases in result.skip_reasons.values())
    for reason, cases_skipped in result.skip_reasons.items():
        print(f"{len(cases_skipped)} skipped: {reason}")
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
