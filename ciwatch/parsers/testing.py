"""Tests for parsers, yours and ours: a contract that each keeps, and a test for each of its samples.

Nothing but the standard library's unittest is needed; any runner runs them::

    class TestContract(testing.ContractTests, unittest.TestCase):
        parser_class = WeathervaneParser

    class TestSamples(testing.SampleTests, unittest.TestCase):
        parser_class = WeathervaneParser
        samples_folder = pathlib.Path(__file__).parent / "samples"
"""

import importlib.metadata
import json
import pathlib
import random
import time

from ciwatch.parsers import base
from ciwatch.parsers import contract
from ciwatch.parsers import manager
from ciwatch.parsers import samples

#: The longest comment that is asked for, in characters: four times what Gerrit allows by default.
LONG = 65536

#: What a parser may take for it, in seconds of the processor's time.
LIMIT_S = 0.05

# A comment so long that takes longer would, in quadratic time, pass the limit at full length.
_SHORT = 12000
_SUSPICIOUS_S = LIMIT_S / (LONG / _SHORT) ** 2

#: What people write, and no strict parser may take.
PEOPLE = (
    "",
    "Patch Set 1:",
    "Patch Set 1: Code-Review+2",
    "Patch Set 1: Verified+1",
    "Patch Set 1:\n\nrecheck",
    "Patch Set 1: Verified+1\n\nWorks for me, the build succeeded here.",
    "Patch Set 2:\n\n> Patch Set 1: Verified-1\n> \n> Build failed.\n> \n"
    "> - unit https://logs.example/1 : FAILURE in 3s\n\nWhy?",
    "Patch Set 2: Code-Review-1\n\n(2 comments)\n\n- nit: a space\n- NOTE: later\n"
    "* see https://docs.example/ : please",
    "Patch Set 3:\n\nThe layout should be:\n\n  check:\n    jobs:\n      - unit\n"
    "      - lint:\n          voting: false",
    "Patch Set 3:\n\nBuild failed for me, see https://paste.example/1",
)

#: What parsers look for, and what makes careless patterns slow.
PIECES = (
    " ", "\t", "\n", "-", "- ", ":", " : ", "a", "A", "0", "é", "\0", "\ud800", "(", "((", "- a", "- a b : ",
    "- a b : SUCCESS in 1h ", "http://x", "http://x : ", "/job/", "/1/1/", "Logs: ", "<<<\n", "x ( http://x ",
    "Build failed.\n", "Build Failed ", "Verified+1 ", "-Verified", "a-", "(1 comment)\n", "* a\n", "\n\n",
    "SUCCESS", "SUCCESS_", "1h 1m ", "in 1s ", "Starting ", "\\n", "> ", "\x1b[0m", "﷽",
)  # fmt: skip


def long_lines():
    """(name, comment of :data:`LONG` characters) pairs, made to keep a careless pattern busy."""
    heads = ("", "Patch Set 1: ", "Patch Set 1:\n\n", "Patch Set 1: Verified-1\n\nBuild failed.\n\n- ")
    for head in heads:
        for piece in PIECES:
            text = head + piece * (LONG // len(piece))
            yield f"{head[:40]!r} and {piece!r} repeated", text[:LONG]


def pumps(text):
    """(head, piece, end) triples of *text*: up to each place, what stands there, an end that fits no format.

    Where a pattern has two repetitions that can share a run of characters, head, the piece many times and
    end take it quadratic time: if the head leads it there, as that of a sample does.
    """
    for place, char in enumerate(text):
        # Within a word or a number every place leads to the same.
        if place == 0 or not char.isalnum() or char.isdigit() != text[place - 1].isdigit():
            for width in (1, 2):
                for end in ("\0", " x", "\n~"):
                    yield text[:place], text[place : place + width], end


def pump(head, piece, end, length):
    """A comment of *length* characters with a run of *piece*."""
    return (head + piece * (length // len(piece)))[: length - len(end)] + end


def pump_lines(text, chance):
    """*text* with a run in one of its lines, and that line repeated up to :data:`LONG` characters.

    :param chance: a :class:`random.Random`.
    """
    lines = text.split("\n")
    number = chance.randrange(len(lines))
    line = lines[number] or "-"
    place = chance.randrange(len(line))
    piece = line[place : place + chance.choice((1, 2, 3, 6))]
    run = piece * (chance.choice((60, 130, 500, 1000, 4000, 16000)) // len(piece))
    line = line[:place] + run + chance.choice((line[place:], "", " x", "\0", ":", " : x"))
    lines[number : number + 1] = [line] * (LONG // (len(line) + 1) + 1)
    return "\n".join(lines)[:LONG]


def mutate(text, chance):
    """*text* with lines dropped, doubled, cut and joined, and bytes flipped.

    :param chance: a :class:`random.Random`, so that the same seed makes the same text.
    """
    for _ in range(chance.randint(1, 4)):
        lines = text.split("\n")
        place = chance.randrange(len(lines))
        line = lines[place]
        cut = chance.randint(0, len(line))
        lines[place : place + 1] = chance.choice(
            (
                [],
                [line, line],
                [line] * chance.randint(1, 50),
                [line[:cut]],
                [line[cut:]],
                [line[:cut], line[cut:]],
                [line[:cut] + chance.choice(PIECES) * chance.randint(1, 30) + line[cut:]],
                [line[:cut] + chr(chance.randrange(0x110000)) + line[cut + 1 :]],
            )
        )
        if chance.random() < 0.2 and len(lines) > 1:
            lines[place - 1 : place + 1] = ["".join(lines[place - 1 : place + 1])]
        text = "\n".join(lines)
    data = bytearray(text[:LONG].encode(errors="replace"))
    for _ in range(chance.randint(0, 3) if data else 0):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data.decode(errors="replace")


def read_in_time(parser, comment):
    """The report that *parser* makes of *comment*, checked; and the seconds that it took, the best of three.

    :raises ciwatch.parsers.contract.ContractError: where it is no well-formed report.
    """
    best, report = None, None
    for _ in range(3):
        fresh = base.Comment(comment.text, comment.author, comment.tag, comment.votes)
        begun = time.process_time()
        report = parser.parse(fresh)
        seconds = time.process_time() - begun
        best = seconds if best is None else min(best, seconds)
        if best <= LIMIT_S:
            break
    if report is not None:
        contract.check_report(report)
    return report, best


class ContractTests:
    """What holds for every parser. Mix into a TestCase, and name :attr:`parser_class`."""

    #: The parser under test.
    parser_class: type[base.Parser]

    def test_attributes(self):
        """It says who it is, in the types that are asked for."""
        parser = self.parser_class()
        self.assertIsInstance(parser, base.Parser)
        self.assertTrue(
            isinstance(parser.name, str) and 0 < len(parser.name) <= 64, "name: a word of up to 64"
        )
        self.assertIs(int, type(parser.version), "version: a whole number")
        self.assertIs(int, type(parser.priority), "priority: a whole number")
        self.assertIs(bool, type(parser.strict), "strict: True or False")
        self.assertTrue((type(parser).__doc__ or "").strip(), "a docstring: the manual prints it")

    def test_entry_point(self):
        """It is installed under its own name, and nobody else's plugin is called so."""
        found = importlib.metadata.entry_points(group=manager.NAMESPACE, name=self.parser_class.name)
        self.assertEqual(1, len(found), f"entry points called {self.parser_class.name!r}; is it installed?")
        self.assertIs(self.parser_class, next(iter(found)).load())

    def test_leaves_people_alone(self):
        """A strict parser takes nothing that people write."""
        parser = self.parser_class()
        if parser.strict:
            for text in PEOPLE:
                self.assertIsNone(parser.parse(base.Comment(text)), text)

    def test_hostile(self):
        """Whatever a comment holds: no exception, a well-formed report or none, and in time."""
        parser = self.parser_class()
        for name, text in long_lines():
            _, seconds = read_in_time(parser, base.Comment(text))
            self.assertLessEqual(seconds, LIMIT_S, name)


class SampleTests:
    """One test for each sample. Mix into a TestCase; name :attr:`parser_class`, :attr:`samples_folder`.

    A sample is a file that ``ciwatch parse COMMENT -f sample`` prints, read and corrected by you.
    """

    #: The parser under test.
    parser_class: type[base.Parser]
    #: The folder of samples, ``*.json``.
    samples_folder: pathlib.Path

    def __init_subclass__(cls, **options):
        """Makes the tests, so that each sample passes or fails under its own name."""
        super().__init_subclass__(**options)
        for path in sorted(cls.samples_folder.glob("*.json")):
            setattr(cls, f"test_sample_{path.stem.replace('-', '_')}", _sample_test(path))

    def test_there_are_samples(self):
        """Of what the parser takes, and of what it leaves to others."""
        reports = [json.loads(path.read_text())["report"] for path in self.samples_folder.glob("*.json")]
        self.assertTrue(
            any(report for report in reports), f"a sample that it takes, in {self.samples_folder}"
        )
        self.assertTrue(
            any(report is None for report in reports),
            f"one that it leaves to others, in {self.samples_folder}",
        )

    def test_mutated(self):
        """Samples that were garbled on their way are read as something, or left to others."""
        parser = self.parser_class()
        chance = random.Random(7)
        for path in sorted(self.samples_folder.glob("*.json")):
            text = json.loads(path.read_text())["comment"]["text"]
            for _ in range(20):
                garbled = mutate(text, chance)
                _, seconds = read_in_time(parser, base.Comment(garbled))
                self.assertLessEqual(seconds, LIMIT_S, garbled[:300])

    def test_pumped(self):
        """A run of anything at any place of a sample takes time in proportion to its length."""
        parser = self.parser_class()
        for path in sorted(self.samples_folder.glob("*.json")):
            text = json.loads(path.read_text())["comment"]["text"][:600]
            for parts in pumps(text):
                short = base.Comment(pump(*parts, _SHORT))
                begun = time.process_time()
                parser.parse(short)
                # Only what is slow for its length can be too slow at any.
                if time.process_time() - begun > _SUSPICIOUS_S:
                    _, seconds = read_in_time(parser, base.Comment(pump(*parts, LONG)))
                    self.assertLessEqual(seconds, LIMIT_S, (path.stem, parts))


def _sample_test(path):
    def test(self):
        """The report is exactly the one that the sample names."""
        found = json.loads(path.read_text())
        parser = self.parser_class()
        report, _ = read_in_time(parser, base.Comment(**found["comment"]))
        self.assertEqual(found["report"], samples.meaning(report), found["comment"]["text"])

    return test
