"""Tests of telling sick CIs from broken projects."""

import datetime

import hypothesis
from hypothesis import strategies

from ciwatch.insight import sickness
from tests import base

START = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
AN_HOUR = datetime.timedelta(hours=1)
LATER = START + datetime.timedelta(days=3650)

# Hours since the vote before, on which of some changes, and how bad it is. About a month, or a few.
VOTES = strategies.lists(
    strategies.tuples(strategies.integers(1, 40), strategies.integers(1, 15), strategies.integers(0, 9)),
    max_size=20,
) | strategies.lists(
    strategies.tuples(strategies.integers(1, 40), strategies.integers(1, 15), strategies.integers(0, 9)),
    min_size=60,
    max_size=120,
)


def votes_of(marks, start=START, first_change=1):
    """A vote an hour: ``x`` failed a change of its own, ``s`` the same as before, ``.`` passed one."""
    found, change = [], first_change - 1
    for number, mark in enumerate(marks):
        change += mark != "s"
        found.append(sickness.Vote(start + AN_HOUR * number, change, 1, mark != "."))
    return found


def nobody(places, until):
    """There is no other CI."""
    return []


def told(marks, others=nobody, **more):
    """(kind, first, called, ended) of each spell, as positions in *marks*."""
    votes = votes_of(marks)
    position = {vote.at: number for number, vote in enumerate(votes)} | {None: None}
    return [
        (spell.kind, *(position[at] for at in (spell.started_at, spell.called_at, spell.ended_at)))
        for spell in sickness.find(votes, others, LATER, **more)
    ]


def by_definition(votes):
    """(first, called, ended) of each spell, looking back from each vote anew; slow."""
    spells, covered, well_since, index = [], set(), 0, 0
    while index < len(votes):
        first = index
        while first >= well_since and votes[first].is_bad:
            first -= 1
        run = votes[first + 1 : index + 1]
        since = run[0].at - datetime.timedelta(days=28) if run else LATER
        before = [
            vote.is_bad
            for number, vote in enumerate(votes[: first + 1])
            if number not in covered and vote.at >= since
        ]
        rate = max(0.05, sum(before) / len(before)) if len(before) >= 10 else 0.5
        changes = len({vote.change for vote in run})
        if changes < 5 or rate**changes >= 0.001:
            index += 1
            continue
        called = index
        ended = next(
            (
                number
                for number in range(called + 2, len(votes))
                if not votes[number].is_bad and not votes[number - 1].is_bad
            ),
            None,
        )
        spells.append((first + 1, called, ended))
        if ended is None:
            break
        covered.update(range(first + 1, ended))
        index = well_since = ended
    return spells


class TestSickness(base.TestCase):
    """When a spell begins, is called, and ends."""

    def test_worked_example(self):
        """Who fails 1 of 20 is called sick at the fifth, and is well after two passes in a row."""
        marks = "." * 19 + "x" + ".." + "xxxxx.x.."
        self.assertEqual([("sick", 22, 26, 30)], told(marks))

    def test_why(self):
        """The numbers that show it, never a bare per cent; a change that failed twice is one."""
        (spell,) = sickness.find(votes_of("." * 19 + "x" + ".." + "xxsxxx"), nobody, LATER)
        self.assertEqual(
            "5 patch sets of 5 different changes failed; of the verdicts in the 28 days before, 1 of 22 did",
            spell.why,
        )
        self.assertEqual(tuple((change, 1) for change in range(23, 28)), spell.evidence)

    def test_five_changes(self):
        """Four are not enough, however often they fail."""
        self.assertEqual([], told("." * 50 + "xssssxssxxsss"))
        self.assertEqual([("sick", 50, 57, None)], told("." * 50 + "xssxsxxx"))

    def test_often_failing(self):
        """One that fails every other time needs ten; one that fails 1 of 4 needs five."""
        self.assertEqual([], told(".x" * 20 + "." + "x" * 9))
        # 20 of 41 failed before.
        self.assertEqual([("sick", 41, 50, None)], told(".x" * 20 + "." + "x" * 10))
        self.assertEqual([], told("...x" * 9 + "..." + "x" * 4))
        self.assertEqual([("sick", 39, 43, None)], told("...x" * 9 + "..." + "x" * 5))

    def test_one_in_a_thousand(self):
        """Where 24 of 98 failed before, five in a row are that improbable; where 25 of 99 did, six are."""
        for bad, count in ((24, 5), (25, 6)):
            marks = "x." * bad + "." * (74 - bad)
            self.assertEqual([("sick", len(marks), len(marks) + count - 1, None)], told(marks + "x" * 9))

    def test_never_seen_well(self):
        """Without ten verdicts before, ten different changes must fail."""
        self.assertEqual([], told("x" * 9))
        self.assertEqual([("sick", 0, 9, None)], told("x" * 10))
        self.assertEqual([("sick", 9, 18, None)], told("." * 9 + "x" * 10))
        self.assertEqual([("sick", 10, 14, None)], told("." * 10 + "x" * 5))
        (spell,) = sickness.find(votes_of("x" * 10), nobody, LATER)
        self.assertEqual(
            "10 patch sets of 10 different changes failed; the 0 verdicts in the 28 days before are too few"
            " to say what is usual",
            spell.why,
        )
        (spell,) = sickness.find(votes_of("." + "x" * 10), nobody, LATER)
        self.assertIn("; the one verdict in the 28 days before is too few to say what is usual", spell.why)

    def test_one_pass_breaks_a_run(self):
        """Before it is called, a pass makes the count begin anew; after that, it takes two."""
        self.assertEqual([], told("." * 20 + "xxxx.xxxx.xxxx"))
        self.assertEqual([("sick", 20, 24, None)], told("." * 20 + "xxxxx.x.x.x.x."))
        self.assertEqual([("sick", 20, 24, 26)], told("." * 20 + "xxxxx.."))

    def test_earlier_spells_do_not_count(self):
        """A long spell does not make the next one look usual."""
        marks = "." * 30 + "x" * 60 + ".." + "." * 10 + "x" * 5
        self.assertEqual([("sick", 30, 34, 91), ("sick", 102, 106, None)], told(marks))

    def test_twenty_eight_days(self):
        """Ten votes tell what is usual: the tenth counts 28 days before the run, a second earlier not."""
        passes, run = votes_of("." * 9, START - AN_HOUR * 9, 900), votes_of("x" * 10)
        for earlier_s, count in ((0, 5), (1, 10)):
            at = START - datetime.timedelta(days=28, seconds=earlier_s)
            votes = [sickness.Vote(at, 800, 1, False), *passes, *run]
            (spell,) = sickness.find(votes, nobody, LATER)
            self.assertEqual(run[count - 1].at, spell.called_at)

    def test_what_is_older(self):
        """A bad time more than 28 days before the run is no part of what is usual."""
        votes = [
            *votes_of("x." * 20, START - datetime.timedelta(days=40), 2000),
            *votes_of("." * 20, START - datetime.timedelta(days=10), 1000),
            *votes_of("x" * 5),
        ]
        (spell,) = sickness.find(votes, nobody, LATER)
        self.assertEqual(START, spell.started_at)
        self.assertIn("of the verdicts in the 28 days before, 0 of 20 did", spell.why)

    def test_history(self):
        """Votes before those that are looked at tell what is usual."""
        history = votes_of("." * 20, START - AN_HOUR * 40, 900)
        self.assertEqual([("sick", 0, 4, None)], told("xxxxx", history=history))
        self.assertEqual([], told("xxxxx"))

    def test_nothing(self):
        """No votes, no spells; nor with one, or with passes alone."""
        for marks in ("", ".", "x", "." * 100):
            self.assertEqual([], told(marks))

    @hypothesis.settings(max_examples=60)
    @hypothesis.given(VOTES, strategies.integers(1, 9))
    def test_by_definition(self, numbers, badness):
        """The same as looking back from every vote anew, however the votes fall."""
        votes, at = [], START
        for hours, change, draw in numbers:
            at += AN_HOUR * hours
            votes.append(sickness.Vote(at, change, 1, draw < badness))
        position = {vote.at: number for number, vote in enumerate(votes)} | {None: None}
        found = [
            tuple(position[at] for at in (spell.started_at, spell.called_at, spell.ended_at))
            for spell in sickness.find(votes, nobody, LATER)
        ]
        self.assertEqual(by_definition(votes), found)

    @hypothesis.settings(max_examples=60)
    @hypothesis.given(VOTES, strategies.integers(0, 120))
    def test_told_before(self, numbers, cut):
        """What was known at a moment stays known: later votes only end what lasted, and add."""
        votes, at = [], START
        for hours, change, draw in numbers:
            at += AN_HOUR * hours
            votes.append(sickness.Vote(at, change, 1, draw < 7))
        early = sickness.find(votes[:cut], nobody, LATER)
        late = sickness.find(votes, nobody, LATER)
        self.assertEqual(
            [(spell.started_at, spell.called_at) for spell in early],
            [(spell.started_at, spell.called_at) for spell in late[: len(early)]],
        )
        self.assertTrue(all(a.ended_at in (None, b.ended_at) for a, b in zip(early, late, strict=False)))


class TestShared(base.TestCase):
    """Whether it is the CI, or all."""

    MARKS = "." * 20 + "xxxxx"

    def test_worked_example(self):
        """Half of the others failed three of the four patch sets that they judged: not you."""
        said = [(2, 4), (4, 4), (1, 4), (3, 4)]
        (spell,) = sickness.find(votes_of(self.MARKS), lambda places, until: said, LATER)
        self.assertEqual(sickness.SHARED, spell.kind)
        self.assertTrue(
            spell.why.endswith(
                "; at least half of the other CIs failed 3 of the 4 that they judged, by 10 of 16 verdicts"
            ),
            spell.why,
        )

    def test_limits(self):
        """Half of them on half of the patch sets, and 55 of 100 verdicts; of two verdicts nothing is said."""
        for said, kind in (
            ([(55, 55), (0, 45)], "shared"),
            ([(54, 54), (0, 46)], "sick"),
            ([(2, 4), (2, 4), (1, 4), (4, 4)], "shared"),
            # A patch that many tested weighs no more than one that few did.
            ([(20, 20), (0, 2), (0, 2)], "sick"),
            # Of a few patches half may be bad by chance, and not for all.
            ([(2, 4), (2, 4), (1, 4), (1, 4)], "sick"),
            ([(1, 1), (1, 1)], "sick"),
            ([(1, 1), (1, 1), (0, 1)], "shared"),
            ([(2, 2)], "sick"),
            ([(3, 3)], "shared"),
            ([], "sick"),
        ):
            self.assertEqual([(kind, 20, 24, None)], told(self.MARKS, lambda places, until, said=said: said))

    def test_asked(self):
        """The others are asked for the patch sets that failed, up to a day after the end of the spell."""
        asked = []

        def others(places, until):
            asked.append((places, until))
            return []

        votes = votes_of(self.MARKS + ".x..")
        sickness.find(votes, others, LATER)
        sickness.find(votes[:25], others, LATER)
        failed = [(change, 1) for change in range(21, 26)]
        self.assertEqual([([*failed, (27, 1)], votes[-1].at + sickness.OTHERS_AFTER), (failed, LATER)], asked)

    def test_does_not_count_as_usual(self):
        """What everybody failed says nothing of how often this CI fails."""
        marks = "." * 30 + "x" * 60 + ".." + "." * 10 + "x" * 5
        self.assertEqual(
            [("shared", 30, 34, 91), ("shared", 102, 106, None)], told(marks, lambda places, until: [(9, 9)])
        )

    def test_long(self):
        """A spell without end keeps its first 200 patch sets, and asks for these."""
        (spell,) = sickness.find(
            votes_of("." * 20 + "x" * 500), lambda places, until: [(1, 1)] * len(places), LATER
        )
        self.assertEqual(200, len(spell.evidence))
        self.assertIn("failed 200 of the 200 that they judged, by 200 of 200 verdicts", spell.why)
