"""A server of a database that is killed with -9, and is back later."""

import json
import re
import urllib.error
import urllib.request

import testtools

from tests import databases
from tests.functional import test_listen


@testtools.skipIf(databases.engine_name() == "sqlite", "SQLite has no server")
class TestKilled(test_listen.ListenTestCase):
    """Listeners and pages beside it."""

    def setUp(self):
        """Starts a server that nobody else needs."""
        super().setUp()
        self.server = self.useFixture(databases.SERVERS[databases.engine_name()]())
        self.database = self.server.database()
        self.database.create()
        self.environment["OS_DATABASE__CONNECTION"] = self.database.url

    def spooled(self, listener):
        """How many events wait on disk."""
        folder = self.folder / "state" / "spool" / listener
        return sum(path.read_bytes().count(b"\n") for path in folder.glob("*.jsonl"))

    def test_listener(self):
        """What is heard meanwhile waits on disk, and nothing is lost or doubled."""
        process = self.listen()
        self.ssh.send(test_listen.result(1) + b"\n")
        self.wait_for_reports(1)
        last = 1
        for _ in range(3):
            # In the middle of a stream of events, so that some transaction is cut.
            for number in range(last + 1, last + 31):
                self.ssh.send(test_listen.result(number) + b"\n", 0.01)
                if number == last + 10:
                    self.server.kill()
            last += 30
            self.wait_for(lambda: self.spooled("one"))
            self.server.start()
            self.wait_for_reports(last)
        self.wait_for(lambda: not self.spooled("one"))
        said = self.end(process)
        self.assertIn("The database cannot be written; events wait on disk", said)
        self.assertIn("events that waited are recorded", said)
        self.assertNotIn("Traceback", said)
        numbers = self.query("SELECT number FROM changes ORDER BY number")
        self.assertEqual([(number,) for number in range(1, last + 1)], numbers)
        self.assertEqual([(last,)], self.query("SELECT count(*) FROM builds"))

    def test_away_at_the_start(self):
        """A listener waits for it, and says for what; ``ciwatch check`` tells it, too, without a password."""
        self.server.kill()
        process = self.start("listen")
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        said = process.stderr.readline().decode()
        self.assertIn("[database] connection: ", said)
        self.assertIn("waiting for it", said)
        code, out, _ = self.ciwatch("check")
        self.assertEqual(1, code)
        self.assertRegex(out, r"FAIL +database: \[database\] connection: .*is the server up")
        self.server.start()
        self.wait_for(lambda: self.query("SELECT state FROM listeners") == [("listening",)])
        self.end(process)

    def test_pages(self):
        """503 with a sentence while it is away, and the page again afterwards, from the same process."""
        path = self.write("events.jsonl", test_listen.result(1))
        self.assertEqual(0, self.ciwatch("replay", path)[0])
        server = self.start("serve", "--port", "0")
        self.addCleanup(server.communicate)
        self.addCleanup(server.kill)
        address = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline().decode())[0]
        for _ in range(2):
            self.assertEqual(200, ask(address)[0])
            self.server.kill()
            status, body = ask(address)
            self.assertEqual(503, status)
            self.assertIn(b"please come back", body)
            self.assertEqual(503, ask(f"{address}healthz")[0])
            self.assertIn("error", json.loads(ask(f"{address}api/v1/status")[1]))
            self.server.start()
        self.assertEqual(200, ask(address)[0])
        self.assertEqual(200, ask(f"{address}api/v1/status")[0])


def ask(address):
    """(status, bytes) of a page."""
    try:
        with urllib.request.urlopen(address, timeout=30) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
