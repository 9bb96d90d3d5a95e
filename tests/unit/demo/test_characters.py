"""Every character shows in its comments, whatever the seed."""

import collections
import math
import statistics

import testscenarios
import testtools

from ciwatch.demo import characters
from tests.unit.demo import stories

BY_TRAIT = {ci.trait: ci for ci in characters.CAST}


def verdicts(events):
    """For each event with job lines: whether a voting job failed or broke."""
    return [
        any(
            voting and word not in ("SUCCESS", "SKIPPED")
            for _, word, voting in stories.job_lines(event["comment"])
        )
        for event in events
    ]


class TestCast(testtools.TestCase):
    """Who is there."""

    def test_names(self):
        """A gate and twelve others; each has a name and a username of the usual kind, but for one."""
        self.assertEqual(("zuul", "Zuul"), (characters.GATE.username, characters.GATE.name))
        self.assertEqual(12, len(characters.THIRD_PARTIES))
        self.assertEqual(13, len({ci.username for ci in characters.CAST}))
        odd = []
        for ci in characters.THIRD_PARTIES:
            if not ci.username.endswith("-ci") or not ci.name.endswith(" CI"):
                odd.append(ci)
            self.assertTrue(ci.host.endswith(".example"), ci.host)
        self.assertEqual(["harbor-build"], [ci.username for ci in odd])
        self.assertEqual("gerrit_trigger", odd[0].style)

    def test_needs_come_first(self):
        """A job that needs another stands behind it."""
        for ci in characters.CAST:
            names = [job.name for job in ci.jobs]
            for job in ci.jobs:
                if job.needs:
                    self.assertLess(names.index(job.needs), names.index(job.name))


class TestTraits(testscenarios.WithScenarios, testtools.TestCase):
    """What there is to find out about each."""

    scenarios = [(f"seed {seed}", {"seed": seed}) for seed in (1, 2)]

    def setUp(self):
        """Tells the story."""
        super().setUp()
        self.play, self.events = stories.story(self.seed)
        self.main = [event for event in self.events if event["project"] == characters.MAIN_PROJECT]

    def results(self, trait, events=None):
        """The results of the CI with this trait in the main project."""
        return stories.results_of(BY_TRAIT[trait].username, self.main if events is None else events)

    def test_72_rows(self):
        """The main project's matrix has exactly so many rows of jobs."""
        rows = {
            (ci.username, job)
            for ci in characters.CAST
            for event in stories.comments_of(ci.username, self.main)
            for job, _, _ in stories.job_lines(event["comment"])
        }
        self.assertEqual({(ci.username, job.name) for ci in characters.CAST for job in ci.jobs}, rows)
        self.assertEqual(72, len(rows))
        # It would count as a row of its own.
        self.assertNotIn("Merge Failed.", "".join(event.get("comment", "") for event in self.main))
        self.assertIn("Merge Failed.", "".join(event.get("comment", "") for event in self.events))

    def test_silent(self):
        """It was there, and then not a word although there was work."""
        ci = BY_TRAIT["silent"]
        ((since, end),) = self.play.truth.silent[ci.username]
        self.assertEqual((int(stories.END - 4.6 * stories.DAY_S), math.inf), (since, end))
        times = [event["eventCreatedOn"] for event in stories.comments_of(ci.username, self.events)]
        self.assertGreater(len(times), 300)
        self.assertLess(max(times), since)
        self.assertGreater(max(times), since - stories.DAY_S)
        uploads = [e for e in self.main if e["type"] == "patchset-created" and e["eventCreatedOn"] > since]
        self.assertGreater(len(uploads), 50)

    def test_newcomer(self):
        """Not a word before it came, and busy since."""
        ci = BY_TRAIT["newcomer"]
        since = self.play.truth.joined_at[ci.username]
        times = [event["eventCreatedOn"] for event in stories.comments_of(ci.username, self.events)]
        self.assertGreaterEqual(min(times), since)
        self.assertGreater(len(times), 60)

    def test_sick(self):
        """For an afternoon of a weekday nearly everything fails, and not before."""
        ci = BY_TRAIT["sick"]
        ((start, end),) = self.play.truth.sick[ci.username]
        self.assertEqual(7 * 3600, end - start)
        results = self.results("sick")
        inside = [event for event in results if start <= event["eventCreatedOn"] < end]
        outside = [event for event in results if not start <= event["eventCreatedOn"] < end]
        self.assertGreaterEqual(len({event["change"]["number"] for event in inside}), 8)
        self.assertGreater(statistics.mean(verdicts(inside)), 0.85)
        self.assertLess(statistics.mean(verdicts(outside)), 0.35)

    def test_always_green(self):
        """Not one failure, although there are bad patches that others see."""
        ci = BY_TRAIT["always green"]
        results = self.results("always green")
        self.assertGreater(len(results), 300)
        words = {word for event in results for _, word, _ in stories.job_lines(event["comment"])}
        self.assertEqual({"SUCCESS"}, words)
        self.assertEqual({1}, {stories.vote_of(event) for event in results})
        tested = {stories.key(event) for event in results}
        bad = {key for key in tested if ci.username in self.play.truth.patch_sets[key].bad}
        self.assertGreater(len(bad), 20)

    def test_flaky_job(self):
        """One of its jobs fails far more often than the others, at the rate of its character."""
        ci = BY_TRAIT["flaky job"]
        failed, runs = collections.Counter(), collections.Counter()
        for event in self.results("flaky job"):
            if ci.username in self.play.truth.patch_sets[stories.key(event)].bad:
                continue
            for job, word, _ in stories.job_lines(event["comment"]):
                runs[job] += 1
                failed[job] += word != "SUCCESS"
        (flaky,) = (job for job in ci.jobs if job.flake)
        rates = {job: failed[job] / runs[job] for job in runs}
        # Five standard deviations of a rate of 0.22 in 500 runs are 0.09.
        self.assertTrue(0.13 < rates.pop(flaky.name) < 0.32, rates)
        self.assertLess(max(rates.values()), 0.05)

    def test_slow(self):
        """Its answers take far longer than anybody else's."""
        waits = collections.defaultdict(list)
        for attempt in self.play.truth.attempts:
            if not attempt.repeated:
                waits[attempt.ci].append(attempt.posted_at - attempt.asked_at)
        medians = {username: statistics.median(times) for username, times in waits.items()}
        ci = BY_TRAIT["slow"]
        self.assertTrue(0.8 < medians.pop(ci.username) / ci.latency_s < 1.2)
        self.assertLess(max(medians.values()), ci.latency_s / 2)

    def test_posts_twice(self):
        """The same text minutes later; nobody else does that."""
        twice = {}
        for ci in characters.CAST:
            if not ci.jobs:
                # Its votes are all alike.
                continue
            results = stories.results_of(ci.username, self.events)
            texts = [(stories.key(event), event["comment"]) for event in results]
            twice[ci.username] = (len(texts) - len(set(texts))) / len(set(texts))
        ci = BY_TRAIT["posts twice"]
        self.assertTrue(0.3 < twice.pop(ci.username) < 0.5)
        self.assertEqual({0.0}, set(twice.values()))

    def test_infrastructure(self):
        """Its nodes break, in four ways, far more often than anybody else's."""
        words = collections.defaultdict(collections.Counter)
        for ci in characters.CAST:
            for event in stories.results_of(ci.username, self.main):
                words[ci.username].update(word for _, word, _ in stories.job_lines(event["comment"]))
        broken = {
            username: sum(counts[word] for word in ("NODE_FAILURE", "RETRY_LIMIT", "POST_FAILURE"))
            for username, counts in words.items()
        }
        ci = BY_TRAIT["infrastructure"]
        self.assertGreater(words[ci.username]["TIMED_OUT"], 5)
        for word in ("NODE_FAILURE", "RETRY_LIMIT", "POST_FAILURE"):
            self.assertGreater(words[ci.username][word], 5, word)
        self.assertGreater(broken.pop(ci.username), 3 * max(broken.values()))

    def test_only_votes(self):
        """The header and nothing else, and both votes."""
        events = stories.comments_of(BY_TRAIT["only votes"].username, self.events)
        self.assertGreater(len(events), 200)
        self.assertEqual({1, -1}, {stories.vote_of(event) for event in events})
        for event in events:
            self.assertRegex(event["comment"], r"^Patch Set \d: Verified[+-]1$")

    def test_gerrit_trigger(self):
        """Each job of a result was announced under the same address, one comment each."""
        (ci,) = (ci for ci in characters.CAST if ci.style == "gerrit_trigger")
        events = stories.comments_of(ci.username, self.main)
        started = [event["comment"] for event in events if "\n\nBuild Started " in event["comment"]]
        results = [event["comment"] for event in events if stories.job_lines(event["comment"])]
        self.assertEqual(len(events), len(started) + len(results))
        self.assertEqual({1, 2, 3, 4}, {int(text.rsplit("(", 1)[1].removesuffix("/4)")) for text in started})
        announced = {text.split("Build Started ")[1].split(" ")[0] for text in started}
        ended = {line.split(" : ")[0] for text in results for line in text.split("\n") if " : " in line}
        self.assertGreater(len(ended), 400)
        self.assertEqual(set(), ended - announced)

    def test_own_phrase(self):
        """It hears its own phrase, and only that; the others hear recheck, or nothing."""
        ci = next(ci for ci in characters.CAST if ci.phrase == "run-iris-ci")
        answered = collections.defaultdict(set)
        for recheck in self.play.truth.rechecks:
            answered[recheck.phrase].update(recheck.answered_by)
        self.assertEqual({"run-iris-ci", "recheck"}, set(answered))
        self.assertEqual({ci.username}, answered["run-iris-ci"])
        expected = {other.username for other in characters.CAST if other.phrase == "recheck"}
        self.assertEqual(expected, answered["recheck"])
        self.assertGreater(len(expected), 5)

    def test_gate(self):
        """Both pipelines, each with its votes, and only voting jobs where it merges."""
        votes = collections.defaultdict(set)
        for event in self.results("gate"):
            pipeline = event["comment"].split(" pipeline)")[0].split("(")[1]
            votes[pipeline].add(stories.vote_of(event))
            if pipeline == "gate":
                self.assertTrue(all(voting for _, _, voting in stories.job_lines(event["comment"])))
        self.assertEqual({"check": {1, -1}, "gate": {2, -2}}, votes)

    def test_fewer_cis_on_side_projects(self):
        """Only some test everything, and with fewer jobs."""
        side = [event for event in self.events if event["project"] != characters.MAIN_PROJECT]
        rows = {
            (ci.username, job)
            for ci in characters.CAST
            for event in stories.comments_of(ci.username, side)
            for job, _, _ in stories.job_lines(event["comment"])
        }
        everywhere = {ci.username for ci in characters.CAST if ci.everywhere}
        self.assertEqual(everywhere, {username for username, _ in rows})
        self.assertEqual(3, len(everywhere))
        self.assertLess(len(rows), 20)
