"""The evidence is gathered right, in few statements, and shown with its report."""

import sqlalchemy as sa

from ciwatch.insight.explanation import Likelihood
from ciwatch.queries import change as changes
from ciwatch.registry import model
from tests import base
from tests.unit.queries import stories
from tests.unit.queries.stories import DAY
from tests.unit.queries.stories import HOUR
from tests.unit.queries.stories import START

#: A day after the month, on which the change 200 comes.
AT = START + 30 * DAY
NOW = AT + 20 * HOUR


def last_day(**words):
    """The month, and then a change on which basalt's jobs end with these *words*."""
    yield from stories.month()
    yield stories.upload(AT, 200)
    yield stories.results(AT + HOUR, "zuul", 200, unit="SUCCESS")
    yield stories.results(AT + 2 * HOUR, "basalt-ci", 200, **words)


class ExplanationTestCase(base.TestCase):
    """Reads what is told of a change."""

    def read(self, store, number=200, as_of=NOW, registry=None):
        """(CI, patch set, attempt) -> its explanation."""
        with store.connect() as connection:
            found = changes.read(connection, number, as_of, registry)
        return {
            (system.name, patch_set.number, report.attempt): report.explanation
            for patch_set in found.patch_sets
            for system in patch_set.systems
            for report in system.reports
            if report.explanation
        }

    def sentence(self, events, as_of=NOW):
        """What is said of basalt's first attempt."""
        return self.read(stories.record(self, events, as_of), as_of=as_of)["basalt-ci", 1, 1].sentence


class TestEvidence(ExplanationTestCase):
    """What is counted."""

    def test_steady_job(self):
        """The job's builds of the 28 days before, and the one other change within a day."""
        self.assertEqual(
            "Cannot say. steady passes 100 % (33/33) and passed the one other change within a day; the gate"
            " passed it.",
            self.sentence(last_day(steady="FAILURE", flaky="SUCCESS")),
        )

    def test_flaky_job(self):
        """It flaked on each fifth of 28 patch sets."""
        self.assertIn(
            "flaky both passes and fails on 1 patch set in 6 (5/28)",
            self.sentence(last_day(steady="SUCCESS", flaky="FAILURE")),
        )

    def test_only_bad_verdicts(self):
        """Nothing is told of what passed."""
        store = stories.record(self, last_day(steady="FAILURE"), NOW)
        self.assertEqual([("basalt-ci", 1, 1)], list(self.read(store)))

    def test_log(self):
        """That of the job which is told of; not one that is no http address."""
        store = stories.record(self, last_day(steady="SUCCESS", flaky="FAILURE"), NOW)
        self.assertEqual("https://logs.example/200/flaky", self.read(store)["basalt-ci", 1, 1].log_url)

    def test_log_that_is_no_link(self):
        """An address that nobody should follow."""
        text = "Verified-1\n\nBuild failed (check pipeline).\n\n- nfs javascript:alert(1) : FAILURE in 1s"
        events = [stories.upload(AT, 200), stories.comment(text, AT + HOUR, "delta-ci", 200)]
        found = self.read(stories.record(self, events))["delta-ci", 1, 1]
        self.assertIn("nfs ", found.sentence)
        self.assertIsNone(found.log_url)

    def test_non_voting(self):
        """A job without a say is not to blame."""
        found = self.sentence(last_day(steady="FAILURE", flaky="FAILURE (non-voting)"))
        self.assertNotIn("more job", found)

    def test_rerun(self):
        """A later attempt that passed refutes both ways; as of before, nobody knew."""
        events = [
            *last_day(steady="FAILURE"),
            stories.comment("\n\nrecheck", AT + 3 * HOUR, "ada", 200),
            stories.results(AT + 4 * HOUR, "basalt-ci", 200, steady="SUCCESS"),
        ]
        store = stories.record(self, events, NOW)
        self.assertIn("1 of 2 runs failed", self.read(store)["basalt-ci", 1, 1].sentence)
        before = self.read(store, as_of=AT + 3 * HOUR)
        self.assertNotIn("runs failed", before["basalt-ci", 1, 1].sentence)

    def test_same_text_again_is_no_run(self):
        """A result that is posted once more tells nothing new."""
        events = [
            *last_day(steady="FAILURE"),
            stories.results(AT + 5 * HOUR, "basalt-ci", 200, steady="FAILURE"),
        ]
        self.assertNotIn("second run", self.sentence(events))

    def test_own_patch_sets_are_not_usual(self):
        """What a change failed on earlier days is no measure of the job."""
        events = list(stories.month())
        for day in range(10):
            at = START + (19 + day) * DAY + 5 * HOUR
            events += [
                stories.upload(at, 200, day + 1),
                stories.results(at + HOUR, "basalt-ci", 200, day + 1, steady="FAILURE"),
            ]
        events += [
            stories.upload(AT, 200, 11),
            stories.results(AT + 2 * HOUR, "basalt-ci", 200, 11, steady="FAILURE"),
        ]
        found = self.read(stories.record(self, events, NOW))["basalt-ci", 11, 1]
        self.assertIn("steady passes 100 % (33/33)", found.sentence)

    def test_merged(self):
        """Merged as it stood; not before it was."""
        merged = {
            **stories.upload(AT + 5 * HOUR, 200),
            "type": "change-merged",
            "submitter": {"username": "ada"},
        }
        merged["patchSet"]["createdOn"] = int(AT.timestamp())
        merged["change"]["status"] = "MERGED"
        store = stories.record(self, [*last_day(steady="FAILURE"), merged], NOW)
        self.assertIn("it was merged as it stood", self.read(store)["basalt-ci", 1, 1].sentence)
        found = self.read(store, as_of=AT + 4 * HOUR)["basalt-ci", 1, 1]
        self.assertNotIn("merged", found.sentence)


class TestSpells(ExplanationTestCase):
    """A CI that was sick."""

    def test_sick(self):
        """It failed eight changes in a row, while the others passed them."""
        events = list(stories.month())
        for number in range(8):
            at = AT + number * HOUR
            events += [
                stories.upload(at, 200 + number),
                stories.results(at + HOUR / 4, "zuul", 200 + number, unit="SUCCESS"),
                stories.results(at + HOUR / 3, "delta-ci", 200 + number, nfs="SUCCESS"),
                stories.results(at + HOUR / 2, "basalt-ci", 200 + number, steady="FAILURE"),
            ]
        found = self.read(stories.record(self, events, NOW))["basalt-ci", 1, 1]
        self.assertEqual(Likelihood.VERY_UNLIKELY, found.likelihood)
        self.assertEqual(
            "Very unlikely. It failed 7 of 8 other changes within a day and has been sick since Sat 31 Oct"
            " 08:30 UTC; the gate passed it.",
            found.sentence,
        )

    def test_status(self):
        """The status word of that moment."""
        store = stories.record(self, last_day(steady="FAILURE"), NOW)
        with store.connect() as connection:
            word = connection.scalar(
                sa.text(
                    "SELECT word FROM status_periods p JOIN ci_systems s ON s.id = p.ci_system_id"
                    " WHERE s.name = 'basalt-ci' ORDER BY p.started_at DESC LIMIT 1"
                )
            )
        self.assertEqual(word, self.read(store)["basalt-ci", 1, 1].status)


class TestBareData(ExplanationTestCase):
    """Little data, and odd data."""

    def test_without_figures(self):
        """Before anything was counted: too few, and no nonsense."""
        store = stories.record(self, last_day(steady="FAILURE"))
        self.assertEqual(
            "Cannot say. steady judged nothing in the 28 days before and passed the one other change within a"
            " day; the gate passed it.",
            self.read(store)["basalt-ci", 1, 1].sentence,
        )

    def test_one_report(self):
        """A database that knows nothing else."""
        event = stories.comment("Verified-1\n\nBuild failed.", AT, "delta-ci", 200)
        found = self.read(stories.record(self, [event], NOW))["delta-ci", 1, 1]
        self.assertEqual(
            "Cannot say. It names no job that failed; as a whole it judged nothing in the 28 days before and"
            " judged no other change within a day.",
            found.sentence,
        )

    def test_infrastructure(self):
        """The infrastructure broke."""
        found = self.read(stories.record(self, last_day(steady="NODE_FAILURE"), NOW))["basalt-ci", 1, 1]
        self.assertEqual(Likelihood.NO, found.likelihood)
        self.assertIn("steady ended with NODE_FAILURE", found.sentence)

    def test_clock_backwards(self):
        """A report from before the patch set, and before everything."""
        events = [*last_day(steady="SUCCESS"), stories.results(START, "delta-ci", 200, nfs="FAILURE")]
        self.assertIn(
            "judged nothing", self.read(stories.record(self, events, NOW))["delta-ci", 1, 1].sentence
        )

    def test_registry(self):
        """Whom to ask and what to type, where the registry knows."""
        system = model.System(
            "basalt-ci", "Basalt Array CI", contact="ci@basalt.example", recheck="run-basalt-ci"
        )
        registry = model.Registry([system])
        store = stories.record(self, last_day(steady="FAILURE"), NOW)
        found = self.read(store, registry=registry)["basalt-ci", 1, 1]
        self.assertEqual(("ci@basalt.example", "run-basalt-ci"), (found.contact, found.recheck))
        found = self.read(store)["basalt-ci", 1, 1]
        self.assertEqual((None, None), (found.contact, found.recheck))


class TestStatements(ExplanationTestCase):
    """It takes the same few statements for one verdict and for many."""

    def count(self, store, number):
        """The statements that explain a change."""
        said = []
        sa.event.listen(
            store, "before_cursor_execute", lambda *args: said.append(args[2].startswith("SELECT"))
        )
        self.read(store, number)
        return sum(said)

    def test_count(self):
        """Thirty patch sets by three CIs, of which the newest twenty are explained."""
        events = list(last_day(steady="FAILURE"))
        for patch_set in range(1, 31):
            at = START + patch_set * DAY
            events.append(stories.upload(at, 300, patch_set))
            events += [
                stories.results(at + HOUR, ci, 300, patch_set, nfs="FAILURE", iscsi="FAILURE")
                for ci in ("zuul", "delta-ci", "basalt-ci")
            ]
        store = stories.record(self, events, NOW)
        self.assertEqual(3 * changes.MOST_TOLD, len(self.read(store, 300)))
        few = self.count(store, 200)
        self.assertEqual(few, self.count(store, 300))
        self.assertLessEqual(few, 28)
