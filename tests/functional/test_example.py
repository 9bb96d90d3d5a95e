"""The example of a parser in a package of its own: built, installed, found by its entry point, and tested."""

import os
import pathlib
import subprocess
import sys

from tests import base

EXAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "ciwatch-parser-example"
COMMENT = "Patch Set 1:\n\nweathervane: unit FAIL https://logs.example/7\n"


class TestExample(base.TestCase):
    """What an operator does, in their order."""

    def setUp(self):
        """Builds the package from a copy and installs it where only this test sees it."""
        super().setUp()
        source, self.site = self.folder / "source", self.folder / "site"
        subprocess.run(["cp", "-r", str(EXAMPLE), str(source)], check=True)
        self.environment = {
            **os.environ,
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PYTHONPATH": os.pathsep.join([str(self.site), *filter(None, [os.environ.get("PYTHONPATH")])]),
        }
        words = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
        self.python(*words, "--target", str(self.site), str(source))
        self.tests = source / "tests"

    def python(self, *words, stdin=""):
        """The standard output of python with these *words*."""
        result = subprocess.run(
            [sys.executable, *words],
            input=stdin,
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=300,
        )
        self.assertEqual(0, result.returncode, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def test_entry_point(self):
        """It stands in the list, takes its comment, and what it understood is printed."""
        self.assertIn("weathervane", self.python("-m", "ciwatch.cli.app", "parsers", "list", "-f", "csv"))
        told = self.python("-m", "ciwatch.cli.app", "parse", stdin=COMMENT)
        self.assertIn("parser    weathervane 1", told)
        self.assertIn("verdict   failed", told)

    def test_its_own_tests(self):
        """The kit's tests run with nothing but unittest."""
        told = self.python("-m", "unittest", "discover", "-v", "-s", str(self.tests))
        self.assertRegex(told, r"Ran \d+ tests")
        self.assertIn("test_sample_storage_failed", told)
        self.assertTrue(told.rstrip().endswith("OK"), told)
