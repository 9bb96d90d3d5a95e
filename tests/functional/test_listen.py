"""``ciwatch listen`` and ``ciwatch backfill`` as a user types them, beside servers in this process."""

import contextlib
import datetime
import gzip
import json
import os
import signal
import socket
import time

import sqlalchemy as sa

from tests import base
from tests import databases
from tests import gerrit_rest
from tests import gerrit_ssh
from tests.functional import test_replay

RESULT = "Patch Set 1: Verified+1\n\nBuild succeeded.\n\n- unit https://x.example/{} : SUCCESS in 3s"


def now():
    """This second."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def result(number, at=None, **more):
    """A line of the stream: the result of a CI on a change of this number."""
    at = int(time.time()) if at is None else at
    return base.line(base.comment_event(RESULT.format(number), at, change=number, **more))


class ListenTestCase(test_replay.CommandTestCase):
    """A Gerrit of two servers, and a configuration for it."""

    def setUp(self):
        """Starts the servers."""
        super().setUp()
        self.key_file, self.known_hosts = self.folder / "id_ed25519", self.folder / "known_hosts"
        self.ssh = self.useFixture(gerrit_ssh.GerritSsh(gerrit_ssh.write_key(self.key_file)))
        self.ssh.write_known_hosts(self.known_hosts)
        self.rest = self.useFixture(gerrit_rest.GerritRest())
        self.environment |= {
            "OS_DEFAULT__STATE_PATH": str(self.folder / "state"),
            "OS_GERRIT__URL": self.rest.url,
            "OS_GERRIT__USERNAME": "watcher",
            "OS_GERRIT__SSH_HOST": "127.0.0.1",
            "OS_GERRIT__SSH_PORT": str(self.ssh.port),
            "OS_GERRIT__KEY_FILE": str(self.key_file),
            "OS_GERRIT__KNOWN_HOSTS_FILE": str(self.known_hosts),
            "OS_GERRIT__CI_GROUPS": "",
            "OS_LISTENER__NAME": "one",
            "OS_LISTENER__ARCHIVE_DIR": str(self.folder / "archive"),
        }

    def listen(self, *words):
        """A listener that listens, and has asked for what it missed."""
        process = self.start("listen", *words)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        begun = str(now() - datetime.timedelta(seconds=1))[:19]
        self.wait_for(
            lambda: self.query(
                "SELECT 1 FROM listeners WHERE state = 'listening' AND started_at >= ?"
                " AND (caught_up_at >= ? OR source = 'rest')",
                begun,
                begun,
            )
        )
        return process

    def end(self, process):
        """Stops a listener as systemd does; returns what it said on standard error."""
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        self.assertLess(time.monotonic() - begun, 5)
        self.assertEqual(0, process.returncode, said)
        return said.decode()

    def query(self, statement, *values):
        """Rows."""
        return self.database.query(statement, *values)

    def wait_for(self, condition, timeout_s=60):
        """Waits until *condition* gives something true."""
        deadline = time.monotonic() + timeout_s
        while True:
            with contextlib.suppress(sa.exc.DBAPIError):
                if condition():
                    return
            self.assertLess(time.monotonic(), deadline, "that did not come about in time")
            time.sleep(0.05)

    def wait_for_reports(self, count):
        """Waits until so many are recorded."""
        self.wait_for(lambda: self.query("SELECT count(*) FROM reports") == [(count,)])


class TestListen(ListenTestCase):
    """Over ssh."""

    def test_hears(self):
        """What the stream says; what is no event is rejected and stops nothing."""
        process = self.listen()
        self.ssh.send(
            result(1) + b"\n", b"garbage\n", b'{"type":"ref-updated","eventCreatedOn":1700000000}\n'
        )
        self.ssh.send(result(2) + b"\n")
        self.wait_for_reports(2)
        self.assertEqual("", self.end(process))
        self.assertIn("not JSON", self.query("SELECT reason FROM rejected_events")[0][0])
        row = self.query("SELECT state, read, recorded, ignored, rejected FROM listeners")[0]
        self.assertEqual(("stopped", 4, 2, 1, 1), row)

    def test_burst(self):
        """Two thousand events at once."""
        process = self.listen()
        self.ssh.send(b"".join(result(number) + b"\n" for number in range(1, 2001)))
        self.wait_for_reports(2000)
        self.end(process)

    def test_gap(self):
        """What happened while nobody listened, or was dropped, is asked for, and the gap is on record."""
        process = self.listen()
        self.ssh.send(result(1) + b"\n")
        self.wait_for_reports(1)
        process.kill()
        process.wait()

        def missed(number):
            self.rest.changes.insert(
                0,
                gerrit_rest.change(number, now(), [(0, "zuul", RESULT.format(number), "autogenerated:zuul")]),
            )

        missed(2)
        process = self.listen()
        self.wait_for_reports(2)
        missed(3)
        self.ssh.send(b'{"type":"dropped-output","eventCreatedOn":1700000000}\n')
        self.wait_for_reports(3)
        gaps = "SELECT reason, filled_by, event_count > 0 FROM gaps ORDER BY id"
        expected = [("connected", "rest", 1), ("Gerrit dropped output", "rest", 1)]
        self.wait_for(lambda: self.query(gaps) == expected)
        self.end(process)

    def test_locked(self):
        """While the database is locked events wait on disk; then they are recorded, in their order."""
        process = self.listen()
        holder = self.useFixture(databases.Hold(self.database))
        folder = self.folder / "state" / "spool" / "one"
        self.ssh.send(result(1) + b"\n")
        self.wait_for(lambda: list(folder.glob("*.jsonl")))
        for number in range(2, 30):
            self.ssh.send(result(number) + b"\n", 0.05)
        time.sleep(3)
        self.assertEqual([(0,)], self.query("SELECT count(*) FROM reports"))
        waiting = b"".join(path.read_bytes() for path in sorted(folder.glob("*.jsonl")))
        self.assertEqual(29, waiting.count(b"\n"))
        holder.cleanUp()
        self.wait_for_reports(29)
        self.wait_for(lambda: not list(folder.glob("*.jsonl")))
        said = self.end(process)
        self.assertIn("The database cannot be written; events wait on disk", said)
        self.assertIn("events that waited are recorded", said)
        self.assertNotIn("Traceback", said)

    def test_killed_while_events_wait(self):
        """What waits on disk is recorded by the next process."""
        process = self.listen()
        holder = self.useFixture(databases.Hold(self.database))
        self.ssh.send(*[result(number) + b"\n" for number in range(1, 6)])
        folder = self.folder / "state" / "spool" / "one"
        self.wait_for(lambda: sum(path.read_bytes().count(b"\n") for path in folder.glob("*.jsonl")) == 5)
        process.kill()
        process.wait()
        holder.cleanUp()
        self.end(self.listen())
        self.wait_for_reports(5)

    @base.sqlite_only("a server's database is no file that could be moved")
    def test_database_taken_away(self):
        """Nothing is written into a file that nobody finds any more."""
        folder = self.folder / "db"
        folder.mkdir()
        self.use_database("db/events.sqlite")
        process = self.listen()
        self.ssh.send(result(1) + b"\n")
        self.wait_for_reports(1)
        folder.rename(self.folder / "away")
        self.ssh.send(result(2) + b"\n")
        spooled = self.folder / "state" / "spool" / "one"
        self.wait_for(lambda: list(spooled.glob("*.jsonl")))
        self.assertFalse(folder.exists())
        (self.folder / "away").rename(folder)
        self.wait_for_reports(2)
        self.assertIn("was moved or deleted", self.end(process))

    def test_database_away_at_the_start(self):
        """It waits for it, as a service must that is started first."""
        self.assertEqual(0, self.ciwatch("db", "upgrade")[0])
        holder = self.useFixture(databases.Hold(self.database))
        process = self.start("listen")
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self.assertIn("database is locked; waiting for it", process.stderr.readline().decode())
        holder.cleanUp()
        self.wait_for(lambda: self.query("SELECT state FROM listeners") == [("listening",)])
        self.end(process)

    def test_spool_full(self):
        """What has no room is asked for afterwards."""
        self.environment["OS_LISTENER__SPOOL_LIMIT"] = "1"
        process = self.listen()
        holder = self.useFixture(databases.Hold(self.database))
        big = "x" * 300_000
        begun = now()
        at = int(begun.timestamp())
        self.ssh.send(*[result(number, at, commitMessage=big) + b"\n" for number in range(1, 8)])
        folder = self.folder / "state" / "spool" / "one"
        self.wait_for(lambda: list(folder.glob("*.jsonl")))
        time.sleep(4)
        self.rest.changes = [
            gerrit_rest.change(number, begun, [(0, "zuul", RESULT.format(number), None)])
            for number in range(1, 8)
        ]
        holder.cleanUp()
        self.wait_for_reports(7)
        self.assertIn("there is no room for more", self.end(process))
        reasons = {reason for (reason,) in self.query("SELECT reason FROM gaps")}
        self.assertIn("there was no room on disk for events while the database was away", reasons)

    def test_archive(self):
        """A replay of it gives the same rows, of what was heard and of what was asked for."""
        process = self.listen()
        self.ssh.send(result(1) + b"\n", b'{"type":"ref-updated","eventCreatedOn":1700000000}\n')
        self.wait_for_reports(1)
        self.rest.changes = [
            gerrit_rest.change(2, now(), [(0, "zuul", RESULT.format(2), "autogenerated:zuul")])
        ]
        self.ssh.send(b'{"type":"dropped-output","eventCreatedOn":1700000000}\n')
        self.wait_for_reports(2)
        self.end(process)
        names = os.listdir(self.folder / "archive")
        path = self.folder / "archive" / names[0]
        kinds = [json.loads(line)["type"] for line in gzip.open(path)]
        self.assertIn("ref-updated", kinds, "every raw event, not only those that are recorded")
        before = self.query("SELECT posted_at, tag, text FROM reports ORDER BY text")
        self.use_database("again.sqlite")
        self.assertEqual(0, self.ciwatch("replay", path)[0])
        self.assertEqual(before, self.query("SELECT posted_at, tag, text FROM reports ORDER BY text"))

    def test_group(self):
        """Members of a group are CIs, with what they said before."""
        self.environment["OS_GERRIT__CI_GROUPS"] = "Third-Party CI"
        out = b"id\tusername\tfull name\temail\n7\tlab\tOur Lab\tn/a\n"
        text = "Patch Set 1:\n\nOur lab is happy"
        path = self.write("before.jsonl", base.line(base.comment_event(text, 1700000000, "lab", "Our Lab")))
        self.assertEqual(0, self.ciwatch("replay", path)[0])
        self.assertEqual([(None,)], self.query("SELECT found_by FROM accounts"))
        self.ssh.answers["gerrit ls-members"] = (out, b"", 0)
        process = self.listen()
        self.wait_for(lambda: self.query("SELECT found_by FROM accounts") == [("group",)])
        self.wait_for_reports(1)
        self.end(process)

    def test_systemd(self):
        """It says when it is ready, that it lives, and that it ends."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(self.folder / "notify"))
            manager.settimeout(30)
            self.environment["NOTIFY_SOCKET"] = str(self.folder / "notify")
            process = self.listen()
            self.assertEqual(b"READY=1", manager.recv(1000))
            told = manager.recv(1000).decode()
            self.assertTrue(told.startswith("WATCHDOG=1\nSTATUS="), told)
            self.end(process)
            said = b""
            while b"STOPPING=1" not in said:
                said = manager.recv(1000)

    def test_rest(self):
        """Without an account; what Gerrit says is told once, and trouble is waited for."""
        self.environment["OS_GERRIT__USERNAME"] = ""
        self.environment["OS_LISTENER__POLL_INTERVAL"] = "1"
        process = self.listen("--source", "rest")
        for number in (1, 2):
            self.rest.faults.extend([gerrit_rest.refuse(503), gerrit_rest.say(b"<html>")])
            self.rest.changes.insert(
                0, gerrit_rest.change(number, now(), [(0, "zuul", RESULT.format(number), None)])
            )
            self.wait_for_reports(number)
        self.wait_for(lambda: self.query("SELECT state FROM listeners") == [("listening",)])
        said = self.end(process)
        self.assertIn("Gerrit answered 503 Service Unavailable; the next try is in", said)
        self.assertEqual([(4, 4, 0)], self.query("SELECT read, recorded, duplicate FROM listeners"))

    def test_wrong_usage(self):
        """One line each, before anything is done."""
        for words, environment, told in (
            (("--source", "nope"), {}, "there is no source 'nope'"),
            (("--source", "file"), {}, "'ciwatch replay FILE' reads files"),
            ((), {"OS_GERRIT__USERNAME": ""}, "[gerrit] username"),
            ((), {"OS_LISTENER__ARCHIVE_DIR": str(self.key_file)}, "[listener] archive_dir"),
        ):
            before, self.environment = self.environment, {**self.environment, **environment}
            code, out, err = self.ciwatch("listen", *words)
            self.environment = before
            self.assertEqual((1, ""), (code, out), err)
            self.assertIn(told, err)
            self.assertNotIn("Traceback", err)

    def test_two_of_one_name(self):
        """The second is told to take another."""
        self.listen()
        code, _, err = self.ciwatch("listen")
        self.assertEqual(1, code)
        self.assertIn("give this one another [listener] name", err)


class TestBackfill(ListenTestCase):
    """History."""

    def setUp(self):
        """A change a day, for ten days."""
        super().setUp()
        day = datetime.timedelta(days=1)
        self.rest.changes = [
            gerrit_rest.change(n + 1, now() - n * day, [(60, "zuul", RESULT.format(n), None)])
            for n in range(10)
        ]

    def days(self):
        """The beginnings of the slices that were asked for."""
        return [query["q"][0][7:17] for _, path, query in self.rest.asked if path == "/changes/"]

    def test_all(self):
        """All of it, oldest first; a second time it is known."""
        code, out, err = self.ciwatch("backfill", "--since", "8d")
        self.assertEqual((0, ""), (code, err))
        # Nine changes, of which each slice tells those at its ends, too.
        self.assertIn("recorded 18 ", out)
        self.assertEqual(sorted(self.days()), self.days())
        self.assertIn("recorded 0 ", self.ciwatch("backfill", "--since", "8d")[1])

    def test_until(self):
        """A stretch in the middle."""
        code, _, _ = self.ciwatch("backfill", "--since", "5d", "--until", "3d")
        self.assertEqual(0, code)
        numbers = [number for (number,) in self.query("SELECT number FROM changes ORDER BY number")]
        self.assertEqual([4, 5, 6], numbers)

    def test_resumes(self):
        """After Gerrit refused in the middle, the same command goes on from there."""
        self.rest.faults.extend([lambda handler: self.answer(handler)] * 4)
        self.rest.faults.append(gerrit_rest.refuse(401))
        self.environment["OS_GERRIT__USERNAME"] = ""
        code, _, err = self.ciwatch("backfill", "--since", "8d")
        self.assertEqual(1, code)
        self.assertIn("wants an account", err)
        self.assertIn("the same command goes on from here", err)
        asked = len(self.days())
        code, _, err = self.ciwatch("backfill", "--since", "8d")
        self.assertEqual(0, code, err)
        self.assertLess(len(self.days()) - asked, 7)
        self.assertIn("going on from", err)
        self.assertEqual(9, self.count("changes"))
        # What is left is how far the figures are.
        self.assertEqual([("rollup",)], self.query("SELECT task FROM task_positions"))

    def answer(self, handler):
        """No fault: the answer."""
        _, path, query = self.rest.asked[-1]
        handler.send(200, gerrit_rest.GUARD + json.dumps(self.rest.answer(path, query)).encode())

    def test_wrong_usage(self):
        """2 for how it was called, 1 for what cannot be."""
        self.assertEqual(2, self.ciwatch("backfill")[0])
        self.assertEqual(2, self.ciwatch("backfill", "--since", "yesterday")[0])
        code, _, err = self.ciwatch("backfill", "--since", "1d", "--until", "2d")
        self.assertEqual(1, code)
        self.assertIn("there is nothing to ask", err)


class TestPrune(ListenTestCase):
    """``ciwatch prune``."""

    def test_prune(self):
        """Old files of the archive, if it is said how old."""
        folder = self.folder / "archive"
        folder.mkdir()
        (folder / "events-2019-01-01.jsonl.gz").write_bytes(b"12345")
        self.assertIn("archive_days is 0", self.ciwatch("prune")[1])
        self.assertEqual(
            (0, "Removed 1 files, 0.0 MiB.\n", ""), self.ciwatch("prune", "--archive-days", "30")
        )
        self.environment["OS_LISTENER__ARCHIVE_DIR"] = ""
        self.assertIn("archive_dir is not set", self.ciwatch("prune")[1])
