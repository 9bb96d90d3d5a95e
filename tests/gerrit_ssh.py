"""An ssh server in this process that speaks Gerrit's commands, and breaks off when a test wants it."""

import json
import queue
import shlex
import socket
import threading
import time

import fixtures
import paramiko

#: Ends a stream: the channel is closed, or the whole connection.
CLOSE = object()
CUT = object()


class GerritSsh(fixtures.Fixture):
    """The server; what it does is set by its attributes.

    :ivar stream: what ``gerrit stream-events`` sends: bytes, numbers of seconds to wait, CLOSE or CUT.
    :ivar answers: first words of another command -> (standard output, standard error, exit status).
    :ivar refusal: what stands on standard error for whoever may not hear the stream, or None.
    :ivar banner: what is said before the login, or None.
    :ivar is_stalled: whether it says nothing any more, not even that it lives.
    :ivar commands: what was asked for.
    :ivar logins: how often somebody tried to log in.
    """

    def __init__(self, folder):
        """Takes a folder for the keys."""
        super().__init__()
        self.folder = folder
        self.stream = queue.Queue()
        self.answers = {"gerrit version": (b"gerrit version 3.9.4\n", b"", 0)}
        self.refusal = self.banner = None
        self.is_stalled = False
        self.commands, self.logins, self.connections = [], 0, 0
        self.host_key = paramiko.ECDSAKey.generate()
        self.key_file = folder / "id_ecdsa"

    def _setUp(self):
        key = paramiko.ECDSAKey.generate()
        key.write_private_key_file(str(self.key_file))
        self.allowed = key.get_base64()
        self._transports = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        self.addCleanup(self._end)

    def known_hosts(self, key=None):
        """The path of a known_hosts file that has its host key, or another one."""
        key = key or self.host_key
        path = self.folder / "known_hosts"
        path.write_text(f"[127.0.0.1]:{self.port} {key.get_name()} {key.get_base64()}\n")
        return path

    def send(self, *parts):
        """Has the stream send these."""
        for part in parts:
            self.stream.put(json.dumps(part).encode() + b"\n" if isinstance(part, dict) else part)

    def cut(self):
        """Breaks all connections."""
        for transport in self._transports:
            transport.close()

    def _end(self):
        self.is_stalled = False
        self._listener.close()
        self.cut()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            transport = _Transport(connection)
            transport.set_log_channel("ciwatch.gerrit.ssh.paramiko")
            transport.server = self
            transport.add_server_key(self.host_key)
            self._transports.append(transport)
            try:
                transport.start_server(server=_Session(self, transport))
            except (paramiko.SSHException, EOFError, OSError):
                continue


class _Transport(paramiko.Transport):
    """A transport that can be made to say nothing."""

    server = None

    def _send_message(self, data):
        while self.server is not None and self.server.is_stalled:
            time.sleep(0.02)
        super()._send_message(data)


class _Session(paramiko.ServerInterface):
    """One connection."""

    def __init__(self, server, transport):
        self._server = server
        self._transport = transport

    def get_allowed_auths(self, username):
        """Only keys."""
        return "publickey"

    def get_banner(self):
        """What is said before the login."""
        return (self._server.banner, "en") if self._server.banner else (None, None)

    def check_auth_publickey(self, username, key):
        """Who has the key."""
        self._server.logins += 1
        allowed = key.get_base64() == self._server.allowed
        return paramiko.AUTH_SUCCESSFUL if allowed else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, channel_id):
        """Sessions."""
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel, command):
        """Runs a command in a thread of its own."""
        command = command.decode()
        self._server.commands.append(command)
        work = self._stream if command == "gerrit stream-events" else self._answer
        # Once it is known that the command was taken.
        timer = threading.Timer(0.1, work, (channel, command))
        timer.daemon = True
        timer.start()
        return True

    def _stream(self, channel, command):
        if self._server.refusal:
            self._end(channel, b"", self._server.refusal.encode(), 1)
            return
        try:
            while self._transport.is_active():
                try:
                    part = self._server.stream.get(timeout=0.1)
                except queue.Empty:
                    continue
                if part is CLOSE:
                    return self._end(channel, b"", b"", 0)
                if part is CUT:
                    return self._transport.close()
                if isinstance(part, bytes):
                    channel.sendall(part)
                else:
                    time.sleep(part)
        except OSError:
            return None

    def _answer(self, channel, command):
        words = shlex.split(command)
        for beginning, answer in self._server.answers.items():
            if words[: len(beginning.split())] == beginning.split():
                answer = answer(words) if callable(answer) else answer
                return self._end(channel, *answer)
        return self._end(channel, b"", b"fatal: gerrit: not found\n", 127)

    def _end(self, channel, out, err, status):
        try:
            channel.sendall(out)
            channel.sendall_stderr(err)
            channel.send_exit_status(status)
            channel.close()
        except OSError:
            return
