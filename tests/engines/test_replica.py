"""Pages read from a replica of PostgreSQL's own making."""

import re

import testtools

from tests import databases
from tests.engines import test_killed
from tests.functional import test_listen
from tests.functional import test_replay


@testtools.skipUnless(databases.engine_name() == "postgresql", "the replica is one of PostgreSQL")
class TestReplica(test_replay.CommandTestCase):
    """A server that streams from another one."""

    def setUp(self):
        """Records an event on the primary, and starts its replica."""
        super().setUp()
        self.primary = self.useFixture(databases.PostgreSQL())
        self.database = self.primary.database()
        self.database.create()
        self.environment["OS_DATABASE__CONNECTION"] = self.database.url
        self.record(1)
        self.standby = self.useFixture(databases.Standby(self.primary))
        self.replica = self.standby.database()
        self.environment["OS_DATABASE__REPLICA_CONNECTION"] = self.replica.url
        # 'ciwatch check' asks a Gerrit, too, and there is none.
        self.environment["OS_GERRIT__URL"] = "http://127.0.0.1:1"

    def record(self, number):
        """Records an event of a change."""
        path = self.write("events.jsonl", test_listen.result(number))
        self.assertEqual(0, self.ciwatch("replay", path)[0])

    def serve(self):
        """The address of a site, and its process."""
        server = self.start("serve", "--port", "0")
        self.addCleanup(server.communicate)
        self.addCleanup(server.kill)
        return re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline().decode())[0], server

    def test_reads(self):
        """Pages are of the replica, what tells of the collecting is of the primary, commands write there."""
        address, _ = self.serve()
        # The replica stands still: what comes now is on the primary only.
        self.replica.query("SELECT pg_wal_replay_pause()")
        self.record(2)
        self.assertEqual(404, test_killed.ask(f"{address}change/2")[0])
        self.assertEqual(200, test_killed.ask(f"{address}change/1")[0])
        self.assertIn(b'"changes":2', test_killed.ask(f"{address}api/v1/status")[1])
        self.assertEqual(200, test_killed.ask(f"{address}healthz")[0])
        self.replica.query("SELECT pg_wal_replay_resume()")
        self.wait_for(lambda: test_killed.ask(f"{address}change/2")[0] == 200)

    def test_away(self):
        """The log names whichever is away, and so does ``ciwatch check``."""
        address, server = self.serve()
        for each, option, path in (
            (self.standby, "replica_connection", ""),
            (self.primary, "connection", "status"),
        ):
            each.kill()
            self.assertEqual(503, test_killed.ask(address + path)[0])
            self.assertEqual(503, test_killed.ask(f"{address}healthz")[0])
            told = server.stderr.readline().decode()
            self.assertIn(f"[database] {option}: postgresql", told)
            _, out, _ = self.ciwatch("check")
            self.assertRegex(out, rf"FAIL +(database|replica): \[database\] {option}: .*is the server up")
            self.assertEqual(1, len(re.findall("is the server up", out)))
            each.start()
            self.assertEqual(200, test_killed.ask(address + path)[0])
            server.stderr.readline()

    def test_either(self):
        """With both in one URL the primary answers while the replica is away."""
        both = f"host={self.standby.folder}:5432&host={self.primary.folder}:5432"
        url = f"postgresql+psycopg://ciwatch@/ciwatch?{both}&target_session_attrs=prefer-standby"
        self.environment["OS_DATABASE__REPLICA_CONNECTION"] = url
        address, _ = self.serve()
        self.assertEqual(200, test_killed.ask(f"{address}change/1")[0])
        self.standby.kill()
        self.assertEqual(200, test_killed.ask(f"{address}change/1")[0])

    def test_check(self):
        """What the replica holds is told."""
        _, out, _ = self.ciwatch("check")
        self.assertRegex(out, r"ok +replica: postgresql\+psycopg://.*; its newest event is of 20")
