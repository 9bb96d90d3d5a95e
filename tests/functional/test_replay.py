"""``ciwatch replay`` as a user types it."""

import contextlib
import fcntl
import gzip
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time

import sqlalchemy as sa

from tests import base

AT = 1700000000
SUMMARY = re.compile(r"read (\d+) recorded (\d+) duplicate (\d+) ignored (\d+) rejected (\d+)")


class CommandTestCase(base.TestCase):
    """Runs the program in a process of its own, on a database of the test's own."""

    def setUp(self):
        """Makes the database."""
        super().setUp()
        self.environment = {**os.environ, "HOME": str(self.folder)}
        self.use_database("events.sqlite")

    def use_database(self, name):
        """Another database from now on."""
        self.database = self.make_database(name)
        self.environment["OS_DATABASE__CONNECTION"] = self.database.url

    def start(self, *words, **options):
        """The started program."""
        return subprocess.Popen(
            [sys.executable, "-m", "ciwatch.cli.app", *map(str, words)],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **options,
        )

    def ciwatch(self, *words, stdin=b""):
        """(exit code, standard output, standard error) of the program."""
        process = self.start(*words)
        out, err = process.communicate(stdin, timeout=300)
        return process.returncode, out.decode(), err.decode()

    def count(self, table):
        """Rows of *table*."""
        return self.database.query(f"SELECT count(*) FROM {table}")[0][0]

    def wait_for(self, condition, timeout_s=60):
        """Waits until *condition* gives something true."""
        deadline = time.monotonic() + timeout_s
        while True:
            with contextlib.suppress(sa.exc.DBAPIError):
                if condition():
                    return
            self.assertLess(time.monotonic(), deadline, "that did not come about in time")
            time.sleep(0.05)

    def write(self, name, *lines):
        """A file of lines."""
        path = self.folder / name
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        return path


class TestReplay(CommandTestCase):
    """What it prints, and what it leaves."""

    def events(self, count=30):
        """Results of the gate."""
        text = "Patch Set 1: Verified+1\n\nBuild succeeded.\n\n- unit http://x.example/{} : SUCCESS in 3s"
        return [
            base.line(base.comment_event(text.format(number), AT + number, change=number + 1))
            for number in range(count)
        ]

    def test_twice(self):
        """The last line counts; a second run records nothing; the progress bar is for terminals."""
        path = self.write(
            "events.jsonl", *self.events(), b'{"type": "ref-updated", "eventCreatedOn": 1700000000}'
        )
        code, out, err = self.ciwatch("replay", path)
        self.assertEqual((0, ""), (code, err))
        self.assertEqual("read 31 recorded 30 duplicate 0 ignored 1 rejected 0", out.splitlines()[-1])
        code, out, _ = self.ciwatch("replay", path)
        self.assertEqual("read 31 recorded 0 duplicate 30 ignored 1 rejected 0", out.splitlines()[-1])
        self.assertEqual(30, self.count("builds"))

    def test_stdin_and_gzip(self):
        """Whatever the shell can give."""
        code, out, _ = self.ciwatch("replay", "-", stdin=gzip.compress(b"\n".join(self.events(3))))
        self.assertEqual((0, "3"), (code, SUMMARY.search(out)[2]))

    def test_live_pipe(self):
        """What a server sends is recorded while it goes on sending."""
        process = self.start("replay", "-")
        process.stdin.write(self.events(1)[0] + b"\n")
        process.stdin.flush()
        deadline = time.monotonic() + 30
        found = 0
        while not found and time.monotonic() < deadline:
            time.sleep(0.1)
            try:
                found = self.count("builds")
            except sa.exc.DBAPIError:
                pass
        self.assertEqual(1, found)
        out, _ = process.communicate(self.events(2)[1], timeout=30)
        self.assertIn("read 2 recorded 2", out.decode())

    def test_not_json(self):
        """A file that is none of ours: counted, kept with its reason, and exit code 1."""
        path = self.write("notes.txt", b"Dear diary", b"\xff\xfe\x00 binary", b"[]")
        code, out, err = self.ciwatch("replay", path)
        self.assertEqual(1, code)
        self.assertIn("rejected 3", out)
        self.assertIn("ciwatch rejected list", err)
        self.assertNotIn("Traceback", err)
        self.assertEqual(3, self.count("rejected_events"))

    def test_big_file_of_something_else(self):
        """It stops early instead of filling the database with a video."""
        path = self.write("video.bin", *(b"line %d" % number for number in range(5000)))
        code, _, err = self.ciwatch("replay", path)
        self.assertEqual(1, code)
        self.assertIn("none of its first 2000 lines", err)
        self.assertNotIn("Traceback", err)

    def test_bad_lines_among_good(self):
        """Each kind of bad line, and the good ones around it are recorded."""
        good = self.events(4)
        path = self.write(
            "mixed.jsonl",
            good[0],
            b"{",
            b'{"type": "comment-added"}',
            good[1],
            b'{"type": "comment-added", "comment": "\xff"}',
            b"x" * 10_000_000,
            good[2],
            base.line(base.comment_event("recheck", AT + 100)),
            base.line(base.comment_event("", AT + 101)),
            good[3],
        )
        code, out, _ = self.ciwatch("replay", path)
        self.assertEqual(0, code)
        self.assertIn("read 10 recorded 6 duplicate 0 ignored 0 rejected 4", out)
        self.assertEqual(4, self.count("builds"))

    def test_half_a_line(self):
        """A file that is still being written: told, and the same rows when it is whole."""
        lines = self.events(5)
        path = self.folder / "growing.jsonl"
        path.write_bytes(b"\n".join(lines)[:-40])
        _, out, err = self.ciwatch("replay", path)
        self.assertIn("rejected 1", out)
        self.assertIn("cut short", err)
        path.write_bytes(b"\n".join(lines))
        self.assertIn("recorded 1 duplicate 4", self.ciwatch("replay", path)[1])
        self.assertEqual(0, self.count("rejected_events"))

    def test_wrong_usage_and_missing_files(self):
        """2 for how it was called, 1 for what could not be done; one line each."""
        self.assertEqual(2, self.ciwatch("replay")[0])
        self.assertEqual(2, self.ciwatch("no-such-command")[0])
        code, _, err = self.ciwatch("replay", self.folder / "none.jsonl")
        self.assertEqual((1, 1), (code, len(err.splitlines())))
        self.assertIn("none.jsonl", err)

    def test_killed_and_begun_again(self):
        """kill -9 in the middle, then the whole: as if nothing had happened."""
        # So many that it is not done before it is killed; a server takes longer for them.
        events = self.events(60000 if self.database.path else 15000)
        path = self.write("many.jsonl", *events)
        process = self.start("replay", path)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if self.count("builds"):
                    break
            except sa.exc.DBAPIError:
                pass
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.assertEqual(-signal.SIGKILL, process.returncode)
        before = self.count("builds")
        self.assertGreater(len(events), before)
        self.assertGreater(before, 0)
        self.assertEqual(0, self.ciwatch("replay", path)[0])
        self.assertEqual(len(events), self.count("builds"))

    def test_interrupted(self):
        """Ctrl-C says how to go on; what was recorded is not read again, unless the file is another one."""
        events = self.events(15000)
        path = self.write("many.jsonl", *events)
        process = self.start("replay", path)
        self.wait_for(lambda: self.count("builds"))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual((130, 1), (process.returncode, len(err.splitlines())), err)
        self.assertIn(b"the same command goes on from here", err)
        before = self.count("builds")
        self.assertLess(before, len(events))
        # All that is left is read, and nothing else.
        code, out, err = self.ciwatch("replay", path)
        self.assertEqual(0, code)
        self.assertIn(f"going on after {before} lines", err)
        self.assertIn(f"read {len(events)} recorded {len(events) - before} duplicate {before} ", out)
        self.assertEqual(len(events), self.count("builds"))
        # Nothing is left to go on with.
        code, out, err = self.ciwatch("replay", path)
        self.assertEqual((0, ""), (code, err))
        self.assertIn(f"recorded 0 duplicate {len(events)} ", out)

    def test_terminal(self):
        """A progress bar where somebody looks."""
        path = self.write("events.jsonl", *self.events())
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        process = subprocess.Popen(
            [sys.executable, "-m", "ciwatch.cli.app", "replay", str(path)],
            env=self.environment,
            stdout=slave,
            stderr=slave,
        )
        process.wait(60)
        os.close(slave)
        shown = os.read(master, 65536).decode()
        self.assertIn("100%", shown)
        self.assertIn("events=30", shown)


class TestReplayOfRecordings(CommandTestCase):
    """Real traffic."""

    def test_all(self):
        """Every recording, twice: only the three stubs are rejected, and the second run records nothing."""
        folder = self.require_corpus("events")
        paths = sorted(folder.glob("*.jsonl*"))
        found = []
        for _ in range(2):
            code, out, err = self.ciwatch("replay", *paths)
            self.assertEqual(0, code, err)
            found.append([int(number) for number in SUMMARY.search(out).groups()])
            builds = self.count("builds")
            found[-1].append(builds)
        (read, recorded, _, _, rejected, builds), again = found
        self.assertEqual((165691, 3), (read, rejected))
        self.assertGreater(recorded, 150000)
        self.assertEqual((0, 3, builds), (again[1], again[4], again[5]))
