"""A checkout of cinder, invented, read without being executed."""

import os

import yaml

from ciwatch.registry import cinder
from ciwatch.registry import reader
from tests import base

BASALT = '''
"""Drivers of Basalt."""
from cinder import interface

@interface.volumedriver
class BasaltISCSIDriver(san.SanISCSIDriver):
    """Basalt array over iSCSI.

    More of it.
    """
    VERSION = "1.0"
    CI_WIKI_NAME = "Basalt_Array_CI"

@interface.volumedriver
class BasaltFCDriver:
    """Basalt array over iSCSI."""
    CI_WIKI_NAME: str = "Basalt_Array_CI"

class Helper:
    pass
'''
PEBBLE = """
@interface.volumedriver
class PebbleDriver:
    pass
"""
HOSTILE = """
import os, pathlib
pathlib.Path({marker!r}).write_text("executed")
class A:
    CI_WIKI_NAME = pathlib.Path({marker!r}).write_text("executed") or "x"
class B:
    CI_WIKI_NAME = "a/../b\\n: [{{<script>"
"""


class TestImport(base.TestCase):
    """What is found in it."""

    def write(self, path, content):
        """Writes a file of the checkout."""
        target = self.folder / "cinder" / "volume" / "drivers" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    def registry(self):
        """(the registry that is made, as it is read again; what was skipped)."""
        drivers, skipped = cinder.find_drivers(self.folder)
        text = yaml.safe_dump(cinder.registry_of(drivers), sort_keys=False, allow_unicode=True)
        return reader.read_bytes(text.encode(), "made"), skipped

    def test_drivers(self):
        """A component for each, served by the CI that it names; without one it has none."""
        self.write("basalt/array.py", BASALT)
        self.write("pebble.py", PEBBLE)
        found, skipped = self.registry()
        self.assertEqual([], skipped)
        (system,) = found.systems.values()
        self.assertEqual(
            (
                "Basalt_Array_CI",
                "Basalt Array CI",
                "https://wiki.openstack.org/wiki/ThirdPartySystems/Basalt_Array_CI",
            ),
            (system.name, system.title, system.page),
        )
        self.assertEqual(
            [
                ("Basalt array over iSCSI", ("cinder/volume/drivers/basalt/**",), ("Basalt_Array_CI",)),
                (
                    "Basalt array over iSCSI (volume/drivers/basalt/array: BasaltFCDriver)",
                    ("cinder/volume/drivers/basalt/**",),
                    ("Basalt_Array_CI",),
                ),
                ("volume/drivers/pebble: PebbleDriver", ("cinder/volume/drivers/pebble.py",), ()),
            ],
            [
                (component.name, component.files, component.systems)
                for component in found.projects["openstack/cinder"].components
            ],
        )

    def test_nothing_is_executed(self):
        """What a module would do when it is imported is not done, and what it says is still a registry."""
        marker = self.folder / "marker"
        self.write("hostile.py", HOSTILE.format(marker=str(marker)))
        self.write("we[i]rd {dir}/driver.py", PEBBLE)
        found, _ = self.registry()
        self.assertFalse(marker.exists())
        components = {c.name: c for c in found.projects["openstack/cinder"].components}
        self.assertEqual((), components["volume/drivers/hostile: A"].systems)
        (name,) = components["volume/drivers/hostile: B"].systems
        self.assertEqual("a_.._b_script", name)
        self.assertEqual(
            ("cinder/volume/drivers/we?i?rd ?dir?/**",),
            components["volume/drivers/we[i]rd {dir}/driver: PebbleDriver"].files,
        )

    def test_bad_files(self):
        """A file that is no Python is told and skipped."""
        self.write("pebble.py", PEBBLE)
        for name, content, words in (
            ("broken.py", "class :\n", "line 1"),
            ("deep.py", "x = " + "(" * 5000 + ")" * 5000, "skipped"),
            ("deeper.py", "x = " + "-" * 100000 + "1", "skipped"),
            ("latin.py", b"# \xe4\nx = '\xff'\n", "skipped"),
            ("null.py", b"x = 1\0", "skipped"),
            ("large.py", b"#" * (4 * 2**20 + 1), "larger than"),
        ):
            self.write(name, content)
            found, skipped = self.registry()
            self.assertEqual(1, len(skipped), (name, skipped))
            self.assertIn(f"cinder/volume/drivers/{name}: skipped", skipped[0])
            self.assertIn(words, skipped[0])
            self.assertEqual(1, len(skipped[0].splitlines()))
            self.assertEqual(1, len(found.projects["openstack/cinder"].components))
            (self.folder / "cinder/volume/drivers" / name).unlink()

    def test_no_loops(self):
        """A link to a folder above, and one to nothing."""
        self.write("pebble.py", PEBBLE)
        drivers = self.folder / "cinder/volume/drivers"
        os.symlink("..", drivers / "up")
        os.symlink("nowhere.py", drivers / "dangling.py")
        os.mkfifo(drivers / "pipe.py")
        found, skipped = self.registry()
        self.assertEqual(1, len(found.projects["openstack/cinder"].components))
        self.assertEqual(2, len(skipped))
