"""The shapes of the comments, letter by letter."""

import testtools

from ciwatch.demo import comments
from ciwatch.demo.comments import Outcome


class TestZuul(testtools.TestCase):
    """Zuul's formats."""

    def test_start_of_version_3(self):
        """A start says its pipeline and no more."""
        self.assertEqual("Patch Set 2:\n\nStarting check jobs.", comments.zuul_start(2, "check"))

    def test_start_of_version_2(self):
        """Version 2 says where to watch; a start may take back the vote."""
        self.assertEqual(
            "Patch Set 2: -Verified\n\nStarting gate jobs.\nhttp://logs.slate.example/zuul/status",
            comments.zuul_start(2, "gate", "http://logs.slate.example/zuul/status", vote=0),
        )

    def test_success_of_version_3(self):
        """Pipeline, buildset, one job a line."""
        outcomes = [
            Outcome(
                "slate-unit", "SUCCESS", True, 723, "https://zuul.slate.example/t/demo/build/" + "0f" * 16
            ),
            Outcome(
                "slate-slow", "FAILURE", False, 5403, "https://zuul.slate.example/t/demo/build/" + "1e" * 16
            ),
        ]
        self.assertEqual(
            "Patch Set 3: Verified+2\n\nBuild succeeded (gate pipeline).\n"
            "https://zuul.slate.example/t/demo/buildset/1\n\n"
            f"- slate-unit https://zuul.slate.example/t/demo/build/{'0f' * 16} : SUCCESS in 12m 03s\n"
            f"- slate-slow https://zuul.slate.example/t/demo/build/{'1e' * 16} : FAILURE in 1h 30m 03s"
            " (non-voting)",
            comments.zuul_result(
                3,
                outcomes,
                True,
                2,
                "gate",
                "https://zuul.slate.example/t/demo/buildset/1",
                "https://h.example/",
            ),
        )

    def test_failure_of_version_2(self):
        """No pipeline, where help is, a job that never got a node, one that was skipped."""
        outcomes = [
            Outcome("slate-a", "NODE_FAILURE", True, 0, None, "The request for nodes 7 was refused"),
            Outcome("slate-b", "SKIPPED", False, None, "http://logs.slate.example/b", "since slate-a failed"),
            Outcome(
                "slate-c",
                "TIMED_OUT",
                True,
                7,
                "http://logs.slate.example/34/965434/2/check/slate-c/0a1b2c3/",
            ),
        ]
        self.assertEqual(
            "Patch Set 2: Verified-1\n\n"
            "Build failed.  For information on what to do next, read http://slate.example/help\n\n"
            "- slate-a slate-a : NODE_FAILURE The request for nodes 7 was refused in 0s\n"
            "- slate-b http://logs.slate.example/b : SKIPPED since slate-a failed (non-voting)\n"
            "- slate-c http://logs.slate.example/34/965434/2/check/slate-c/0a1b2c3/ : TIMED_OUT in 7s",
            comments.zuul_result(2, outcomes, False, -1, help_url="http://slate.example/help"),
        )

    def test_merge_failed(self):
        """A run that could not begin has no job lines."""
        text = comments.zuul_merge_failed(4, -2)
        self.assertTrue(text.startswith("Patch Set 4: Verified-2\n\nMerge Failed.\n\n"), text)
        self.assertNotIn(" : ", text)

    def test_durations(self):
        """Minutes and seconds have two digits where something stands before them."""
        self.assertEqual(
            ["0s", "59s", "1m 00s", "59m 59s", "1h 00m 00s", "25h 01m 01s"],
            [comments.duration(seconds) for seconds in (0, 59, 60, 3599, 3600, 90061)],
        )


class TestGerritTrigger(testtools.TestCase):
    """The format of Jenkins' Gerrit Trigger."""

    def test_start(self):
        """One comment a job, counted."""
        self.assertEqual(
            "Patch Set 1:\n\nBuild Started https://jenkins.slate.example/job/slate-unit/12/ (1/3)",
            comments.trigger_start(1, "https://jenkins.slate.example/job/slate-unit/12/", 1, 3),
        )

    def test_success_although_a_skipped_job_failed(self):
        """A blank behind the headline; a job whose vote is skipped does not count."""
        outcomes = [
            Outcome("a", "SUCCESS", True, 60, "https://jenkins.slate.example/job/a/1/"),
            Outcome("b", "FAILURE", False, 60, "https://jenkins.slate.example/job/b/2/"),
        ]
        self.assertEqual(
            "Patch Set 1: Verified+1\n\nBuild Successful \n\n"
            "https://jenkins.slate.example/job/a/1/ : SUCCESS\n\n"
            "https://jenkins.slate.example/job/b/2/ : FAILURE (skipped)",
            comments.trigger_result(1, outcomes, 1),
        )

    def test_headline_is_the_worst(self):
        """Failed before unstable before aborted."""
        for words, headline in (
            (("ABORTED", "UNSTABLE", "FAILURE"), "Failed"),
            (("SUCCESS", "ABORTED", "UNSTABLE"), "Unstable"),
            (("SUCCESS", "ABORTED"), "Aborted"),
        ):
            outcomes = [Outcome("a", word, url="https://jenkins.slate.example/job/a/1/") for word in words]
            self.assertIn(f"\n\nBuild {headline} \n\n", comments.trigger_result(1, outcomes, -1))


class TestVoteOnly(testtools.TestCase):
    """A CI that does not say a word."""

    def test_vote(self):
        """Gerrit's header is all there is."""
        self.assertEqual("Patch Set 3: Verified-1", comments.vote_only(3, -1))
