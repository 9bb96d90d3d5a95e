"""Is this -1 about my patch: worked examples, one for each rule, and what no evidence can break."""

import datetime
import itertools

import hypothesis
from hypothesis import strategies

from ciwatch.insight import explanation
from ciwatch.insight.explanation import Evidence
from ciwatch.insight.explanation import Likelihood
from ciwatch.insight.explanation import Suspect
from ciwatch.insight.facts import FAILED
from ciwatch.insight.facts import INFRASTRUCTURE
from ciwatch.insight.facts import PASSED
from ciwatch.insight.facts import Spell
from ciwatch.insight.statistics import rate
from tests import base

AT = datetime.datetime(2026, 11, 23, 14, 0, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
ONCE = rate(1, 1)


def job(name="delta-nfs", **figures):
    """A job that seldom fails, and failed this patch set alone."""
    usual = {"here": ONCE, "usual": rate(188, 194), "elsewhere": rate(0, 20), "flaked": rate(1, 150)}
    return Suspect(name, **{**usual, **figures})


def told(*jobs, whole=None, **more):
    """The answer to the evidence of a failed verdict."""
    whole = whole or Suspect(here=ONCE, usual=rate(180, 200), elsewhere=rate(2, 20))
    return explanation.explain(
        Evidence(**{"as_of": AT, "said_at": AT, "verdict": FAILED, "whole": whole, "jobs": jobs, **more})
    )


def spell(kind, started_at, ended_at=None):
    """A spell."""
    return Spell(kind, started_at, started_at + HOUR, ended_at, "why")


class TestOneJob(base.TestCase):
    """What a job's own figures say."""

    def test_reliable(self):
        """It seldom fails, and failed nothing else."""
        self.assertEqual(
            "Probably. delta-nfs passes 97 % (188/194) and failed none of 20 other changes within a day.",
            told(job()).sentence,
        )

    def test_again(self):
        """A re-run that failed, too, outweighs that the gate passed."""
        self.assertEqual(
            "Probably. delta-nfs passes 97 % (188/194) and failed none of 20 other changes within a day;"
            " a second run failed alike; the gate passed it.",
            told(job(here=rate(2, 2)), gate=PASSED).sentence,
        )
        self.assertEqual(Likelihood.CANNOT_SAY, told(job(), gate=PASSED).likelihood)

    def test_again_and_again(self):
        """Three runs."""
        self.assertIn("; all 3 runs on this patch set failed.", told(job(here=rate(3, 3))).sentence)

    def test_again_is_no_sign(self):
        """Whoever fails half of all he is given fails twice in a row one time in four."""
        half = {"usual": rate(100, 200), "elsewhere": rate(10, 20)}
        self.assertEqual(Likelihood.CANNOT_SAY, told(job(here=rate(2, 2), **half)).likelihood)
        self.assertEqual(Likelihood.PROBABLY, told(job(here=rate(4, 4), **half)).likelihood)
        self.assertEqual(Likelihood.CANNOT_SAY, told(job("a", **half), job("b", **half)).likelihood)

    def test_passed_here(self):
        """The same job passed on the same patch set."""
        found = told(job(here=rate(1, 2)), gate=PASSED)
        self.assertEqual(
            "Very unlikely. delta-nfs passed on this same patch set, too: 1 of 2 runs failed;"
            " the gate passed it.",
            found.sentence,
        )
        self.assertEqual(Likelihood.UNLIKELY, told(job(here=rate(2, 3))).likelihood)

    def test_whole_passed_here(self):
        """The CI passed with another run, in which this job had another name, or none."""
        found = told(job(), whole=Suspect(here=rate(1, 2)))
        self.assertEqual("Very unlikely. Another run on this same patch set passed.", found.sentence)

    def test_breaks_elsewhere(self):
        """It fails nearly all that it is given, which it did not use to."""
        found = told(job(elsewhere=rate(14, 15)))
        self.assertEqual(
            "Very unlikely. delta-nfs failed 14 of 15 other changes within a day as well, and passes 97 %"
            " (188/194).",
            found.sentence,
        )
        self.assertEqual(Likelihood.UNLIKELY, told(job(elsewhere=rate(3, 5))).likelihood)
        self.assertEqual(Likelihood.PROBABLY, told(job(elsewhere=rate(2, 4))).likelihood)

    def test_breaks_elsewhere_and_others_fail(self):
        """Then nobody can tell."""
        found = told(job(elsewhere=rate(14, 15)), gate=FAILED, peers=(FAILED,) * 8)
        self.assertEqual(Likelihood.CANNOT_SAY, found.likelihood)

    def test_fails_elsewhere_as_ever(self):
        """That a job fails half of all changes is no news where it always does."""
        found = told(job(usual=rate(100, 200), elsewhere=rate(11, 20)))
        self.assertEqual(
            "Cannot say. delta-nfs passes 50 % (100/200) and failed 11 of 20 other changes within a day.",
            found.sentence,
        )

    def test_seldom_passes(self):
        """A job that nearly always fails says nothing by it."""
        found = told(job(usual=rate(10, 50), elsewhere=rate(2, 3)))
        self.assertEqual(
            "Unlikely. delta-nfs passes 20 % (10/50) only, and failed 2 of 3 other changes within a day.",
            found.sentence,
        )

    def test_flips(self):
        """An unstable job."""
        found = told(job("ember-svc", flaked=rate(14, 84)))
        self.assertEqual(
            "Cannot say. ember-svc both passes and fails on 1 patch set in 6 (14/84) and failed none of 20"
            " other changes within a day.",
            found.sentence,
        )
        self.assertIn("flips: it both passed and failed on 8 of 11", told(job(flaked=rate(8, 11))).sentence)

    def test_too_few(self):
        """Nothing is concluded from a handful, or from nothing."""
        found = told(job(usual=rate(3, 4), elsewhere=rate(0, 1)))
        self.assertEqual(
            "Cannot say. delta-nfs judged too few in the 28 days before to say more (passed 3 of 4) and"
            " passed the one other change within a day.",
            found.sentence,
        )
        found = told(job(usual=rate(0, 0), elsewhere=rate(0, 0)))
        self.assertEqual(
            "Cannot say. delta-nfs judged nothing in the 28 days before and judged no other change within a"
            " day.",
            found.sentence,
        )

    def test_regressed(self):
        """What it used to do is no measure of what it does."""
        since = AT - datetime.timedelta(days=6)
        found = told(job(), spell=spell("regressed", since))
        self.assertEqual(Likelihood.CANNOT_SAY, found.likelihood)
        self.assertIn("fails more often than it used to since Tue 17 Nov 14:00 UTC", found.sentence)

    def test_seldom_confirmed(self):
        """A CI whose failures turned out to be its own."""
        found = told(job(), trust=rate(9, 20))
        self.assertEqual(Likelihood.CANNOT_SAY, found.likelihood)
        self.assertIn("only 45 % (9/20) were confirmed", found.sentence)
        self.assertEqual(Likelihood.UNLIKELY, told(job(), trust=rate(1, 40)).likelihood)
        self.assertEqual(Likelihood.PROBABLY, told(job(), trust=rate(1, 9)).likelihood)

    def test_after_silence(self):
        """The first word after a silence."""
        found = told(job(), spell=spell("silent", AT - 30 * HOUR, AT))
        self.assertIn("; the CI had been silent since Sun 22 Nov 08:00 UTC.", found.sentence)


class TestOthers(base.TestCase):
    """What the gate and the peers say."""

    def test_gate_failed(self):
        """That makes it sure."""
        self.assertEqual(
            "Almost surely. delta-nfs passes 97 % (188/194) and failed none of 20 other changes within a day;"
            " the gate failed it, too.",
            told(job(), gate=FAILED).sentence,
        )

    def test_peers_failed(self):
        """Half of them do; nearly all of many do so whatever the job's own figures are."""
        self.assertEqual(Likelihood.ALMOST_SURELY, told(job(), peers=(FAILED, PASSED)).likelihood)
        found = told(job(here=rate(1, 2)), peers=(FAILED,) * 7 + (PASSED,))
        self.assertEqual(Likelihood.PROBABLY, found.likelihood)
        self.assertIn("; 7 of 8 other CIs failed it.", found.sentence)

    def test_one_peer(self):
        """One other CI is no jury."""
        self.assertEqual(told(job()).likelihood, told(job(), peers=(FAILED,)).likelihood)

    def test_peers_passed(self):
        """None of them found anything."""
        found = told(job(), peers=(PASSED,) * 4, gate=PASSED)
        self.assertEqual(Likelihood.CANNOT_SAY, found.likelihood)
        self.assertIn("; the gate passed it; 0 of 4 other CIs failed it.", found.sentence)

    def test_unlikely_by_others_alone(self):
        """An unstable job, where all others passed; never more than unlikely."""
        found = told(job(flaked=rate(14, 84)), peers=(PASSED,) * 9, gate=PASSED)
        self.assertEqual(Likelihood.UNLIKELY, found.likelihood)

    def test_merged(self):
        """Merged as it stood."""
        found = told(job(), is_merged=True)
        self.assertEqual(Likelihood.UNLIKELY, found.likelihood)
        self.assertTrue(found.sentence.endswith("; it was merged as it stood."))

    def test_infrastructure_is_no_judgement(self):
        """Peers whose infrastructure broke say nothing."""
        found = told(job(), peers=(INFRASTRUCTURE,) * 5, gate=INFRASTRUCTURE)
        self.assertEqual(told(job()).sentence, found.sentence)


class TestSeveralJobs(base.TestCase):
    """The patch is at fault if it is for one of them."""

    def test_the_worst_is_told(self):
        """That which has no excuse, and its log."""
        flaky = job("ember-a", flaked=rate(14, 84), log_url="https://logs.example/a")
        found = told(flaky, job("ember-b", log_url="https://logs.example/b"))
        self.assertEqual(
            "Probably. ember-b passes 97 % (188/194) and failed none of 20 other changes within a day;"
            " 1 more job failed.",
            found.sentence,
        )
        self.assertEqual("https://logs.example/b", found.log_url)

    def test_at_once(self):
        """Two that seldom fail outweigh that the gate passed."""
        self.assertEqual(Likelihood.PROBABLY, told(job("a"), job("b"), gate=PASSED).likelihood)

    def test_never_sure_alone(self):
        """However many jobs fail however often: without others it is not sure."""
        jobs = [job(name, here=rate(3, 3)) for name in "abc"]
        self.assertEqual(Likelihood.PROBABLY, told(*jobs).likelihood)

    def test_order_does_not_matter(self):
        """The same jobs, the same answer."""
        jobs = [job("a", usual=rate(95, 100)), job("b"), job("c", here=rate(1, 2)), job("d")]
        self.assertEqual(1, len({told(*order) for order in itertools.permutations(jobs)}))


class TestNoJob(base.TestCase):
    """A verdict that is only a vote."""

    def test_as_a_whole(self):
        """The CI's own figures."""
        self.assertEqual(
            "Probably. It names no job that failed; as a whole it passes 90 % (180/200) of patch sets and"
            " failed 2 of 20 other changes within a day.",
            told().sentence,
        )

    def test_breaks(self):
        """It fails all of a sudden."""
        whole = Suspect(here=ONCE, usual=rate(180, 200), elsewhere=rate(9, 10))
        self.assertEqual(
            "Very unlikely. It failed 9 of 10 other changes within a day as well, and passes 90 % (180/200)"
            " of patch sets.",
            told(whole=whole).sentence,
        )


class TestSpells(base.TestCase):
    """A CI that is sick, and a project that is."""

    WHOLE = Suspect(here=ONCE, usual=rate(150, 200), elsewhere=rate(14, 14))

    def test_sick(self):
        """It fails the good and the bad."""
        found = told(job(), whole=self.WHOLE, gate=PASSED, spell=spell("sick", AT - 5 * HOUR))
        self.assertEqual(
            "Very unlikely. It failed 14 of 14 other changes within a day and has been sick since 09:00 UTC;"
            " the gate passed it.",
            found.sentence,
        )

    def test_sick_and_the_gate_failed(self):
        """Then the CI says nothing, and the gate does."""
        found = told(job(), whole=self.WHOLE, gate=FAILED, spell=spell("sick", AT - 5 * HOUR))
        self.assertEqual(Likelihood.CANNOT_SAY, found.likelihood)

    def test_was_sick(self):
        """A spell that is over, and a run after it."""
        whole = Suspect(here=rate(1, 2), elsewhere=rate(6, 8))
        long_ago = AT.replace(year=2025)
        found = told(
            job(),
            whole=whole,
            gate=FAILED,
            spell=spell("sick", long_ago, long_ago + 2 * HOUR),
            said_at=long_ago,
        )
        self.assertEqual(
            "Very unlikely. It failed 6 of 8 other changes within a day and was sick from Sun 23 Nov 2025"
            " 14:00 UTC until Sun 23 Nov 2025 16:00 UTC; another run of it on this patch set passed; the gate"
            " failed it, too.",
            found.sentence,
        )

    def test_shared(self):
        """All fail."""
        found = told(job(), whole=self.WHOLE, gate=FAILED, spell=spell("shared", AT - 5 * HOUR))
        self.assertEqual(
            "Very unlikely. Other CIs have failed the same changes since 09:00 UTC, so it is not this patch"
            " alone; this one failed 14 of 14 other changes within a day; the gate failed it, too.",
            found.sentence,
        )


class TestInfrastructure(base.TestCase):
    """What was not tested at all."""

    def untested(self, *words, **more):
        """The answer where jobs ended with these words."""
        words = tuple((f"ember-{number}", word) for number, word in enumerate(words))
        return told(verdict=INFRASTRUCTURE, words=words, **more)

    def test_broke(self):
        """A node that went away."""
        found = self.untested("NODE_FAILURE", "RETRY_LIMIT")
        self.assertEqual(
            "No. The infrastructure broke, which says nothing of the patch: ember-0 ended with NODE_FAILURE,"
            " and 1 more job alike.",
            found.sentence,
        )
        self.assertEqual(
            "No. The infrastructure broke, which says nothing of the patch.", self.untested().sentence
        )

    def test_stopped(self):
        """Somebody stopped it."""
        self.assertEqual(
            "No. It was stopped before it ended (ABORTED), and says nothing of the patch.",
            self.untested("ABORTED").sentence,
        )

    def test_conflict(self):
        """That may well be about the patch."""
        self.assertEqual(
            "Cannot say. It could not merge the patch with what it builds on (MERGE_CONFLICT); a rebase may"
            " help.",
            self.untested("NODE_FAILURE", "MERGE_CONFLICT").sentence,
        )

    def test_configuration(self):
        """So may this."""
        self.assertEqual(
            "Cannot say. Its configuration could not be read (CONFIG_ERROR); see whether the patch changes"
            " that.",
            self.untested("CONFIG_ERROR").sentence,
        )

    def test_sick(self):
        """The spell is told."""
        found = self.untested("LOST", spell=spell("sick", AT - 5 * HOUR))
        self.assertTrue(found.sentence.endswith("; the CI has been sick since 09:00 UTC."))


def rates(most):
    """Any rate."""
    return strategies.integers(0, most).flatmap(
        lambda of: strategies.integers(0, of).map(lambda n: rate(n, of))
    )


SUSPECTS = strategies.builds(
    Suspect,
    name=strategies.text(max_size=255),
    here=rates(6),
    usual=rates(3000),
    elsewhere=rates(400),
    flaked=rates(3000),
)
CLASSES = strategies.sampled_from([PASSED, FAILED, INFRASTRUCTURE, "unknown"])
SPELLS = strategies.builds(
    spell,
    strategies.sampled_from(["sick", "shared", "silent", "regressed"]),
    strategies.just(AT - 5 * HOUR),
    strategies.sampled_from([None, AT]),
)
EVIDENCE = strategies.builds(
    Evidence,
    as_of=strategies.just(AT),
    said_at=strategies.just(AT),
    verdict=strategies.sampled_from([FAILED, INFRASTRUCTURE]),
    whole=SUSPECTS.map(lambda suspect: Suspect("", suspect.here, suspect.usual, suspect.elsewhere)),
    jobs=strategies.lists(SUSPECTS, max_size=4).map(tuple),
    words=strategies.lists(
        strategies.tuples(strategies.text(max_size=255), strategies.text(max_size=255)), max_size=3
    ).map(tuple),
    spell=strategies.none() | SPELLS,
    gate=strategies.none() | CLASSES,
    peers=strategies.lists(CLASSES, max_size=20).map(tuple),
    is_merged=strategies.booleans(),
    trust=rates(500),
)


class TestWhatever(base.TestCase):
    """Whatever the evidence is."""

    @hypothesis.given(EVIDENCE)
    def test_bounds(self, evidence):
        """One line that begins with the likelihood, ends, and is not long; the same for the same."""
        found = explanation.explain(evidence)
        self.assertTrue(found.sentence.startswith(f"{found.likelihood.capitalize()}. "))
        self.assertTrue(found.sentence.endswith("."))
        self.assertTrue(found.sentence.isprintable(), ascii(found.sentence))
        self.assertLess(len(found.sentence), 500)
        self.assertEqual(found, explanation.explain(evidence))

    def test_hostile_names(self):
        """A name stays text, in its place and of its length."""
        found = told(job("\u202egnp<b>\n\x00" + "x" * 250)).sentence
        self.assertTrue(found.startswith("Probably. �gnp<b>��xxx"), ascii(found))
        self.assertIn("x… passes 97 %", found)

    @hypothesis.given(EVIDENCE)
    def test_the_gate(self, evidence):
        """A gate that failed it never makes it less likely than one that passed it."""
        order = list(Likelihood)
        failed, passed = (
            order.index(explanation.explain(Evidence(**{**fields(evidence), "gate": gate})).likelihood)
            for gate in (FAILED, PASSED)
        )
        self.assertLessEqual(failed, passed)


def fields(struct):
    """The fields of a struct by name."""
    return {name: getattr(struct, name) for name in struct.__struct_fields__}
