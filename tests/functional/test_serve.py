"""``ciwatch serve`` as a user types it."""

from concurrent import futures
import re
import signal
import socket
import urllib.error
import urllib.request

from tests import base
from tests.functional import test_replay


def status_of(address):
    """The status code of a page."""
    try:
        with urllib.request.urlopen(address, timeout=20) as response:
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


class TestServe(test_replay.CommandTestCase):
    """It answers whether or not there is a database."""

    def test_before_the_first_event(self):
        """One line says what is missing; pages say 503, and are there once something was recorded."""
        server = self.start("serve", "--port", "0")
        self.addCleanup(server.communicate)
        self.addCleanup(server.kill)
        address = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline().decode())[0]
        said = server.stderr.readline().decode()
        if self.database.path:
            missing = f"there is no {self.database.path} yet; 'ciwatch listen' or"
        else:
            missing = "its schema is not there"
        self.assertIn(f"[database] connection: {missing}", said)
        self.assertEqual(503, status_of(address))
        path = self.write("events.jsonl", base.line(base.comment_event("Patch Set 1:\n\nhello", 1700000000)))
        self.assertEqual(0, self.ciwatch("replay", path)[0])
        self.assertEqual(200, status_of(address))
        server.send_signal(signal.SIGTERM)
        self.assertEqual(0, server.wait(20))

    def test_more_visitors_than_threads(self):
        """They wait their turn; that is nothing to tell whoever runs it."""
        path = self.write("events.jsonl", base.line(base.comment_event("Patch Set 1:\n\nhello", 1700000000)))
        self.assertEqual(0, self.ciwatch("replay", path)[0])
        self.environment["OS_WEB__THREADS"] = "1"
        server = self.start("serve", "--port", "0")
        self.addCleanup(server.kill)
        address = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline().decode())[0]
        with futures.ThreadPoolExecutor(16) as visitors:
            codes = list(visitors.map(status_of, [address] * 48))
        self.assertEqual([200] * 48, codes)
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=20)
        self.assertEqual((0, b""), (server.returncode, said))

    def test_taken_port(self):
        """One line says which."""
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            code, out, err = self.ciwatch("serve", "--port", port)
        self.assertEqual((1, ""), (code, out))
        self.assertRegex(err, rf"^cannot answer on 127\.0\.0\.1 port {port}: .*already in use.*\n$")
