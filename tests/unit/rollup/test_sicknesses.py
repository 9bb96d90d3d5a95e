"""Tests of whose fault a spell is, given what others said of the same patch sets."""

import datetime

from ciwatch.registry import model as registry_model
from ciwatch.rollup import spells
from ciwatch.rollup import updater
from tests import base

BEGIN = 1_700_000_000
HOUR = 3600


def result(word, change, after_h, account):
    """A line: the result of a CI on a change, so many hours after the beginning."""
    passed = "succeeded" if word == "SUCCESS" else "failed"
    url = f"http://logs.example/{account}/{after_h}/"
    text = f"Patch Set 1:\n\nBuild {passed}.\n\n- {account}-job {url} : {word} in 9m 00s"
    at = BEGIN + round(after_h * HOUR)
    return base.line(base.comment_event(text, at, account, f"{account} CI", change))


class TestShared(base.TestCase):
    """A slow CI, and three others that are done long before."""

    def test_others_failed_later(self):
        """A fast one is through with it before anybody else reports; as of then it looks sick."""
        lines = [result("SUCCESS", change, change, "fast-ci") for change in range(1, 31)]
        lines += [result("FAILURE", change, change / 2, "fast-ci") for change in range(100, 106)]
        lines += [result("SUCCESS", change, 53 + change / 1000, "fast-ci") for change in (106, 107)]
        store = self.make_engine()
        self.make_recorder(store).record(lines)
        self.assertEqual(["sick"], self.told(store, 54))
        others = ("basalt-ci", "fjord-ci", "zuul")
        later = [result("FAILURE", change, 60, account) for account in others for change in range(100, 106)]
        self.make_recorder(store).record(later)
        self.assertEqual(["shared"], self.told(store, 61))

    def told(self, store, after_h):
        """The kinds of the fast one's spells, so many hours after the beginning."""
        as_of = datetime.datetime.fromtimestamp(BEGIN + after_h * HOUR, datetime.UTC)
        list(updater.Updater(store, registry_model.Registry()).update(as_of))
        with store.connect() as connection:
            return [spell.kind for _, spell in spells.read(connection) if len(spell.evidence) == 6]

    def kinds(self, others):
        """The kinds of its spells; *others* are the words that each of the others says, one after another."""
        lines = [result("SUCCESS", change, change, "slow-ci") for change in range(1, 31)]
        for change in range(100, 106):
            for account in ("basalt-ci", "fjord-ci", "zuul"):
                for number, word in enumerate(others):
                    lines.append(result(word, change, change + number, account))
            lines.append(result("FAILURE", change, change + 10, "slow-ci"))
        store = self.make_engine()
        counts = self.make_recorder(store).record(lines)
        self.assertEqual(len(lines), counts.recorded)
        as_of = datetime.datetime.fromtimestamp(BEGIN + 200 * HOUR, datetime.UTC)
        list(updater.Updater(store, registry_model.Registry()).update(as_of))
        with store.connect() as connection:
            told = spells.read(connection)
        # The other three failed as many, and are done with it.
        return {spell.kind for _, spell in told if spell.ended_at is None}

    def test_others_passed(self):
        """It is the CI."""
        self.assertEqual({"sick"}, self.kinds(["SUCCESS"]))

    def test_others_failed(self):
        """It is not."""
        self.assertEqual({"shared"}, self.kinds(["FAILURE"]))

    def test_others_failed_and_passed_later(self):
        """When the slow one reported, the others had been asked again; but they did fail."""
        self.assertEqual({"shared"}, self.kinds(["FAILURE", "SUCCESS"]))
