"""Listening to Gerrit's stream over ssh, whatever happens to the connection."""

import json
import urllib.parse

from ciwatch import service
from ciwatch.gerrit import ssh
from ciwatch.sources import base
from ciwatch.sources import connected
from ciwatch.sources import patience

_DROPPED = b"dropped-output"


class SshSource(connected.ConnectedSource):
    """``gerrit stream-events``: what happens is handed over as it happens.

    The stream tells nothing of what happened while nobody listened, so :class:`base.Missed` stands at the
    beginning of each connection, and wherever Gerrit says that it dropped something.
    """

    name = "ssh"
    trouble = ssh.SshError

    def __init__(self, conf, since=None, keepalive_s=ssh.KEEPALIVE_S, longest_wait_s=patience.LONGEST_S):
        """Takes the configuration.

        :param keepalive_s: after so many seconds of silence the peer is asked whether it is there.
        :param longest_wait_s: the longest wait between two tries, in seconds.
        """
        super().__init__(conf, since, longest_wait_s)
        self._client = client_of(conf)
        self._keepalive_s = keepalive_s
        self._connection = None

    @classmethod
    def require(cls, conf):
        """An account."""
        client_of(conf)

    def close(self):
        """Ends the connection, and all waiting."""
        super().close()
        if (connection := self._connection) is not None:
            connection.close()

    def connection_lines(self):
        """Those of one stream."""
        try:
            with self._client.connect() as self._connection:
                # Who closed it in the meantime found no connection to close.
                if self.stop.is_set():
                    return
                with self._connection.stream(self._keepalive_s) as lines:
                    yield base.Missed("connected")
                    self.tell(base.Word.LISTENING, f"hears {self._client.where}")
                    for line in lines:
                        if _DROPPED in line and _is_dropped_output(line):
                            yield base.Missed("Gerrit dropped output")
                        yield line
                        if self.stop.is_set():
                            return
        finally:
            self._connection = None


def client_of(conf):
    """The :class:`~ciwatch.gerrit.ssh.Client` of a configuration.

    :raises ciwatch.service.ConfigError: where the configuration names no account.
    """
    gerrit = conf.gerrit
    if not gerrit.username:
        raise service.ConfigError(
            "[gerrit] username: ssh needs an account of Gerrit's with the capability Stream Events; set"
            " username and key_file, or [listener] source = rest, which needs none"
        )
    host = gerrit.ssh_host or urllib.parse.urlsplit(gerrit.url).hostname
    return ssh.Client(host, gerrit.ssh_port, gerrit.username, gerrit.key_file, gerrit.known_hosts_file)


def _is_dropped_output(line):
    try:
        return json.loads(line).get("type") == "dropped-output"
    except (AttributeError, ValueError):
        return False
