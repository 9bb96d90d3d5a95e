"""The program itself, whatever the command."""

import subprocess
import sys

from tests import base

_SCRIPT = "import sys; from ciwatch.cli import app; app.main(sys.argv[1:]); print(*sys.modules)"


class TestStart(base.TestCase):
    """How it starts."""

    def test_imports(self):
        """A command imports what it needs: the list of parsers needs neither a web server nor ssh."""
        words = [sys.executable, "-c", _SCRIPT, "parsers", "list"]
        done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
        imported = done.stdout.splitlines()[-1].split()
        self.assertIn("ciwatch.cli.inspect", imported)
        for other in ("paramiko", "pyramid", "waitress"):
            self.assertNotIn(other, imported)
