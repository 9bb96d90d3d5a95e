"""``python -m tests.brokers [PART OF A NAME...]``: these tests, with what they print.

Without a word those of each module run beside those of the others, since they mostly wait.
"""

import sys

from tests import alone
from tests import beside
from tests.brokers import kafka
from tests.brokers import server

#: Each is a part of the names of its tests.
LANES = ("test_kafka.TestKafka", "test_mqtt.TestMqtt", "test_disturbance.TestDisturbance")


def main(words):
    """Runs them; returns the exit code."""
    if words:
        return alone.main("tests/brokers", words)
    try:
        # Fetched once, and not by two at a time.
        kafka.jars()
    except server.MissingError as error:
        print(error, flush=True)
    return beside.run({name: ["-m", "tests.brokers", name] for name in LANES})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
