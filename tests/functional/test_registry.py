"""``ciwatch registry`` as a user types it, and a registry under the commands that record."""

import os
import time

from tests import base
from tests.functional import test_listen
from tests.functional import test_replay

FAULTY = "systems:\n  basalt:\n    titel: x\n    page: ftp://x\n"
JOINED = "systems: {basalt: {title: Basalt, accounts: [basalt-ci, basalt-2019]}}\n"
RESULT = "Patch Set 1: Verified+1\n\nBuild succeeded.\n\n- unit http://x.example/{} : SUCCESS in 3s"


class TestValidate(test_replay.CommandTestCase):
    """``ciwatch registry validate``."""

    def test_sample(self):
        """What is in it."""
        path = "etc/ciwatch/systems.yaml.sample"
        self.assertEqual(
            (0, f"{path}: 4 systems, 5 accounts, 1 project, 2 components, 1 of them without a CI\n", ""),
            self.ciwatch("registry", "validate", path),
        )

    def test_faults(self):
        """All that is wrong, each with its line."""
        path = self.write_registry(FAULTY)
        for words, stdin in (
            (("registry", "validate", path), b""),
            (("registry", "validate", "-"), FAULTY.encode()),
        ):
            code, out, err = self.ciwatch(*words, stdin=stdin)
            self.assertEqual((1, ""), (code, out))
            name = "standard input" if stdin else path
            self.assertEqual(
                [f"{name}:{line}: systems.basalt" for line in (3, 4)],
                [line.rpartition(".basalt.")[0] + ".basalt" for line in err.splitlines()],
            )

    def test_option(self):
        """Without a file it is that of the configuration."""
        self.environment["OS_INSIGHT__REGISTRY_FILE"] = str(self.write_registry(JOINED))
        code, out, _ = self.ciwatch("registry", "validate")
        self.assertEqual(0, code)
        self.assertIn("1 system, 2 accounts, 0 projects, 0 components, 0 of them without a CI", out)
        self.environment["OS_INSIGHT__REGISTRY_FILE"] = "/nowhere.yaml"
        self.assertEqual(
            (1, "", "/nowhere.yaml: No such file or directory\n"), self.ciwatch("registry", "validate")
        )


class TestImportCinder(test_replay.CommandTestCase):
    """``ciwatch registry import-cinder``."""

    def test_round(self):
        """What it prints can be used."""
        drivers = self.folder / "cinder" / "volume" / "drivers"
        drivers.mkdir(parents=True)
        (drivers / "basalt.py").write_text('class D:\n    """Basalt."""\n    CI_WIKI_NAME = "Basalt_CI"\n')
        (drivers / "slate.py").write_text("@interface.volumedriver\nclass D:\n    pass\n")
        (drivers / "broken.py").write_text("class :")
        code, out, err = self.ciwatch("registry", "import-cinder", self.folder)
        self.assertEqual(0, code)
        self.assertIn("broken.py: skipped: line 1", err)
        self.assertIn("2 drivers, 1 CI; 1 without one", err)
        code, told, _ = self.ciwatch("registry", "validate", "-", stdin=out.encode())
        self.assertEqual(0, code)
        self.assertIn("1 system, 1 account, 1 project, 2 components, 1 of them without a CI", told)

    def test_nothing_there(self):
        """A folder that is something else, or none."""
        for folder, words in ((self.folder, "cinder/volume/drivers"), ("/nowhere", "no such folder")):
            code, out, err = self.ciwatch("registry", "import-cinder", folder)
            self.assertEqual((1, "", 1), (code, out, len(err.splitlines())))
            self.assertIn(words, err)


class RecordedTestCase(test_replay.CommandTestCase):
    """Two accounts that are one CI."""

    def events(self):
        """A file with a result of each."""
        return self.write(
            "events.jsonl",
            *(
                base.line(base.comment_event(RESULT.format(name), 1700000000 + place, name))
                for place, name in enumerate(("basalt-ci", "basalt-2019"))
            ),
        )

    def systems(self):
        """(name, title) of all CIs."""
        return sorted(self.database.query("SELECT name, title FROM ci_systems"))


class TestReplay(RecordedTestCase):
    """``ciwatch replay`` and ``ciwatch reparse``."""

    def test_joined_and_split(self):
        """The registry of the configuration joins, and without it they are two again."""
        events = self.events()
        self.environment["OS_INSIGHT__REGISTRY_FILE"] = ""
        self.assertEqual(0, self.ciwatch("replay", events)[0])
        two = [("basalt-2019", "basalt-2019"), ("basalt-ci", "basalt-ci")]
        self.assertEqual(two, self.systems())
        self.environment["OS_INSIGHT__REGISTRY_FILE"] = str(self.write_registry(JOINED))
        self.assertEqual(0, self.ciwatch("reparse", "--dry-run")[0])
        self.assertEqual(two, self.systems())
        self.assertEqual(0, self.ciwatch("reparse")[0])
        self.assertEqual([("basalt", "Basalt")], self.systems())
        self.environment["OS_INSIGHT__REGISTRY_FILE"] = ""
        self.assertEqual(0, self.ciwatch("replay", events)[0])
        self.assertEqual(two, self.systems())

    def test_faulty(self):
        """Nothing is recorded with a registry that cannot be used, and one line says why."""
        self.environment["OS_INSIGHT__REGISTRY_FILE"] = str(self.write_registry(FAULTY))
        code, out, err = self.ciwatch("replay", self.events())
        self.assertEqual((1, "", 1), (code, out, len(err.splitlines())))
        self.assertIn("[insight] registry_file: ", err)
        self.assertIn("systems.yaml:3: systems.basalt.titel", err)


class TestListen(test_listen.ListenTestCase):
    """A listener reads it again, and tells what is wrong with it."""

    def test_changed(self):
        """Faulty, mended: told on the status page, then used."""
        path = self.write_registry("systems: {}")
        self.environment["OS_INSIGHT__REGISTRY_FILE"] = str(path)
        process = self.listen()
        self.write_registry(FAULTY)
        self.wait_for(lambda: "registry: " in (self.query("SELECT detail FROM listeners") or [("",)])[0][0])
        path.write_text(JOINED)
        long_ago = time.time() - 60
        os.utime(path, (long_ago, long_ago))
        self.ssh.send(base.line(base.comment_event(RESULT.format(1), int(time.time()), "basalt-ci")) + b"\n")
        self.wait_for(lambda: self.query("SELECT name FROM ci_systems") == [("basalt",)])
        self.wait_for(lambda: "registry: " not in self.query("SELECT detail FROM listeners")[0][0])
        self.end(process)
