"""Plugins in packages of their own: the example, built, installed and tested; and such as are no good."""

import os
import pathlib
import shutil
import subprocess
import sys

from tests import base

EXAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "ciwatch-parser-example"
COMMENT = "Patch Set 1:\n\nweathervane: unit FAIL https://logs.example/7\n"


class PluginTestCase(base.TestCase):
    """Plugins in a folder that only this test sees."""

    def setUp(self):
        """Names the folder."""
        super().setUp()
        self.site = self.folder / "site"
        self.environment = {
            **os.environ,
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PYTHONPATH": os.pathsep.join([str(self.site), *filter(None, [os.environ.get("PYTHONPATH")])]),
        }

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

    def ciwatch(self, *words, stdin=""):
        """What the program prints."""
        return self.python("-m", "ciwatch.cli.app", *words, stdin=stdin)


class TestExample(PluginTestCase):
    """What an operator does, in their order."""

    def setUp(self):
        """Builds the package from a copy, and installs it."""
        super().setUp()
        source = self.folder / "source"
        shutil.copytree(EXAMPLE, source)
        words = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
        self.python(*words, "--target", str(self.site), str(source))
        self.tests = source / "tests"

    def test_entry_point(self):
        """It stands in the list, takes its comment, and what it understood is printed."""
        self.assertIn("weathervane", self.ciwatch("parsers", "list", "-f", "csv"))
        told = self.ciwatch("parse", stdin=COMMENT)
        self.assertIn("parser    weathervane 1", told)
        self.assertIn("verdict   failed", told)

    def test_its_own_tests(self):
        """The kit's tests run with nothing but unittest."""
        told = self.python("-m", "unittest", "discover", "-v", "-s", str(self.tests))
        self.assertRegex(told, r"Ran \d+ tests")
        self.assertIn("test_sample_storage_failed", told)
        self.assertTrue(told.rstrip().endswith("OK"), told)


class TestFaultyPlugins(PluginTestCase):
    """Installed packages whose plugins cannot be used, or should not be."""

    MODULE = """
from ciwatch.parsers import base

class Raises(base.Parser):
    name = "raises"
    priority = 1

    def parse(self, comment):
        raise RuntimeError("out of cheese")

class Rubbish(Raises):
    name = "rubbish"

    def parse(self, comment):
        return base.Report("finished", ["unit"])

class Zuul(Raises):
    name = "zuul"
"""

    def setUp(self):
        """Installs them."""
        super().setUp()
        folder = self.site / "faulty-1.0.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: faulty\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(
            "[ciwatch.parsers]\nabsent = nowhere_to_be_found:Parser\nraises = faulty:Raises\n"
            "rubbish = faulty:Rubbish\nzuul = faulty:Zuul\n"
        )
        (self.site / "faulty.py").write_text(self.MODULE)

    def test_list(self):
        """Each stands there with its fault; what works is used."""
        told = self.ciwatch("parsers", "list", "-f", "csv")
        self.assertRegex(told, r'"absent","","","","cannot be imported: No module named .nowhere')
        self.assertIn("is there 2 times; CI Watch uses its own", told)
        self.assertIn('"zuul",2,10,"yes",""', told)

    def test_next_gets_the_comment(self):
        """The gate's comment is read all the same, and who failed is told."""
        told = self.ciwatch("parse", stdin="Patch Set 1:\n\nStarting check jobs.")
        self.assertIn("parser    zuul 2", told)
        self.assertIn("ciwatch: parser plugin raises raised, 1 times: RuntimeError: out of cheese", told)
        self.assertIn("ciwatch: parser plugin rubbish returned rubbish, 1 times: kind 'finished'", told)

    def test_kept(self):
        """A recorder counts them where the status page finds them."""
        database = self.make_database("events.sqlite")
        self.environment["OS_DATABASE__CONNECTION"] = database.url
        event = base.comment_event("Patch Set 1:\n\nStarting check jobs.", 1700000000)
        self.ciwatch("replay", "-", stdin=base.line(event).decode() + "\n")
        found = database.query("SELECT parser, kind, count FROM parser_faults ORDER BY parser")
        self.assertEqual(
            [
                ("absent", "not loaded", 1),
                ("raises", "raised", 1),
                ("rubbish", "returned rubbish", 1),
                ("zuul", "not loaded", 1),
            ],
            found,
        )
        self.assertEqual([("zuul", "started")], database.query("SELECT parser, kind FROM reports"))
