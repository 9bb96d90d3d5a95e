"""Gerrit through a real Mosquitto: checked, heard, and what it keeps while nobody listens."""

import json
import signal
import time

from paho.mqtt import client as paho

from tests.brokers import case
from tests.brokers import mosquitto
from tests.functional import test_listen


class TestMqtt(case.BrokerTestCase):
    """Each test has a session of its own, by the name of its listener."""

    source = "mqtt"

    @classmethod
    def make_server(cls, folder):
        """One that lets in who has a password."""
        mosquitto.program()
        return mosquitto.Mosquitto(folder, ("watcher", "word"))

    def setUp(self):
        """Names the broker."""
        super().setUp()
        # What an earlier test published is not kept for a session that is made now.
        self.configure(host="127.0.0.1", port=self.server.port, username="watcher", password="word")

    def publish(self, *lines, qos=1):
        """Publishes events as germqtt does, and returns when the broker has them."""
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.username_pw_set("watcher", "word")
        client.connect("127.0.0.1", self.server.port)
        client.loop_start()
        for line in lines:
            try:
                event = json.loads(line)
                topic = f"gerrit/{event['change']['project']}/{event['type']}"
            except (ValueError, KeyError):
                topic = "gerrit/else"
            client.publish(topic, line, qos=qos).wait_for_publish(30)
        client.disconnect()
        client.loop_stop()

    def test_check(self):
        """What is there, and what to do where something is not."""
        self.check(rf"^ok    broker: gerrit/# at 127.0.0.1 port {self.server.port}$")
        self.configure(password="sword")
        self.check(r"^FAIL  broker: .* lets nobody in like that: .*; correct \[mqtt\] username and password")
        self.configure(password="word", topic="gerrit/#/x")
        self.check(r"^FAIL  broker: \[mqtt\] topic: 'gerrit/#/x' is no filter")
        self.configure(topic="gerrit/#", port=9)
        self.check(r"^FAIL  broker: 127.0.0.1 port 9: Connection refused")

    def test_tls(self):
        """The certificate is verified."""
        self.configure(port=self.server.tls_port, tls="true")
        self.check("^FAIL  broker: .*certificate verify failed")
        self.configure(ca_file=self.server.certificate)
        self.check("^ok    broker: ")

    def test_hears(self):
        """What is published; what is no event stops nothing."""
        process = self.listen()
        self.publish(test_listen.result(1), b"", case.rejected(5), test_listen.result(2))
        self.publish(test_listen.result(3), qos=0)
        self.wait_for_reports(1, 2, 3)
        detail = f"hears gerrit/# at 127.0.0.1 port {self.server.port}"
        self.wait_for(lambda: self.query("SELECT state, detail FROM listeners") == [("listening", detail)])
        self.assertEqual("", self.end(process))
        self.assertEqual(1, self.query("SELECT count(*) FROM rejected_events")[0][0])

    def test_filter(self):
        """Other topics are not heard."""
        self.configure(topic="gerrit/openstack/+/comment-added")
        process = self.listen()
        self.publish(b"elsewhere", test_listen.result(1))
        self.wait_for_reports(1)
        self.end(process)
        self.assertEqual([(1,)], self.query("SELECT read FROM listeners"))

    def test_killed(self):
        """The broker keeps what comes meanwhile; what was acknowledged does not come again."""
        process = self.listen()
        self.publish(test_listen.result(1))
        self.wait_for_reports(1)
        # An acknowledgement is on its way when the row is there.
        time.sleep(3)
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.publish(test_listen.result(2))
        process = self.listen()
        self.wait_for_reports(1, 2)
        self.end(process)
        self.assertEqual([(1,)], self.query("SELECT read FROM listeners"))

    def test_missed(self):
        """What the broker does not keep is asked for, and the gap is on record."""
        process = self.listen()
        self.publish(test_listen.result(1))
        self.wait_for_reports(1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        # Without a session nobody waits for it.
        self.publish(test_listen.result(2), qos=0)
        self.rest.changes = [case.missed(2)]
        process = self.listen()
        self.wait_for_reports(1, 2)
        self.wait_for(
            lambda: self.query("SELECT reason, filled_by FROM gaps") == [("connected", "rest")]
        )
        self.end(process)

    def test_away(self):
        """A broker that is away is tried again; its session is there afterwards."""
        process = self.listen()
        self.server.stop()
        self.addCleanup(lambda: self.server.stop() or self.server.start())
        self.wait_for(lambda: self.query("SELECT 1 FROM listeners WHERE state = 'waiting'"))
        self.server.start()
        self.publish(test_listen.result(1))
        self.wait_for_reports(1)
        self.end(process)
