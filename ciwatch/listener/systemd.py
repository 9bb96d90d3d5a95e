"""Tells systemd that the process is ready, alive, ending; does nothing where systemd did not start it.

Source of the protocol: sd_notify(3).
"""

import os
import socket


def notify(*words):
    """Sends *words* such as ``READY=1`` to the service manager."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        # In the abstract namespace.
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.sendto("\n".join(words).encode(), address)
        except OSError:
            # Nobody who could be told.
            return
