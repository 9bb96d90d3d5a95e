"""The rare shapes among recorded comments, each against what a reader of it expects.

The expectations are tests/data/rare.json, one line a comment under the digest of it; the comments themselves
are no part of the project. An expectation is [kind, pipeline, verdict, [[job, result, class, voting,
seconds], ...]], or null for a comment of a person, from which no strict parser may read anything. A sentence
in a result's place is a digest, too.
"""

import hashlib
import json
import pathlib
import re

from ciwatch.parsers import base as parsers_base
from ciwatch.parsers import manager
from ciwatch.recorder import reading as readings
from tests import base

EXPECTED = pathlib.Path(__file__).parents[2] / "data" / "rare.json"


def key_of(recorded):
    """The digest under which the expectation of a recorded comment is kept."""
    said = [recorded[name] for name in ("author_name", "tag", "approvals", "message")]
    return hashlib.blake2b(json.dumps(said).encode(), digest_size=8).hexdigest()


def word(result):
    """A result word as it is; of a sentence in its place, which is not ours to keep, the digest."""
    if re.fullmatch(r"[A-Z_]+|[+-]\d", result):
        return result
    return "#" + hashlib.blake2b(result.encode(), digest_size=4).hexdigest()


def meaning(recorded, parsers):
    """What the *parsers* make of a recorded comment, as the expectations write it."""
    comment = parsers_base.Comment(
        recorded["message"],
        author=recorded["author_username"] or recorded["author_name"],
        tag=recorded["tag"],
        votes={vote["type"]: int(vote["value"]) for vote in recorded["approvals"] if vote["value"]},
    )
    reading = parsers.parse(comment, strict_only=not recorded["is_ci"])
    if reading is None:
        return None
    columns = readings.report_columns(comment, reading)
    return [
        columns["kind"],
        columns["pipeline"],
        columns["verdict"],
        [
            [build.job, word(build.result), build.result_class, build.voting, build.duration_s]
            for build in reading.report.builds
        ],
    ]


class TestRare(base.TestCase):
    """All of them are read as expected."""

    def test_all(self):
        """Each has an expectation, no expectation is left over, and all are met."""
        expected = json.loads(EXPECTED.read_text())
        parsers = manager.ParserManager()
        seen = set()
        with self.require_corpus("comments/rare.jsonl").open() as lines:
            for recorded in map(json.loads, lines):
                key = key_of(recorded)
                seen.add(key)
                self.assertEqual(expected[key], meaning(recorded, parsers), recorded["message"])
        self.assertEqual(set(expected), seen)
