"""Gerrit's ssh: what it says, and all that may go wrong with it, against a real server on this machine."""

import contextlib
import json
import socket
import threading
import time

import fixtures
import paramiko

from ciwatch.gerrit import events
from ciwatch.gerrit import ssh
from tests import base
from tests import gerrit_ssh
from tests.gerrit_ssh import Step

EVENT = base.line(base.comment_event("Patch Set 1:\n\nüber", 1700000000, "ann"))
MEMBERS = b"id\tusername\tfull name\temail\n"


class TestCase(base.TestCase):
    """A server, and a client that it lets in."""

    def setUp(self):
        """Starts the server."""
        super().setUp()
        self.key_file, self.known_hosts_file = self.folder / "key", self.folder / "known_hosts"
        self.server = gerrit_ssh.GerritSsh(gerrit_ssh.write_key(self.key_file))
        self.useFixture(self.server)
        self.server.write_known_hosts(self.known_hosts_file)

    def client(self, **changed):
        """A client of the server."""
        wanted = {
            "host": "127.0.0.1",
            "port": self.server.port,
            "username": gerrit_ssh.USERNAME,
            "key_file": str(self.key_file),
            "known_hosts_file": str(self.known_hosts_file),
        }
        return ssh.Client(**{**wanted, **changed})

    def refused(self, kind, function=lambda connection: connection.version(), **changed):
        """The message of the error of that *kind*, which is raised; it must be one line."""

        def connect():
            with self.client(**changed).connect() as connection:
                function(connection)

        error = self.assertRaises(kind, connect)
        self.assertIs(kind, type(error))
        self.assertNotIn("\n", str(error))
        return str(error)


class TestCommands(TestCase):
    """Commands that answer and end."""

    def test_version(self):
        """Without the words around it."""
        with self.client().connect() as connection:
            self.assertEqual("3.9.4", connection.version())

    def test_several(self):
        """One login is enough for several commands."""
        with self.client().connect() as connection:
            connection.version()
            connection.version()
        self.assertEqual(["gerrit version"] * 2, self.server.commands)
        self.assertEqual({gerrit_ssh.USERNAME}, set(self.server.logins))

    def test_unknown_command(self):
        """A Gerrit that does not know a command says so."""
        del self.server.answers["gerrit version"]
        self.assertIn(
            "gerrit version: fatal: gerrit: gerrit version: not found", self.refused(ssh.CommandError)
        )

    def test_members(self):
        """Those without a username, who have n/a there, cannot comment as a CI and are left out."""
        self.server.answers["gerrit ls-members"] = (
            MEMBERS + b"1\tvendor-ci\tVendor CI\tci@example.com\n2\tn/a\tAnn\tn/a\n3\tzoo\tZo\xc3\xab\tn/a\n",
            b"",
            0,
        )
        with self.client().connect() as connection:
            self.assertEqual(["vendor-ci", "zoo"], connection.group_members("Third-Party CI's"))
        self.assertEqual(["gerrit ls-members --recursive 'Third-Party CI'\"'\"'s'"], self.server.commands)

    def test_no_members(self):
        """An empty group is no mistake."""
        self.server.answers["gerrit ls-members"] = (MEMBERS, b"", 0)
        with self.client().connect() as connection:
            self.assertEqual([], connection.group_members("x"))

    def test_no_group(self):
        """Gerrit tells it on stdout, and has no error."""
        for said in (b"Group not found or not visible\n", b""):
            self.server.answers["gerrit ls-members"] = (said, b"", 0)
            message = self.refused(ssh.CommandError, lambda connection: connection.group_members("CIs"))
            self.assertIn("'CIs'", message)
            self.assertIn(said.decode().strip() or "nothing", message)

    def test_query(self):
        """Page by page, with the words of the query as they are."""
        self.server.changes = [{"number": number, "subject": "ü"} for number in range(3)]
        query = 'after:"2024-01-01 00:00:00" (project:"a b" OR project:"c")'
        with self.client().connect() as connection:
            self.assertEqual((self.server.changes[:2], True), connection.query(query, 0, 2))
            self.assertEqual((self.server.changes[2:], False), connection.query(query, 2, 2))
        words = "gerrit query --format=JSON --comments --patch-sets --start="
        self.assertEqual([f"{words}{start} -- '{query}' limit:2" for start in (0, 2)], self.server.commands)

    def test_query_fails(self):
        """A query that Gerrit does not understand, one that broke off, and one that is no JSON."""
        query = ("gerrit query", lambda connection: connection.query("x", 0, 2))
        for stdout, kind, message in (
            (b'{"type":"error","message":"no such operator"}\n', ssh.CommandError, "no such operator"),
            (b'{"number":1}\n', ssh.SshError, "broke off"),
            (b"", ssh.SshError, "broke off"),
            (b"Gerrit is in maintenance\n", ssh.SshError, "no JSON"),
            (b'["a"]\n', ssh.SshError, "no JSON"),
            (b'\xff{"number":1}\n', ssh.SshError, "no JSON"),
        ):
            self.server.answers[query[0]] = (stdout, b"", 0)
            self.assertIn(message, self.refused(kind, query[1]))
        self.server.answers[query[0]] = (b"", b"fatal: query disabled\n", 1)
        self.assertIn("fatal: query disabled", self.refused(ssh.CommandError, query[1]))


class TestConnecting(TestCase):
    """Hosts and accounts, right and wrong."""

    def test_unknown_host(self):
        """Whoever reads the message can compare the key and knows where to put it."""
        for path in (self.folder / "empty", self.folder / "none"):
            if path.name == "empty":
                path.write_text("")
            message = self.refused(ssh.HostKeyError, known_hosts_file=str(path))
            self.assertIn(f"{self.server.host_key.fingerprint} is not in {path}", message)
            self.assertIn(f"ssh-keyscan -p {self.server.port} 127.0.0.1 >> {path}", message)
        self.assertIn("SHA256:", message)
        self.assertEqual([], self.server.logins)

    def test_other_host_key(self):
        """Another key than the known one: both are told, and nobody hears who wanted to log in."""
        known, self.server.host_key = self.server.host_key, paramiko.ECDSAKey.generate()
        message = self.refused(ssh.HostKeyError)
        self.assertIn(known.fingerprint, message)
        self.assertIn(self.server.host_key.fingerprint, message)
        self.assertIn(str(self.known_hosts_file), message)
        self.assertEqual([], self.server.logins)

    def test_host_first(self):
        """A host that is not the right one is told before anything about the key file."""
        self.server.host_key = paramiko.ECDSAKey.generate()
        self.refused(ssh.HostKeyError, key_file=str(self.folder / "none"))

    def test_other_kind_of_host_key(self):
        """A new key of another kind is another key too."""
        known, self.server.host_key = self.server.host_key, paramiko.RSAKey.generate(2048)
        message = self.refused(ssh.HostKeyError)
        self.assertIn(known.fingerprint, message)
        self.assertIn(self.server.host_key.fingerprint, message)
        self.assertEqual([], self.server.logins)

    def test_broken_known_hosts(self):
        """A file in which nobody can read is named."""
        for content in (b"127.0.0.1 ssh-ed25519 AAAA\n", b"127.0.0.1 ssh-ed25519 x\n", b"\xff \xff \xff\n"):
            self.known_hosts_file.write_bytes(content)
            self.assertIn(str(self.known_hosts_file), self.refused(ssh.HostKeyError))
        self.assertIn(str(self.folder), self.refused(ssh.HostKeyError, known_hosts_file=str(self.folder)))

    def test_keys(self):
        """All kinds of keys that ssh-keygen makes."""
        for kind in ("ecdsa", "ed25519", "rsa"):
            self.server.public_key = gerrit_ssh.write_key(self.key_file, kind)
            with self.client().connect() as connection:
                self.assertEqual("3.9.4", connection.version())

    def test_wrong_key(self):
        """A key that Gerrit does not know, whatever its kind."""
        for kind in ("ecdsa", "ed25519", "rsa"):
            gerrit_ssh.write_key(self.key_file, kind)
            message = self.refused(ssh.LoginError)
            self.assertIn("does not let 'watcher' in", message)
            self.assertIn(str(self.key_file), message)

    def test_wrong_account(self):
        """Somebody else's name."""
        self.assertIn("'else'", self.refused(ssh.LoginError, username="else"))

    def test_no_keys(self):
        """Neither an agent nor ~/.ssh has a key."""
        self.useFixture(fixtures.EnvironmentVariable("HOME", str(self.folder)))
        self.useFixture(fixtures.EnvironmentVariable("SSH_AUTH_SOCK"))
        self.assertIn("the keys of the agent", self.refused(ssh.LoginError, key_file=None))

    def test_no_key_file(self):
        """The file is named, and the option."""
        path = str(self.folder / "none")
        self.assertEqual(
            f"[gerrit] key_file: there is no {path}", self.refused(ssh.LoginError, key_file=path)
        )

    def test_no_key_in_file(self):
        """Neither an empty file, nor a public key, nor a folder is a key; the option is named."""
        for content in (
            b"",
            b"ssh-ed25519 AAAA ann\n",
            b"\xff\xfe",
            b"-----BEGIN OPENSSH PRIVATE KEY-----\n",
        ):
            self.key_file.write_bytes(content)
            self.assertIn(f"[gerrit] key_file: {self.key_file}", self.refused(ssh.LoginError))
        self.assertIn("[gerrit] key_file", self.refused(ssh.LoginError, key_file=str(self.folder)))

    def test_passphrase(self):
        """Nobody is there to type it."""
        for kind in ("ecdsa", "ed25519", "rsa"):
            gerrit_ssh.write_key(self.key_file, kind, b"secret")
            message = self.refused(ssh.LoginError)
            self.assertIn(f"[gerrit] key_file: {self.key_file}: the key has a passphrase", message)

    def test_nobody_listens(self):
        """The system's word, and what to ask."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
        message = self.refused(ssh.SshError, port=port)
        self.assertEqual(f"127.0.0.1 port {port}: Connection refused; is Gerrit up?", message)

    def test_silence(self):
        """A port that takes connections and says nothing is given up."""
        self.useFixture(fixtures.MonkeyPatch("ciwatch.gerrit.ssh.TIMEOUT_S", 1))
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            begun = time.monotonic()
            self.assertIn(f"port {port}: ", self.refused(ssh.SshError, port=port))
        self.assertLess(time.monotonic() - begun, 10)

    def test_login(self):
        """A Gerrit that is too slow to let anybody in, or hangs up, has not refused the key."""
        self.useFixture(fixtures.MonkeyPatch("ciwatch.gerrit.ssh.TIMEOUT_S", 1))
        self.server.log_in.clear()
        self.assertIn("timeout", self.refused(ssh.SshError))

    def test_no_ssh(self):
        """A port behind which something else lives."""
        with socket.create_server(("127.0.0.1", 0)) as listening:

            def speak():
                accepted, _ = listening.accept()
                with accepted:
                    accepted.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

            thread = threading.Thread(target=speak)
            thread.start()
            port = listening.getsockname()[1]
            self.assertIn(f"port {port}: ", self.refused(ssh.SshError, port=port))
            thread.join()

    def test_no_such_host(self):
        """A name without an address."""
        self.assertIn("gerrit.invalid port", self.refused(ssh.SshError, host="gerrit.invalid"))

    def test_banner(self):
        """What Gerrit's administrators say to everybody who logs in does no harm."""
        self.server.banner = "Be nice.\r\nÜber all.\r\n" * 100
        with self.client().connect() as connection:
            self.assertEqual("3.9.4", connection.version())


class TestStream(TestCase):
    """The stream of events."""

    def read(self, *script, keepalive_s=ssh.KEEPALIVE_S):
        """(lines, message) of a stream that does what *script* says and then ends."""
        self.server.streams.append(script)
        with self.client().connect() as connection, connection.stream(keepalive_s) as lines:
            reader = gerrit_ssh.Reader(lines)
            found = reader.rest()
        self.assertIs(ssh.SshError, type(reader.error))
        return found, str(reader.error)

    @contextlib.contextmanager
    def reading(self, *script, keepalive_s=ssh.KEEPALIVE_S):
        """(connection, reader) of a stream that does what *script* says and goes on."""
        self.server.streams.append(script)
        with self.client().connect() as connection, connection.stream(keepalive_s) as lines:
            yield connection, gerrit_ssh.Reader(lines)

    def test_forbidden(self):
        """Gerrit's words today, and those of before 2.9."""
        for said in (
            b"stream events not permitted\n",
            b'fatal: watcher does not have "Stream Events" capability.\n',
        ):
            self.server.answers["gerrit stream-events"] = (b"", said, 1)
            message = self.refused(ssh.ForbiddenError, lambda connection: list(self.lines_of(connection)))
            self.assertIn(f"gerrit stream-events: {said.decode().strip()}", message)

    def lines_of(self, connection):
        """The lines of its stream."""
        with connection.stream() as lines:
            yield from lines

    def test_lines(self):
        """As they come: several in a packet, with either line end; blank ones are none."""
        found, message = self.read(EVENT + b"\n" + EVENT + b"\r\n\n\r\n  \n" + EVENT + b"\n", Step.END)
        self.assertEqual([EVENT] * 3, found)
        self.assertIn("Gerrit closed the stream", message)

    def test_at_once(self):
        """A line is handed over when it is there, not when the next one comes."""
        pause = threading.Event()
        with self.reading(EVENT + b"\n", pause, b"second\n") as (_, reader):
            self.assertEqual([EVENT], reader.take(1))
            pause.set()
            self.assertEqual([b"second"], reader.take(1))

    def test_pieces(self):
        """A line that comes in many packets, one of which begins in the middle of a character."""
        raw = json.dumps(json.loads(EVENT), ensure_ascii=False).encode() + b"\r\n"
        at = raw.index("ü".encode()) + 1
        found, _ = self.read(
            raw[:10], 0.1, raw[10:at], 0.1, raw[at:-1], 0.1, raw[-1:] + EVENT, 0.1, b"\n", Step.END
        )
        self.assertEqual([raw[:-2], EVENT], found)
        self.assertEqual(json.loads(EVENT), json.loads(found[0]))

    def test_garbage(self):
        """What is no event is handed over as it is: whoever records it says so."""
        for garbage in (b"\xff\xfe\x00", b"} not JSON {", b"\x1b[2J"):
            self.assertEqual(
                [EVENT, garbage, EVENT],
                self.read(EVENT + b"\n" + garbage + b"\n" + EVENT + b"\n", Step.END)[0],
            )

    def test_half_a_line(self):
        """Half a line at the end is dropped, wherever the end comes from; what was before it is not."""
        for end in (Step.END, Step.CUT):
            pause = threading.Event()
            with self.reading(EVENT + b"\n" + EVENT[:-30], pause, end) as (_, reader):
                self.assertEqual([EVENT], reader.take(1))
                pause.set()
                self.assertEqual([], reader.rest())
            self.assertIs(ssh.SshError, type(reader.error))
            self.assertIn(self.client().where, str(reader.error))

    def test_cut_at_once(self):
        """A connection that breaks at its beginning is no refusal, and what came is handed over."""
        found, message = self.read(EVENT + b"\n", Step.CUT)
        self.assertEqual([EVENT], found)
        self.assertNotIn("status", message)

    def test_long_line(self):
        """A line without an end is not read into memory, but cut, and what follows is read."""
        part = b"x" * (1 << 20)
        found, _ = self.read(*[part] * 12, b"\n" + EVENT + b"\n", Step.END)
        self.assertEqual([EVENT], found[1:])
        self.assertRaises(events.RejectedError, events.read_event, found[0])
        self.assertLess(len(found[0]), 2.5 * events.MAX_LINE_BYTES)

    def test_longest_line(self):
        """The longest that is not too long is handed over whole."""
        line = b"x" * events.MAX_LINE_BYTES
        self.assertEqual([line], self.read(line + b"\n", Step.END)[0])

    def test_stalled(self):
        """A peer that is gone without a word is given up."""
        begun = time.monotonic()
        found, message = self.read(EVENT + b"\n", Step.STALL, keepalive_s=0.3)
        self.assertEqual([EVENT], found)
        self.assertIn("gone silent", message)
        self.assertLess(time.monotonic() - begun, 10)

    def test_quiet(self):
        """A peer that has nothing to tell, but is there, is kept."""
        pause = threading.Event()
        with self.reading(pause, EVENT + b"\n", keepalive_s=1) as (_, reader):
            gerrit_ssh.wait_until(lambda: self.server.keepalives >= 2)
            pause.set()
            self.assertEqual([EVENT], reader.take(1))

    def test_close(self):
        """Closing ends a blocked reader at once, well before the peer is asked whether it is there."""
        for last in ((), (Step.STALL,)):
            with self.reading(EVENT + b"\n", *last) as (connection, reader):
                self.assertEqual([EVENT], reader.take(1))
                connection.close()
                self.assertEqual([], reader.rest(5))
            self.assertIs(ssh.SshError, type(reader.error))
        self.assertEqual(0, self.server.keepalives)
