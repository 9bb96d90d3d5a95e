"""The truth agrees with the events, and tells missed from superseded."""

import collections
import itertools

import testtools

from ciwatch.demo import characters
from ciwatch.demo import runs
from ciwatch.demo import truth as truths
from ciwatch.demo.comments import Outcome
from tests.unit.demo import stories

CAST = {ci.username: ci for ci in characters.CAST}


class TestTruth(testtools.TestCase):
    """What is kept beside the events."""

    def setUp(self):
        """Tells the story."""
        super().setUp()
        self.play, self.events = stories.story()
        self.truth = self.play.truth

    def test_attempts_are_the_finished_comments(self):
        """One for each, in order, with the verdict that its voting job lines give and its vote repeats."""
        finished = [
            event
            for event in self.events
            if event["type"] == "comment-added"
            and event["author"]["username"] in CAST
            and stories.vote_of(event)
        ]
        self.assertEqual(len(finished), len(self.truth.attempts))
        for event, attempt in zip(finished, self.truth.attempts, strict=True):
            self.assertEqual(
                (event["author"]["username"], *stories.key(event), event["eventCreatedOn"]),
                (attempt.ci, attempt.change, attempt.patch_set, attempt.posted_at),
            )
            vote = stories.vote_of(event)
            self.assertEqual(vote > 0, attempt.verdict == "passed")
            self.assertEqual("gate" if abs(vote) == 2 else "check", attempt.pipeline)
            lines = stories.job_lines(event["comment"])
            if lines:
                words = {word for _, word, voting in lines if voting}
                failed = words & {"FAILURE", "UNSTABLE", "TIMED_OUT", "POST_FAILURE"}
                broken = words & {"NODE_FAILURE", "RETRY_LIMIT", "ABORTED"}
                self.assertEqual(
                    "failed" if failed else "infrastructure" if broken else "passed", attempt.verdict
                )
        self.assertEqual({"passed", "failed", "infrastructure"}, {a.verdict for a in self.truth.attempts})

    def test_attempts_are_numbered(self):
        """From 1, by CI, patch set and pipeline; a repeated result counts, too."""
        grouped = collections.defaultdict(list)
        for attempt in self.truth.attempts:
            grouped[attempt.ci, attempt.change, attempt.patch_set, attempt.pipeline].append(attempt)
        for attempts in grouped.values():
            self.assertEqual(list(range(1, len(attempts) + 1)), [attempt.attempt for attempt in attempts])
        self.assertGreater(max(len(attempts) for attempts in grouped.values()), 2)
        repeated = [attempt for attempt in self.truth.attempts if attempt.repeated]
        self.assertEqual({"kestrel-iscsi-ci"}, {attempt.ci for attempt in repeated})
        self.assertTrue(all(attempt.attempt > 1 for attempt in repeated))

    def test_failures_about_the_patch(self):
        """Only where it is bad for that CI, and then at the rate at which the CI catches it."""
        caught = collections.Counter()
        for attempt in self.truth.attempts:
            is_bad = attempt.ci in self.truth.patch_sets[attempt.change, attempt.patch_set].bad
            if attempt.about_patch:
                self.assertTrue(is_bad)
                self.assertEqual("failed", attempt.verdict)
            if is_bad and attempt.attempt == 1 and not CAST[attempt.ci].always_green:
                caught[attempt.about_patch] += 1
        self.assertGreater(caught.total(), 500)
        self.assertTrue(0.85 < caught[True] / caught.total() < 0.95, caught)

    def test_noise_of_a_steady_ci(self):
        """On good patches it fails at the rate of its character."""
        (ci,) = (ci for ci in characters.CAST if ci.trait == "steady")
        failed = [
            attempt.verdict == "failed"
            for attempt in self.truth.attempts
            if attempt.ci == ci.username
            and ci.username not in self.truth.patch_sets[attempt.change, attempt.patch_set].bad
        ]
        rate = sum(failed) / len(failed)
        # Five standard deviations of 0.03 in 700 runs.
        self.assertTrue(0 < rate < 0.03 + 0.033, rate)

    def test_patch_sets(self):
        """All of them, each with its end."""
        uploads = {stories.key(e): e for e in self.events if e["type"] == "patchset-created"}
        self.assertEqual(set(uploads), set(self.truth.patch_sets))
        merged = {stories.key(e): e["eventCreatedOn"] for e in self.events if e["type"] == "change-merged"}
        for key, patch_set in self.truth.patch_sets.items():
            upload = uploads[key]
            self.assertEqual(upload["eventCreatedOn"], patch_set.created_at)
            self.assertEqual(
                (upload["project"], upload["change"]["branch"], upload["patchSet"]["kind"]),
                (patch_set.project, patch_set.branch, patch_set.kind),
            )
            self.assertEqual(key in merged, patch_set.end == "merged")
            self.assertEqual(patch_set.end == "", patch_set.ended_at is None)
            following = uploads.get((key[0], key[1] + 1))
            if patch_set.end == "replaced":
                self.assertEqual(following["eventCreatedOn"], patch_set.ended_at)
            elif patch_set.end == "merged":
                self.assertEqual(merged[key], patch_set.ended_at)

    def test_unanswered(self):
        """Whoever should have answered did, or is listed with the reason; never both."""
        answered = {(a.ci, a.change, a.patch_set) for a in self.truth.attempts}
        unanswered = set(self.truth.unanswered)
        self.assertEqual(set(), answered & unanswered)
        expected = set()
        for key, patch_set in self.truth.patch_sets.items():
            for ci in characters.CAST:
                joined = self.truth.joined_at.get(ci.username, 0)
                tests_it = ci.everywhere or patch_set.project == characters.MAIN_PROJECT
                is_new = ci.is_gate or patch_set.kind != "NO_CODE_CHANGE"
                if tests_it and is_new and patch_set.created_at >= joined:
                    expected.add((ci.username, *key))
        self.assertEqual(expected - answered, unanswered)
        for (username, *key), why in self.truth.unanswered.items():
            age = stories.END - self.truth.patch_sets[tuple(key)].created_at
            if why == "running":
                self.assertLess(age, CAST[username].latency_s * 6)
        self.assertEqual({"forgot", "silent", "dropped", "running"}, set(self.truth.unanswered.values()))

    def test_forgotten_at_the_rate_of_the_character(self):
        """Of what the always green CI, which is never asked twice, should have answered."""
        ci = next(ci for ci in characters.CAST if ci.always_green)
        forgot = sum(key[0] == ci.username and why == "forgot" for key, why in self.truth.unanswered.items())
        answered = sum(attempt.ci == ci.username for attempt in self.truth.attempts)
        # 2 % of about 600 are 12; five standard deviations are 17.
        self.assertTrue(0 < forgot < 29, forgot)
        self.assertGreater(answered, 400)

    def test_missed_and_superseded(self):
        """Each unanswered patch set is one of the two, or still has time."""
        missed = set(self.truth.missed(stories.END))
        superseded = set(self.truth.superseded(stories.END))
        self.assertEqual(set(), missed & superseded)
        self.assertTrue(missed and superseded)
        for key in set(self.truth.unanswered) - missed - superseded:
            patch_set = self.truth.patch_sets[key[1:]]
            self.assertGreaterEqual(patch_set.created_at, stories.END - stories.DAY_S)
            self.assertIsNone(patch_set.ended_at)

    def test_rechecks_are_the_comments_that_ask(self):
        """One for each, and who took it up begins anew."""
        asked = [
            (*stories.key(event), event["eventCreatedOn"])
            for event in self.events
            if event["type"] == "comment-added"
            and event["comment"].endswith(("\n\nrecheck", "\n\nrun-iris-ci"))
        ]
        self.assertEqual(asked, [(r.change, r.patch_set, r.at) for r in self.truth.rechecks])
        begun = collections.Counter(
            (event["author"]["username"], *stories.key(event))
            for event in self.events
            if event["type"] == "comment-added" and "Starting check jobs." in event["comment"]
        )
        recheck = next(r for r in self.truth.rechecks if "fjord-disk-ci" in r.answered_by)
        self.assertGreaterEqual(begun["fjord-disk-ci", recheck.change, recheck.patch_set], 1)

    def test_sick_attempts(self):
        """Marked as such, all inside the spell."""
        sick = [attempt for attempt in self.truth.attempts if attempt.sick]
        ((start, end),) = self.truth.sick["basalt-array-ci"]
        self.assertGreaterEqual(len(sick), 8)
        for attempt in sick:
            self.assertEqual("basalt-array-ci", attempt.ci)
            self.assertTrue(start <= attempt.posted_at < end)


class TestDefinitions(testtools.TestCase):
    """Worked examples of what the truth counts."""

    def test_verdict(self):
        """Failed before infrastructure before passed; jobs without a vote do not count."""
        for words, expected in (
            ("SUCCESS SKIPPED", "passed"),
            ("SUCCESS NODE_FAILURE", "infrastructure"),
            ("RETRY_LIMIT POST_FAILURE", "failed"),
            ("ABORTED UNSTABLE", "failed"),
        ):
            outcomes = [Outcome("job", word) for word in words.split()]
            self.assertEqual(expected, runs.verdict_of([*outcomes, Outcome("job", "FAILURE", voting=False)]))

    def test_missed(self):
        """A day to answer; what ends before that is superseded; what has not lasted that long is neither."""
        day, told = stories.DAY_S, truths.Truth()
        for number, (created, ended) in enumerate(
            ((0, None), (0, day), (0, day + 1), (day, None), (day, day + 5)), start=1
        ):
            told.patch_sets[number, 1] = truths.PatchSet("p", "master", "REWORK", created, frozenset(), ended)
            told.unanswered["slate-ci", number, 1] = "forgot"
        missed = [key[1] for key in told.missed(as_of=day + 10)]
        superseded = [key[1] for key in told.superseded(as_of=day + 10)]
        self.assertEqual(([1, 3], [2, 5]), (missed, superseded))
        self.assertEqual([1, 3, 4], [key[1] for key in told.missed(as_of=2 * day + 10)])

    def test_of_the_live_world(self):
        """The truth grows on, in stated times."""
        play, _ = stories.story.__wrapped__(7)
        count = len(play.truth.attempts)
        live = list(itertools.islice(play.live(), 500))
        attempts = play.truth.attempts[count:]
        self.assertGreater(len(attempts), 50)
        times = {event["eventCreatedOn"] for event in live}
        self.assertEqual(set(), {attempt.posted_at for attempt in attempts} - times)
