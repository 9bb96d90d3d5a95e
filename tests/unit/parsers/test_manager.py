"""No plugin stops the others."""

from ciwatch.parsers import base as parsers_base
from ciwatch.parsers import contract
from ciwatch.parsers import manager
from ciwatch.parsers import zuul
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


class TestContract(base.TestCase):
    """What is no report is told as a sentence."""

    def check(self, expected, *builds, **fields):
        """The error of a report with these fields."""
        fields = {"kind": parsers_base.Kind.FINISHED, **fields}
        report = parsers_base.Report(builds=builds, **fields)
        error = self.assertRaises(contract.ContractError, contract.check_report, report)
        self.assertIn(expected, str(error))

    def test_good(self):
        """Every field at its usual."""
        build = parsers_base.Build("a", "SUCCESS", False, 3, "http://x", "y")
        contract.check_report(parsers_base.Report(parsers_base.Kind.FINISHED, (build,), "check"))

    def test_report(self):
        """Each field of a report."""
        self.check("kind 'finished' is no Kind", kind="finished")
        self.check("pipeline None is no text", pipeline=None)
        self.check("pipeline_source 'text'", pipeline_source="text")
        self.check("headline 'passed'", headline="passed")
        self.assertRaises(
            contract.ContractError,
            contract.check_report,
            parsers_base.Report(parsers_base.Kind.FINISHED, []),
        )
        self.assertRaises(contract.ContractError, contract.check_report, ("finished",))

    def test_builds(self):
        """Each field of a build."""
        make = parsers_base.Build
        self.check("a str among the builds", "SUCCESS")
        self.check("job ''", make("", "SUCCESS"))
        self.check("result ''", make("a", ""))
        self.check("voting 1", make("a", "SUCCESS", 1))
        self.check("duration_s -1", make("a", "SUCCESS", duration_s=-1))
        self.check("duration_s 1.5", make("a", "SUCCESS", duration_s=1.5))
        self.check("duration_s True", make("a", "SUCCESS", duration_s=True))
        self.check("log_url 7", make("a", "SUCCESS", log_url=7))
        self.check("detail b'x'", make("a", "SUCCESS", detail=b"x"))
        self.check("result_class 'passed'", make("a", "SUCCESS", result_class="passed"))


class TestManager(base.TestCase):
    """Order, faults and names."""

    def make(self, *pairs, **options):
        """A manager of these (name, class) pairs."""
        return manager.ParserManager(extensions=pairs, **options)

    def test_installed(self):
        """The entry points of this package, by priority."""
        found = manager.ParserManager()
        names = [parser.name for parser in found.parsers]
        self.assertEqual("zuul", names[0])
        self.assertEqual(["notices", "vote", "generic"], names[-3:])
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
        self.assertEqual(
            {
                ("raises", "raised"): (1, "RuntimeError: no"),
                ("rubbish", "returned rubbish"): (1, "a dict, which is no Report"),
            },
            found.take_faults(),
        )
        self.assertEqual({}, found.take_faults())

    def test_strict_only(self):
        """A parser that people's comments could suit is not asked."""
        found = self.make(("last", Last))
        self.assertIsNone(found.parse(parsers_base.Comment("x"), strict_only=True))

    def test_shared_name(self):
        """Neither of two strangers' plugins of one name is used, wherever they stand."""
        found = self.make(("zuul", Liar), ("last", Last), ("zuul", Liar))
        self.assertEqual(["last"], [parser.name for parser in found.parsers])
        self.assertEqual(["zuul"], [name for name, _ in found.failures])

    def test_name_of_ours(self):
        """A stranger's plugin cannot put one of this package out of use."""
        found = self.make(("zuul", Liar), ("zuul", zuul.ZuulParser))
        self.assertEqual([zuul.ZuulParser], [type(parser) for parser in found.parsers])
        self.assertEqual([("zuul", "is there 2 times; CI Watch uses its own")], found.failures)

    def test_unusable(self):
        """Each fault is told with the plugin's name."""
        found = self.make(("abstract", Abstract), ("liar", Liar), ("object", object), ("last", Last))
        self.assertEqual(["abstract", "liar", "object"], [name for name, _ in found.failures])
        self.assertEqual(["last"], [parser.name for parser in found.parsers])
