"""The database counts disagreements by the rule that the parsers' module states."""

import itertools

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.parsers import base as parsers_base
from ciwatch.parsers import results
from ciwatch.queries import disagreement
from tests import base

VERDICTS = (None, *results.ResultClass)
VOTES = (None, -2, -1, 0, 1)


class TestRule(base.TestCase):
    """Headline, vote and job lines."""

    def test_words(self):
        """Who speaks, and whether all say the same."""
        passed, failed = results.ResultClass.PASSED, results.ResultClass.FAILED
        self.assertEqual(["job lines", "vote"], results.disagreement(failed, 1, None))
        self.assertEqual(["vote", "headline"], results.disagreement(None, -1, passed))
        self.assertEqual([], results.disagreement(passed, 1, passed))
        self.assertEqual([], results.disagreement(results.ResultClass.INFRASTRUCTURE, -1, failed))
        self.assertEqual([], results.disagreement(results.ResultClass.UNKNOWN, -1, failed))
        self.assertEqual([], results.disagreement(None, None, None))

    def test_database_agrees(self):
        """Every combination, counted by the database, is as the function says."""
        store = self.make_engine()
        event = base.comment_event("Patch Set 1:\n\nok", 1700000000, "basalt-ci")
        self.make_recorder(store).record([base.line(event)])
        table = models.Report.__table__
        with store.begin() as connection:
            row = dict(connection.execute(sa.select(table)).mappings().one())
            connection.execute(sa.delete(table))
            combinations = list(itertools.product(VERDICTS, models.VerdictSource, VOTES, VERDICTS))
            for number, (verdict, source, vote, headline) in enumerate(combinations):
                row.update(
                    id=number,
                    digest=str(number),
                    kind=parsers_base.Kind.FINISHED,
                    verdict=verdict,
                    verdict_source=source if verdict else None,
                    vote=vote,
                    headline=headline,
                )
                connection.execute(sa.insert(table).values(row))
            found = set(connection.scalars(sa.select(table.c.id).where(disagreement.DISAGREES)))
        for number, (verdict, source, vote, headline) in enumerate(combinations):
            lines = verdict if source is models.VerdictSource.BUILDS else None
            expected = bool(results.disagreement(lines, vote, headline))
            self.assertEqual(expected, number in found, combinations[number])
