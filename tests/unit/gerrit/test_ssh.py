"""Gerrit's ssh, by a server in this process that misbehaves."""

import json
import socket
import threading
import time

import paramiko

from ciwatch.gerrit import events
from ciwatch.gerrit import ssh
from tests import base
from tests import gerrit_ssh


class SshTestCase(base.TestCase):
    """A server, and a client that knows it."""

    def setUp(self):
        """Starts the server."""
        super().setUp()
        self.server = self.useFixture(gerrit_ssh.GerritSsh(self.folder))

    def client(self, **more):
        """A client; *more* are arguments that differ."""
        given = {
            "host": "127.0.0.1",
            "port": self.server.port,
            "username": "watcher",
            "key_file": str(self.server.key_file),
            "known_hosts_file": str(self.server.known_hosts()),
        }
        return ssh.Client(**{**given, **more})

    def fails(self, kind, **more):
        """The words of the error that a login gives."""
        with self.assertRaisesRegex(kind, ".") as caught, self.client(**more).connect() as connection:
            connection.version()
        self.assertIs(kind, type(caught.exception))
        self.assertEqual(1, len(str(caught.exception).splitlines()))
        return str(caught.exception)


class TestLogin(SshTestCase):
    """Who is let in, and what the others are told."""

    def test_version(self):
        """With the right keys, and a banner before the login."""
        self.server.banner = "Welcome to Gerrit\nBe kind\n"
        with self.client().connect() as connection:
            self.assertEqual("3.9.4", connection.version())

    def test_unknown_host(self):
        """Its fingerprint is told, the file and what to type; nobody tried to log in."""
        empty = self.folder / "empty"
        empty.touch()
        for path in (empty, self.folder / "none"):
            said = self.fails(ssh.HostKeyError, known_hosts_file=str(path))
            self.assertIn(self.server.host_key.fingerprint, said)
            self.assertIn(f"ssh-keyscan -p {self.server.port} 127.0.0.1 >> {path}", said)
        self.assertEqual(0, self.server.logins)

    def test_other_host_key(self):
        """Both keys are told; nobody tried to log in."""
        known = self.server.host_key
        path = self.server.known_hosts().rename(self.folder / "known_before")
        self.server.host_key = paramiko.ECDSAKey.generate()
        said = self.fails(ssh.HostKeyError, known_hosts_file=str(path))
        self.assertIn(known.fingerprint, said)
        self.assertIn(self.server.host_key.fingerprint, said)
        self.assertEqual(0, self.server.logins)

    def test_wrong_key(self):
        """Where the key should be."""
        self.server.allowed = "another"
        said = self.fails(ssh.LoginError)
        self.assertIn("'watcher'", said)
        self.assertIn("SSH keys in Gerrit's settings", said)

    def test_no_key_file(self):
        """Its path."""
        said = self.fails(ssh.LoginError, key_file=str(self.folder / "none"))
        self.assertEqual(f"[gerrit] key_file: there is no {self.folder / 'none'}", said)

    def test_passphrase(self):
        """Nobody is there to type it."""
        path = self.folder / "locked"
        paramiko.ECDSAKey.generate().write_private_key_file(str(path), password="secret")
        self.assertIn("passphrase", self.fails(ssh.LoginError, key_file=str(path)))

    def test_no_key_at_all(self):
        """A file that holds something else."""
        path = self.folder / "notes"
        path.write_text("Dear diary\n")
        self.assertIn("is no private key", self.fails(ssh.LoginError, key_file=str(path)))

    def test_nobody_there(self):
        """A port where nobody listens, a name that is none, a host that says nothing."""
        self.assertIn("is Gerrit up?", self.fails(ssh.SshError, port=9))
        self.assertIn("gerrit.invalid", self.fails(ssh.SshError, host="gerrit.invalid", port=29418))
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            threading.Thread(target=lambda: silent.accept()[0].close(), daemon=True).start()
            self.fails(ssh.SshError, port=port)


class TestCommands(SshTestCase):
    """Commands that answer and end."""

    def test_members(self):
        """Usernames; who has none is left out."""
        out = b"id\tusername\tfull name\temail\n7\tbasalt\tBasalt CI\ta@b.example\n8\tn/a\tNobody\tn/a\n"
        self.server.answers["gerrit ls-members --recursive"] = (out, b"", 0)
        with self.client().connect() as connection:
            self.assertEqual(["basalt"], connection.group_members("Third-Party CI; rm -rf '/'"))
        self.assertEqual(
            "gerrit ls-members --recursive 'Third-Party CI; rm -rf '\"'\"'/'\"'\"''", self.server.commands[-1]
        )

    def test_no_such_group(self):
        """What Gerrit says of it, with exit status 0."""
        self.server.answers["gerrit ls-members"] = (b"Group not found or not visible\n", b"", 0)
        with self.client().connect() as connection:
            error = self.assertRaises(ssh.CommandError, connection.group_members, "X")
        self.assertIn("Group not found or not visible", str(error))

    def query(self, *rows, status=0, err=b""):
        """What a query gives that prints *rows*."""
        out = b"".join(row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows)
        self.server.answers["gerrit query"] = (out, err, status)
        with self.client().connect() as connection:
            return connection.query('after:"2026-11-23 00:00:00"', 50, 25)

    def test_query(self):
        """Rows, and whether there are more; the words reach Gerrit as they are."""
        stats = {"type": "stats", "rowCount": 1, "moreChanges": True}
        self.assertEqual(([{"number": 7}], True), self.query({"number": 7}, stats))
        self.assertIn("--start=50 -- 'after:\"2026-11-23 00:00:00\"' limit:25", self.server.commands[-1])

    def test_query_fails(self):
        """An error of Gerrit's, no JSON, broken off, a command that is not there."""
        for rows, words in (
            (({"type": "error", "message": "Unsupported operator"},), "Unsupported operator"),
            ((b"<html>\n",), "no JSON"),
            (({"number": 7},), "broke off"),
        ):
            error = self.assertRaises(ssh.SshError, self.query, *rows)
            self.assertIn(words, str(error))
        error = self.assertRaises(ssh.CommandError, self.query, status=1, err=b"fatal: not today\n")
        self.assertIn("gerrit query: fatal: not today", str(error))


class TestStream(SshTestCase):
    """``gerrit stream-events``."""

    def hear(self, keepalive_s=5):
        """(lines, the error that ended the stream)."""
        lines = []
        try:
            with self.client().connect() as connection, connection.stream(keepalive_s) as stream:
                for line in stream:
                    lines.append(line)
        except ssh.SshError as error:
            return lines, error
        raise AssertionError("a stream does not end by itself")

    def test_lines(self):
        """However they are cut into packets; blank ones are none, and CR is no part of them."""
        event = '{"comment": "größer ✓"}'.encode()
        place = event.index("ß".encode()) + 1
        self.server.send(b"one\ntwo\r\n\n", event[:place], 0.2, event[place:], b"\nthree\n")
        self.server.send(gerrit_ssh.CLOSE)
        lines, error = self.hear()
        self.assertEqual([b"one", b"two", event, b"three"], lines)
        self.assertIn("closed the stream", str(error))

    def test_garbage(self):
        """It is handed over as it is, to be rejected with its reason; what follows is heard."""
        self.server.send(b"\xff\xfe\x00\n", b"hello\n", b'{"type": "x"}\n', gerrit_ssh.CLOSE)
        self.assertEqual([b"\xff\xfe\x00", b"hello", b'{"type": "x"}'], self.hear()[0])

    def test_half_a_line(self):
        """The rest of it is lost, so it is no line."""
        for end in (gerrit_ssh.CLOSE, gerrit_ssh.CUT):
            self.server.send(b"whole\nhal", 0.2, end)
            lines, error = self.hear()
            self.assertEqual([b"whole"], lines)
            self.assertIsInstance(error, ssh.SshError)

    def test_endless_line(self):
        """It is handed over cut, above the longest that is read; memory stays bounded."""
        part = b"x" * (1 << 20)
        self.server.send(*[part] * (3 * events.MAX_LINE_BYTES // len(part)), b"\nafter\n", gerrit_ssh.CLOSE)
        lines, _ = self.hear()
        self.assertEqual(b"after", lines[-1])
        self.assertLess(events.MAX_LINE_BYTES, len(lines[0]))
        self.assertRaises(events.RejectedError, events.read_event, lines[0])

    def test_not_permitted(self):
        """The words of Gerrit 3 and of Gerrit 2."""
        for words in (
            "stream events not permitted",
            'fatal: watcher does not have "Stream Events" capability.',
        ):
            self.server.refusal = words
            lines, error = self.hear()
            self.assertEqual([], lines)
            self.assertIsInstance(error, ssh.ForbiddenError)
            self.assertIn(words, str(error))

    def test_stalled(self):
        """A peer that has gone silent is given up."""
        self.server.send(b"one\n")
        threading.Timer(1.5, setattr, (self.server, "is_stalled", True)).start()
        begun = time.monotonic()
        lines, error = self.hear(keepalive_s=0.5)
        self.assertEqual([b"one"], lines)
        self.assertIn("gone silent", str(error))
        self.assertLess(time.monotonic() - begun, 20)

    def test_quiet(self):
        """A peer that has nothing to say is kept."""
        self.server.send(b"one\n", 2.0, b"two\n", gerrit_ssh.CLOSE)
        lines, error = self.hear(keepalive_s=0.4)
        self.assertEqual([b"one", b"two"], lines)
        self.assertIn("closed the stream", str(error))

    def test_close(self):
        """From another thread, it ends who waits for a line."""
        with self.client().connect() as connection:
            threading.Timer(1.5, connection.close).start()
            with connection.stream(30) as stream:
                begun = time.monotonic()
                self.assertRaises(ssh.SshError, next, stream)
        self.assertLess(time.monotonic() - begun, 10)
