"""``python -m tests.deploy [PART OF A NAME]``: these tests beside each other, with what they print."""

import sys
import unittest

import testtools

from tests import alone


def side_by_side(cases):
    """Runs each of *cases* in a thread of its own: most of the time their nodes work, and they wait."""
    return testtools.ConcurrentTestSuite(unittest.TestSuite(cases), alone.cases)


if __name__ == "__main__":
    sys.exit(alone.main("tests/deploy", sys.argv[1:], side_by_side))
