"""What stands in systems.yaml, and what is told of one that cannot be used."""

import datetime
import pathlib
import time

import testscenarios

from ciwatch.registry import model
from ciwatch.registry import nodes
from ciwatch.registry import reader
from tests import base

load_tests = testscenarios.load_tests_apply_scenarios

SAMPLE = pathlib.Path(__file__).parents[3] / "etc" / "ciwatch" / "systems.yaml.sample"


def read(text):
    """The registry of a text."""
    return reader.read_bytes(text if isinstance(text, bytes) else text.encode(), "systems.yaml")


class TestReader(base.TestCase):
    """A registry that can be used."""

    def test_every_key(self):
        """All that can be said of a CI and of a project."""
        found = read(
            """\
systems:
  basalt-ci:
    title: Basalt CI
    organization: Basalt Systems
    contact: "basalt@example.com, #basalt"
    page: https://ci.example/
    recheck: run basalt
    accounts: [basalt-a, Basalt Robot, basalt-a]
    gate: true
    retired: 2026-05-31
    limit: 2d
    covers:
    - {projects: [openstack/cinder], branches: [master], files: [a/**], ignore_files: [doc/**], limit: 90m}
    - projects: openstack/nova
projects:
  openstack/cinder:
    components:
    - {name: Basalt driver, files: [a.py], systems: [basalt-ci]}
    - {name: Slate driver, systems: []}
  openstack/nova: {}
"""
        )
        covers = (
            model.Cover(
                ("openstack/cinder",),
                ("master",),
                ("a/**",),
                ("doc/**",),
                datetime.timedelta(minutes=90),
            ),
            model.Cover(("openstack/nova",)),
        )
        expected = model.System(
            name="basalt-ci",
            title="Basalt CI",
            organization="Basalt Systems",
            contact="basalt@example.com, #basalt",
            page="https://ci.example/",
            recheck="run basalt",
            accounts=("basalt-a", "Basalt Robot"),
            gate=True,
            covers=covers,
            limit=datetime.timedelta(days=2),
            retired=datetime.date(2026, 5, 31),
        )
        self.assertEqual({"basalt-ci": expected}, dict(found.systems))
        self.assertEqual(
            (
                model.Component("Basalt driver", ("a.py",), ("basalt-ci",)),
                model.Component("Slate driver", (), ()),
            ),
            found.projects["openstack/cinder"].components,
        )
        self.assertEqual((), found.projects["openstack/nova"].components)

    def test_nothing(self):
        """An empty file, or one of comments, is a registry of nothing."""
        for text in ("", "# nothing yet\n", "systems: {}\n", "\ufeff---\n"):
            self.assertEqual("", read(text).digest)

    def test_title(self):
        """A CI without one is called by its name."""
        self.assertEqual("1234", read("systems: {1234: {}}").systems["1234"].title)

    def test_sample(self):
        """The sample that is delivered is one."""
        found = reader.read(SAMPLE)
        self.assertEqual("basalt-array-ci", found.system_of("basalt-build-2019"))
        slate = found.is_expected("slate-fabric-ci", "openstack/networking-slate", "master", ("doc/a.rst",))
        self.assertIs(model.Expected.NO, slate)


class TestFaults(base.TestCase):
    """One line for each, with the line of the file."""

    scenarios = [
        (words, {"text": text, "line": line, "words": words})
        for text, line, words in (
            ("systems:\n  a:\n    page: ftp://x", 3, "systems.a.page: is no http(s) address"),
            ("systems:\n  a:\n    page: javascript:alert(1)", 3, "is no http(s) address"),
            ("systems:\n  a:\n    titel: x", 3, "systems.a.titel: is no key here (did you mean 'title'?)"),
            ("sytsems: {}", 1, "(did you mean 'systems'?); there are systems and projects"),
            ("systems:\n  a: {}\n  b: {}\n  a: {}", 4, "systems.a: stands on line 2 already"),
            ("systems:\n  a:\n    title: x\n    title: y", 4, "systems.a.title: stands on line 3 already"),
            (
                "systems:\n  a: {accounts: [x]}\n  b:\n    accounts:\n    - x",
                5,
                "systems.b.accounts: 'x' is an account of 'a' already",
            ),
            ("systems:\n  a: {accounts: [b]}\n  b: {}", 2, "'b' is the name of another system"),
            (
                "systems: {basalt: {}}\nprojects:\n  p:\n    components:\n    - {name: n, systems: bassalt}",
                5,
                "projects.p.components[1].systems[1]: there is no system 'bassalt' (did you mean 'basalt'?)",
            ),
            ("projects:\n  p:\n    components:\n    - systems: []", 4, "components[1]: lacks name"),
            ("projects:\n  p:\n    components:\n    - name: n", 4, "components[1]: lacks systems"),
            (
                "projects:\n  p:\n    components:\n" + 2 * "    - {name: n, systems: []}\n",
                5,
                "components[2]: is called 'n' like one before it",
            ),
            ("systems:\n  a:\n    covers:\n    - branches: [x]", 4, "covers[1]: lacks projects"),
            ("systems:\n  a:\n    covers: []", 3, "systems.a.covers: is an empty list; leave it out"),
            ("systems:\n  a:\n    limit: 8", 3, "'8' is no time such as 90m, 8h or 2d"),
            ("systems:\n  a:\n    gate: yes", 3, "'yes' is neither true nor false"),
            ("systems:\n  a:\n    retired: 2026-02-30", 3, "'2026-02-30' is no date"),
            ("systems:\n  a:\n    contact:", 3, "systems.a.contact: says nothing"),
            ("systems:\n  a:\n    contact: [x]", 3, "systems.a.contact: is no text"),
            ("systems:\n  a:\n    accounts: {x: y}", 3, "systems.a.accounts: is no list"),
            ("systems:\n  a:\n    contact: |\n      x\n      y", 3, "has a line break"),
            (f"systems:\n  a:\n    contact: {'x' * 256}", 3, "is longer than 255 characters"),
            ("systems:\n  a/b: {}", 2, "systems.a/b: has a slash"),
            ("systems:\n  a: {covers: [{projects: ['[x]']}]}", 2, "covers[1].projects[1]: has '['"),
            ("systems: [a]", 1, "systems: is no mapping of names to what is said of them"),
            ("just text", 1, "is no mapping with the keys systems and projects"),
            ("systems:", 1, "systems: says nothing"),
            ("systems:\n\ta: {}", 2, "is no YAML"),
            ("a: [", 1, "is no YAML"),
            ("systems: {}\n---\nsystems: {}", 2, "begins another document"),
            ("systems:\n  a: !!python/name:os.system {}", 2, "has the tag"),
            ("systems:\n  a: *nowhere", 2, "names *nowhere"),
            ("systems:\n  a: &a\n    b: *a", 3, "names *a within itself"),
            ("systems:\n  ? [a]\n  : b", 2, "has a list or a mapping for a key"),
            ("systems:\n  a: '\x01'", 2, "a character that YAML does not allow: U+0001"),
            (b"systems:\n  a: \xff", 2, "is not UTF-8"),
        )
    ]

    def test_line(self):
        """It names the file, the line, the place and why."""
        error = self.assertRaises(reader.RegistryError, read, self.text)
        self.assertEqual(1, len(error.lines), error.lines)
        self.assertEqual(1, len(error.lines[0].splitlines()))
        self.assertTrue(error.lines[0].startswith(f"systems.yaml:{self.line}: "), error.lines[0])
        self.assertIn(self.words, error.lines[0])


class TestHostile(base.TestCase):
    """Files that were made to do harm end in a line, and soon."""

    def lines(self, text):
        """What is told of *text* within two seconds of the processor, which takes a quarter of that."""
        begun = time.process_time()
        error = self.assertRaises(reader.RegistryError, read, text)
        self.assertLess(time.process_time() - begun, 2)
        for line in error.lines:
            self.assertLess(len(line), 400)
        return error.lines

    def test_all_at_once_by_line(self):
        """All faults, in the order of their lines."""
        lines = self.lines("systems:\n  b: {page: x, gate: 1}\n  a: {page: y}\n")
        self.assertEqual([2, 2, 3], [int(line.split(":")[1]) for line in lines])

    def test_bounded(self):
        """Not more than anybody reads."""
        self.assertEqual(
            101, len(self.lines("systems:\n" + "".join(f"  a{n}: {{x: y}}\n" for n in range(20000))))
        )

    def test_bomb(self):
        """Aliases of aliases."""
        text = "a: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
            f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
        )
        self.assertIn("holds more than", self.lines(text)[0])

    def test_deep(self):
        """Nested deeper than anything is, with either of PyYAML's parsers."""
        for text in ("[" * 100000, "- " * 100000, "{a: " * 900):
            self.lines(text)

    def test_large(self):
        """Larger than any registry."""
        self.assertIn("larger than 1 MiB", self.lines("#" * (reader.LARGEST + 1))[0])

    def test_no_file(self):
        """What is not there, or is no file."""
        for path, words in (
            ("/nowhere.yaml", "No such file"),
            (self.folder, "Is a directory"),
            ("a\0", "null"),
        ):
            error = self.assertRaises(reader.RegistryError, reader.read, path)
            self.assertIn(words, str(error))

    def test_pure_python_parser(self):
        """A PyYAML without libyaml reads the same."""
        self.addCleanup(setattr, nodes, "_LOADER", nodes._LOADER)
        fast = reader.read(SAMPLE)
        nodes._LOADER = nodes.yaml.SafeLoader
        slow = reader.read(SAMPLE)
        self.assertEqual(dict(fast.systems), dict(slow.systems))
        self.assertIn("nested more than", self.lines("[" * 5000)[0])
