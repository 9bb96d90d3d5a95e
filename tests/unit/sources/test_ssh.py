"""The source ssh: what happens to the connection, and what it hands over."""

import threading
import time

import paramiko

from ciwatch import service
from ciwatch.sources import base as sources
from ciwatch.sources import ssh
from tests import base
from tests import gerrit_ssh

MISSED = sources.Missed("connected")


class TestSshSource(base.TestCase):
    """Against a server in this process."""

    def setUp(self):
        """Starts the server, and a source that is read by a thread."""
        super().setUp()
        self.server = self.useFixture(gerrit_ssh.GerritSsh(self.folder))
        self.heard = []

    def make_conf(self, **more):
        """A configuration for the server."""
        conf = super().make_conf()
        given = {
            "ssh_host": "127.0.0.1",
            "ssh_port": self.server.port,
            "username": "watcher",
            "key_file": str(self.server.key_file),
            "known_hosts_file": str(self.server.known_hosts()),
        }
        for option, value in {**given, **more}.items():
            conf.set_override(option, value, group="gerrit")
        return conf

    def start(self, **more):
        """The source of a configuration, read by a thread."""
        self.source = ssh.SshSource(self.make_conf(**more), keepalive_s=1, longest_wait_s=1)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()
        self.addCleanup(self.source.close)

    def read(self):
        """Keeps what is handed over."""
        for item in self.source.lines():
            self.heard.append(item)

    def wait_for(self, condition):
        """Waits until *condition* gives something true."""
        deadline = time.monotonic() + 30
        while not condition():
            self.assertLess(time.monotonic(), deadline, (self.heard, self.source.state))
            time.sleep(0.02)

    def close(self):
        """Closes the source, within the time that a service has to stop."""
        begun = time.monotonic()
        self.source.close()
        self.thread.join(10)
        self.assertFalse(self.thread.is_alive())
        self.assertLess(time.monotonic() - begun, 5)
        self.assertEqual(sources.Word.STOPPED, self.source.state.word)

    def test_connects_again(self):
        """After the stream was closed or cut; each connection begins with that something was missed."""
        self.start()
        for number, end in enumerate((gerrit_ssh.CLOSE, gerrit_ssh.CUT, None)):
            self.wait_for(lambda number=number: self.heard.count(MISSED) == number + 1)
            self.server.send(b"line %d\n" % number)
            self.wait_for(lambda number=number: b"line %d" % number in self.heard)
            self.assertEqual(sources.Word.LISTENING, self.source.state.word)
            if end:
                self.server.send(end)
        self.assertEqual([MISSED, b"line 0", MISSED, b"line 1", MISSED, b"line 2"], self.heard)
        self.close()

    def test_dropped_output(self):
        """Gerrit says that it dropped something; a comment that speaks of that does not."""
        self.start()
        dropped = b'{"type":"dropped-output","eventCreatedOn":1700000000}'
        talk = b'{"type":"comment-added","comment":"dropped-output again"}'
        self.server.send(talk + b"\n", dropped + b"\n", b"dropped-output\n")
        self.wait_for(lambda: b"dropped-output" in self.heard)
        told = sources.Missed("Gerrit dropped output")
        self.assertEqual([MISSED, talk, told, dropped, b"dropped-output"], self.heard)

    def test_wrong_host_key(self):
        """It waits, says which key it is, and listens once that is known."""
        known = self.server.known_hosts()
        text = known.read_text()
        self.server.known_hosts(paramiko.ECDSAKey.generate())
        self.start(known_hosts_file=str(known.rename(self.folder / "mine")))
        self.wait_for(lambda: self.source.state.word is sources.Word.WAITING)
        self.assertIn(self.server.host_key.fingerprint, self.source.state.detail)
        self.assertEqual((0, []), (self.server.logins, self.heard))
        (self.folder / "mine").write_text(text)
        self.wait_for(lambda: self.heard)
        self.close()

    def test_not_permitted(self):
        """It never says that it listens, or that something was missed."""
        self.server.refusal = "stream events not permitted"
        self.start()
        self.wait_for(lambda: self.source.state.word is sources.Word.WAITING)
        self.assertIn("not permitted", self.source.state.detail)
        self.assertEqual([], self.heard)
        self.close()

    def test_close_while_nobody_is_there(self):
        """While it waits for the next try."""
        self.start(ssh_port=9)
        self.wait_for(lambda: self.source.state.word is sources.Word.WAITING)
        self.assertIn("is Gerrit up?", self.source.state.detail)
        self.close()

    def test_close_while_stalled(self):
        """And while the peer says nothing."""
        self.start()
        self.wait_for(lambda: self.heard)
        self.server.is_stalled = True
        self.close()

    def test_stalled(self):
        """A peer that has gone silent is left, and another connection is made."""
        self.start()
        self.wait_for(lambda: self.heard)
        self.server.is_stalled = True
        self.wait_for(lambda: self.source.state.word is sources.Word.WAITING)
        self.assertIn("gone silent", self.source.state.detail)
        self.server.is_stalled = False
        self.wait_for(lambda: self.heard == [MISSED, MISSED])
        self.close()

    def test_no_account(self):
        """It is told which option is missing, and what to do without one."""
        error = self.assertRaises(service.ConfigError, ssh.SshSource, self.make_conf(username=None))
        self.assertIn("[gerrit] username", str(error))
        self.assertIn("[listener] source = rest", str(error))
