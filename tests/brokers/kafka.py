"""A real Apache Kafka: one node in KRaft mode, its own broker and controller.

Its jars come from Maven and are kept in ``.kafka`` beside this working copy.
"""

import base64
import functools
import pathlib
import shutil
import subprocess
import uuid

import confluent_kafka
from confluent_kafka import admin

from tests.brokers import server

VERSION = "3.9.1"
KEPT = pathlib.Path(__file__).parents[2] / ".kafka"

_POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>ciwatch</groupId>
  <artifactId>broker</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>{VERSION}</version>
    </dependency>
  </dependencies>
</project>
"""
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"

# The class path has no log4j, so it says what is wrong with its configuration only.
_JAVA = ("java", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-cp")


@functools.cache
def jars():
    """The folder of the jars, fetched where they are not there yet.

    :raises server.MissingError: where Java or Maven is absent, or the jars cannot be had.
    """
    for program, package in (("java", "default-jre-headless"), ("mvn", "maven")):
        if shutil.which(program) is None:
            raise server.MissingError(f"needs a real Kafka, and there is no {program}: apt install {package}")
    path = KEPT / VERSION
    if not path.exists():
        # Whole, or not there.
        half = KEPT / "half"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        (KEPT / "pom.xml").write_text(_POM)
        command = ["mvn", "-q", "-B", "-Dstyle.color=never", "-f", KEPT / "pom.xml", _COPY]
        command += ["-DincludeScope=runtime", f"-DoutputDirectory={half}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        except subprocess.TimeoutExpired as error:
            raise server.MissingError("needs Kafka, and Maven did not bring it within 10 minutes") from error
        if done.returncode:
            reason = (done.stdout or done.stderr).strip().splitlines() or ["?"]
            raise server.MissingError(f"needs Kafka {VERSION}, and Maven says: {reason[0][:300]}")
        half.rename(path)
    return path


class Kafka(server.Server):
    """One node.

    :ivar sasl_port: where who signs in is answered.
    :ivar tls_port: where it speaks TLS.
    :ivar certificate: the path of its certificate, which signs itself.
    """

    def __init__(self, folder, accounts=None):
        """Formats its storage.

        :param accounts: username -> password of those who may sign in at :attr:`sasl_port`.
        """
        super().__init__(folder)
        jars()
        self.sasl_port, self.tls_port, controller = (server.free_port() for _ in range(3))
        self.certificate, key = server.make_certificate(self.folder)
        both = self.folder / "both.pem"
        both.write_bytes(key.read_bytes() + self.certificate.read_bytes())
        ports = {"PLAINTEXT": self.port, "SASL_PLAINTEXT": self.sasl_port, "SSL": self.tls_port}
        listeners = ",".join(f"{name}://127.0.0.1:{port}" for name, port in ports.items())
        users = "".join(f' user_{name}="{word}"' for name, word in (accounts or {"nobody": "x"}).items())
        plain = "org.apache.kafka.common.security.plain.PlainLoginModule required"
        settings = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"{listeners},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": listeners,
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT," + ",".join(f"{n}:{n}" for n in ports),
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": both,
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl_plaintext.plain.sasl.jaas.config": f"{plain}{users};",
            "log.dirs": self.folder / "data",
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
        }
        self._settings = self.folder / "server.properties"
        self._settings.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        words = ["kafka.tools.StorageTool", "format", "-t", _cluster_id(), "-c", self._settings]
        done = subprocess.run([*self._java(), *words], capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"Kafka's storage: {(done.stdout + done.stderr)[-2000:]}")

    def _java(self):
        return [*_JAVA, f"{jars()}/*"]

    def command(self):
        """The broker."""
        return [*self._java(), "kafka.Kafka", self._settings]

    def start(self):
        """Starts it, and returns when it has told who it is."""
        super().start()
        self.admin.list_topics(timeout=120)

    @functools.cached_property
    def admin(self):
        """A client that may do all."""
        return admin.AdminClient({"bootstrap.servers": self.address, "log_level": 0})

    def make_topic(self, name, partitions):
        """Makes a topic."""
        for made in self.admin.create_topics([admin.NewTopic(name, partitions, 1)]).values():
            made.result(60)

    def producer(self):
        """A client that writes and tries again, as Gerrit's plugin does."""
        return confluent_kafka.Producer(
            {"bootstrap.servers": self.address, "acks": "all", "enable.idempotence": True, "log_level": 0}
        )

    def behind(self, topic, group):
        """How many events of a topic a group has not acknowledged."""
        consumer = confluent_kafka.Consumer(
            {"bootstrap.servers": self.address, "group.id": group, "log_level": 0}
        )
        try:
            found = consumer.list_topics(topic, timeout=120).topics[topic].partitions
            places = [confluent_kafka.TopicPartition(topic, number) for number in found]
            count = 0
            for place in consumer.committed(places, timeout=120):
                low, high = consumer.get_watermark_offsets(place, timeout=120)
                count += high - max(place.offset, low)
            return count
        finally:
            consumer.close()


def _cluster_id():
    """As Kafka writes a random one: 22 characters of base64."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
