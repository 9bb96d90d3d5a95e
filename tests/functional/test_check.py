"""``ciwatch check`` as a user types it: each line, and what it says to do."""

import os

from tests import base
from tests.functional import test_listen


class TestCheck(test_listen.ListenTestCase):
    """Beside servers in this process; ``tests/gerrit`` does the same beside a real Gerrit."""

    def check(self, *words, failures=0):
        """The lines that it prints: what is looked at -> (word, what is said)."""
        code, out, err = self.ciwatch("check", *words)
        self.assertEqual((1 if failures else 0, ""), (code, err), out)
        *lines, last = out.splitlines()
        self.assertEqual(f"{failures} to mend." if failures else "All is there.", last)
        found = {}
        for line in lines:
            word, what = line[:5].strip(), line[6:].partition(": ")
            found[what[0]] = word, what[2]
        self.assertEqual(failures, sum(word == "FAIL" for word, _ in found.values()))
        return found

    def failure(self, what, *words):
        """What the line that fails says."""
        found = self.check(*words, failures=1)
        self.assertEqual("FAIL", found[what][0], found)
        return found[what][1]

    def test_all_is_there(self):
        """Every line."""
        found = self.check()
        self.assertEqual(
            [
                "configuration",
                "database",
                "parsers",
                "registry",
                "state folder",
                "archive",
                "source",
                "REST",
                "clock",
                "account",
                "key file",
                "host key",
                "login",
                "stream",
            ],
            list(found),
        )
        self.assertIn("is Gerrit 3.9.4", found["REST"][1])

    def test_registry(self):
        """One that cannot be used is told, with its line."""
        path = self.write_registry("systems:\n  basalt: {page: x}\n")
        self.environment["OS_INSIGHT__REGISTRY_FILE"] = str(path)
        self.assertIn(f"{path}:2: systems.basalt.page: is no http(s) address", self.failure("registry"))
        self.write_registry("systems: {basalt: {}}")
        self.assertEqual("1 CI system", self.check()["registry"][1])

    def test_rest_needs_no_account(self):
        """Nothing of ssh is looked at."""
        self.environment["OS_GERRIT__USERNAME"] = ""
        self.assertNotIn("login", self.check("--source", "rest"))
        self.assertIn("[gerrit] username is not set", self.failure("account"))

    def test_broker(self):
        """What is missing before a broker can be asked, or that none is there."""
        self.assertIn("[kafka] servers: name a broker", self.failure("broker", "--source", "kafka"))
        self.assertIn("[mqtt] host: name the broker", self.failure("broker", "--source", "mqtt"))
        self.environment |= {"OS_MQTT__HOST": "127.0.0.1", "OS_MQTT__PORT": "9"}
        self.assertIn("127.0.0.1 port 9: Connection refused", self.failure("broker", "--source", "mqtt"))

    def test_library_of_a_broker(self):
        """Without it one line says what to type, here and where it is to be used."""
        (self.folder / "confluent_kafka.py").write_text("raise ImportError('it is not there')\n")
        self.environment["PYTHONPATH"] = str(self.folder)
        said = "the source kafka needs confluent-kafka: pip install 'ciwatch[kafka]'"
        self.assertEqual(said, self.failure("broker", "--source", "kafka"))
        self.assertEqual((1, "", f"{said}\n"), self.ciwatch("listen", "--source", "kafka"))

    def test_configuration(self):
        """A value that cannot be used is told as by every command."""
        self.environment["OS_WEB__PORT"] = "banana"
        code, out, err = self.ciwatch("check")
        self.assertEqual((1, ""), (code, out))
        self.assertEqual("[web] port: 'banana' is not a whole number\n", err)

    def test_database(self):
        """One that must be migrated."""
        self.assertEqual(0, self.ciwatch("db", "upgrade")[0])
        self.assertIn("revision", self.check()["database"][1])
        self.database.execute("UPDATE alembic_version SET version_num = '0001'")
        self.assertIn("run 'ciwatch db upgrade'", self.failure("database"))

    def test_replica(self):
        """Its line tells what is in it; where it is not migrated, the option that names it."""
        self.assertNotIn("replica", self.check())
        other = self.make_database("other.sqlite")
        self.environment["OS_DATABASE__REPLICA_CONNECTION"] = other.url
        other.query("SELECT 1")
        self.assertIn("[database] replica_connection: its schema is not there", self.failure("replica"))
        self.environment["OS_DATABASE__REPLICA_CONNECTION"] = self.database.url
        self.assertEqual(0, self.ciwatch("db", "upgrade")[0])
        self.assertIn("no event is in it yet", self.check()["replica"][1])

    @base.sqlite_only("a server's database is no file")
    def test_no_database(self):
        """A file of something else."""
        text = "Dear diary, this is no database at all, whatever its name says.\n"
        self.database.path.write_text(text * 99)
        self.assertIn("file is not a database", self.failure("database"))

    def test_folders(self):
        """Where nothing can be written."""
        self.environment["OS_LISTENER__ARCHIVE_DIR"] = str(self.key_file / "archive")
        self.assertIn("[listener] archive_dir", self.failure("archive"))

    def test_source(self):
        """A plugin that is not there, and one that is nothing to listen to."""
        self.assertIn("there is no source 'nope'", self.failure("source", "--source", "nope"))
        self.assertIn("'ciwatch replay FILE'", self.failure("source", "--source", "file"))

    def test_clock(self):
        """How far it is off, and what to do."""
        self.rest.answer_date = "Mon, 23 Nov 2020 10:00:00 GMT"
        self.assertRegex(self.failure("clock"), r"is \d+ s ahead of Gerrit's: set both by NTP")
        self.rest.answer_date = "Mon, 23 Nov 2099 10:00:00 GMT"
        self.assertRegex(self.failure("clock"), r"is \d+ s behind Gerrit's")

    def test_key_file(self):
        """Absent, and readable by others."""
        os.chmod(self.key_file, 0o644)
        self.assertIn(f"chmod 600 {self.key_file}", self.failure("key file"))
        self.key_file.unlink()
        self.assertIn("No such file", self.failure("key file"))

    def test_ssh(self):
        """Host key, login, capability, and nobody there."""
        empty = self.folder / "empty"
        empty.touch()
        known = self.environment["OS_GERRIT__KNOWN_HOSTS_FILE"]
        self.environment["OS_GERRIT__KNOWN_HOSTS_FILE"] = str(empty)
        self.assertIn(self.ssh.host_key.fingerprint, self.failure("host key"))
        self.environment["OS_GERRIT__KNOWN_HOSTS_FILE"] = known
        self.ssh.answers["gerrit stream-events"] = b"", b"stream events not permitted\n", 1
        self.assertIn("'watcher' the global capability Stream Events", self.failure("stream"))
        self.ssh.public_key = None
        self.assertIn("SSH keys", self.failure("login"))
        self.environment["OS_GERRIT__SSH_PORT"] = "9"
        self.assertIn("is Gerrit up?", self.failure("ssh"))

    def test_groups(self):
        """Who cannot be seen is a note: one may listen all the same."""
        self.environment["OS_GERRIT__CI_GROUPS"] = "Seen,Empty,None"
        head = b"id\tusername\tfull name\temail\n"
        self.ssh.answers["gerrit ls-members --recursive Seen"] = (head + b"7\tlab\tLab\tn/a\n", b"", 0)
        self.ssh.answers["gerrit ls-members --recursive Empty"] = (head, b"", 0)
        found = self.check()
        self.assertEqual(("ok", "1 members"), found["group Seen"])
        self.assertEqual("note", found["group Empty"][0])
        self.assertIn("make it visible", found["group Empty"][1])
        self.assertEqual("note", found["group None"][0])
