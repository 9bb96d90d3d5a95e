"""``python -m tests.browser [PART OF A NAME]``: these tests one after the other; pictures in ``.browser``."""

import shutil
import sys

from tests import alone
from tests.browser import chromium

if __name__ == "__main__":
    if len(sys.argv) == 1:
        # Pictures of a page that is gone would be looked at for nothing.
        shutil.rmtree(chromium.PICTURES, ignore_errors=True)
    code = alone.main("tests/browser", sys.argv[1:])
    if chromium.PICTURES.exists():
        print(f"{len(list(chromium.PICTURES.glob('*.png')))} pictures are in {chromium.PICTURES}")
    sys.exit(code)
