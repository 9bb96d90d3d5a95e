"""What the two brokers share: a process in a folder, on a free port of 127.0.0.1."""

import pathlib
import shutil
import signal
import socket
import subprocess
import time

_START_S = 180


class MissingError(Exception):
    """The broker cannot run here; the message is one line that says why."""


def free_port():
    """A TCP port of 127.0.0.1 that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def make_certificate(folder):
    """Makes a certificate of 127.0.0.1 that signs itself; returns the paths of it and of its key.

    :raises MissingError: where openssl is absent.
    """
    if shutil.which("openssl") is None:
        raise MissingError("needs a certificate, and there is no openssl: apt install openssl")
    certificate, key = pathlib.Path(folder) / "certificate.pem", pathlib.Path(folder) / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


class Server:
    """A broker in a folder of its own.

    :ivar port: where it answers; the same after a restart.
    """

    def __init__(self, folder):
        """Names the folder, and chooses the port."""
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.port = free_port()
        self._process = None

    @property
    def address(self):
        """Host and port, as a client is told them."""
        return f"127.0.0.1:{self.port}"

    def command(self):
        """The words of the command line, as a list."""
        raise NotImplementedError

    def start(self):
        """Starts it, and returns when it answers."""
        log = open(self.folder / "log", "a")
        self._process = subprocess.Popen(self.command(), cwd=self.folder, stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text()[-2000:])
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5):
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.command()[0]} did not start")

    def stop(self, how=signal.SIGTERM):
        """Ends it."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None
