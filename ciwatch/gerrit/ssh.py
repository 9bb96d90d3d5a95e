"""Gerrit's ssh: the stream of events, and commands that answer and end.

Source of the commands: Gerrit's documentation "gerrit stream-events" (cmd-stream-events), "gerrit query"
(cmd-query), "gerrit ls-members" (cmd-ls-members). A host key is verified against a known_hosts file, always.
"""

import contextlib
import json
import logging
import os
import shlex
import socket
import threading
import time

import paramiko

from ciwatch.gerrit import events

#: Seconds to wait for a connection, for the host's greeting, for the login; and for an answer to begin.
TIMEOUT_S = 15

#: After so many seconds of silence the peer is asked whether it is there, and has as many to answer.
KEEPALIVE_S = 15

_KEEPALIVE = "keepalive@openssh.com"
_REFUSAL_S = 1.0

# What paramiko gives for a command that ended without an exit status.
_NO_STATUS = -1

# paramiko logs with tracebacks what it raises as well.
_LOG_CHANNEL = "ciwatch.gerrit.ssh.paramiko"
logging.getLogger(_LOG_CHANNEL).setLevel(logging.CRITICAL)


class SshError(Exception):
    """Gerrit cannot be reached over ssh, or broke off; the message is one line that says what to do."""


class HostKeyError(SshError):
    """The host's key is not known, or another one is."""


class LoginError(SshError):
    """Gerrit does not let this account in."""


class ForbiddenError(SshError):
    """Gerrit does not let this account do that."""


class CommandError(SshError):
    """Gerrit could not do what it was asked for."""


class Client:
    """A Gerrit server's ssh.

    :ivar where: its host and port, for messages.
    """

    def __init__(self, host, port, username, key_file=None, known_hosts_file="~/.ssh/known_hosts"):
        """Takes where it is, the account, and the two files.

        :param key_file: path of the private key; None for those of the agent and of ~/.ssh.
        :param known_hosts_file: path of the file with the host's key.
        """
        self.where = f"{host} port {port}"
        self._host = host
        self._port = port
        self._username = username
        self._key_file = key_file and os.path.expanduser(key_file)
        self._known_hosts_file = os.path.expanduser(known_hosts_file)

    @contextlib.contextmanager
    def connect(self):
        """A :class:`Connection` for the time of a with statement.

        :raises SshError: one of its kinds.
        """
        client = paramiko.SSHClient()
        client.set_log_channel(_LOG_CHANNEL)
        self._load_host_keys(client)
        client.set_missing_host_key_policy(_Refuse(self._known_hosts_file, self._port))
        try:
            with self._explained():
                self._log_in(client)
                connection = Connection(client, self.where)
            yield connection
        finally:
            client.close()

    def _load_host_keys(self, client):
        try:
            client.load_host_keys(self._known_hosts_file)
        except FileNotFoundError:
            pass  # It knows nobody, and the policy says so.
        # OverflowError comes from an RSA key with a negative number in it.
        except (OSError, ValueError, OverflowError, paramiko.hostkeys.InvalidHostKey) as error:
            reason = getattr(error, "strerror", None) or _first_line(error)
            raise HostKeyError(f"[gerrit] known_hosts_file: {self._known_hosts_file}: {reason}") from error

    def _log_in(self, client):
        client.connect(
            self._host,
            self._port,
            self._username,
            auth_strategy=self._key_file and _OneKey(self._username, self._key_file),
            allow_agent=self._key_file is None,
            look_for_keys=self._key_file is None,
            timeout=TIMEOUT_S,
            banner_timeout=TIMEOUT_S,
            auth_timeout=TIMEOUT_S,
            channel_timeout=TIMEOUT_S,
        )

    @contextlib.contextmanager
    def _explained(self):
        """Turns what paramiko and the system raise into a line that says what to do."""
        try:
            yield
        except SshError:
            raise
        except paramiko.BadHostKeyException as error:
            raise HostKeyError(
                f"{self.where}: its host key is {_shown(error.key)}, and {self._known_hosts_file} has"
                f" {_shown(error.expected_key)}: either Gerrit has a new key, which its administrators can"
                " confirm, or somebody is in between; nothing was sent"
            ) from error
        except paramiko.ssh_exception.NoValidConnectionsError as error:
            reason = next(iter(error.errors.values()))
            raise SshError(f"{self.where}: {reason.strerror or reason}; is Gerrit up?") from error
        except paramiko.SSHException as error:
            said = _first_line(error)
            # paramiko has one class for a Gerrit that refuses, one that is slow and one that hangs up; and
            # none for an account without any key.
            broke_off = "timeout" in said or "EOF" in said
            if "No authentication methods" in said or (
                isinstance(error, paramiko.AuthenticationException) and not broke_off
            ):
                raise LoginError(
                    f"{self.where}: Gerrit does not let {self._username!r} in with"
                    f" {self._key_file or 'the keys of the agent and of ~/.ssh'}: is the public key among the"
                    " account's SSH keys in Gerrit's settings?"
                ) from error
            raise SshError(f"{self.where}: {said}") from error
        except (TimeoutError, EOFError) as error:
            raise SshError(f"{self.where}: no answer within {TIMEOUT_S} s") from error
        except OSError as error:
            raise SshError(f"{self.where}: {error.strerror or _first_line(error)}") from error


class Connection:
    """A login, on which several commands may run."""

    def __init__(self, client, where):
        """Takes a paramiko SSHClient that is logged in."""
        self._client = client
        self._transport = client.get_transport()
        self._where = where

    def close(self):
        """Ends it, from whatever thread; who reads from it gets an :class:`SshError`."""
        self._client.close()

    @contextlib.contextmanager
    def stream(self, keepalive_s=KEEPALIVE_S):
        """For the time of a with statement, the events as they come: bytes objects, each one line.

        From its beginning on nothing is missed. Half a line at the end is dropped, since the rest of it is
        lost. A line above the longest that Gerrit sends is handed over cut, to be rejected as too long.

        :param keepalive_s: after so many seconds of silence the peer is asked whether it is there.
        :raises SshError: when the stream ends, which it never does by itself.
        """
        command = "gerrit stream-events"
        with self._started(command, keepalive_s) as channel:
            # Whoever may not listen is told so within this time; and Gerrit, which has taken the command, has
            # begun to listen for us.
            deadline = time.monotonic() + _REFUSAL_S
            while time.monotonic() < deadline and not (channel.exit_status_ready() or channel.recv_ready()):
                time.sleep(0.02)
            # Where the connection broke, what came before is handed over all the same.
            if channel.exit_status_ready() and channel.exit_status != _NO_STATUS:
                self._raise_refusal(channel, command)
            yield self._endless(channel, command, keepalive_s)

    def _endless(self, channel, command, keepalive_s):
        yield from self._lines(channel, keepalive_s)
        self._raise_refusal(channel, command)
        raise SshError(f"{self._where}: Gerrit closed the stream")

    def query(self, query, start, limit):
        """A page of the changes that a *query* finds.

        :returns: (list of dicts, as ``gerrit query`` prints them; whether there are more).
        :raises SshError: where Gerrit does not tell them.
        """
        words = ("--format=JSON", "--comments", "--patch-sets", f"--start={start}")
        command = shlex.join(("gerrit", "query", *words, "--", query, f"limit:{limit}"))
        found, stats = [], None
        for line in self._run(command):
            try:
                row = json.loads(line)
                kind = row.get("type")
            except (AttributeError, ValueError) as error:
                raise SshError(f"{self._where}: gerrit query printed no JSON: {error}") from error
            if kind == "stats":
                stats = row
            elif kind == "error":
                raise CommandError(f"{self._where}: gerrit query: {row.get('message')}")
            else:
                found.append(row)
        if stats is None:
            raise SshError(f"{self._where}: gerrit query broke off")
        return found, bool(stats.get("moreChanges"))

    def group_members(self, name):
        """The usernames of the members of the group *name*, and of those in it.

        :raises SshError: where Gerrit does not tell them.
        """
        lines = [line.decode(errors="replace") for line in self._run(shlex.join(_members(name)))]
        if not lines or not lines[0].startswith("id\tusername\t"):
            said = lines[0] if lines else "nothing"
            raise CommandError(f"{self._where}: gerrit ls-members {name!r}: {said}")
        members = [line.split("\t") for line in lines[1:]]
        # Whoever has no username has n/a there.
        return [member[1] for member in members if len(member) > 1 and member[1] not in ("", "n/a")]

    def version(self):
        """Gerrit's version, such as 3.9.4."""
        said = b" ".join(self._run("gerrit version")).decode(errors="replace")
        return said.removeprefix("gerrit version ").strip()

    def _run(self, command):
        with self._started(command, TIMEOUT_S) as channel:
            lines = list(self._lines(channel, KEEPALIVE_S))
            self._raise_refusal(channel, command)
        return lines

    @contextlib.contextmanager
    def _started(self, command, timeout_s):
        try:
            channel = self._transport.open_session(timeout=TIMEOUT_S)
            channel.settimeout(timeout_s)
            channel.exec_command(command)
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise SshError(f"{self._where}: {command}: {_first_line(error) or 'broke off'}") from error
        try:
            yield channel
        finally:
            channel.close()

    def _lines(self, channel, keepalive_s):
        rest = b""
        while True:
            try:
                part = channel.recv(1 << 18)
            except TimeoutError:
                self._ask_whether_there(keepalive_s)
                continue
            except OSError as error:
                raise SshError(f"{self._where}: {_first_line(error)}") from error
            if not part:
                break
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                if line.strip():
                    yield line.rstrip(b"\r")
            if len(rest) > 2 * events.MAX_LINE_BYTES:
                # Its end is to come; what matters is that it is too long.
                rest = rest[: events.MAX_LINE_BYTES + 1]
        if not self._transport.is_active():
            raise SshError(f"{self._where}: the connection broke")

    def _ask_whether_there(self, timeout_s):
        """Raises :class:`SshError` unless the peer answers; any answer will do, refusals included."""
        answered = threading.Event()

        def ask():
            with contextlib.suppress(Exception):
                self._transport.global_request(_KEEPALIVE, wait=True)
            answered.set()

        threading.Thread(target=ask, daemon=True, name="keepalive").start()
        if not answered.wait(timeout_s) or not self._transport.is_active():
            self.close()
            raise SshError(f"{self._where}: it has gone silent; no answer within {timeout_s:g} s")

    def _raise_refusal(self, channel, command):
        """Raises what Gerrit said in place of doing *command*."""
        deadline = time.monotonic() + 2
        while not channel.exit_status_ready() and time.monotonic() < deadline:
            time.sleep(0.01)
        if not channel.exit_status_ready() or channel.exit_status == 0:
            return
        if channel.exit_status == _NO_STATUS:
            raise SshError(f"{self._where}: {command.partition(' -')[0]}: broke off")
        said = b""
        with contextlib.suppress(socket.timeout, OSError):
            channel.settimeout(1)
            said = channel.makefile_stderr("rb").read(4096)
        reason = " ".join(said.decode(errors="replace").split()) or f"exit status {channel.exit_status}"
        # "stream events not permitted", and before 2.9 "... does not have \"Stream Events\" capability."
        refused = "not permitted" in reason.lower() or "capability" in reason.lower()
        kind = ForbiddenError if refused else CommandError
        raise kind(f"{self._where}: {command.partition(' -')[0]}: {reason}")


class _OneKey(paramiko.auth_strategy.AuthStrategy):
    """Logs in with the key of a file, which is read when the host is known to be the right one.

    Given the path itself, paramiko would tell what it thought of the last kind of key that it tried to read
    there, and not that Gerrit refused the key.
    """

    def __init__(self, username, path):
        super().__init__(ssh_config=None)
        self._username = username
        self._path = path

    def authenticate(self, transport):
        """Logs in; raises :class:`LoginError` where the file is no key."""
        if transport.auth_publickey(self._username, self._key()):
            raise paramiko.AuthenticationException("Gerrit wants more than a key")

    def _key(self):
        try:
            return paramiko.PKey.from_path(self._path)
        except FileNotFoundError as error:
            raise LoginError(f"[gerrit] key_file: there is no {self._path}") from error
        except (TypeError, paramiko.PasswordRequiredException) as error:
            raise LoginError(
                f"[gerrit] key_file: {self._path}: the key has a passphrase, which nobody is there to"
                " type; make a key without one for this account"
            ) from error
        except OSError as error:
            raise LoginError(f"[gerrit] key_file: {self._path}: {error.strerror}") from error
        # Each kind of key has its own ways to be broken.
        except Exception as error:
            raise LoginError(f"[gerrit] key_file: {self._path}: no private key for ssh") from error


class _Refuse(paramiko.MissingHostKeyPolicy):
    """No key of this host is known: it is refused, and whoever reads the message can compare it."""

    def __init__(self, path, port):
        self._path = path
        self._port = port

    def missing_host_key(self, client, hostname, key):
        """Raises :class:`HostKeyError`."""
        host = hostname.removeprefix("[").partition("]")[0]
        raise HostKeyError(
            f"{hostname}: its host key {_shown(key)} is not in {self._path}; compare it with what Gerrit's"
            f" settings page shows under SSH keys, then: ssh-keyscan -p {self._port} {host} >> {self._path}"
        )


def _members(name):
    return "gerrit", "ls-members", "--recursive", name


def _shown(key):
    return f"{key.get_name()} {key.fingerprint}"


def _first_line(error):
    return (str(error).strip() or type(error).__name__).splitlines()[0]
