"""No plugin stops the others."""

from ciwatch.parsers import base as parsers_base
from ciwatch.parsers import manager
from tests import base


class Last(parsers_base.Parser):
    """Takes everything."""

    name = "last"
    priority = 999
    strict = False

    def parse(self, comment):
        """Says that jobs began."""
        return parsers_base.Report(parsers_base.Kind.STARTED)


class Raises(Last):
    """Raises."""

    name = "raises"
    priority = 1

    def parse(self, comment):
        """Fails."""
        raise RuntimeError("no")


class Rubbish(Last):
    """Returns rubbish."""

    name = "rubbish"
    priority = 2

    def parse(self, comment):
        """Returns no Report."""
        return {"kind": "started"}


class Liar(Last):
    """Calls itself otherwise than its entry point."""

    name = "zuul"


class Abstract(parsers_base.Parser):
    """Cannot be made."""

    name = "abstract"


class TestManager(base.TestCase):
    """Order, faults and names."""

    def make(self, *pairs, **options):
        """A manager of these (name, class) pairs."""
        return manager.ParserManager(extensions=pairs, **options)

    def test_installed(self):
        """The entry points of this package, by priority."""
        found = manager.ParserManager()
        self.assertEqual(["zuul", "gerrit_trigger", "vote"], [parser.name for parser in found.parsers])
        self.assertEqual([], found.failures)

    def test_disabled(self):
        """A name of the configuration is not asked."""
        found = manager.ParserManager(disabled=["zuul"])
        self.assertNotIn("zuul", [parser.name for parser in found.parsers])

    def test_next_gets_the_comment(self):
        """What raises or returns rubbish is counted and passed over."""
        found = self.make(("last", Last), ("rubbish", Rubbish), ("raises", Raises))
        reading = found.parse(parsers_base.Comment("x"))
        self.assertEqual("last", reading.parser.name)
        self.assertEqual({"raises": 1, "rubbish": 1}, dict(found.errors))

    def test_strict_only(self):
        """A parser that people's comments could suit is not asked."""
        found = self.make(("last", Last))
        self.assertIsNone(found.parse(parsers_base.Comment("x"), strict_only=True))

    def test_shared_name(self):
        """Neither of two plugins of one name is used, wherever they stand."""
        found = self.make(("zuul", Liar), ("last", Last), ("zuul", Liar))
        self.assertEqual(["last"], [parser.name for parser in found.parsers])
        self.assertEqual(["zuul"], [name for name, _ in found.failures])

    def test_unusable(self):
        """Each fault is told with the plugin's name."""
        found = self.make(("abstract", Abstract), ("liar", Liar), ("object", object), ("last", Last))
        self.assertEqual(["abstract", "liar", "object"], [name for name, _ in found.failures])
        self.assertEqual(["last"], [parser.name for parser in found.parsers])
