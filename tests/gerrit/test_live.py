"""CI Watch beside a real Gerrit: checked, following live, filling gaps, as a demo."""

import contextlib
import os
import pathlib
import random
import re
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.request

import sqlalchemy as sa

from tests import base
from tests.gerrit import cast as casts
from tests.gerrit import outage
from tests.gerrit import server


class GerritTestCase(base.TestCase):
    """One Gerrit for all tests of a class, with people and CIs."""

    @classmethod
    def setUpClass(cls):
        """Starts it, or remembers why not."""
        super().setUpClass()
        cls.missing, cls.stack = None, contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        try:
            server.war()
        except server.MissingError as error:
            cls.missing = str(error)
            return
        cls.home = cls.stack.enter_context(tempfile.TemporaryDirectory(prefix="ciwatch-gerrit-"))
        cls.gerrit = server.Gerrit(cls.home)
        cls.stack.callback(cls.gerrit.stop, kill=True)
        cls.gerrit.start()
        cls.cast = casts.Cast(cls.gerrit, random.Random(7))

    def setUp(self):
        """Skips where there is no Gerrit; gives a configuration of the test's own."""
        super().setUp()
        if self.missing:
            self.skipTest(self.missing)
        self.watch = self.make_watch("watch")

    def make_watch(self, name, **more):
        """A configuration with a database of its own."""
        given = {
            "gerrit": self.gerrit,
            "key": self.cast.watcher_key,
            "ssh_port": self.gerrit.ssh_port,
            "url": self.gerrit.url,
            **more,
        }
        watch = outage.Watch(self.folder, name, **given)
        self.addCleanup(lambda: [watch.end(each, signal.SIGKILL) for each in list(watch.processes)])
        return watch

    def act(self, count):
        """*count* things happen."""
        done = self.cast.acted + count
        while self.cast.acted < done:
            # Now and then Gerrit refuses, such as to merge what does not merge.
            with contextlib.suppress(RuntimeError):
                self.cast.act()

    def wait_for(self, condition, timeout_s=60):
        """Waits until *condition* gives something true; returns that."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            with contextlib.suppress(sa.exc.DBAPIError):
                if found := condition():
                    return found
            time.sleep(0.1)
        self.fail("that did not come about in time")

    def asked_for(self):
        """A database with all that Gerrit tells when it is asked."""
        watch = self.make_watch(f"asked-{time.monotonic_ns()}")
        watch.run("backfill", "--since", "1d")
        return watch


class TestCheck(GerritTestCase):
    """``ciwatch check`` against a real server."""

    def check(self, *words):
        """(exit code, what it prints)."""
        command = outage.ciwatch("--config-file", self.path, "check", *words)
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        self.assertNotIn("Traceback", done.stderr)
        return done.returncode, done.stdout

    def setUp(self):
        """Writes the configuration."""
        super().setUp()
        self.path = self.watch.configure("main")

    def change(self, option, value):
        """Sets an option of [gerrit]."""
        text = re.sub(rf"(?m)^{option} = .*$", f"{option} = {value}", self.path.read_text())
        self.assertIn(f"{option} = {value}\n", text)
        self.path.write_text(text)

    def test_all_is_there(self):
        """Each line, and exit code 0."""
        code, said = self.check()
        self.assertEqual(0, code, said)
        for line in (
            "ok    REST: " + self.gerrit.url + " is Gerrit " + server.VERSION,
            "ok    clock: within a second",
            "ok    login: watcher at 127.0.0.1",
            "ok    stream: Gerrit lets this account hear its events",
            "ok    group Third-Party CI: 1 members",
        ):
            self.assertIn(line, said)

    def test_key_that_others_read(self):
        """What to type."""
        key = self.folder / "key"
        key.write_bytes(self.cast.watcher_key.read_bytes())
        key.chmod(0o644)
        self.change("key_file", key)
        code, said = self.check()
        self.assertEqual(1, code)
        self.assertIn(
            f"FAIL  key file: [gerrit] key_file: {key} can be read by others: chmod 600 {key}\n", said
        )
        self.assertIn("1 to mend.", said)

    def test_unknown_host(self):
        """The fingerprint, to compare."""
        empty = self.folder / "empty"
        empty.touch()
        self.change("known_hosts_file", empty)
        code, said = self.check()
        self.assertEqual(1, code)
        self.assertRegex(said, r"FAIL  host key: .*SHA256:.*ssh-keyscan -p \d+ 127.0.0.1")

    def test_no_capability(self):
        """Who may not hear the stream is told which capability it takes."""
        key = self.gerrit.make_key(f"guest-{time.monotonic_ns()}")
        username = f"guest{time.monotonic_ns()}"
        self.gerrit.make_account(username, "Guest", (), key)
        self.change("key_file", key)
        self.change("username", username)
        code, said = self.check()
        self.assertEqual(1, code)
        self.assertRegex(said, rf"FAIL  stream: .*give '{username}' the global capability Stream Events")

    def test_nobody(self):
        """An account that is none."""
        self.change("username", "nobody")
        code, said = self.check()
        self.assertEqual(1, code)
        self.assertRegex(said, r"FAIL  login: .*'nobody'.*SSH keys")

    def test_no_gerrit(self):
        """Neither web side nor ssh."""
        self.change("url", "http://127.0.0.1:9")
        self.change("ssh_port", "9")
        code, said = self.check()
        self.assertEqual(1, code)
        self.assertIn("FAIL  REST: http://127.0.0.1:9/", said)
        self.assertIn("FAIL  ssh: 127.0.0.1 port 9: Connection refused; is Gerrit up?", said)


class TestFollowing(GerritTestCase):
    """``ciwatch listen``."""

    def count(self, watch, table="reports"):
        """Rows of a table."""
        return watch.query(f"SELECT count(*) FROM {table}")[0][0]

    def said(self, watch):
        """(patch sets, comments by whomsoever) that are known."""
        return self.count(watch, "patch_sets"), self.count(watch) + self.count(watch, "comments")

    def test_ssh(self):
        """All that happens is heard, and once Gerrit was asked the rows are those of its own log."""
        self.watch.start("main")
        self.watch.settle("main")
        self.act(120)
        asked = self.asked_for()
        wanted = self.said(asked)
        self.wait_for(lambda: self.said(self.watch) == wanted)
        self.watch.end("main")
        self.watch.start("main")
        self.watch.settle("main")
        self.watch.end("main")
        asked.start("main")
        asked.settle("main")
        asked.end("main")
        here, there = self.watch.rows(), asked.rows()
        for table in there:
            self.assertEqual(there[table], here[table], table)
        self.assertTrue(here["rechecks"])
        found_by = dict(
            self.watch.query("SELECT username, found_by FROM accounts WHERE found_by IS NOT NULL")
        )
        self.assertEqual("group", found_by["cobalt-builder"])
        self.assertEqual("behaviour", found_by["harbor"])

    def test_rest_without_an_account(self):
        """The same rows as those of one who asks for all at once."""
        path = self.watch.configure("main")
        path.write_text(
            re.sub(r"(?m)^(username|key_file) = .*\n", "", path.read_text()) + "poll_interval = 1\n"
        )
        log = open(self.folder / "log", "w")
        process = subprocess.Popen(
            outage.ciwatch("--config-file", path, "listen", "--source", "rest"), stdout=log, stderr=log
        )
        self.addCleanup(log.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.wait_for(
            lambda: self.watch.query("SELECT count(*) FROM listeners WHERE state = 'listening'")[0][0]
        )
        self.act(60)
        asked = self.asked_for()
        self.wait_for(lambda: self.watch.rows()["reports"] == asked.rows()["reports"])
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(0, process.wait(20))
        self.assertLess(time.monotonic() - begun, 5)
        self.assertEqual(asked.rows(), self.watch.rows())

    def test_gap_without_rest(self):
        """Where REST is closed, the gap is filled over ssh."""
        watch = self.make_watch("closed", url="http://127.0.0.1:9")
        watch.start("main")
        watch.settle("main")
        watch.end("main", signal.SIGKILL)
        before = self.said(watch)
        self.act(40)
        watch.start("main")
        watch.settle("main")
        watch.end("main")
        self.assertGreater(self.said(watch), before)
        self.assertEqual(self.said(self.asked_for()), self.said(watch))
        gaps = watch.query("SELECT filled_by, event_count FROM gaps")
        self.assertEqual({"query"}, {by for by, _ in gaps})
        self.assertGreater(sum(count for _, count in gaps), 20)

    def test_delay(self):
        """From an event in Gerrit to its row on a page."""
        self.watch.start("main")
        self.watch.settle("main")
        pages = subprocess.Popen(
            outage.ciwatch("--config-file", self.watch.configure("main"), "serve", "--port", "0"),
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(pages.wait)
        self.addCleanup(pages.kill)
        self.addCleanup(pages.stdout.close)
        address = re.search(r"http://\S+/", pages.stdout.readline())[0]
        admin = self.gerrit.admin
        given = {"project": casts.PROJECTS[0], "branch": "master", "subject": "Time the wick"}
        number = admin.call("POST", "/changes/", given)["_number"]
        delays = []
        for serial in range(100):
            mark = f"timed-{serial}-end"
            text = f"Build succeeded.\n\n- {mark} https://logs.basalt.example/{serial} : SUCCESS in 1m 00s"
            self.gerrit.as_account(self.cast.vendor).call(
                "POST", f"/changes/{number}/revisions/1/review", {"message": text}
            )
            begun = time.monotonic()
            while True:
                with (
                    contextlib.suppress(OSError),
                    urllib.request.urlopen(f"{address}change/{number}") as page,
                ):
                    if mark in page.read().decode():
                        break
                self.assertLess(time.monotonic() - begun, 30)
                time.sleep(0.01)
            delays.append(time.monotonic() - begun)
        delays.sort()
        print(
            f"\nlive delay of {len(delays)} events, from Gerrit's answer to the row on a page:"
            f" median {statistics.median(delays):.2f} s, p99 {delays[98]:.2f} s, worst {delays[-1]:.2f} s"
        )
        # Far above what it takes, and far below what asking every minute would.
        self.assertLess(delays[98], 5)

    def test_demo(self):
        """The demo on real data: the pages of a project fill by themselves."""
        self.act(30)
        environment = {**os.environ, "TMPDIR": str(self.folder), "HOME": str(self.folder)}
        words = ("--no-browser", "--port", "0", "--gerrit", self.gerrit.url, "--project", casts.PROJECTS[0])
        demo = subprocess.Popen(
            outage.ciwatch("demo", *words),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(demo.communicate)
        self.addCleanup(demo.kill)
        demo.stdout.readline()
        address = re.search(r"http://\S+/", demo.stdout.readline())[0]

        def page():
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"{address}project/{casts.PROJECTS[0]}?jobs=open") as found,
            ):
                text = found.read().decode()
                return "lantern-tox-py312" in text and text

        self.assertNotIn("Nothing new comes in", self.wait_for(page))
        demo.send_signal(signal.SIGTERM)
        self.assertEqual(0, demo.wait(20))
        self.assertEqual([], list(pathlib.Path(self.folder).glob("ciwatch-demo-*")))


class TestOutage(base.TestCase):
    """A short run of ``python -m tests.gerrit.outage``."""

    def test_short(self):
        """Every table equals that of an undisturbed replay."""
        try:
            server.war()
        except server.MissingError as error:
            self.skipTest(str(error))
        self.assertEqual(0, outage.main(["--events", "300", "--disturbances", "12"]))
