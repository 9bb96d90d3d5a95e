"""Gerrit through a real Apache Kafka: checked, heard from the beginning, what was deleted asked for."""

import signal
import time

import confluent_kafka

from tests.brokers import case
from tests.brokers import kafka
from tests.functional import test_listen


class TestKafka(case.BrokerTestCase):
    """Each test has a topic of its own."""

    source = "kafka"

    @classmethod
    def make_server(cls, folder):
        """A node with one account."""
        return kafka.Kafka(folder, {"watcher": "word"})

    def setUp(self):
        """Makes the topic, with two partitions."""
        super().setUp()
        self.topic = f"gerrit-{time.monotonic_ns()}"
        self.server.make_topic(self.topic, 2)
        self.configure(servers=self.server.address, topic=self.topic)

    def publish(self, *lines, partition=0):
        """Writes events, and returns when Kafka has them."""
        producer = self.server.producer()
        for line in lines:
            producer.produce(self.topic, line, partition=partition)
        self.assertEqual(0, producer.flush(60))

    def behind(self):
        """How many events the group has not acknowledged."""
        return self.server.behind(self.topic, "ciwatch")

    def test_check(self):
        """What is there, and what to do where something is not."""
        self.check(rf"^ok    broker: topic {self.topic} at {self.server.address} has 2 partitions")
        sasl = f"127.0.0.1:{self.server.sasl_port}"
        self.configure(servers=sasl, username="watcher", password="word", sasl_mechanism="PLAIN")
        self.check("^ok    broker: ")
        self.configure(topic="nothing")
        self.check(r"^FAIL  broker: Kafka at \S+ has no topic 'nothing'; set \[kafka\] topic")
        self.configure(topic=self.topic, password="sword")
        self.check(r"^FAIL  broker: .*Invalid username or password.*; correct \[kafka\] username")
        self.configure(username="", servers="127.0.0.1:9")
        self.check(r"^FAIL  broker: .* does not answer: .*Connection refused")

    def test_tls(self):
        """The certificate is verified."""
        self.configure(servers=f"127.0.0.1:{self.server.tls_port}", tls="true")
        self.check(r"^FAIL  broker: .*certificate verify failed.*\[kafka\] servers, tls or ca_file")
        self.configure(ca_file=self.server.certificate)
        self.check("^ok    broker: ")

    def test_hears(self):
        """All that the topic has, from its beginning; what is no event stops nothing; all is acknowledged."""
        self.publish(test_listen.result(1), case.rejected(5), b'{"type":"ref-updated","eventCreatedOn":1}')
        self.publish(None, b"", test_listen.result(2), partition=1)
        process = self.listen(asks=False)
        self.wait_for_reports(1, 2)
        self.publish(test_listen.result(3), partition=1)
        self.wait_for_reports(1, 2, 3)
        self.wait_for(lambda: self.behind() == 0)
        detail = f"hears topic {self.topic} at {self.server.address}: partitions 0, 1"
        self.wait_for(lambda: self.query("SELECT detail FROM listeners") == [(detail,)])
        self.assertEqual("", self.end(process))
        self.assertEqual(1, self.query("SELECT count(*) FROM rejected_events")[0][0])
        self.assertEqual([("stopped",)], self.query("SELECT state FROM listeners"))

    def test_killed(self):
        """What was not acknowledged comes again, and nothing else."""
        process = self.listen(asks=False)
        self.publish(test_listen.result(1))
        self.wait_for_reports(1)
        self.wait_for(lambda: self.behind() == 0)
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.publish(test_listen.result(2))
        process = self.listen(asks=False)
        self.wait_for_reports(1, 2)
        self.end(process)
        # Nothing was missed but what nobody can know of at the first start.
        self.assertEqual([(1,)], self.query("SELECT read FROM listeners"))
        self.assertEqual([], self.query("SELECT reason FROM gaps"))

    def test_deleted(self):
        """What Kafka deleted before it was heard is asked for, and the gap is on record."""
        process = self.listen()
        self.publish(test_listen.result(1))
        self.wait_for_reports(1)
        self.wait_for(lambda: self.behind() == 0)
        self.end(process)
        self.publish(test_listen.result(2), test_listen.result(3), test_listen.result(4))
        self.rest.changes = [case.missed(3), case.missed(2)]
        place = confluent_kafka.TopicPartition(self.topic, 0, 3)
        for deleted in self.server.admin.delete_records([place]).values():
            deleted.result(30)
        process = self.listen(asks=False)
        self.wait_for_reports(1, 2, 3, 4)
        self.wait_for(
            lambda: self.query("SELECT reason, filled_by FROM gaps")
            == [("Kafka deleted 2 events of partition 0 unread", "rest")]
        )
        self.end(process)

    def test_away(self):
        """A broker that is away is waited for; what it may not have got is asked for."""
        process = self.listen()
        self.publish(test_listen.result(1))
        self.wait_for_reports(1)
        self.server.stop(signal.SIGKILL)
        self.addCleanup(lambda: self.server.stop() or self.server.start())
        said = "SELECT 1 FROM listeners WHERE state = 'waiting' AND detail LIKE '%does not answer%'"
        self.wait_for(lambda: self.query(said))
        self.rest.changes = [case.missed(2)]
        self.server.start()
        self.publish(test_listen.result(3))
        self.wait_for_reports(1, 2, 3)
        self.wait_for(lambda: self.query("SELECT reason FROM gaps") == [("Kafka was away",)])
        self.end(process)
