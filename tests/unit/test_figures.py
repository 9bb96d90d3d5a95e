"""The manual's page on figures: what it says of them is what they are."""

import doctest
import pathlib
import re

from ciwatch.insight import status
from tests import base

USER = pathlib.Path(__file__).parents[2] / "doc" / "source" / "user"

#: What has to be explained, by the headings that do.
HEADINGS = (
    "How rates are shown",
    "Which day a patch set counts on",
    "Expected",
    "Missed, pending, superseded",
    "Latency",
    "Flake",
    "Unstable job",
    "Trust in a -1",
    "Passing wrongly, and suspiciously green",
    "Agreement with the gate",
    "Sick",
    "Shared breakage",
    "Silent",
    "Regressed",
    "The status word",
)


class TestFigures(base.TestCase):
    """The page is computed, and whole."""

    def setUp(self):
        """Reads it."""
        super().setUp()
        self.text = (USER / "figures.rst").read_text()

    def sections(self):
        """Heading -> the text below it."""
        parts = re.split(r"^(.+)\n=+\n", self.text, flags=re.MULTILINE)
        return dict(zip(parts[1::2], parts[2::2], strict=True))

    def test_examples(self):
        """Every answer on the page is what the program answers."""
        told = []
        examples = doctest.DocTestParser().get_doctest(self.text, {}, "figures.rst", "figures.rst", 0)
        self.assertGreater(len(examples.examples), 80)
        runner = doctest.DocTestRunner(verbose=False)
        runner.run(examples, out=told.append)
        self.assertEqual("", "".join(told))

    def test_a_wrong_answer_is_seen(self):
        """A figure on the page that is not computed makes the test above fail."""
        told = []
        wrong = self.text.replace("'18/20, 70% to 97%'", "'18/20, 80% to 97%'")
        examples = doctest.DocTestParser().get_doctest(wrong, {}, "figures.rst", "figures.rst", 0)
        doctest.DocTestRunner(verbose=False).run(examples, out=told.append)
        self.assertIn("18/20, 70% to 97%", "".join(told))

    def test_definitions(self):
        """Each is there, with a label to point at, and has an example."""
        found = self.sections()
        for heading in HEADINGS:
            self.assertIn(heading, found)
            self.assertIn("\n>>> ", found[heading], heading)
            self.assertRegex(self.text, rf"\n\.\. _figure-[a-z-]+:\n\n{re.escape(heading)}\n=+\n")

    def test_status_words(self):
        """All of them stand on both pages, in the order in which they are tried."""
        words = [str(word) for word in status.Word]
        table = re.findall(r"^([a-z]+) {3,}\S", self.sections()["The status word"], re.MULTILINE)
        self.assertEqual(words, table)
        section = (USER / "words.rst").read_text().partition("\nStatus words\n====")[2].partition("\n====")[0]
        self.assertEqual(words, re.findall(r"^(\w+)\n    ", section, re.MULTILINE))
