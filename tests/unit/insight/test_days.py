"""Tests of the counting of a day."""

import datetime

import hypothesis
from hypothesis import strategies
import msgspec

from ciwatch.insight import days
from ciwatch.insight import histogram
from ciwatch.insight import scene
from ciwatch.insight.histogram import Histogram
from tests import base
from tests.unit.insight import values
from tests.unit.insight.values import at
from tests.unit.insight.values import said
from tests.unit.insight.values import watched

GATE = 9
NOW = at(1000)
_TIMES = ("answer_times", "recheck_times")

# Hours after the morning, or never.
MAYBE_HOUR = strategies.none() | strategies.integers(-3, 90)
VERDICTS = strategies.sampled_from(("passed", "failed", "failed", "infrastructure", "unknown", None))


def counted(patch_sets, systems, attempts=(), rechecks=None, as_of=NOW):
    """The figures of a day; *attempts* of any patch sets and CIs, in the order of their times."""
    by_patch_set = {}
    for attempt in attempts:
        by_patch_set.setdefault(attempt.patch_set, {}).setdefault(attempt.system, []).append(attempt)
    return days.count(scene.Scene(values.DAY, patch_sets, by_patch_set, rechecks or {}, systems), as_of)


def figures_of(attempts, as_of=NOW, rechecks=(), others=(), patch_set=None, **known):
    """Those of CI 1, which is *known* so, on one patch set."""
    found = counted(
        [patch_set or values.patch_set()],
        [watched(1, **known), *others],
        attempts,
        {1: list(rechecks)},
        as_of,
    )
    return found.systems.get(1, days.SystemDay())


class TestStanding(base.TestCase):
    """Where a CI was expected, and what came of it."""

    def names(self, *arguments, **known):
        """The figures about what was expected that are not zero."""
        found = figures_of(*arguments, **known)
        names = ("answered", "late", "missed", "superseded", "pending", "unknown_files")
        return {name: getattr(found, name) for name in names if getattr(found, name)}

    def test_answered(self):
        """Within the limit, at it, and late; it is answered in any case."""
        self.assertEqual({"answered": 1}, self.names(said("passed", first=24)))
        self.assertEqual({"answered": 1, "late": 1}, self.names(said("passed", first=24.01)))
        limit = datetime.timedelta(hours=2)
        self.assertEqual({"answered": 1, "late": 1}, self.names(said("passed", first=3), limit=limit))

    def test_not_answered(self):
        """Pending, then missed; or superseded."""
        self.assertEqual({"pending": 1}, self.names([], at(24)))
        self.assertEqual({"missed": 1}, self.names([], at(24.01)))
        replaced = values.patch_set(replaced_at=at(5))
        self.assertEqual({"superseded": 1}, self.names([], patch_set=replaced))

    def test_files(self):
        """The registry may need the files; where they are unknown, so is what is expected."""

        def expected(files):
            return None if files is None else "driver.py" in files

        self.assertEqual({"unknown_files": 1}, self.names([], expected=expected))
        for files, found in ((("driver.py",), {"missed": 1}), (("README",), {})):
            told = self.names([], expected=expected, patch_set=values.patch_set(files=files))
            self.assertEqual(found, told)

    def test_not_expected(self):
        """Nothing is counted as missed; what it says nevertheless counts as said."""
        for known in (
            {"first_report_at": at(1)},
            {"first_report_at": None},
            {"expected": lambda files: False},
        ):
            self.assertEqual({}, self.names([], **known))
            self.assertEqual({}, self.names(said("passed"), **known))
            self.assertEqual(1, figures_of(said("passed"), **known).passed)

    def test_due_at(self):
        """A day tells when it has to be counted anew: when the next answer is missed."""
        slow = watched(2, limit=datetime.timedelta(hours=48))
        found = counted([values.patch_set()], [watched(1), slow], as_of=at(3)).project
        self.assertEqual((at(24), at(0)), (found.due_at, found.changed_at))
        found = counted([values.patch_set()], [watched(1), slow], as_of=at(30)).project
        self.assertEqual((at(48), at(24)), (found.due_at, found.changed_at))
        found = counted([values.patch_set()], [watched(1), slow], as_of=at(50)).project
        self.assertEqual((None, at(48)), (found.due_at, found.changed_at))


class TestVerdicts(base.TestCase):
    """What it said."""

    def test_one_of_four(self):
        """Each patch set on which it reported counts once."""
        for verdict, name in (
            ("passed", "passed"),
            ("failed", "failed"),
            ("infrastructure", "infrastructure"),
            ("not run", "unjudged"),
            (None, "unjudged"),
        ):
            found = figures_of(said(verdict))
            shown = {
                each: getattr(found, each) for each in ("passed", "failed", "infrastructure", "unjudged")
            }
            self.assertEqual({name: 1}, {each: count for each, count in shown.items() if count})

    def test_first(self):
        """What is compared with earlier weeks is the first verdict, before anybody re-ran."""
        found = figures_of(said("failed", "passed"))
        self.assertEqual((1, 1, 1, 0), (found.first_judged, found.first_bad, found.passed, found.failed))
        found = figures_of(said("infrastructure"))
        self.assertEqual((1, 1), (found.first_judged, found.first_bad))
        self.assertEqual(0, figures_of(said("unknown", None)).first_judged)

    def test_first_that_others_failed_too(self):
        """It is no reason to say that the CI got worse, even where a re-run of the others passed."""
        for others, first_bad in (
            ([said("failed", system=GATE)], 0),
            ([said("failed", "passed", system=GATE)], 0),
            ([said("passed", system=GATE)], 1),
            ([said("failed", system=2)], 1),
            ([said("failed", "passed", system=2), said("passed", system=3)], 0),
            ([said("failed", system=2), said("passed", system=3), said("passed", system=4)], 1),
        ):
            systems = [watched(2), watched(3), watched(4), watched(GATE, is_gate=True)]
            attempts = said("failed") + [attempt for each in others for attempt in each]
            found = figures_of(attempts, others=systems)
            self.assertEqual((1, first_bad), (found.first_judged, found.first_bad), others)
            # What its own infrastructure broke is its own fault.
            attempts[0] = said("infrastructure")[0]
            self.assertEqual(1, figures_of(attempts, others=systems).first_bad)

    def test_first_in_a_spell(self):
        """It counts unless the CI was sick when it said so, not when it said something else before."""
        sick = values.spell(1.5, 3)
        for verdicts_said, first_judged in (
            (("failed",), 1),
            (("unknown", "failed"), 0),
            (("passed", "failed"), 1),
            ((None, None, "failed"), 1),
        ):
            found = figures_of(said(*verdicts_said), spells=(sick,))
            self.assertEqual(first_judged, found.first_judged, verdicts_said)

    def test_reported(self):
        """Until the end of the next day it shows others that the CI can be expected."""
        end = datetime.datetime(2026, 3, 4, tzinfo=datetime.UTC)
        for moment, count in ((end, 0), (end - datetime.timedelta(seconds=1), 1)):
            hours = (moment - values.MORNING).total_seconds() / 3600
            self.assertEqual(count, figures_of(said("passed", first=hours)).reported)


class TestCompared(base.TestCase):
    """Beside the gate and the peers."""

    def test_gate(self):
        """One cell of the table; the gate has none."""
        systems = [watched(1), watched(GATE, is_gate=True)]
        attempts = said("failed") + said("passed", system=GATE, first=2)
        found = counted([values.patch_set()], systems, attempts).systems
        self.assertEqual((1, 0), (found[1].only_ci_failed, found[GATE].only_gate_failed))

    def test_wrongly_passed(self):
        """Of six others five failed; it passed."""
        peers = [watched(number) for number in range(2, 8)]
        attempts = said("passed")
        for peer in peers:
            attempts += said("passed" if peer.id == 2 else "failed", system=peer.id)
        found = figures_of(attempts, others=peers)
        self.assertEqual(
            (1, 1, 6, 5),
            (found.surely_broken, found.wrongly_passed, found.peers_judged, found.peers_failed),
        )

    def test_a_sick_peer_does_not_count(self):
        """What others said while they were sick confirms nothing."""
        sick = [watched(number, spells=(values.spell(0, 9),)) for number in (2, 3)]
        attempts = said("failed") + said("failed", system=2) + said("failed", system=3)
        self.assertEqual((0, 1), self.trust(figures_of(attempts, others=sick)))
        self.assertEqual((1, 0), self.trust(figures_of(attempts, others=[watched(2), watched(3)])))

    @staticmethod
    def trust(found):
        """How many were confirmed, and how many are open."""
        return found.confirmed, found.open

    def test_each_attempt_is_set_aside_by_itself(self):
        """What was said before and after a spell stands, whatever was said in it."""
        sick = watched(1, spells=(values.spell(1.5, 2.5),))
        for verdicts_said, standing in (
            (("failed", "passed", None), {1: None}),
            (("passed", "failed"), {1: "passed"}),
            (("passed", "failed", "failed"), {1: "failed"}),
        ):
            found = scene.standing_verdicts({1: said(*verdicts_said)}, {1: sick})
            self.assertEqual(standing, found, verdicts_said)
        # Of two pipelines, one spoke in the spell.
        attempts = said("failed", pipeline="other", first=2) + said("passed", first=3)
        self.assertEqual({1: "passed"}, scene.standing_verdicts({1: attempts}, {1: sick}))
        self.assertEqual({}, scene.standing_verdicts({1: said("failed", first=2)}, {1: sick}))

    def test_a_sick_re_run_confirms_nothing(self):
        """It failed a patch set when it was well; that it failed again when it was sick tells nothing."""
        attempts = said("failed", "failed")
        self.assertEqual((1, 0), self.trust(figures_of(attempts)))
        self.assertEqual((0, 1), self.trust(figures_of(attempts, spells=(values.spell(1.5, 9),))))
        found = figures_of(said("failed", "passed"), spells=(values.spell(1.5, 9),))
        self.assertEqual((1, 0), (found.refuted, found.set_aside))

    def test_set_aside(self):
        """What it said itself while it was sick is set aside, and compared with nobody."""
        systems = [watched(GATE, is_gate=True)]
        attempts = said("failed") + said("failed", system=GATE)
        found = figures_of(attempts, others=systems, spells=(values.spell(0, 9),))
        self.assertEqual(
            (1, 0, 0, 1, 0),
            (found.set_aside, found.confirmed, found.both_failed, found.failed, found.peers_judged),
        )


class TestTimes(base.TestCase):
    """How long it took."""

    def test_answer(self):
        """From the creation to the first answer."""
        times = Histogram.unpack(figures_of(said("failed", "passed", first=2)).answer_times)
        self.assertEqual((1, 1, 0), (times.total, times.within(7300), times.within(6900)))

    def test_no_creation(self):
        """Where it is not known when a patch set was created, or a clock went backwards, no time is."""
        for created_at in (None, at(5)):
            found = figures_of(said("passed"), patch_set=values.patch_set(created_at=created_at))
            self.assertEqual(("", 1, 1), (found.answer_times, found.passed, found.answered))

    def test_recheck(self):
        """From a request to the next answer."""
        times = Histogram.unpack(figures_of(said("failed", "passed"), rechecks=[at(1.5)]).recheck_times)
        self.assertEqual((1, 1, 0), (times.total, times.within(1850), times.within(1700)))


class TestJobs(base.TestCase):
    """A job's builds and what they say of it."""

    def test_counts(self):
        """Each build by its class; each patch set once."""
        first, second = said("failed", "passed")
        attempts = [
            values.with_builds(first, (7, "failed"), (8, "passed"), (9, "not run")),
            values.with_builds(second, (7, "passed"), (8, "infrastructure"), (9, "unknown")),
        ]
        jobs = counted([values.patch_set()], [watched(1)], attempts).jobs
        self.assertEqual(days.JobDay(passed=1, failed=1, judged=1, flaked=1), jobs[7])
        self.assertEqual(days.JobDay(passed=1, infrastructure=1, judged=1), jobs[8])
        self.assertEqual(days.JobDay(not_run=1, unknown=1), jobs[9])

    def test_repeated(self):
        """A result that is posted once more is one build."""
        attempts = [
            values.with_builds(attempt, (7, "failed"))
            for attempt in said("failed", "failed", digests=("same", "same"))
        ]
        self.assertEqual(
            days.JobDay(failed=1, judged=1), counted([values.patch_set()], [watched(1)], attempts).jobs[7]
        )


class TestProject(base.TestCase):
    """The day itself."""

    def test_empty(self):
        """Nothing came, nothing is said."""
        found = counted([], [watched(1)])
        self.assertEqual((days.ProjectDay(), {}, {}), (found.project, found.systems, found.jobs))

    def test_counts(self):
        """Patch sets, merges, requests; and the latest moment on which a figure depends."""
        patch_sets = [values.patch_set(), values.patch_set(id=2, change=101, merged_at=at(8))]
        found = counted(patch_sets, [], rechecks={1: [at(2), at(3)], 2: [at(4)]}).project
        self.assertEqual(days.ProjectDay(2, 1, 3, at(8), None), found)


@strategies.composite
def scenes(draw):
    """A day with a few patch sets and CIs, of which anything may be true."""
    patch_sets, attempts, rechecks = [], [], {}
    systems = [
        watched(
            number,
            is_gate=number == 1,
            first_report_at=draw(strategies.sampled_from((None, at(-9), at(1)))),
            expected=draw(
                strategies.sampled_from((lambda files: True, lambda files: None, lambda files: False))
            ),
            spells=draw(
                strategies.sampled_from(((), (values.spell(1, 9),), (values.spell(2, None, "shared"),)))
            ),
        )
        for number in range(1, draw(strategies.integers(1, 8)) + 1)
    ]
    for number in range(1, draw(strategies.integers(0, 4)) + 1):
        moments = {
            name: hour if (hour := draw(MAYBE_HOUR)) is None else at(hour)
            for name in ("created_at", "replaced_at", "merged_at", "abandoned_at")
        }
        kind = draw(strategies.sampled_from(("REWORK", "REWORK", "NO_CODE_CHANGE")))
        patch_sets.append(values.patch_set(id=number, change=100 + number, kind=kind, **moments))
        rechecks[number] = [at(hour) for hour in sorted(draw(strategies.lists(strategies.integers(-3, 9))))]
        for system in systems:
            verdicts_said = draw(strategies.lists(VERDICTS, max_size=3))
            first, pipeline = draw(strategies.integers(-3, 60)), draw(strategies.sampled_from(("check", "")))
            for attempt in said(*verdicts_said, system=system.id, pipeline=pipeline, first=first, of=number):
                kinds = draw(strategies.lists(strategies.sampled_from(("passed", "failed", "not run"))))
                attempts.append(values.with_builds(attempt, *((system.id * 10, kind) for kind in kinds)))
    return patch_sets, systems, attempts, rechecks


class TestAnyDay(base.TestCase):
    """Whatever happened, what is counted adds up."""

    @hypothesis.settings(max_examples=40)
    @hypothesis.given(scenes(), MAYBE_HOUR)
    def test_adds_up(self, scene, hour):
        """Every patch set counts once in each of the ways to count it, and no part is more than the whole."""
        patch_sets, systems, attempts, _ = scene
        as_of = NOW if hour is None else at(hour)
        found = counted(*scene, as_of=as_of)
        for system in systems:
            mine = found.systems.get(system.id, days.SystemDay())
            numbers = msgspec.structs.asdict(mine)
            self.assertTrue(all(numbers[name] >= 0 for name in numbers if name not in _TIMES))
            answers = {attempt.patch_set for attempt in attempts if attempt.system == system.id}
            self.assertEqual(len(answers), mine.passed + mine.failed + mine.infrastructure + mine.unjudged)
            failed = {
                attempt.patch_set
                for attempt in attempts
                if attempt.system == system.id and attempt.verdict == "failed"
            }
            self.assertEqual(len(failed), mine.confirmed + mine.refuted + mine.open + mine.set_aside)
            expected = [
                patch_set
                for patch_set in patch_sets
                if patch_set.kind == "REWORK"
                and system.first_report_at == at(-9)
                and system.expected(patch_set.files) is not False
            ]
            stands = mine.answered + mine.missed + mine.superseded + mine.pending + mine.unknown_files
            self.assertEqual(len(expected), stands)
            self.assertLessEqual(mine.late, mine.answered)
            self.assertLessEqual(mine.reported, len(answers))
            self.assertLessEqual(mine.first_bad, mine.first_judged)
            self.assertLessEqual(mine.first_judged, len(answers))
            self.assertLessEqual(mine.wrongly_passed, mine.surely_broken)
            self.assertLessEqual(mine.peers_failed, mine.peers_judged)
            cells = mine.both_passed + mine.only_ci_failed + mine.only_gate_failed + mine.both_failed
            self.assertLessEqual(cells, 0 if system.is_gate else len(answers))
            self.assertLessEqual(Histogram.unpack(mine.answer_times).total, len(answers))
            self.assertLessEqual(Histogram.unpack(mine.recheck_times).total, 3 * len(answers))
        for job in found.jobs.values():
            self.assertLessEqual(job.flaked, job.judged)
            self.assertLessEqual(job.judged, job.passed + job.failed)
        if found.project.due_at is not None:
            self.assertGreaterEqual(found.project.due_at, as_of)

    @hypothesis.settings(max_examples=40)
    @hypothesis.given(scenes(), strategies.randoms(use_true_random=False))
    def test_order(self, scene, chance):
        """In which order patch sets and CIs come does not matter."""
        patch_sets, systems, attempts, rechecks = scene
        shuffled = list(patch_sets), list(systems), list(attempts)
        for each in shuffled[:2]:
            chance.shuffle(each)
        # Attempts stay in the order of their times on each patch set, but CIs and patch sets are mixed.
        queues = {}
        for attempt in attempts:
            queues.setdefault((attempt.patch_set, attempt.system), []).append(attempt)
        mixed = []
        while queues:
            key = chance.choice(sorted(queues))
            mixed.append(queues[key].pop(0))
            if not queues[key]:
                del queues[key]
        self.assertEqual(counted(*scene), counted(shuffled[0], shuffled[1], mixed, rechecks))

    @hypothesis.settings(max_examples=40)
    @hypothesis.given(scenes())
    def test_parts(self, scene):
        """Half of the patch sets and the other half add up to all: so days add up to weeks."""
        patch_sets, systems, attempts, rechecks = scene
        half = len(patch_sets) // 2
        halves = []
        for part in (patch_sets[:half], patch_sets[half:]):
            ids = {patch_set.id for patch_set in part}
            of_part = [attempt for attempt in attempts if attempt.patch_set in ids]
            halves.append(counted(part, systems, of_part, rechecks))
        whole = counted(*scene)
        for name in ("systems", "jobs"):
            for key, figures in getattr(whole, name).items():
                parts = [getattr(part, name)[key] for part in halves if key in getattr(part, name)]
                for field in figures.__struct_fields__:
                    numbers = [getattr(part, field) for part in parts]
                    if field in _TIMES:
                        self.assertEqual(getattr(figures, field), histogram.total(numbers))
                    elif field != "checksum":
                        self.assertEqual(getattr(figures, field), sum(numbers), field)
