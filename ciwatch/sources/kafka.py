"""Listening to the topic to which Gerrit's plugin events-kafka writes its stream, as one of a group."""

import collections
import logging
import time

from ciwatch import service
from ciwatch.sources import base
from ciwatch.sources import broker

LOG = logging.getLogger(__name__)

# Events that are taken together, and acknowledged together.
_BATCH = 500

# After the first a listener that was killed leaves its partitions to the others, and after the second one
# that lives and takes nothing, since it has no room; in milliseconds.
_SESSION_MS = 10_000
_LONGEST_PAUSE_MS = 60_000

# How often Kafka is told how far it is, in milliseconds: where the listener is killed, what was recorded
# since is recorded again, which changes nothing.
_COMMIT_MS = 1000

# How long an answer is waited for, in seconds; while there is trouble the second, as often as the third says.
_PATIENCE_S = 5.0
_ANSWER_S = 2.0
_LOOK_S = 5.0


class KafkaSource(broker.BrokerSource):
    """A consumer group has each event at least once; its offset moves when the events before it are kept.

    Whatever the partitions do, an offset is stored only by a listener that had all events of the partition
    from the one on that the group had committed before, and kept them. So all that lies before a committed
    offset is kept, by whomever; and what a listener had that lost its partition meanwhile, the next one gets
    again.
    """

    name = "kafka"
    module = "confluent_kafka"
    package = "confluent-kafka"

    def __init__(self, conf, since=None):
        """Takes the configuration."""
        super().__init__(conf, since)
        self._library = self.library()
        self._consumer = None
        # From the thread that keeps. The library lets no second thread in while it waits for events.
        self._kept = collections.deque()
        self._partitions = set()
        self._missed = None
        self._trouble = None
        self._look_at = 0.0

    @classmethod
    def require(cls, conf):
        """Servers, and a library that likes the settings."""
        _Consumer(cls.library(), conf).close()

    @classmethod
    def probe(cls, conf):
        """The topic and its partitions, and whether the group may remember its place."""
        consumer = _Consumer(cls.library(), conf)
        try:
            count = consumer.look(_PATIENCE_S)
        finally:
            consumer.close()
        return (
            f"topic {conf.kafka.topic} at {_servers(conf)} has {count} partition{'s' * (count != 1)}:"
            f" as many listeners of the group {conf.kafka.group} work at a time"
        )

    def lines(self):
        """Those of the partitions that the group gives to this listener."""
        self._consumer = consumer = _Consumer(self._library, self.conf, self._fails)
        try:
            consumer.client.subscribe(
                [self.conf.kafka.topic],
                on_assign=self._assigned,
                on_revoke=self._revoked,
                on_lost=self._revoked,
            )
            while not self.stop.is_set():
                yield from self._taken(consumer.take())
                self._store(consumer)
                if self._trouble is not None:
                    self._look(consumer)
                if self._missed is not None:
                    missed, self._missed = self._missed, None
                    yield base.Missed(missed)
        finally:
            self._store(consumer)
            consumer.close()
        self.tell(base.Word.STOPPED)

    def kept(self, token):
        """Notes it for the thread that has the consumer."""
        self._kept.append(token)

    def _store(self, consumer):
        """Stores what is kept; the library commits it every second, and before it leaves the group."""
        while self._kept:
            consumer.store(self._kept.popleft())

    def _taken(self, messages):
        offsets = {}
        for message in messages:
            if message.error() is not None:
                self._fails(message.error())
                continue
            offsets[message.partition()] = message.offset() + 1
            if line := broker.one_line(message.value()):
                yield line
        if offsets:
            yield base.Receipt(offsets)

    # Called back by the library while it is asked for events.

    def _assigned(self, client, places):
        self._partitions |= {place.partition for place in places}
        try:
            self._missed = self._missed or _deleted(client, places)
        except self._library.KafkaException as error:
            # It comes out when it is asked for events, and it is asked for what was missed at the next start.
            LOG.info("Cannot look for what was deleted: %s", error)
        if self._trouble is None:
            self._tell_place()

    def _revoked(self, client, places):
        self._partitions -= {place.partition for place in places}
        if self._trouble is None and not self.stop.is_set():
            self._tell_place()

    def _fails(self, error):
        kinds = self._library.KafkaError
        if error.code() in (kinds._TRANSPORT, kinds._MAX_POLL_EXCEEDED):
            # One broker of several, or a connection that was idle; or this listener had no room for too long.
            LOG.debug("%s", error)
            return
        said = self._consumer.explain(error)
        if said != self._trouble:
            LOG.warning("%s", said)
        self._trouble = said
        self._look_at = time.monotonic() + _LOOK_S
        self.tell(base.Word.WAITING, said)

    def _look(self, consumer):
        """Whether Kafka is there again, which it does not say by itself."""
        if time.monotonic() < self._look_at:
            return
        try:
            consumer.look(_ANSWER_S)
        except broker.BrokerError as error:
            self._look_at = time.monotonic() + _LOOK_S
            self.tell(base.Word.WAITING, str(error))
            return
        LOG.warning("Kafka answers again")
        # Who writes there may not have kept what it could not hand over.
        self._missed = "Kafka was away"
        self._trouble = None
        self._tell_place()

    def _tell_place(self):
        where = f"topic {self.conf.kafka.topic} at {_servers(self.conf)}"
        if self._partitions:
            numbers = ", ".join(str(number) for number in sorted(self._partitions))
            self.tell(base.Word.LISTENING, f"hears {where}: partitions {numbers}")
        else:
            self.tell(base.Word.LISTENING, f"stands by for {where}: others of the group have all partitions")


class _Consumer:
    """The library's consumer, and what it says in words."""

    def __init__(self, library, conf, fails=None):
        """Makes it; nobody is asked for anything yet.

        :param fails: called with each error of the library.
        :raises ciwatch.service.ConfigError: where the configuration lacks something.
        """
        self._library, self._conf = library, conf
        self._error = None
        self._tell = fails
        try:
            self.client = library.Consumer(_settings(conf) | {"error_cb": self._fails})
        except library.KafkaException as error:
            raise service.ConfigError(f"[kafka]: {error.args[0].str()}") from error

    def _fails(self, error):
        # That all brokers are down follows from the error before, which tells why.
        if error.code() != self._library.KafkaError._ALL_BROKERS_DOWN:
            self._error = error
        if self._tell is not None:
            self._tell(error)

    def take(self):
        """What came, after at most half a second."""
        first = self.client.poll(0.5)
        return [] if first is None else [first, *self.client.consume(_BATCH - 1, 0)]

    def store(self, offsets):
        """Notes how far it is; *offsets* by partition."""
        topic = self._conf.kafka.topic
        try:
            self.client.store_offsets(
                offsets=[self._library.TopicPartition(topic, *place) for place in offsets.items()]
            )
        except self._library.KafkaException as error:
            # Of a partition that another listener has by now, which gets these events again.
            LOG.info("Offsets are not stored: %s", error)

    def look(self, patience_s):
        """How many partitions the topic has; asks what listening asks for, too.

        :raises broker.BrokerError: where it is not told.
        """
        topic = self._conf.kafka.topic
        try:
            found = self.client.list_topics(topic, timeout=patience_s).topics[topic]
            if found.error is not None:
                raise self._library.KafkaException(found.error)
            places = [self._library.TopicPartition(topic, number) for number in found.partitions]
            for place in self.client.committed(places, timeout=patience_s):
                if place.error is not None:
                    raise self._library.KafkaException(place.error)
        except self._library.KafkaException as error:
            # Of errors that it tells of only when it is asked for events.
            self.client.poll(0)
            raise broker.BrokerError(self.explain(error.args[0])) from error
        return len(places)

    def explain(self, error):
        """What is wrong, and what to do."""
        kinds, kafka = self._library.KafkaError, self._conf.kafka
        where = f"Kafka at {_servers(self._conf)}"
        silent = (kinds._TRANSPORT, kinds._ALL_BROKERS_DOWN, kinds._TIMED_OUT, kinds._RESOLVE)
        if error.code() in silent and self._error is not None:
            # Who is refused seems to get no answer.
            error = self._error
        code, reason = error.code(), error.str()
        if code in (kinds._AUTHENTICATION, kinds.SASL_AUTHENTICATION_FAILED):
            return f"{where}: {reason}; correct [kafka] username, password or sasl_mechanism"
        if code == kinds._SSL:
            return f"{where}: {reason}; correct [kafka] servers, tls or ca_file"
        if code in silent:
            return f"{where} does not answer: {reason}; is it up, and are [kafka] servers and tls right?"
        if code in (kinds.UNKNOWN_TOPIC_OR_PART, kinds._UNKNOWN_TOPIC):
            return (
                f"{where} has no topic {kafka.topic!r}; set [kafka] topic to that of Gerrit's plugin"
                " events-kafka"
            )
        if code in (kinds.TOPIC_AUTHORIZATION_FAILED, kinds.GROUP_AUTHORIZATION_FAILED):
            return (
                f"{where}: {reason}; its administrators have to let this account Read the topic"
                f" {kafka.topic} and the group {kafka.group}"
            )
        return f"{where}: {reason}"

    def close(self):
        """Commits what is stored, and leaves the group."""
        self.client.close()


def _settings(conf):
    """The library's settings.

    :raises ciwatch.service.ConfigError: where a broker is not named.
    """
    kafka = conf.kafka
    if not kafka.servers:
        raise service.ConfigError(
            "[kafka] servers: name a broker, HOST:PORT, that has the topic of Gerrit's plugin events-kafka"
        )
    settings = {
        "bootstrap.servers": ",".join(kafka.servers),
        # It would write to stderr what it says to error_cb, too.
        "log_level": 0,
        "client.id": f"ciwatch-{service.listener_name(conf)}",
        "group.id": kafka.group,
        # A new group reads all that there is: more history, and what is known changes nothing.
        "auto.offset.reset": "earliest",
        "enable.auto.offset.store": False,
        "enable.auto.commit": True,
        "auto.commit.interval.ms": _COMMIT_MS,
        "session.timeout.ms": _SESSION_MS,
        "heartbeat.interval.ms": _SESSION_MS // 4,
        "max.poll.interval.ms": _LONGEST_PAUSE_MS,
        # The listener has a queue of its own.
        "queued.max.messages.kbytes": 16 * 1024,
        "security.protocol": ("SASL_" if kafka.username else "") + ("SSL" if kafka.tls else "PLAINTEXT"),
    }
    if kafka.tls:
        names = ("ssl.ca.location", "ssl.certificate.location", "ssl.key.location")
        settings |= zip(names, broker.files_of(conf, "kafka"), strict=True)
    if kafka.username:
        settings |= {
            "sasl.mechanism": kafka.sasl_mechanism,
            "sasl.username": kafka.username,
            "sasl.password": kafka.password or "",
        }
    return {name: value for name, value in settings.items() if value is not None}


def _deleted(client, places):
    """What Kafka deleted of *places* before the group had it, in words, or None."""
    for place in client.committed(places, timeout=_PATIENCE_S):
        if place.offset >= 0:
            low, _ = client.get_watermark_offsets(place, timeout=_PATIENCE_S)
            if place.offset < low:
                return f"Kafka deleted {low - place.offset} events of partition {place.partition} unread"
    return None


def _servers(conf):
    return ", ".join(conf.kafka.servers)
