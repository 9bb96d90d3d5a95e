"""The demo as a user starts it, and what CI Watch makes of its story."""

import collections
import datetime
import json
import pathlib
import re
import signal
import time
import urllib.request

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.demo import characters
from ciwatch.parsers import results
from ciwatch.queries import matrix
from ciwatch.queries import projects
from ciwatch.queries import window
from ciwatch.queries.cells import State
from ciwatch.registry import model
from tests import base
from tests.functional import test_replay
from tests.unit.demo import stories


class TestGroundTruth(base.TestCase):
    """What was recorded of the story is what happened in it."""

    def setUp(self):
        """Records the story."""
        super().setUp()
        self.play, events = stories.story()
        self.store = self.make_engine()
        record = self.make_recorder(self.store)
        for start in range(0, len(events), 2000):
            summary = record.record([base.line(event) for event in events[start : start + 2000]])
            self.assertEqual((0, 0), (summary.duplicate, summary.rejected))
        self.connection = self.store.connect()
        self.addCleanup(self.connection.close)

    def test_systems(self):
        """All of the cast are CIs and nobody else is, not even who pastes job lines; one is by behaviour."""
        found = dict(
            self.connection.execute(
                sa.select(models.Account.username, models.Account.found_by)
                .join(models.CISystem, models.CISystem.id == models.Account.ci_system_id)
                .order_by(models.Account.username)
            ).all()
        )
        self.assertEqual(sorted(ci.username for ci in characters.CAST), list(found))
        self.assertEqual(
            ["harbor-build"], [username for username, by in found.items() if by == models.FoundBy.BEHAVIOUR]
        )
        gates = self.connection.scalars(sa.select(models.CISystem.name).where(models.CISystem.is_gate))
        self.assertEqual(["zuul"], list(gates))

    def test_attempts(self):
        """Each result, with its pipeline, its number, its verdict and the jobs that failed."""
        failed = collections.defaultdict(set)
        for report_id, job in self.connection.execute(
            sa.select(models.Build.report_id, models.Job.name)
            .join(models.Job, models.Job.id == models.Build.job_id)
            .where(models.Build.result_class == results.ResultClass.FAILED)
        ):
            failed[report_id].add(job)
        report = models.Report
        rows = self.connection.execute(
            sa.select(
                models.Account.username,
                models.Change.number,
                models.PatchSet.number.label("patch_set"),
                report.pipeline,
                report.attempt,
                report.verdict,
                report.posted_at,
                report.id,
            )
            .join(models.Account, models.Account.id == report.account_id)
            .join(models.PatchSet, models.PatchSet.id == report.patch_set_id)
            .join(models.Change, models.Change.id == models.PatchSet.change_id)
            .where(report.kind == "finished")
        )
        found = sorted(
            (*row[:5], str(row.verdict), int(row.posted_at.timestamp()), sorted(failed[row.id]))
            for row in rows
        )
        # Only Zuul knows pipelines.
        nameless = {ci.username for ci in characters.CAST if not ci.style.startswith("zuul")}
        expected = sorted(
            (
                attempt.ci,
                attempt.change,
                attempt.patch_set,
                "" if attempt.ci in nameless else attempt.pipeline,
                attempt.attempt,
                attempt.verdict,
                attempt.posted_at,
                sorted(attempt.failed_jobs),
            )
            for attempt in self.play.truth.attempts
        )
        self.assertEqual(len(expected), len(found))
        for told, read in zip(expected, found, strict=True):
            self.assertEqual(told, read)

    def test_rechecks(self):
        """Each request for a re-run."""
        found = self.connection.execute(
            sa.select(
                models.Change.number,
                models.PatchSet.number.label("patch_set"),
                models.Recheck.phrase,
                models.Recheck.posted_at,
            )
            .join(models.PatchSet, models.PatchSet.id == models.Recheck.patch_set_id)
            .join(models.Change, models.Change.id == models.PatchSet.change_id)
        )
        self.assertEqual(
            sorted(
                (recheck.change, recheck.patch_set, recheck.phrase, recheck.at)
                for recheck in self.play.truth.rechecks
            ),
            sorted((*row[:3], int(row.posted_at.timestamp())) for row in found),
        )

    def test_matrix(self):
        """All CIs and all jobs of a fortnight; who has long been silent keeps its row on the newest page."""
        read = self.read_matrix(days=14, columns=500)
        self.assertEqual("Zuul", read.systems[0].title)
        self.assertEqual(13, len(read.systems))
        self.assertEqual(72, sum(len(system.jobs) for system in read.systems))
        latest = {system.row.name: system for system in self.read_matrix(days=1).systems}
        self.assertEqual(13, len(latest))
        self.assertEqual([], latest["cobalt-flash-ci"].jobs)
        self.assertEqual({(State.NOT_EXPECTED, 0)}, set(latest["cobalt-flash-ci"].row.cells))

    def read_matrix(self, days, columns=100):
        """The main project's matrix of its last days."""
        project = projects.find(self.connection, characters.MAIN_PROJECT)
        asked = window.ending(self.play.until, datetime.timedelta(days=days))
        filters = matrix.Filters(window=asked, columns=columns)
        return matrix.read(self.connection, model.Registry(), project, filters, self.play.until)


class TestCommand(test_replay.CommandTestCase):
    """``ciwatch demo``."""

    def test_events(self):
        """It only writes the events, and the same seed writes the same but for the time."""
        path = self.folder / "story.jsonl"
        words = ("demo", "--days", "2", "--changes", "20", "--seed", "3", "--events")
        self.assertEqual((0, "", ""), self.ciwatch(*words, path))
        code, out, _ = self.ciwatch(*words, "-")
        self.assertEqual(0, code)
        self.assertEqual(out.count("\n"), path.read_text().count("\n"))
        kinds = [json.loads(line)["type"] for line in path.read_text().splitlines()]
        self.assertEqual([json.loads(line)["type"] for line in out.splitlines()], kinds)
        code, out, _ = self.ciwatch("replay", path)
        self.assertEqual(0, code)
        self.assertIn(f"read {len(kinds)} recorded {len(kinds)} duplicate 0", out)

    def test_events_cannot_be_written(self):
        """One line says why."""
        code, out, err = self.ciwatch("demo", "--changes", "2", "--events", self.folder / "none" / "story")
        self.assertEqual((1, ""), (code, out))
        self.assertRegex(err, r"^.*none/story: No such file or directory\n$")

    def test_bad_arguments(self):
        """So do these."""
        for words in (("--days", "0"), ("--changes", "-1"), ("--seed", "x"), ("--port", "99999")):
            code, _, err = self.ciwatch("demo", "--no-browser", *words)
            self.assertNotEqual(0, code, words)
            self.assertNotIn("Traceback", err)

    def test_gerrit_that_is_none(self):
        """One line each: half of what it takes, no address, nobody there."""
        nobody = "http://127.0.0.1:9"
        for words, told in (
            (("--gerrit", nobody), "belong together"),
            (("--project", "x"), "belong together"),
            (("--gerrit", "review", "--project", "x"), "--gerrit: "),
            (("--gerrit", nobody, "--project", "x"), "Connection refused"),
        ):
            code, out, err = self.ciwatch("demo", "--no-browser", *words)
            self.assertEqual((1, "", 1), (code, out, err.count("\n")), err)
            self.assertIn(told, err)

    def test_serves_and_lives_on(self):
        """Pages of a fresh database that go on filling; at the end nothing is left behind."""
        scratch = self.folder / "scratch"
        scratch.mkdir()
        self.environment["TMPDIR"] = str(scratch)
        process = self.start(
            "demo", "--no-browser", "--port", "0", "--days", "3", "--changes", "400", bufsize=0
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        said = process.stdout.readline().decode()
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)[0]
        page = self.get(address + f"project/{characters.MAIN_PROJECT}")
        self.assertIn("Zuul", page)
        # What is young is on the pages of the database that it uses, below the folder for such files.
        (database,) = pathlib.Path(scratch).glob("ciwatch-demo-*/ciwatch.sqlite")
        self.assertTrue(database.exists())
        before = self.newest(address)
        deadline = time.monotonic() + 60
        while self.newest(address) == before and time.monotonic() < deadline:
            time.sleep(0.5)
        self.assertGreater(self.newest(address), before)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(0, process.wait(20))
        self.assertEqual([], list(scratch.iterdir()))
        self.assertEqual("", process.stderr.read().decode())

    def get(self, address):
        """The text of a page."""
        with urllib.request.urlopen(address, timeout=20) as response:
            return response.read().decode()

    def newest(self, address):
        """When the newest event was, as the status page says."""
        return re.search(r'Newest event <time [^>]*datetime="([^"]+)"', self.get(address + "status"))[1]
