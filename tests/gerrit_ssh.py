"""A Gerrit's ssh on this machine: says and does what a test asks of it, misbehaviour included.

Source of what it says: Gerrit's StreamEvents, Query, ListMembersCommand and OutputStreamQuery.
"""

import base64
import contextlib
import enum
import json
import queue
import shlex
import socket
import threading
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric import rsa
import fixtures
import paramiko

#: Seconds after which a test fails; far more than anything takes.
PATIENCE_S = 30

USERNAME = "watcher"

_KINDS = {
    "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}


class Step(enum.Enum):
    """What a stream may do besides sending bytes, and waiting for a :class:`threading.Event`."""

    #: Ends the command, as Gerrit does where it is told to close the session.
    END = "end"
    #: Cuts the connection.
    CUT = "cut"
    #: Reads nothing and answers nothing from now on, but leaves the connection open.
    STALL = "stall"


class GerritSsh(fixtures.Fixture):
    """The server.

    :ivar streams: what the first, second... ``stream-events`` does: lists of bytes objects, seconds to
        pause as floats, events to wait for, and steps. After its last step, and where none is listed, a
        stream does what :meth:`send` is given.
    :ivar answers: a command's first words -> (stdout, stderr, exit status).
    :ivar changes: the rows that each query finds.
    :ivar public_key: which key it lets in.
    :ivar log_in: a login waits for it.
    :ivar host_key: its own key; may be swapped.
    :ivar commands: all that it was asked to do.
    :ivar logins: the names under which somebody tried to log in.
    :ivar keepalives: how often it was asked whether it is there.
    """

    def __init__(self, public_key, streams=(), banner=None):
        """Takes what most tests want to say."""
        super().__init__()
        self.public_key, self.streams, self.banner = public_key, list(streams), banner
        self.answers, self.changes = {"gerrit version": (b"gerrit version 3.9.4\n", b"", 0)}, []
        self.commands, self.logins, self.keepalives = [], [], 0
        self.log_in = threading.Event()
        self.log_in.set()
        self.host_key = paramiko.ECDSAKey.generate()
        self.closing = threading.Event()
        self._threads, self._sent = [], queue.Queue()

    def _setUp(self):
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.1)
        self.port = self._listening.getsockname()[1]
        self.addCleanup(self._close)
        self.begin(threading.Thread(target=self._accept))

    def begin(self, thread):
        """Starts a thread, which ends with the server."""
        self._threads.append(thread)
        thread.start()

    def send(self, *steps):
        """Has the stream that is open, or the next one, do these."""
        for step in steps:
            self._sent.put(step)

    def write_known_hosts(self, path, key=None):
        """Writes a known_hosts file with its key, or another."""
        known = paramiko.HostKeys()
        key = key or self.host_key
        known.add(f"[127.0.0.1]:{self.port}", key.get_name(), key)
        known.save(str(path))

    def _accept(self):
        while not self.closing.is_set():
            with contextlib.suppress(TimeoutError):
                connection = _Socket(self._listening.accept()[0])
                transport = _Transport(connection)
                transport.add_server_key(self.host_key)
                # With an event it does not wait for the client.
                transport.start_server(threading.Event(), _Account(self, transport))
                self._threads.append(transport)
        self._listening.close()

    def _close(self):
        self.closing.set()
        self.log_in.set()
        self._threads[0].join(PATIENCE_S)
        for thread in self._threads:
            if isinstance(thread, paramiko.Transport):
                thread.close()
        for thread in self._threads:
            thread.join(PATIENCE_S)

    def do(self, command, channel):
        """Does a command."""
        # Whoever asked may be gone.
        with contextlib.suppress(OSError, EOFError):
            words = shlex.split(command)
            start = " ".join(words[:2])
            if known := [key for key in self.answers if words[: len(key.split())] == key.split()]:
                stdout, stderr, status = self.answers[max(known, key=len)]
            elif start == "gerrit stream-events":
                stdout, stderr, status = b"", b"", self._stream(channel)
            elif start == "gerrit query":
                stdout, stderr, status = self._found(words), b"", 0
            else:
                stdout, stderr, status = b"", b"fatal: gerrit: " + start.encode() + b": not found\n", 1
            channel.sendall(stdout)
            channel.sendall_stderr(stderr)
            channel.send_exit_status(status)
            channel.close()

    def _stream(self, channel):
        transport = channel.get_transport()
        for step in self._steps(transport):
            if isinstance(step, bytes):
                channel.sendall(step)
            elif isinstance(step, threading.Event):
                wait_until(lambda step=step: step.is_set() or self.closing.is_set())
            elif isinstance(step, float):
                self.closing.wait(step)
            elif step is Step.STALL:
                transport.sock.stalled = True
            else:
                if step is Step.CUT:
                    transport.close()
                return 0
        return 0

    def _steps(self, transport):
        yield from self.streams.pop(0) if self.streams else ()
        while transport.is_active() and not self.closing.is_set():
            with contextlib.suppress(queue.Empty):
                yield self._sent.get(timeout=0.05)

    def _found(self, words):
        start = next(int(word.partition("=")[2]) for word in words if word.startswith("--start="))
        limit = int(words[-1].removeprefix("limit:"))
        rows = self.changes[start : start + limit]
        stats = {"type": "stats", "rowCount": len(rows), "runTimeMilliseconds": 3}
        stats["moreChanges"] = start + limit < len(self.changes)
        return b"".join(json.dumps(row).encode() + b"\n" for row in [*rows, stats])


class _Account(paramiko.ServerInterface):
    """What one client may do."""

    def __init__(self, server, transport):
        self._server, self._transport = server, transport

    def get_banner(self):
        return (self._server.banner, "en") if self._server.banner else (None, None)

    def get_allowed_auths(self, username):
        return "publickey"

    def check_auth_none(self, username):
        self._server.logins.append(username)
        return paramiko.AUTH_FAILED

    def check_auth_publickey(self, username, key):
        self._server.logins.append(username)
        self._server.log_in.wait()
        known = username == USERNAME and key == self._server.public_key
        return paramiko.AUTH_SUCCESSFUL if known else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel, command):
        command = command.decode()
        self._server.commands.append(command)
        self._transport.next = threading.Thread(target=self._server.do, args=(command, channel))
        self._transport.begin = self._server.begin
        return True

    def check_global_request(self, kind, msg):
        self._server.keepalives += 1
        return False


class _Transport(paramiko.Transport):
    """Begins a command after the answer to its request: where it ended before, nobody would hear it."""

    next = None

    def _send_user_message(self, data):
        super()._send_user_message(data)
        if self.next and threading.current_thread() is self:
            self.begin(self.next)
            self.next = None


class _Socket:
    """A socket that can stall."""

    stalled = False

    def __init__(self, connected):
        self._connected = connected

    def __getattr__(self, name):
        return getattr(self._connected, name)

    def recv(self, size):
        if self.stalled:
            time.sleep(0.05)
            raise TimeoutError
        return self._connected.recv(size)

    def send(self, data):
        return len(data) if self.stalled else self._connected.send(data)


class Reader(threading.Thread):
    """Reads an iterator in a thread, so that a test fails where nothing comes, and does not hang.

    :ivar error: what it raised.
    """

    def __init__(self, iterator):
        """Takes the iterator, and begins."""
        super().__init__(daemon=True)
        self._iterator, self._queue, self.error = iterator, queue.Queue(), None
        self.start()

    def run(self):
        """Reads to the end."""
        try:
            for item in self._iterator:
                self._queue.put(item)
        except Exception as error:
            self.error = error

    def take(self, count):
        """The next *count* items."""
        return [self._queue.get(timeout=PATIENCE_S) for _ in range(count)]

    def rest(self, timeout_s=PATIENCE_S):
        """All until the end, which must come within *timeout_s*."""
        self.join(timeout_s)
        if self.is_alive():
            raise AssertionError(f"it did not end within {timeout_s} s")
        return self.take(self._queue.qsize())


def wait_until(condition):
    """Waits until *condition*, a function, is true."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("it did not happen")
        time.sleep(0.01)


def write_key(path, kind="ed25519", passphrase=None):
    """Writes a new private key as ssh-keygen does; returns its public half, as paramiko's."""
    key = _KINDS[kind]()
    lock = serialization.NoEncryption()
    if passphrase:
        lock = serialization.BestAvailableEncryption(passphrase)
    form = serialization.PrivateFormat.OpenSSH
    path.touch(0o600)
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, lock))
    form = serialization.PublicFormat.OpenSSH
    name, public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, form).split()
    return paramiko.PKey.from_type_string(name.decode(), base64.b64decode(public))
