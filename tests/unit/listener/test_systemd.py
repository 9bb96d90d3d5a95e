"""What the service manager is told."""

import os
import socket

import fixtures

from ciwatch.listener import systemd
from tests import base


class TestSystemd(base.TestCase):
    """A socket that listens where systemd would."""

    def test_notify(self):
        """A datagram of lines, to a path or into the abstract namespace."""
        for address, bound in (
            (str(self.folder / "notify"), str(self.folder / "notify")),
            (f"@ciwatch-{os.getpid()}", f"\0ciwatch-{os.getpid()}"),
        ):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                manager.bind(bound)
                manager.settimeout(5)
                with fixtures.EnvironmentVariable("NOTIFY_SOCKET", address):
                    systemd.notify("READY=1", "STATUS=fine")
                self.assertEqual(b"READY=1\nSTATUS=fine", manager.recv(100))

    def test_nobody(self):
        """Without systemd, or with a socket that is gone, nothing happens."""
        for address in (None, str(self.folder / "gone")):
            with fixtures.EnvironmentVariable("NOTIFY_SOCKET", address):
                systemd.notify("READY=1")
