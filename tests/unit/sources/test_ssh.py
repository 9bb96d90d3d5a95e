"""Listening over ssh for years: connections that come and go, and what is said of them."""

import threading
import time

import paramiko

from ciwatch import service
from ciwatch.sources import base as sources
from ciwatch.sources import ssh
from tests import base
from tests import gerrit_ssh
from tests.gerrit_ssh import Step

EVENT = base.line(base.comment_event("Patch Set 1:\n\nhi", 1700000000, "ann"))
OTHER = base.line(base.comment_event("Patch Set 1:\n\nho", 1700000001, "ann"))
DROPPED = base.line({"type": "dropped-output", "eventCreatedOn": 1700000000})
CONNECTED = sources.Missed("connected")

#: Seconds within which a source must end.
SOON_S = 5


class TestSshSource(base.TestCase):
    """The source, against a real server on this machine."""

    def setUp(self):
        """Starts the server, and names it in a configuration."""
        super().setUp()
        known_hosts = self.folder / "known_hosts"
        self.server = gerrit_ssh.GerritSsh(gerrit_ssh.write_key(self.folder / "key"))
        self.useFixture(self.server)
        self.server.write_known_hosts(known_hosts)
        self.conf = self.make_conf()
        for option, value in {
            "url": "https://127.0.0.1:8443/gerrit",
            "username": gerrit_ssh.USERNAME,
            "ssh_port": self.server.port,
            "key_file": str(self.folder / "key"),
            "known_hosts_file": str(known_hosts),
        }.items():
            self.conf.set_override(option, value, group="gerrit")

    def listen(self, *streams):
        """(the source, a reader of its lines) while the server's connections do what *streams* say."""
        self.server.streams.extend(streams)
        source = ssh.SshSource(self.conf, longest_wait_s=1)
        reader = gerrit_ssh.Reader(source.lines())
        # Where a test fails as well, nothing is left behind.
        self.addCleanup(reader.join, gerrit_ssh.PATIENCE_S)
        self.addCleanup(source.close)
        return source, reader

    def assertEnds(self, source, reader):
        """Closing it ends its lines soon, without a word of complaint."""
        source.close()
        self.assertEqual([], reader.rest(SOON_S))
        self.assertIsNone(reader.error)
        self.assertIs(sources.Word.STOPPED, source.state.word)

    def wait_for(self, source, word, detail=""):
        """Waits for a state."""
        gerrit_ssh.wait_until(lambda: source.state.word is word and detail in source.state.detail)

    def test_listens(self):
        """Whoever listens cannot know what was before: that stands first."""
        source, reader = self.listen([EVENT + b"\n" + OTHER + b"\n"])
        self.assertEqual([CONNECTED, EVENT, OTHER], reader.take(3))
        self.assertIs(sources.Word.LISTENING, source.state.word)
        self.assertEqual(f"hears 127.0.0.1 port {self.server.port}", source.state.detail)
        self.assertEqual(["gerrit stream-events"], self.server.commands)
        self.assertEnds(source, reader)

    def test_quiet(self):
        """Listening begins when it begins, not when the first event comes."""
        source, reader = self.listen([])
        self.assertEqual([CONNECTED], reader.take(1))
        self.wait_for(source, sources.Word.LISTENING)
        self.assertEnds(source, reader)

    def test_connects_again(self):
        """However the connection ends, the next one goes on, and says that there is a gap."""
        pause = threading.Event()
        source, reader = self.listen(
            [EVENT + b"\n" + OTHER[:20], Step.END], [OTHER + b"\n", pause, Step.CUT], [EVENT + b"\n"]
        )
        self.assertEqual([CONNECTED, EVENT, CONNECTED, OTHER], reader.take(4))
        pause.set()
        self.assertEqual([CONNECTED, EVENT], reader.take(2))
        self.wait_for(source, sources.Word.LISTENING)
        self.assertEnds(source, reader)

    def test_waits(self):
        """While it waits, the state says why; and as soon as Gerrit is there, it listens."""
        self.server.answers["gerrit stream-events"] = (b"", b"stream events not permitted\n", 1)
        source, reader = self.listen([EVENT + b"\n"])
        self.wait_for(source, sources.Word.WAITING, "stream events not permitted")
        since = source.state.since
        gerrit_ssh.wait_until(lambda: len(self.server.commands) >= 2)
        self.assertEqual(since, source.state.since)
        del self.server.answers["gerrit stream-events"]
        # Where the machine is too slow for the refusal, a connection seems to have begun.
        items = reader.take(2)
        while items[-1] == CONNECTED:
            items += reader.take(1)
        self.assertEqual(EVENT, items[-1])
        self.wait_for(source, sources.Word.LISTENING)
        self.assertEnds(source, reader)

    def test_wrong_host_key(self):
        """It is told, nothing is handed over, and once somebody has mended it, all is well."""
        known, self.server.host_key = self.server.host_key, paramiko.ECDSAKey.generate()
        source, reader = self.listen([EVENT + b"\n"])
        self.wait_for(source, sources.Word.WAITING, self.server.host_key.fingerprint)
        self.assertIn(known.fingerprint, source.state.detail)
        self.assertEqual([], self.server.logins)
        self.server.write_known_hosts(self.conf.gerrit.known_hosts_file)
        self.assertEqual([CONNECTED, EVENT], reader.take(2))
        self.assertEnds(source, reader)

    def test_files(self):
        """Files that cannot be used are told too, and read again at each try."""
        key_file, known_hosts = self.folder / "key", self.folder / "known_hosts"
        for path in (key_file, known_hosts):
            good = path.read_bytes()
            path.write_bytes(b"\xff x y\n")
            source, reader = self.listen([EVENT + b"\n"])
            self.wait_for(source, sources.Word.WAITING, str(path))
            path.write_bytes(good)
            self.assertEqual([CONNECTED, EVENT], reader.take(2))
            self.assertEnds(source, reader)

    def test_dropped_output(self):
        """Gerrit's own word for a gap is one, and stands before the line, which is handed over too."""
        typed = base.line(base.comment_event('{"type":"dropped-output"} dropped-output', 1700000000, "ann"))
        garbage = b'dropped-output {"type":"dropped-output"'
        no_event = b'["dropped-output"]'
        lines = [EVENT, DROPPED, typed, garbage, no_event, EVENT]
        source, reader = self.listen([b"\n".join([*lines, b""])])
        found = reader.take(len(lines) + 2)
        self.assertEqual([CONNECTED, EVENT, sources.Missed("Gerrit dropped output"), *lines[1:]], found)
        self.assertEnds(source, reader)

    def test_stalled(self):
        """A peer that is gone without a word is left, and another connection tried."""
        self.server.streams.extend([[EVENT + b"\n", Step.STALL], [OTHER + b"\n"]])
        source = ssh.SshSource(self.conf, keepalive_s=0.5, longest_wait_s=1)
        reader = gerrit_ssh.Reader(source.lines())
        self.addCleanup(source.close)
        self.assertEqual([CONNECTED, EVENT, CONNECTED, OTHER], reader.take(4))

    def test_close_while_stalled(self):
        """Nobody waits for a peer that does not answer any more."""
        source, reader = self.listen([EVENT + b"\n", Step.STALL])
        self.assertEqual([CONNECTED, EVENT], reader.take(2))
        self.assertEnds(source, reader)

    def test_close_while_waiting(self):
        """Nor for the next try, which is minutes away."""
        self.conf.set_override("key_file", str(self.folder / "none"), group="gerrit")
        source = ssh.SshSource(self.conf)
        reader = gerrit_ssh.Reader(source.lines())
        self.addCleanup(source.close)
        self.wait_for(source, sources.Word.WAITING, "key_file: there is no")
        self.assertEnds(source, reader)

    def test_close_while_connecting(self):
        """A connection that comes about after all is not listened to."""
        self.server.log_in.clear()
        source, reader = self.listen([])
        gerrit_ssh.wait_until(lambda: self.server.logins)
        source.close()
        self.server.log_in.set()
        self.assertEnds(source, reader)
        self.assertEqual([], self.server.commands)

    def test_close_before(self):
        """One that is closed before it begins does not begin."""
        source = ssh.SshSource(self.conf)
        source.close()
        self.assertEqual([], list(source.lines()))
        self.assertEqual([], self.server.logins)

    def test_left_alone(self):
        """Whoever stops reading in the middle leaves no connection behind."""
        self.server.streams.append([EVENT + b"\n"])
        lines = ssh.SshSource(self.conf).lines()
        self.assertEqual([CONNECTED, EVENT], [next(lines), next(lines)])
        begun = time.monotonic()
        lines.close()
        self.assertLess(time.monotonic() - begun, SOON_S)

    def test_host(self):
        """The host of the ssh is that of the web address, unless another is named."""
        self.assertEqual(f"127.0.0.1 port {self.server.port}", ssh.client_of(self.conf).where)
        self.conf.set_override("ssh_host", "ssh.example.org", group="gerrit")
        self.assertEqual(f"ssh.example.org port {self.server.port}", ssh.client_of(self.conf).where)

    def test_no_username(self):
        """ssh needs an account; whoever has none is told of another way."""
        self.conf.set_override("username", None, group="gerrit")
        error = self.assertRaises(service.ConfigError, ssh.SshSource, self.conf)
        self.assertIn("[gerrit] username", str(error))
        self.assertIn("source = rest", str(error))
