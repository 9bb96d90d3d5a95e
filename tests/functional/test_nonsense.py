"""Figures of a database that has next to nothing to count, or what cannot be: no figure is made out of it."""

import datetime

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import days
from ciwatch.registry import model as registry_model
from ciwatch.rollup import daily
from ciwatch.rollup import updater
from tests import base

#: When the patch sets of tests/base.py came, 2023-11-14 22:13:20 UTC, and how long a day is, in seconds.
CREATED = 1_700_000_000
DAY = 86_400

GOOD = "Build succeeded (check pipeline).\n\n- basalt-tempest https://logs.example/{0}/ : SUCCESS in 9m 00s\n"
BAD = "Build failed (check pipeline).\n\n- basalt-tempest https://logs.example/{0}/ : FAILURE in 9m 00s\n"
BROKEN = (
    "Build failed (check pipeline).\n\n- basalt-tempest https://logs.example/{0}/ : NODE_FAILURE in 0m 09s\n"
)


def moment(seconds):
    """UTC, from seconds since the patch sets came."""
    return datetime.datetime.fromtimestamp(CREATED + seconds, datetime.UTC)


def comment(text, after_s, change=100, account="basalt-ci", created=CREATED, **more):
    """A line: a comment so many seconds after its patch set came; *created* may be None for unknown."""
    event = base.comment_event(
        text.format(change), CREATED + after_s, account, "Basalt Array CI", change, **more
    )
    event["patchSet"]["createdOn"] = created
    if created is None:
        del event["patchSet"]["createdOn"]
    return base.line(event)


class NonsenseTestCase(base.TestCase):
    """A database, what is recorded in it, and its figures."""

    def setUp(self):
        """Makes it."""
        super().setUp()
        self.store = self.make_engine()

    def figures(self, lines, *as_of):
        """Records *lines*; counts as of moments, one after another, in seconds after the patch sets came."""
        if lines:
            counts = self.make_recorder(self.store).record(lines)
            self.assertEqual(0, counts.rejected)
        for seconds in as_of:
            list(updater.Updater(self.store, registry_model.Registry()).update(moment(seconds)))
        self.check_all()

    def check_all(self):
        """What holds for all rows, whatever they were made of."""
        with self.store.connect() as connection:
            for row in daily.read_systems(connection):
                of = row.figures
                for name in days.SystemDay.__struct_fields__:
                    if isinstance(value := getattr(of, name), int):
                        self.assertGreaterEqual(value, 0, name)
                self.assertLessEqual(of.first_bad, of.first_judged)
                self.assertLessEqual(of.late, of.answered)
                self.assertNotIn("-", of.answer_times + of.recheck_times)
        for spell in self.rows(models.Spell):
            self.assertLessEqual(spell.started_at, spell.called_at)
            self.assertTrue(spell.ended_at is None or spell.called_at <= spell.ended_at)
        periods = self.rows(models.StatusPeriod)
        for period in periods:
            self.assertTrue(period.ended_at is None or period.started_at < period.ended_at)
        open_ended = [period.ci_system_id for period in periods if period.ended_at is None]
        self.assertEqual(sorted({period.ci_system_id for period in periods}), sorted(open_ended))
        self.assertEqual(([], []), (self.rows(models.DirtyDay), self.rows(models.DirtySystem)))

    def rows(self, model):
        """All of a table."""
        with self.store.connect() as connection:
            return connection.execute(sa.select(model.__table__)).all()

    def sums(self, *names):
        """Of all days of all CIs."""
        with self.store.connect() as connection:
            found = daily.read_systems(connection)
        return tuple(sum(getattr(row.figures, name) for row in found) for name in names)

    def words(self):
        """The status words in their order."""
        periods = sorted(self.rows(models.StatusPeriod), key=lambda period: period.started_at)
        return [period.word for period in periods]

    def times(self):
        """What is known of how long answers took."""
        with self.store.connect() as connection:
            found = daily.read_systems(connection)
        return [row.figures.answer_times for row in found if row.figures.answer_times]


class TestNonsense(NonsenseTestCase):
    """One thing each."""

    def test_empty(self):
        """Nothing was recorded: no rows at all, now and later."""
        self.figures([], 0, DAY, 40 * DAY)
        for model in (
            models.DailyProject,
            models.DailySystem,
            models.DailyJob,
            models.Spell,
            models.StatusPeriod,
        ):
            self.assertEqual([], self.rows(model), model.__tablename__)

    def test_one_report(self):
        """One is too few: the CI is new, however it went, and stays so."""
        for text, name in ((GOOD, "passed"), (BAD, "failed"), (BROKEN, "infrastructure")):
            self.store = self.make_engine(f"{name}.sqlite")
            self.figures([comment(text, 3600)], 7200, 40 * DAY)
            self.assertEqual((1, 0, 0), self.sums(name, "missed", "pending"))
            self.assertEqual((["new"], []), (self.words(), self.rows(models.Spell)))
            (period,) = self.rows(models.StatusPeriod)
            self.assertEqual("It judged 0 patch sets in 28 days: too few to say more.", period.rule)

    def test_one_unread_report(self):
        """What nobody can read is no result."""
        self.figures([comment("All is well, I believe.", 3600, account="zuul")], 7200, 40 * DAY)
        self.assertEqual((0, 0, 0), self.sums("passed", "failed", "unjudged"))
        self.assertEqual(["new"], self.words())

    def test_only_infrastructure(self):
        """Nine broken runs are too few to call it sick, ten tell; and nothing of it passed or failed."""
        for count, words in ((9, ["new"]), (10, ["new", "sick"])):
            self.store = self.make_engine(f"{count}.sqlite")
            lines = [comment(BROKEN, 3600 * n, change=100 + n) for n in range(1, count + 1)]
            self.figures(lines, 30 * DAY)
            self.assertEqual((count, 0, 0), self.sums("infrastructure", "passed", "failed"))
            self.assertEqual(0, sum(self.sums("confirmed", "refuted", "open", "set_aside")))
            self.assertEqual(words, self.words())

    def test_infrastructure_and_passes(self):
        """Ten patch sets that it judged are enough for a word; runs that tested nothing are none of them."""
        lines = [comment(BROKEN if n % 2 else GOOD, 3600 * n, change=100 + n) for n in range(1, 21)]
        self.figures(lines, 2 * DAY)
        self.assertEqual((10, 10), self.sums("infrastructure", "passed"))
        self.assertEqual(["new", "healthy"], self.words())

    def test_clock_backwards(self):
        """A comment from before its patch set: it counts, and took no time that anybody knows."""
        self.figures([comment(GOOD, -3600), comment(BAD, -40 * DAY, change=101)], 7200)
        self.assertEqual((1, 1), self.sums("passed", "failed"))
        self.assertEqual(([], ["new"]), (self.times(), self.words()))
        # It came no later than what was said of it.
        self.assertEqual(
            [moment(-40 * DAY).date(), moment(0).date()],
            sorted(row.day for row in self.rows(models.DailyProject)),
        )

    def test_backwards_within_a_patch_set(self):
        """A re-run that seems to have come before its patch set does not hide how long the others took."""
        lines = [comment(GOOD, 3600), comment(BAD, -60)]
        self.figures(lines, 7200)
        self.assertEqual((1, 0), self.sums("passed", "failed"))
        self.assertEqual(["new"], self.words())

    def test_no_creation(self):
        """Where Gerrit never said when a patch set was created, nobody knows how long an answer took."""
        self.figures([comment(GOOD, 3600, created=None), comment(BAD, 60, change=101, created=None)], 7200)
        self.assertEqual((1, 1, 2), self.sums("passed", "failed", "reported"))
        self.assertEqual(([], ["new"]), (self.times(), self.words()))

    def test_creation_nobody_can_mean(self):
        """A creation in 1970 or after the comment's year is none, or no time."""
        for created in (0, CREATED + 400 * DAY, 10**15):
            self.store = self.make_engine(f"{created}.sqlite")
            self.figures([comment(GOOD, 3600, created=created)], 7200)
            self.assertEqual((1,), self.sums("passed"))
            self.assertEqual(([], ["new"]), (self.times(), self.words()))

    def test_before_all_data(self):
        """As of a moment before everything there is nothing."""
        lines = [comment(GOOD, 3600 * n, change=100 + n) for n in range(1, 4)]
        self.figures(lines, -30 * DAY)
        for model in (models.DailySystem, models.DailyJob, models.Spell, models.StatusPeriod):
            self.assertEqual([], self.rows(model), model.__tablename__)
        self.assertEqual([0], [row.patch_sets for row in self.rows(models.DailyProject)])

    def test_a_clock_ahead(self):
        """Gerrit's clock is some seconds ahead: what it says counts as soon as its time has come."""
        self.figures([comment(GOOD, 3600)], 3590)
        self.assertEqual((0,), self.sums("passed"))
        self.figures([], 3600)
        self.assertEqual((1,), self.sums("passed"))

    def test_years_ago(self):
        """One comment that seems to be fifteen years old is no reason to call the CI anything but new."""
        lines = [comment(GOOD, -15 * 365 * DAY), *(comment(BAD, n, change=100 + n) for n in range(1, 4))]
        self.figures(lines, 7200)
        self.assertEqual((1, 3), self.sums("passed", "failed"))
        self.assertEqual((["new"], []), (self.words(), self.rows(models.Spell)))

    def test_back_and_forth(self):
        """As of an earlier moment after a later one, and again: the figures are those of the last."""
        lines = [comment(GOOD, 3600 * n, change=100 + n) for n in range(1, 15)]
        self.figures(lines, 5 * DAY)
        latest = self.rows(models.DailySystem), self.words()
        self.figures([], 2 * DAY, 5 * DAY)
        self.assertEqual(latest, (self.rows(models.DailySystem), self.words()))
