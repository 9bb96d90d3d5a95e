"""``python -m tests.deploy [PART OF A NAME]``: these tests one after the other, with what they print."""

import sys

from tests import alone

if __name__ == "__main__":
    sys.exit(alone.main("tests/deploy", sys.argv[1:]))
