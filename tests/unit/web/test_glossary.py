"""Whatever a page shows a word, a mark or a figure of is explained on the page about us."""

import re

from ciwatch.insight import explanation
from ciwatch.insight import flakes
from ciwatch.insight import policy
from ciwatch.insight import sickness
from ciwatch.insight import status
from ciwatch.insight import trend
from ciwatch.insight import trust
from ciwatch.queries import cells
from ciwatch.queries import coverage
from ciwatch.web import glossary
from ciwatch.web import rendering
from tests import base

#: Figures and words that other pages lead to by these names.
PLACES = (
    "answered in_time passed-of-judged infrastructure-share trust agreement passed-wrongly latency flake"
    " unstable-job shared-breakage expected interval policy ci-system gate report build attempt verdict"
    " recheck component registry trend"
).split()


def entry_at(place):
    """The entry that a place belongs to."""
    (found,) = [
        entry
        for _, _, _, entries in glossary.PARTS
        for entry in entries
        if place == entry.place or place in entry.also
    ]
    return found


class TestGlossary(base.TestCase):
    """What it has."""

    def test_every_word(self):
        """Each word that a page shows has one place, which its link names."""
        for words in (
            cells.State,
            status.Word,
            trend.Trend,
            coverage.State,
            explanation.Likelihood,
            trust.Outcome,
            policy.Verdict,
        ):
            for word in words:
                place = rendering.about(word).removeprefix("/about#")
                self.assertTrue(entry_at(place).text, word)

    def test_every_figure(self):
        """So has each figure."""
        for place in PLACES:
            self.assertTrue(entry_at(place).text, place)

    def test_places(self):
        """No place is there twice, nor one that would have to be quoted in an address."""
        places = [place for place, _, _, _ in glossary.PARTS]
        for _, _, _, entries in glossary.PARTS:
            for entry in entries:
                places += [entry.place, *entry.also]
        self.assertEqual(sorted(set(places)), sorted(places))
        for place in places:
            self.assertRegex(place, r"^[A-Za-z][A-Za-z_-]*$")

    def test_numbers_of_the_rules(self):
        """Numbers stand there as the rules have them."""
        for place, told in (
            ("sick", f"on {sickness.MIN_CHANGES} different changes"),
            ("sick", "less than 1 of 1,000 cases"),
            ("unstable-job", f"on at least {flakes.MIN_FLAKED} patch sets in {flakes.DAYS} days"),
            ("unstable-job", "more than 5\u00a0%"),
            ("regressed", "at least 3 failures, at least 5 points more"),
            ("silent", "more than 98\u00a0%"),
            ("shared-breakage", "at least 55 of 100 verdicts, of at least 3"),
            ("passed-wrongly", "at least 5 others judged them and 70\u00a0% of these failed them"),
            ("interval", "18/20 can well be 70\u00a0%, or 97\u00a0%"),
            ("policy", "at least 95 of 100 cases"),
            ("pending", "24 hours"),
        ):
            self.assertIn(told, entry_at(place).text)

    def test_result_words(self):
        """The words of each class stand at its mark."""
        self.assertTrue(re.search(r"\bTIMED_OUT\b", entry_at("failed").text))
        self.assertIn("NODE_FAILURE", entry_at("infrastructure").text)
