"""Patterns match what a shell's would, in a time that no pattern makes long."""

import random
import time

import testscenarios

from ciwatch.registry import globs
from tests import base

load_tests = testscenarios.load_tests_apply_scenarios


def matches(pattern, name):
    """The same by trying all ways, one character after the other."""
    if not pattern:
        return not name
    if pattern == "**":
        return bool(name)
    if pattern.startswith("**/"):
        rest = name
        while True:
            if matches(pattern[3:], rest):
                return True
            if "/" not in rest:
                return False
            rest = rest.partition("/")[2]
    if pattern.startswith("*"):
        return matches(pattern[1:], name) or (bool(name) and name[0] != "/" and matches(pattern, name[1:]))
    fits = bool(name) and (pattern[0] == name[0] or (pattern[0] == "?" and name[0] != "/"))
    return fits and matches(pattern[1:], name[1:])


class TestExamples(base.TestCase):
    """The patterns of the manual."""

    scenarios = [
        (f"{pattern} {name}", {"pattern": pattern, "name": name, "expected": expected})
        for pattern, name, expected in (
            ("openstack/cinder", "openstack/cinder", True),
            ("openstack/cinder", "openstack/cinder-tempest-plugin", False),
            ("openstack/cinder-*", "openstack/cinder-tempest-plugin", True),
            ("openstack/cinder-*", "openstack/cinder", False),
            ("openstack/*", "openstack/a/b", False),
            ("stable/*", "stable/2026.1", True),
            ("*", "stable/2026.1", False),
            ("**", "stable/2026.1", True),
            ("cinder/volume/**", "cinder/volume/drivers/basalt/array.py", True),
            ("cinder/volume/**", "cinder/volume", False),
            ("**/*.rst", "README.rst", True),
            ("**/*.rst", "doc/source/admin/index.rst", True),
            ("**/tests/**", "cinder/tests/unit/test_a.py", True),
            ("**/tests/**", "cinder/attests/unit/test_a.py", False),
            ("v?.py", "v1.py", True),
            ("v?.py", "v12.py", False),
            ("a.b", "axb", False),
            ("a+(b)", "a+(b)", True),
        )
    ]

    def test_match(self):
        """Each of them."""
        self.assertEqual(self.expected, globs.Globs([self.pattern]).match(self.name))


class TestGlobs(base.TestCase):
    """What holds of any pattern."""

    def test_equals_trying_all_ways(self):
        """20000 random patterns and names."""
        rng = random.Random(1)
        words = ["**", "*", "a", "a*b", "*a", "?", "ab", "*a*b", "b*", "a?*"]
        hits = 0
        for _ in range(20000):
            pattern = "/".join(rng.choice(words) for _ in range(rng.randint(1, 4)))
            name = "/".join(
                "".join(rng.choice("ab") for _ in range(rng.randint(1, 4))) for _ in range(rng.randint(1, 5))
            )
            expected = matches(pattern, name)
            hits += expected
            self.assertEqual(expected, globs.Globs([pattern]).match(name), (pattern, name))
        self.assertLess(1000, hits)

    def test_hostile(self):
        """Patterns and names that make others try for ever."""
        begun = time.process_time()
        for pattern, name in (
            ("*a" * 200 + "b", "a" * 4000),
            ("/".join(["**", "a"] * 90) + "/**/b", "a/" * 2000 + "c"),
            ("/".join(["**", "*a*a*a"] * 40) + "/**/b", "aaaa/" * 800 + "c"),
        ):
            self.assertIsNone(globs.fault_of(pattern))
            self.assertFalse(globs.Globs([pattern]).match(name))
        self.assertLess(time.process_time() - begun, 2)

    def test_faults(self):
        """What looks like a pattern of another kind is told."""
        for pattern, words in (
            ("a/**b", "stands alone"),
            ("***", "stands alone"),
            ("[ab]", "'['"),
            ("{a,b}", "'{'"),
            ("a\\b", "'\\\\'"),
            ("!a", "'!'"),
            ("/a", "slash"),
            ("a" * 501, "longer"),
        ):
            self.assertIn(words, globs.fault_of(pattern) or "", pattern)
