"""The first line of a page answers its question."""

import datetime

from ciwatch.insight import statistics
from ciwatch.insight import trend
from ciwatch.queries import breakage
from ciwatch.queries import collector
from ciwatch.queries import figures
from ciwatch.queries import status as statuses
from ciwatch.queries import upstream
from ciwatch.web import headlines
from tests import base

NOW = datetime.datetime(2026, 11, 23, 14, 5, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


def compared(now, before, of=trend.of_good):
    """Two rates, each (n, N), and what is said of them."""
    now, before = statistics.rate(*now), statistics.rate(*before)
    return upstream.Compared(now, before, of(now, before))


def health(passed=((90, 100), (360, 400)), infrastructure=((1, 101), (4, 404)), p50_s=3000):
    """A gate's."""
    times = figures.Times(passed[0][1], p50_s, p50_s, p50_s)
    waits = upstream.Waits(times, times)
    return upstream.Health(compared(*passed), compared(*infrastructure, of=trend.of_bad), waits, waits)


def told(*healths, breakages=()):
    """What upstream does, of some gates."""
    days = upstream.Span(NOW.date(), NOW.date())
    nothing = upstream.Traffic(0, 0, 0, None, None)
    gates = [upstream.Gate(f"gate-{number}", f"Gate {number}", each) for number, each in enumerate(healths)]
    return upstream.Upstream(NOW, None, days, days, 0, None, gates, nothing, nothing, [], 0, list(breakages))


class TestUpstream(base.TestCase):
    """Is it me, or is it upstream?"""

    def test_as_usual(self):
        """Nothing is worse than it was."""
        found = headlines.of_upstream(told(health()))
        self.assertEqual(("As usual", "p"), found[:2])

    def test_worse(self):
        """One gate of two that is worse is named."""
        bad = health(passed=((50, 100), (360, 400)))
        found = headlines.of_upstream(told(health(), bad))
        self.assertEqual("Worse than usual", found.word)
        self.assertIn("but Gate 1 does worse", found.sentence)

    def test_infrastructure_is_worse(self):
        """So is one that passes as before, and whose infrastructure fails."""
        found = headlines.of_upstream(told(health(infrastructure=((30, 130), (4, 404)))))
        self.assertEqual("Worse than usual", found.word)

    def test_breakage(self):
        """What fails for all goes before all else; what ended does not."""
        since = NOW - 90 * MINUTE
        lasting = breakage.Breakage(since, None, ["openstack/lantern"], [], [1])
        found = headlines.of_upstream(told(health(), breakages=[lasting]))
        self.assertEqual("Fails for all", found.word)
        self.assertIn("Since Mon 23 Nov 2026 12:35 UTC", found.sentence)
        self.assertIn("on openstack/lantern: it is not you", found.sentence)
        ended = breakage.Breakage(since, NOW, ["openstack/lantern"], [], [1])
        self.assertEqual("As usual", headlines.of_upstream(told(health(), breakages=[ended])).word)

    def test_nobody_knows(self):
        """Neither no gate nor too few cases look well."""
        few = health(passed=((5, 5), (6, 6)), infrastructure=((0, 5), (0, 6)))
        for found in (told(), told(few)):
            headline = headlines.of_upstream(found)
            self.assertEqual(("Cannot say", ""), headline[:2])


class TestGate(base.TestCase):
    """A gate in a sentence."""

    def test_numbers(self):
        """Shares stand with what they are made of, and with their interval."""
        said = headlines.of_gate(health())
        self.assertIn(
            "passed 90 of 100 judged patch sets, 90 % (83 to 94 %): as in the four weeks before.", said
        )
        self.assertIn("Half of its verdicts came within 50 min 00 s, before within 50 min 00 s.", said)

    def test_nothing_to_compare(self):
        """Enough now, and too few before."""
        said = headlines.of_gate(health(passed=((90, 100), (3, 3))))
        self.assertIn("(83 to 94 %); the four weeks before have too few to compare.", said)

    def test_too_few(self):
        """It is said once that they are."""
        said = headlines.of_gate(health(passed=((3, 4), (3, 3)), infrastructure=((0, 4), (0, 3)), p50_s=None))
        self.assertEqual(
            "passed 3 of 4 judged patch sets, too few to say more."
            " Its infrastructure failed on 0 of 4 patch sets, too few to say more.",
            said,
        )

    def test_none(self):
        """It did nothing."""
        said = headlines.of_gate(health(passed=((0, 0), (3, 3)), infrastructure=((0, 0), (0, 3))))
        self.assertEqual("reported on no patch set in the last 7 days.", said)

    def test_infrastructure_alone(self):
        """It could test nothing."""
        said = headlines.of_gate(health(passed=((0, 0), (3, 3)), infrastructure=((12, 12), (0, 30))))
        self.assertTrue(
            said.startswith("judged no patch set in the last 7 days. Its infrastructure failed on 12")
        )
        self.assertIn("worse than in the four weeks before", said)


def listener(state="listening", seen=NOW, since=NOW - 60 * MINUTE):
    """A process that listens."""
    moments = ("started_at", "state_since", "seen_at", "heard_at", "caught_up_at")
    values = dict.fromkeys(collector.Listener.__struct_fields__, 0) | dict.fromkeys(moments, since)
    values |= {"name": "main", "source": "ssh", "state": state, "detail": "", "seen_at": seen}
    return collector.Listener(**values)


def status(listeners=(), newest=NOW, silence=None, **more):
    """How the collecting does."""
    lists = ("gaps", "rejected", "faults", "unread", "unknown_words")
    values = {name: [] for name in lists} | {"counts": {}, "kept_from": None}
    values |= {"open_gaps": 0, "uncounted_days": 0}
    sources = [statuses.Source("ssh", newest)] if newest else []
    values |= {"registry": None, "rejected_count": 0, "silence": silence, "sources": sources}
    return statuses.Status(listeners=list(listeners), **values | more)


#: Nothing new comes in.
SILENCE = collector.Silence(NOW, None, False)


class TestStatus(base.TestCase):
    """Is it running, current, complete?"""

    def word(self, found, waiting=0, plugin_failures=0):
        """The word of it."""
        return headlines.of_status(found, NOW, waiting, plugin_failures).word

    def test_running(self):
        """It hears Gerrit, and nothing is wrong."""
        found = headlines.of_status(status([listener()]), NOW, 0)
        self.assertEqual(("Running", "p"), found[:2])
        self.assertIn("It hears Gerrit, the newest event is of Mon 23 Nov 2026 14:05 UTC", found.sentence)

    def test_not_running(self):
        """Nobody listens, or nobody does any more."""
        gone = listener(seen=NOW - 60 * MINUTE)
        self.assertEqual("Not running", self.word(status([gone], silence=SILENCE)))
        self.assertEqual("Not running", self.word(status(silence=SILENCE)))
        self.assertEqual("Not running", self.word(status(newest=None)))

    def test_deaf(self):
        """It runs, and Gerrit is away."""
        self.assertEqual("Deaf", self.word(status([listener("connecting")], silence=SILENCE)))

    def test_not_current(self):
        """The database was away, or figures are."""
        self.assertEqual("Behind", self.word(status([listener()]), waiting=12))
        self.assertEqual("Behind", self.word(status([listener()], uncounted_days=500)))
        self.assertEqual("Running", self.word(status([listener()], uncounted_days=3)))

    def test_not_complete(self):
        """A gap is open."""
        found = headlines.of_status(status([listener()], open_gaps=1), NOW, 0)
        self.assertEqual("Incomplete", found.word)
        self.assertIn("1 stretch of time is still to be filled", found.sentence)

    def test_faults(self):
        """Something is to be mended, and it runs all the same."""
        found = headlines.of_status(status([listener()], registry="line 3"), NOW, 0, plugin_failures=1)
        self.assertEqual("Running, with faults", found.word)
        self.assertIn(
            "but the registry of CI systems cannot be used, and a parser plugin cannot", found.sentence
        )
