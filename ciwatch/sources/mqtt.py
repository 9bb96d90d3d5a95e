"""Listening to an MQTT broker to which somebody hands Gerrit's stream, as germqtt does."""

import collections
import time

from ciwatch import service
from ciwatch.sources import base
from ciwatch.sources import broker
from ciwatch.sources import connected

# A peer that has been silent for so long is asked whether it is there; in seconds.
_KEEPALIVE_S = 30

# How long an answer is waited for, in seconds.
_ANSWER_S = 10.0

# How long the socket is waited for, in seconds: shorter while acknowledgements may come, since a broker sends
# no more than some messages before it has those of the earlier ones.
_IDLE_S = 0.5
_BUSY_S = 0.01

# Code of a subscription that is refused.
_REFUSED = 0x80


class MqttSource(connected.ConnectedSource, broker.BrokerSource):
    """A persistent session at QoS 1: the broker keeps for it what comes while nobody listens.

    It need not have kept all: a queue has an end, a session may expire, and what was published at QoS 0 is
    kept by nobody. So :class:`base.Missed` stands at the beginning of each connection.
    """

    name = "mqtt"
    module = "paho.mqtt.client"
    package = "paho-mqtt"
    trouble = broker.BrokerError

    def __init__(self, conf, since=None, **more):
        """Takes the configuration."""
        super().__init__(conf, since, **more)
        self.require(conf)
        # (connection, message ids) of what is kept, from the thread that keeps.
        self._kept = collections.deque()

    @classmethod
    def require(cls, conf):
        """A host, and files that are there."""
        _Connection(cls.library(), conf)

    @classmethod
    def probe(cls, conf):
        """Who answers, and whether the topics may be heard; leaves the session of the listener alone."""
        connection = _Connection(cls.library(), conf, is_probe=True)
        try:
            connection.open()
            granted = connection.subscribe()
        finally:
            connection.close()
        if granted == 0:
            raise broker.BrokerError(
                f"{_where(conf)} grants QoS 0 only for {conf.mqtt.topic}: it would keep nothing while nobody"
                " listens; ask its administrators for QoS 1"
            )
        return f"{conf.mqtt.topic} at {_where(conf)}"

    def connection_lines(self):
        """What one connection brings."""
        connection = _Connection(self.library(), self.conf)
        try:
            had_session = connection.open(self.stop)
            if self.stop.is_set():
                return
            connection.subscribe(self.stop)
            yield base.Missed("connected" if had_session else "connected, and the broker had kept nothing")
            self.tell(base.Word.LISTENING, f"hears {self.conf.mqtt.topic} at {_where(self.conf)}")
            waits = 0
            while not self.stop.is_set():
                messages = connection.take(_BUSY_S if waits else _IDLE_S)
                for message in messages:
                    if line := broker.one_line(message.payload):
                        yield line
                if messages:
                    waits += 1
                    yield base.Receipt((connection, [(each.mid, each.qos) for each in messages]))
                while self._kept:
                    of, ids = self._kept.popleft()
                    # Ids of an earlier connection may stand for other messages by now.
                    if of is connection:
                        waits -= 1
                        connection.acknowledge(ids)
        finally:
            connection.close()

    def kept(self, token):
        """Notes it for the thread that has the connection."""
        self._kept.append(token)


class _Connection:
    """One connection of the library's, driven by the thread that reads it."""

    def __init__(self, library, conf, is_probe=False):
        """Prepares it.

        :param is_probe: whether only to look: as another client, without a session.
        :raises ciwatch.service.ConfigError: where the configuration lacks something.
        """
        mqtt = conf.mqtt
        if not mqtt.host:
            raise service.ConfigError("[mqtt] host: name the broker to which Gerrit's events are handed")
        self._library, self._conf = library, conf
        self._welcome = self._granted = None
        self._arrived = []
        name = f"ciwatch-{service.listener_name(conf)}"
        self._client = library.Client(
            library.CallbackAPIVersion.VERSION2,
            client_id=f"{name}-check" if is_probe else name,
            # Of MQTT 3.1.1, which every broker speaks.
            clean_session=is_probe,
            manual_ack=True,
        )
        if mqtt.username:
            self._client.username_pw_set(mqtt.username, mqtt.password)
        if mqtt.tls:
            try:
                self._client.tls_set(*broker.files_of(conf, "mqtt"))
            except (OSError, ValueError) as error:
                # Files that are there, and no certificate or key.
                raise service.ConfigError(f"[mqtt] ca_file, cert_file, key_file: {error}") from error
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._came

    def open(self, stop=None):
        """Connects; returns whether the broker had the session of an earlier connection.

        :raises broker.BrokerError: where there is no broker, or it lets nobody in.
        """
        try:
            self._client.connect(self._conf.mqtt.host, self._conf.mqtt.port, _KEEPALIVE_S)
        except (OSError, ValueError) as error:
            raise broker.BrokerError(
                f"{_where(self._conf)}: {getattr(error, 'strerror', None) or error}; is the broker up, and"
                " are [mqtt] host, port and tls right?"
            ) from error
        self._await(lambda: self._welcome, stop)
        if self._welcome is None:
            return False
        flags, reason = self._welcome
        if reason.is_failure:
            raise broker.BrokerError(
                f"{_where(self._conf)} lets nobody in like that: {reason}; correct [mqtt] username and"
                " password"
            )
        return flags.session_present

    def subscribe(self, stop=None):
        """Asks for the topics; returns the QoS that was granted, or None where it was stopped.

        :raises broker.BrokerError: where they may not be heard.
        """
        topic = self._conf.mqtt.topic
        try:
            self._client.subscribe(topic, qos=1)
        except ValueError as error:
            raise broker.BrokerError(f"[mqtt] topic: {topic!r} is no filter: {error}") from error
        self._await(lambda: self._granted, stop)
        if self._granted is None:
            return None
        if self._granted.value >= _REFUSED:
            raise broker.BrokerError(
                f"{_where(self._conf)} does not let this account hear {topic}; its administrators have to, or"
                " correct [mqtt] topic"
            )
        return self._granted.value

    def take(self, wait_s):
        """The messages that came, after at most *wait_s* seconds.

        :raises broker.BrokerError: where the connection is broken; what came then is sent again.
        """
        self._turn(wait_s)
        arrived, self._arrived = self._arrived, []
        return arrived

    def acknowledge(self, ids):
        """Tells the broker that it may forget these messages."""
        for number, qos in ids:
            self._client.ack(number, qos)

    def close(self):
        """Ends it; the session stays."""
        self._client.disconnect()

    def _await(self, found, stop):
        deadline = time.monotonic() + _ANSWER_S
        while found() is None and not (stop is not None and stop.is_set()):
            if time.monotonic() > deadline:
                raise broker.BrokerError(f"{_where(self._conf)} does not answer; is it an MQTT broker?")
            self._turn(0.1, found)

    def _turn(self, wait_s, found=lambda: None):
        code = self._client.loop(wait_s)
        if code != self._library.MQTT_ERR_SUCCESS and found() is None:
            raise broker.BrokerError(
                f"{_where(self._conf)}: {self._library.error_string(code)} Another listener of the same name"
                " would end it, too"
            )

    def _connected(self, client, userdata, flags, reason, properties):
        self._welcome = flags, reason

    def _subscribed(self, client, userdata, number, reasons, properties):
        self._granted = reasons[0]

    def _came(self, client, userdata, message):
        self._arrived.append(message)


def _where(conf):
    return f"{conf.mqtt.host} port {conf.mqtt.port}"
