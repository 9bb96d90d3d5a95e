"""Short runs of ``python -m tests.brokers.disturbance``, which by itself hands over 20,000 events."""

from tests import base
from tests.brokers import disturbance
from tests.brokers import kafka
from tests.brokers import mosquitto
from tests.brokers import server

#: Enough for each kind of disturbance.
EVENTS = "4000"


class TestDisturbance(base.TestCase):
    """Nothing is missing in the end, and nothing is acknowledged that was not kept."""

    def disturb(self, source, look):
        """Runs it; skips where *look* does not find the broker."""
        try:
            look()
        except server.MissingError as error:
            self.skipTest(str(error))
        self.assertEqual(0, disturbance.main([source, "--events", EVENTS]))

    def test_kafka(self):
        """Listeners of a consumer group."""
        self.disturb("kafka", kafka.jars)

    def test_mqtt(self):
        """A listener and its session."""
        self.disturb("mqtt", mosquitto.program)
