"""Whatever stands in a comment: no parser raises, returns rubbish, or takes long."""

import functools
import json
import random

import hypothesis
from hypothesis import strategies

from benchmarks import fuzz
from ciwatch.parsers import base as parsers_base
from ciwatch.parsers import manager
from ciwatch.parsers import testing
from tests import base
from tests.unit.parsers import test_samples

#: Fuzzes as many inputs as are asked for: hypothesis' own profile says how many by default.
SETTINGS = hypothesis.settings(max_examples=300)


@functools.cache
def sample_texts():
    """The comments of all samples."""
    paths = sorted(test_samples.SAMPLES.glob("*/*.json"))
    return [json.loads(path.read_text())["comment"]["text"] for path in paths]


class TestHostile(base.TestCase):
    """All registered parsers on what nobody should write."""

    def setUp(self):
        """Loads the parsers."""
        super().setUp()
        self.parsers = manager.ParserManager()

    def check(self, text, tag=None, votes=None):
        """Every parser reads it in time, and says something well-formed or nothing."""
        for parser in self.parsers.parsers:
            comment = parsers_base.Comment(text, tag=tag, votes=votes or {})
            _, seconds = testing.read_in_time(parser, comment)
            self.assertLessEqual(seconds, testing.LIMIT_S, (parser.name, text[:300]))

    def test_arbitrary(self):
        """Any text at all, with any tag and any votes."""

        @SETTINGS
        @hypothesis.given(
            strategies.text(),
            strategies.none() | strategies.text(),
            strategies.dictionaries(strategies.text(), strategies.integers()),
        )
        def check(text, tag, votes):
            self.check(text, tag, votes)
            self.check("Patch Set 1: Verified-1\n\n" + text, tag, votes)

        check()

    def test_pieces(self):
        """What parsers look for, in any order and number, up to the longest comment."""

        @SETTINGS
        @hypothesis.given(
            strategies.lists(
                strategies.tuples(strategies.sampled_from(testing.PIECES), strategies.integers(1, 3000)),
                max_size=30,
            )
        )
        def check(parts):
            self.check("".join(piece * count for piece, count in parts)[: testing.LONG])

        check()

    def test_mutated_samples(self):
        """Lines dropped, doubled, cut, joined; bytes flipped."""

        @SETTINGS
        @hypothesis.given(strategies.sampled_from(sample_texts()), strategies.randoms(use_true_random=False))
        def check(text, chance):
            self.check(testing.mutate(text, chance))

        check()

    def test_pumped_lines(self):
        """A run of anything in a line of a sample, and 64 kB of such lines."""

        @SETTINGS
        @hypothesis.given(strategies.sampled_from(sample_texts()), strategies.randoms(use_true_random=False))
        def check(text, chance):
            self.check(testing.pump_lines(text, chance))

        check()

    def test_mutated_recordings(self):
        """The same with every recorded comment's shape."""
        texts = fuzz.recorded_texts(self.require_corpus("events"))
        chance = random.Random(4)
        for text in texts:
            self.check(testing.mutate(text, chance))

    def test_no_faults(self):
        """The manager, too, has nothing to complain of."""
        chance = random.Random(5)
        for text in sample_texts():
            self.parsers.parse(parsers_base.Comment(testing.mutate(text, chance)))
        self.assertEqual({}, self.parsers.take_faults())
