"""A registry that changes under a process."""

import os
import time

from ciwatch import service
from ciwatch.registry import file
from ciwatch.registry import reader
from tests import base

ONE = "systems: {basalt: {}}"
TWO = "systems: {basalt: {}, slate: {}}"


class TestRegistryFile(base.TestCase):
    """What it says, and what holds when it says nothing that can be used."""

    def names(self):
        """The CIs that are known now."""
        return list(self.found.current().systems)

    def open(self, text=ONE):
        """A registry that says *text*, read once."""
        self.found = file.RegistryFile(self.write_registry(text))
        return self.names()

    def test_changes(self):
        """A changed file counts from the next look on; the same one is the same registry."""
        self.assertEqual(["basalt"], self.open())
        self.assertIs(self.found.current(), self.found.current())
        self.write_registry(TWO)
        self.assertEqual(["basalt", "slate"], self.names())

    def test_fault(self):
        """The last good one holds while it is faulty, and the fault is told until it is mended."""
        self.open()
        self.write_registry("systems: {basalt: {titel: x}}")
        self.assertEqual(["basalt"], self.names())
        self.assertIn("systems.yaml:1: systems.basalt.titel: is no key", self.found.fault)
        self.assertEqual(["basalt"], self.names())
        self.assertIn("titel", self.found.fault)
        self.write_registry(TWO)
        self.assertEqual(["basalt", "slate"], self.names())
        self.assertIsNone(self.found.fault)

    def test_gone(self):
        """A file that is gone is a fault, too, and may come again."""
        self.open()
        path = self.folder / "systems.yaml"
        path.rename(self.folder / "away")
        self.assertEqual(["basalt"], self.names())
        self.assertIn("is not there any more", self.found.fault)
        (self.folder / "away").rename(path)
        self.assertEqual(["basalt"], self.names())
        self.assertIsNone(self.found.fault)

    def test_half_written(self):
        """A file that changed within this second is left until it has come to rest."""
        self.open(TWO)
        path = self.folder / "systems.yaml"
        path.write_text(ONE)
        self.assertEqual(["basalt", "slate"], self.names())
        long_ago = time.time() - 5
        os.utime(path, (long_ago, long_ago))
        self.assertEqual(["basalt"], self.names())

    def test_fifo(self):
        """A pipe, which would be waited for."""
        path = self.folder / "pipe"
        os.mkfifo(path)
        self.found = file.RegistryFile(path)
        self.assertEqual([], self.names())
        self.assertIn("is no file", self.found.fault)
        self.assertRaises(reader.RegistryError, self.found.read)


class TestOfConf(base.TestCase):
    """Which file a configuration names."""

    def found(self, text):
        """That of a configuration whose group insight is *text*."""
        path = self.folder / "ciwatch.conf"
        path.write_text(f"[insight]\n{text}\n")
        return file.RegistryFile.of_conf(service.prepare([], config_files=[str(path)]))

    def test_named(self):
        """A file that somebody named must be there."""
        path = self.folder / "systems.yaml"
        found = self.found(f"registry_file = {path}")
        error = self.assertRaises(reader.RegistryError, found.read)
        self.assertEqual(f"{path}: No such file or directory", str(error))
        self.assertEqual({}, dict(found.current().systems))
        path.write_text(ONE)
        self.assertEqual(["basalt"], list(found.read().systems))

    def test_default(self):
        """The default one may be absent, now and later."""
        if os.path.exists("/etc/ciwatch/systems.yaml"):
            self.skipTest("this machine has a /etc/ciwatch/systems.yaml")
        found = self.found("")
        self.assertEqual({}, dict(found.read().systems))
        self.assertEqual({}, dict(found.current().systems))
        self.assertIsNone(found.fault)

    def test_none(self):
        """An empty option is no registry."""
        found = self.found("registry_file =")
        self.assertEqual({}, dict(found.read().systems))
        self.assertIsNone(found.fault)
