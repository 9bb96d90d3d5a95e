"""The rules as they are read from a database."""

import msgspec
import sqlalchemy as sa

from ciwatch.insight.policy import Verdict
from ciwatch.queries import policy
from ciwatch.registry import model
from ciwatch.rollup import updater
from tests import base
from tests.unit.queries import stories
from tests.unit.queries.stories import DAY
from tests.unit.queries.stories import HOUR
from tests.unit.queries.stories import START

#: Two days after the month, so that nothing is pending.
NOW = START + 31 * DAY


class PolicyTestCase(base.TestCase):
    """Reads the rules of a CI."""

    def read(self, store, name="basalt-ci", as_of=NOW, registry=None, **more):
        """Rule name -> rule."""
        with store.connect() as connection:
            found = policy.read(connection, name, as_of, registry or model.Registry(), **more)
        return found and {rule.name: rule for rule in found.rules}

    def assert_kept(self, rule, kept, of):
        """A rule was kept so often."""
        self.assertEqual((kept, of, of - kept), (rule.kept.n, rule.kept.of, rule.breach_count))


class TestMonth(PolicyTestCase):
    """A CI that reports each day, and re-runs when it is asked."""

    def setUp(self):
        """Plays the month."""
        super().setUp()
        self.events = list(stories.month())

    def test_good_month(self):
        """All that was asked was answered; logs are there; there is no page, and the name is a username."""
        rules = self.read(stories.record(self, self.events, NOW))
        self.assert_kept(rules["one comment"], 28, 28)
        self.assert_kept(rules["answers recheck"], 5, 5)
        self.assert_kept(rules["links its logs"], 33, 33)
        self.assert_kept(rules["links its page"], 0, 33)
        self.assert_kept(rules["named"], 0, 1)

    def test_expected(self):
        """It is expected from the day on which ten patch sets before have shown that it answers."""
        events = [*self.events, stories.upload(START + 29 * DAY + HOUR, 900)]
        rule = self.read(stories.record(self, events, NOW))["in time"]
        self.assertEqual([(900, 1, "no answer")], [(b.change, b.patch_set, b.what) for b in rule.breaches])
        self.assertEqual(START + 30 * DAY + HOUR, rule.breaches[0].at)
        self.assert_kept(rule, 19, 20)

    def test_not_yet_missed(self):
        """As of before it was due it is pending, and nothing later is told."""
        events = [*self.events, stories.upload(START + 29 * DAY + HOUR, 900)]
        store = stories.record(self, events, NOW)
        rules = self.read(store, as_of=START + 29 * DAY + 90 * HOUR / 60)
        self.assertEqual(0, rules["in time"].breach_count)
        self.assertEqual(29, rules["one comment"].kept.of)

    def test_superseded_and_unready(self):
        """A newer patch set came within the hour, and a change that is work in progress."""
        draft = stories.upload(START + 29 * DAY + HOUR, 901)
        draft["change"]["wip"] = True
        events = [
            *self.events,
            stories.upload(START + 29 * DAY + HOUR, 900),
            stories.upload(START + 29 * DAY + 2 * HOUR, 900, 2),
            stories.results(START + 29 * DAY + 3 * HOUR, "basalt-ci", 900, 2, steady="SUCCESS"),
            draft,
        ]
        rule = self.read(stories.record(self, events, NOW))["in time"]
        self.assertEqual(0, rule.breach_count)

    def test_unanswered_request(self):
        """Asked, and silent; asked for another CI, which is none of its business."""
        at = START + 28 * DAY
        events = [
            *self.events,
            stories.comment("\n\nrecheck", at + 5 * HOUR, "ada", 128),
            stories.comment("\n\nrun-delta-ci", at + 6 * HOUR, "ada", 128),
        ]
        store = stories.record(self, events, NOW)
        rule = self.read(store)["answers recheck"]
        self.assert_kept(rule, 5, 6)
        self.assertEqual((128, at + 5 * HOUR), (rule.breaches[0].change, rule.breaches[0].at))
        registry = model.Registry([model.System("basalt-ci", "Basalt CI", recheck="run-delta-ci")])
        list(updater.Updater(store, registry).update(NOW))
        self.assert_kept(self.read(store, registry=registry)["answers recheck"], 5, 7)

    def test_said_twice(self):
        """A result without a request, and a vote of its own a minute later."""
        at = START + 29 * DAY
        events = [
            *self.events,
            stories.results(at + 5 * HOUR, "basalt-ci", 129, steady="SUCCESS", flaky="SUCCESS"),
            stories.comment("Verified+1", at + 5 * HOUR + HOUR / 60, "basalt-ci", 129),
        ]
        rule = self.read(stories.record(self, events, NOW))["one comment"]
        self.assertEqual((27, 28, 2), (rule.kept.n, rule.kept.of, rule.breach_count))
        self.assertEqual(
            ["says its result once more", "another result in check, and no request for a re-run before it"],
            [breach.what for breach in rule.breaches],
        )

    def test_logs(self):
        """A bare address; a job that did not run needs none."""
        at = START + 29 * DAY
        events = [
            *self.events,
            stories.upload(at, 900),
            stories.results(at + HOUR, "basalt-ci", 900, host="192.0.2.7", steady="SUCCESS", odd="SUCCESS"),
            stories.upload(at, 901),
            stories.comment(
                "\n\nBuild succeeded (check pipeline).\n\n- steady https://a.example/1 : SUCCESS in 1s\n"
                "- late : SKIPPED",
                at + HOUR,
                "basalt-ci",
                901,
            ),
        ]
        rule = self.read(stories.record(self, events, NOW))["links its logs"]
        self.assertEqual(
            ["steady: its log is at a bare IP address, 192.0.2.7; so 1 more job"],
            [breach.what for breach in rule.breaches],
        )

    def test_page(self):
        """The page that the registry names."""
        registry = model.Registry([model.System("basalt-ci", "Basalt CI", page="https://logs.example/100")])
        rules = self.read(stories.record(self, self.events, NOW, registry), registry=registry)
        # The logs of change 100 lie below it; that is before the window.
        self.assertEqual(0, rules["links its page"].kept.n)
        registry = model.Registry([model.System("basalt-ci", "Basalt CI", page="https://logs.example/129/")])
        rules = self.read(stories.record(self, self.events, NOW, registry), registry=registry)
        self.assertEqual(1, rules["links its page"].kept.n)

    def test_gate(self):
        """The gate is not named as third parties are."""
        self.assertNotIn("named", self.read(stories.record(self, self.events, NOW), "zuul"))


class TestDays(PolicyTestCase):
    """What is kept by the day tells the same as counting it all for the page."""

    def setUp(self):
        """Plays the month, with all that can go wrong, to its end."""
        super().setUp()
        at = START + 28 * DAY
        more = [
            stories.comment("\n\nrecheck", at + 5 * HOUR, "ada", 128),
            stories.results(at + 30 * HOUR, "basalt-ci", 128, steady="SUCCESS"),
            stories.upload(at + 2 * HOUR, 900),
            stories.upload(at + 3 * HOUR, 901),
            stories.results(at + 28 * HOUR, "basalt-ci", 901, host="192.0.2.7", steady="SUCCESS"),
            stories.upload(at + 40 * HOUR, 901, 2),
            stories.comment("\n\nrecheck", at + 41 * HOUR, "ada", 901, 2),
            stories.comment("\n\nStarting, see https://ci.example/.", at + 42 * HOUR, "basalt-ci", 901, 2),
            stories.comment("Verified+1", at + 28 * HOUR + HOUR / 60, "basalt-ci", 901),
        ]
        self.at, self.events = at, [*stories.month(), *more]

    def test_as_of(self):
        """A page as of a moment says what it said then, however much was recorded since."""
        store = stories.record(self, self.events, NOW)
        for hours in range(1, 73, 6):
            as_of = self.at + hours * HOUR
            then = stories.record(self, self.events, as_of, database=f"{hours}.sqlite")
            self.assertEqual(self.read(then, as_of=as_of), self.read(store, as_of=as_of), hours)

    def test_time_passes(self):
        """What was pending when it was counted is broken once its time passed, before it is counted again."""
        until = self.at + 6 * HOUR
        said = [event for event in self.events if event["eventCreatedOn"] <= until.timestamp()]
        early = stories.record(self, said, until, database="early.sqlite")
        store = stories.record(self, said, NOW)
        self.assertEqual(self.read(store), self.read(early))
        self.assertEqual(1, self.read(early)["answers recheck"].breach_count)
        self.assertEqual(0, self.read(early, as_of=until)["answers recheck"].breach_count)

    def test_not_counted_yet(self):
        """What waits to be counted is counted for the page, on whatever day its patch sets came."""
        store = stories.record(self, self.events, NOW)
        late = [
            stories.results(NOW - 2 * HOUR, "basalt-ci", 128, host="192.0.2.7", steady="SUCCESS"),
            stories.results(NOW - HOUR, "basalt-ci", 101, host="192.0.2.7", steady="SUCCESS"),
        ]
        self.make_recorder(store).record([base.line(event) for event in late])
        waiting = self.read(store, length=7)
        self.assertEqual(2, len([b for b in waiting["links its logs"].breaches if b.at > NOW - 3 * HOUR]))
        list(updater.Updater(store, model.Registry()).update(NOW))
        self.assertEqual(self.read(store, length=7), waiting)

    def test_comment_on_an_older_patch_set(self):
        """It counts where it was posted, and its patch set where that came."""
        late = stories.results(NOW - HOUR, "basalt-ci", 101, host="192.0.2.7", steady="SUCCESS")
        store = stories.record(self, [*stories.month(), late], NOW)
        rules = self.read(store, length=2)
        self.assertEqual([(101, NOW - HOUR)], [(b.change, b.at) for b in rules["links its logs"].breaches])
        self.assertEqual(0, rules["one comment"].breach_count)
        self.assertEqual(1, self.read(store, length=31)["one comment"].breach_count)
        # As of before it was said it counts nowhere.
        self.assertEqual(0, self.read(store, as_of=NOW - 2 * HOUR, length=2)["links its logs"].breach_count)

    def test_more_than_are_told(self):
        """The newest hundred are told, of more."""
        at = START + 29 * DAY
        events = [
            stories.results(at + n * HOUR / 20, "basalt-ci", 200 + n % 50, host="192.0.2.7", steady="SUCCESS")
            for n in range(150)
        ]
        uploads = [stories.upload(at - HOUR, 200 + n) for n in range(50)]
        rule = self.read(stories.record(self, [*uploads, *events], NOW))["links its logs"]
        self.assertEqual((150, 100), (rule.breach_count, len(rule.breaches)))
        self.assertEqual(at + 149 * HOUR / 20, rule.breaches[0].at)
        self.assertEqual(at + 50 * HOUR / 20, rule.breaches[-1].at)


class TestBareData(PolicyTestCase):
    """Little data, and none."""

    def test_nobody(self):
        """No such CI; no database to speak of."""
        store = self.make_engine()
        self.assertIsNone(self.read(store))
        self.assertIsNone(self.read(store, "'; DROP TABLE reports"))

    def test_without_figures(self):
        """Before anything was counted nobody is expected, and nothing is missed."""
        rules = self.read(stories.record(self, stories.month()))
        self.assert_kept(rules["in time"], 0, 0)
        self.assertEqual(Verdict.TOO_FEW, rules["in time"].verdict)
        self.assert_kept(rules["answers recheck"], 5, 5)

    def test_no_report_in_the_window(self):
        """Too few of all but the name."""
        store = stories.record(self, stories.month(), NOW)
        rules = self.read(store, as_of=START + 400 * DAY)
        verdicts = {rule.verdict for name, rule in rules.items() if name != "named"}
        self.assertEqual({Verdict.TOO_FEW}, verdicts)

    def test_hostile(self):
        """Text stays text, and is short."""
        text = "\n\nBuild failed.\n\n- " + "\u202e<b>" + "x" * 300 + " javascript:alert(1) : FAILURE in 1s"
        events = [stories.comment(text, NOW - HOUR, "basalt-ci", 1, name="\u202eBasalt\x07 CI")]
        rules = self.read(stories.record(self, events, NOW))
        for rule in rules.values():
            for breach in rule.breaches:
                self.assertTrue(breach.what.isprintable(), ascii(breach.what))
                self.assertLessEqual(len(breach.what), 200)

    def test_as_data(self):
        """All of it can be written as JSON, with its rates and times."""
        with stories.record(self, stories.month(), NOW).connect() as connection:
            found = policy.read(connection, "basalt-ci", NOW, model.Registry(), 7)
        told = msgspec.json.decode(msgspec.json.encode(found))
        self.assertEqual("2026-11-01T08:00:00Z", told["window"]["until"])
        self.assertEqual({"n", "of", "low", "high"}, set(told["rules"][0]["kept"]))
        self.assertEqual("too few", told["rules"][0]["verdict"])


class TestStatements(PolicyTestCase):
    """It takes few statements, whatever the CI said, and reads no comment again."""

    def test_count(self):
        """A CI of a month that broke every rule, and one of nothing."""
        at = START + 29 * DAY
        events = [
            *stories.month(),
            stories.comment("Verified-1\n\nBuild failed.", START, "quiet-ci", 100),
            stories.comment("\n\nrecheck", START + 28 * DAY + 5 * HOUR, "ada", 128),
            stories.results(at + 5 * HOUR, "basalt-ci", 129, host="192.0.2.7", steady="SUCCESS"),
            stories.upload(at + HOUR, 900),
        ]
        store = stories.record(self, events, NOW)
        said = []
        sa.event.listen(store, "before_cursor_execute", lambda *args: said.append(args[2]))
        self.assertNotIn(0, [rule.breach_count for rule in self.read(store).values()])
        many = _asked(said)
        self.read(store, "quiet-ci")
        self.assertEqual((11, 6), (many, _asked(said) - many))
        self.assertNotIn("reports.text", "".join(said))


def _asked(said):
    """How many statements there were without those by which SQLite is told that a transaction begins."""
    return sum(not statement.startswith("BEGIN") for statement in said)
