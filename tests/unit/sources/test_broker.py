"""What the sources that hear a broker say where there is none, and how an event becomes a line."""

import ssl
import sys

import fixtures
import testscenarios
from testtools import matchers

from ciwatch import service
from ciwatch.sources import broker
from ciwatch.sources import kafka
from ciwatch.sources import mqtt
from tests import base
from tests.brokers import server

load_tests = testscenarios.load_tests_apply_scenarios


class BrokerTestCase(base.TestCase):
    """Both sources, without a broker."""

    scenarios = [
        ("kafka", {"kind": kafka.KafkaSource, "needs": "confluent-kafka", "group": "kafka"}),
        ("mqtt", {"kind": mqtt.MqttSource, "needs": "paho-mqtt", "group": "mqtt"}),
    ]

    def configure(self, **options):
        """A configuration with a broker where nobody answers, and *options* of its group."""
        conf = self.make_conf()
        port = server.free_port()
        where = {"host": "127.0.0.1", "port": port} if self.group == "mqtt" else {}
        where = where or {"servers": [f"127.0.0.1:{port}"]}
        for name, value in {**where, **options}.items():
            conf.set_override(name, value, group=self.group)
        return conf

    def refusal(self, conf):
        """What the source says of a configuration."""
        error = self.assertRaises(service.ConfigError, self.kind.require, conf)
        self.assertNotIn("\n", str(error))
        return str(error)


class TestBrokers(BrokerTestCase):
    """What a user may have done wrong is told in one line."""

    def test_library_is_missing(self):
        """What to type."""
        self.useFixture(fixtures.MonkeyPatch("sys.modules", {**sys.modules, self.kind.module: None}))
        self.assertEqual(
            f"the source {self.group} needs {self.needs}: pip install 'ciwatch[{self.group}]'",
            self.refusal(self.configure()),
        )

    def test_no_broker_is_named(self):
        """The option."""
        option, value = ("servers", []) if self.group == "kafka" else ("host", None)
        conf = self.configure(**{option: value})
        self.assertThat(self.refusal(conf), matchers.StartsWith(f"[{self.group}] {option}: name "))

    def test_files(self):
        """Which file, and why."""
        for option in ("ca_file", "cert_file", "key_file"):
            path = self.folder / option
            self.assertEqual(
                f"[{self.group}] {option}: {path}: No such file or directory",
                self.refusal(self.configure(tls=True, **{option: str(path)})),
            )

    def test_no_certificate(self):
        """A file that is something else."""
        path = self.folder / "ca"
        path.write_text("Dear diary")
        self.assertIn(f"[{self.group}]", self.refusal(self.configure(tls=True, ca_file=str(path))))

    def test_tls(self):
        """The certificates of the system do."""
        self.assertNotEqual({}, ssl.create_default_context().cert_store_stats())
        self.assertIsNone(self.kind.require(self.configure(tls=True, username="watcher", password="word")))

    def test_nobody_answers(self):
        """Who was asked, and what to look at."""
        self.useFixture(fixtures.MonkeyPatch("ciwatch.sources.kafka._PATIENCE_S", 1.0))
        conf = self.configure()
        said = str(self.assertRaises(broker.BrokerError, self.kind.probe, conf))
        self.assertIn("Connection refused", said)
        self.assertIn(f"[{self.group}]", said)
        self.assertNotIn("\n", said)

    def test_needs_nothing_of_gerrits(self):
        """A source can be made, and waits for its broker, until it is closed."""
        source = self.kind(self.configure())
        source.close()
        self.assertEqual([], list(source.lines()))
        self.assertEqual("stopped", source.state.word)


class TestOneLine(base.TestCase):
    """What a broker has of an event."""

    def test_lines(self):
        """A line of the stream never holds a line end; nothing is nothing."""
        for payload, line in (
            (b'{"type": "x"}', b'{"type": "x"}'),
            (b'{\r\n  "type": "x"\n}\n', b'{    "type": "x" }'),
            (b"", b""),
            (None, b""),
            (b" \n ", b""),
        ):
            self.assertEqual(line, broker.one_line(payload))
