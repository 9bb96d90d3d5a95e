"""``python -m tests.brokers [PART OF A NAME]``: these tests one after the other, with what they print."""

import sys

from tests import alone

if __name__ == "__main__":
    sys.exit(alone.main("tests/brokers", sys.argv[1:]))
