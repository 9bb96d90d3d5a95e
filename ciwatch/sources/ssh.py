"""Listening to Gerrit's stream over ssh, whatever happens to the connection."""

import contextlib
import json
import logging
import time
import urllib.parse

from ciwatch import service
from ciwatch.gerrit import ssh
from ciwatch.sources import base
from ciwatch.sources import patience

LOG = logging.getLogger(__name__)

# A connection that lived for so long was a good one: what comes after it is tried at once again.
_GOOD_S = 60

_DROPPED = b"dropped-output"


class SshSource(base.LiveSource):
    """``gerrit stream-events``: what happens is handed over as it happens.

    The stream tells nothing of what happened while nobody listened, so :class:`base.Missed` stands at the
    beginning of each connection, and wherever Gerrit says that it dropped something.
    """

    name = "ssh"

    def __init__(self, conf, since=None, keepalive_s=ssh.KEEPALIVE_S, longest_wait_s=patience.LONGEST_S):
        """Takes the configuration.

        :param keepalive_s: after so many seconds of silence the peer is asked whether it is there.
        :param longest_wait_s: the longest wait between two tries, in seconds.
        """
        super().__init__(conf, since)
        self._client = client_of(conf)
        self._keepalive_s = keepalive_s
        self._longest_wait_s = longest_wait_s
        self._connection = None

    def lines(self):
        """Connects, hands over, and connects again, until it is closed."""
        while not self.stop.is_set():
            retrying = patience.retrying(
                self.stop, self._tries_again, tell=self._wait, longest_s=self._longest_wait_s
            )
            with contextlib.suppress(ssh.SshError):
                for attempt in retrying:
                    with attempt:
                        yield from self._connection_lines()
        self.tell(base.Word.STOPPED)

    def close(self):
        """Ends the connection, and all waiting."""
        super().close()
        if (connection := self._connection) is not None:
            connection.close()

    def _connection_lines(self):
        """The lines of one connection; raises, unless it was a good one."""
        begun = time.monotonic()
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
        except ssh.SshError as error:
            if time.monotonic() - begun < _GOOD_S or self.stop.is_set():
                raise
            LOG.warning("%s; connecting again", error)
            self.tell(base.Word.WAITING, str(error))
        finally:
            self._connection = None

    def _tries_again(self, error):
        return isinstance(error, ssh.SshError) and not self.stop.is_set()

    def _wait(self, error, seconds):
        LOG.warning("%s; the next try is in %.0f s", error, seconds)
        self.tell(base.Word.WAITING, str(error))


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
