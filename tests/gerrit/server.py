"""A real Gerrit in a temporary site, with the means to make it do things.

The war comes from Maven and is kept in ``.gerrit`` beside this working copy. Accounts sign in by the
development authentication of Gerrit, so that nobody needs a password; ssh keys are real.
"""

import functools
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import requests

VERSION = "3.9.4"
KEPT = pathlib.Path(__file__).parents[2] / ".gerrit"

_ARTIFACT = f"com.google.gerrit:gerrit-war:{VERSION}:war"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_ADMIN = 1000000
_START_S = 300


class MissingError(Exception):
    """Gerrit cannot run here; the message is one line that says why."""


@functools.cache
def war():
    """The path of the war, fetched where it is not there yet.

    :raises MissingError: where Java or Maven is absent, or the war cannot be had.
    """
    for program, package in (
        ("java", "openjdk-17-jre-headless"),
        ("mvn", "maven"),
        ("ssh-keygen", "openssh-client"),
    ):
        if shutil.which(program) is None:
            raise MissingError(f"needs a real Gerrit, and there is no {program}: apt install {package}")
    path = KEPT / f"gerrit-war-{VERSION}.war"
    if not path.exists():
        KEPT.mkdir(exist_ok=True)
        command = [
            "mvn",
            "-q",
            "-B",
            "-Dstyle.color=never",
            _COPY,
            f"-Dartifact={_ARTIFACT}",
            f"-DoutputDirectory={KEPT}",
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        except subprocess.TimeoutExpired as error:
            raise MissingError(f"needs {_ARTIFACT}, and Maven did not bring it within 10 minutes") from error
        if done.returncode or not path.exists():
            reason = (done.stdout or done.stderr).strip().splitlines() or ["?"]
            raise MissingError(f"needs {_ARTIFACT}, and Maven says: {reason[0][:300]}")
    return path


def free_port():
    """A TCP port of 127.0.0.1 that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


class Session:
    """Somebody who is signed in."""

    def __init__(self, url, account_id):
        """Signs in the account with this number."""
        self._url = url
        self._session = requests.Session()
        self._session.get(f"{url}/login/%2F", params={"account_id": account_id}, timeout=30)
        self._session.headers["X-Gerrit-Auth"] = self._session.cookies.get("XSRF_TOKEN", "")

    def call(self, method, path, data=None):
        """What Gerrit answers; raises where it does not like the question."""
        given = {"json": data} if data is not None else {}
        if isinstance(data, str):
            given = {"data": data.encode(), "headers": {"Content-Type": "text/plain"}}
        answer = self._session.request(method, self._url + path, timeout=60, **given)
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return json.loads(answer.text[4:]) if answer.text.startswith(")]}'") else answer.text


class Gerrit:
    """A server in a folder.

    :ivar url: where its web side is.
    :ivar ssh_port: where its ssh is.
    """

    def __init__(self, folder, public_url=None):
        """Initialises the site.

        :param public_url: the address under which others know it, where that is not its own.
        """
        self.folder = pathlib.Path(folder)
        self.site = self.folder / "site"
        self.http_port, self.ssh_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.http_port}"
        self.public_url = public_url or self.url
        self._process = None
        self._sessions = {}
        self._environment = {"HOME": str(self.folder), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        self._java("init", "--batch", "--dev", "--no-auto-start", "--skip-all-downloads")
        for name, value in (
            ("gerrit.canonicalWebUrl", f"{self.public_url}/"),
            ("httpd.listenUrl", f"http://127.0.0.1:{self.http_port}/"),
            ("sshd.listenAddress", f"127.0.0.1:{self.ssh_port}"),
            ("sshd.advertisedAddress", f"127.0.0.1:{self.ssh_port}"),
            ("sendemail.enable", "false"),
            ("container.heapLimit", "512m"),
        ):
            subprocess.run(["git", "config", "-f", self.site / "etc/gerrit.config", name, value], check=True)

    def _java(self, *words):
        command = ["java", "-Xmx512m", "-jar", war(), *words, "-d", self.site]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise RuntimeError(f"gerrit {words[0]}: {(done.stdout + done.stderr)[-2000:]}")

    def start(self):
        """Starts it, and returns when it answers."""
        log = open(self.folder / "daemon.log", "a")
        command = ["java", "-Xmx512m", "-jar", war(), "daemon", "-d", self.site, "--console-log"]
        self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError((self.folder / "daemon.log").read_text()[-2000:])
            try:
                requests.get(f"{self.url}/config/server/version", timeout=5).raise_for_status()
                with socket.create_connection(("127.0.0.1", self.ssh_port), timeout=5):
                    return
            except (OSError, requests.RequestException):
                time.sleep(0.1)
        raise RuntimeError("Gerrit did not start")

    def stop(self, kill=False):
        """Ends it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
            self._process.wait(60)
            self._process = None
        self._sessions.clear()

    def as_account(self, account_id):
        """The :class:`Session` of the account with this number."""
        if account_id not in self._sessions:
            self._sessions[account_id] = Session(self.url, account_id)
        return self._sessions[account_id]

    @property
    def admin(self):
        """The :class:`Session` of the administrator."""
        return self.as_account(_ADMIN)

    def make_key(self, name):
        """Makes an ssh key; returns the path of its private half."""
        path = self.folder / f"id_{name}"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
        return path

    def make_account(self, username, name, groups=(), key=None):
        """Makes an account; returns its number."""
        given = {"name": name, "email": f"{username}@example.org", "groups": list(groups)}
        if key:
            given["ssh_key"] = key.with_suffix(".pub").read_text()
        return self.admin.call("PUT", f"/accounts/{username}", given)["_account_id"]

    def set_up(self, projects):
        """What a project needs: a label Verified, rights, the group of CIs, who may hear the stream."""
        admin = self.admin
        values = {"-1": "Fails", "0": "No score", "+1": "Works"}
        admin.call(
            "PUT", "/projects/All-Projects/labels/Verified", {"values": values, "commit_message": "Verified"}
        )
        everybody = "global:Registered-Users"
        allowed = {"rules": {everybody: {"action": "ALLOW"}}}
        vote = {"rules": {everybody: {"action": "ALLOW", "min": -1, "max": 1}}}
        review = {"rules": {everybody: {"action": "ALLOW", "min": -2, "max": 2}}}
        service = admin.call("GET", "/groups/Service%20Users")["id"]
        heads = {"submit": allowed, "abandon": allowed, "push": allowed}
        heads |= {
            "label-Verified": {"label": "Verified", **vote},
            "label-Code-Review": {"label": "Code-Review", **review},
        }
        stream = {"streamEvents": {"rules": {service: {"action": "ALLOW"}}}}
        access = {
            "refs/heads/*": {"permissions": heads},
            "refs/for/*": {"permissions": {"push": allowed}},
            "GLOBAL_CAPABILITIES": {"permissions": stream},
        }
        admin.call("POST", "/projects/All-Projects/access", {"add": access})
        admin.call("PUT", "/groups/Third-Party%20CI", {"visible_to_all": True})
        # Who makes a group is in it.
        admin.call("DELETE", "/groups/Third-Party%20CI/members/admin")
        for project in projects:
            quoted = requests.utils.quote(project, safe="")
            admin.call("PUT", f"/projects/{quoted}", {"create_empty_commit": True})

    def known_hosts(self, port=None):
        """The path of a known_hosts file for its ssh at *port*, its own by default."""
        port = port or self.ssh_port
        path = self.folder / f"known_hosts_{port}"
        keys = [
            (self.site / f"etc/ssh_host_{kind}_key.pub").read_text().split()[:2]
            for kind in ("ed25519", "rsa")
        ]
        path.write_text("".join(f"[127.0.0.1]:{port} {kind} {key}\n" for kind, key in keys))
        return path
