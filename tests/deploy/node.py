"""A node: a Debian 12 in a folder, booted by systemd-nspawn, with the network of this machine.

What is in it before the module is applied is made once by debootstrap, and kept in ``.deploy`` beside this
working copy. It has no network of its own, so all that it serves is bound to 127.0.0.1 by the tests.
"""

import functools
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).parents[2]
KEPT = ROOT / ".deploy"

SUITE = "bookworm"
_MIRROR = "http://deb.debian.org/debian"
_PACKAGES = (
    "ca-certificates",
    "curl",
    "dbus",
    "git",
    "puppet-agent",
    "puppet-module-camptocamp-systemd",
    "puppet-module-puppetlabs-apache",
    "puppet-module-puppetlabs-mysql",
    "puppet-module-puppetlabs-postgresql",
    "puppet-module-puppetlabs-stdlib",
    "puppet-module-puppetlabs-vcsrepo",
    "python3-venv",
    "systemd",
    "systemd-sysv",
)

#: Where the node finds what this working copy has: its modules, and the wheels of all that it needs.
MODULES, WHEELS = "/srv/modules", "/srv/wheels"

_NSPAWN = ("systemd-nspawn", "--quiet", "--register=no", "--keep-unit")
_BOOT_S = 120
_BUILD_S = 1500


class MissingError(Exception):
    """No node can be booted here; the message is one line that says why."""


@functools.cache
def base():
    """The folder of a Debian with puppet, made where it is not there yet.

    :raises MissingError: where that cannot be.
    """
    if os.geteuid() != 0:
        raise MissingError("needs a node, and only root may boot one")
    for program, package in (("debootstrap", "debootstrap"), ("systemd-nspawn", "systemd-container")):
        if shutil.which(program) is None:
            raise MissingError(f"needs a node, and there is no {program}: apt install {package}")
    made = KEPT / "base"
    if not made.exists():
        KEPT.mkdir(exist_ok=True)
        unfinished = KEPT / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        include = "--include=" + ",".join(_PACKAGES)
        words = ["debootstrap", "--variant=minbase", include, SUITE, unfinished, _MIRROR]
        done = subprocess.run(words, capture_output=True, text=True, timeout=_BUILD_S)
        _check("debootstrap", done)
        unfinished.rename(made)
    # Within other containers root may not do what that needs.
    done = subprocess.run([*_NSPAWN, "-D", made, "true"], capture_output=True, text=True, timeout=_BOOT_S)
    _check("systemd-nspawn", done)
    return made


def _check(program, done):
    if done.returncode:
        told = (done.stdout or done.stderr).strip().splitlines() or ["?"]
        raise MissingError(f"needs a node, and {program} says: {told[-1][:300]}")


def build_wheels(folder, *wanted):
    """Builds a wheel of each of some folders with source, and fetches those of all that they need."""
    words = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", folder]
    subprocess.run([*words, *wanted, "psycopg[binary]", "PyMySQL"], check=True, timeout=_BUILD_S)


class Node:
    """One of them, with a disk of its own.

    :ivar path: the folder that is its root.
    """

    def __init__(self, path, wheels):
        """Makes the new folder *path*: the Debian, the modules of this working copy, a folder of wheels."""
        self.path = pathlib.Path(path)
        subprocess.run(["cp", "-a", "--reflink=auto", base(), path], check=True, timeout=300)
        shutil.copytree(ROOT / "puppet" / "modules", self.inside(MODULES))
        shutil.copytree(wheels, self.inside(WHEELS))
        # It installs what is here, and nothing from elsewhere: what is tested is known.
        self.write("/etc/pip.conf", f"[global]\nno-index = true\nfind-links = {WHEELS}\n")
        self.write("/etc/hostname", "ci-dashboard\n")
        self.write("/etc/hosts", "127.0.0.1 localhost ci-dashboard.openstack.org ci-dashboard\n")
        self._process = None

    def inside(self, path):
        """Where a path of the node is for us."""
        return self.path / path.lstrip("/")

    def write(self, path, text, mode=0o644):
        """Writes a file there."""
        self.inside(path).parent.mkdir(parents=True, exist_ok=True)
        self.inside(path).write_text(text)
        self.inside(path).chmod(mode)

    def boot(self):
        """Boots it, and waits until systemd has started what it should."""
        words = [*_NSPAWN, "--boot", "--console=pipe"]
        log = open(self.path.with_suffix(".console"), "ab")
        self._process = subprocess.Popen(
            [*words, "--kill-signal=SIGRTMIN+3", "-D", self.path],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        log.close()
        # Until then nobody is there to answer; "degraded" is a word for a unit that failed.
        wait_until(lambda: self._first() and self._state() in ("running", "degraded"), _BOOT_S)

    def shut_down(self):
        """Has it stop its units and end."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(_BOOT_S)
        self._process = None

    def close(self):
        """Ends it, whatever it does, and removes its disk."""
        if self._process:
            # Without its first process all of its others end; without systemd-nspawn none does.
            if first := self._first():
                os.kill(first, signal.SIGKILL)
            self._process.kill()
            self._process.wait(_BOOT_S)
        shutil.rmtree(self.path)

    def run(self, *words, timeout=900, **more):
        """What a command there did: a :class:`subprocess.CompletedProcess` with text."""
        return subprocess.run(
            ["nsenter", "-t", str(self._first()), "-a", *words],
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            **more,
        )

    def out(self, *words):
        """What a command prints that has to succeed."""
        done = self.run(*words)
        if done.returncode:
            raise AssertionError(f"{' '.join(map(str, words))}: {done.returncode}\n{done.stdout[-4000:]}")
        return done.stdout

    def apply(self, manifest):
        """Applies a manifest with puppet: (exit code of --detailed-exitcodes, what it printed)."""
        self.write("/srv/site.pp", manifest, 0o600)
        modules = f"{MODULES}:/usr/share/puppet/modules"
        done = self.run("puppet", "apply", "--detailed-exitcodes", "--modulepath", modules, "/srv/site.pp")
        return done.returncode, done.stdout

    def _first(self):
        """The number that its first process has for us, or None."""
        pid = self._process.pid
        try:
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except FileNotFoundError:
            return None
        return int(children[0]) if children else None

    def _state(self):
        done = self.run("systemctl", "is-system-running", timeout=60)
        return done.stdout.strip()


def wait_until(is_so, seconds=60):
    """Returns when *is_so* does; an error where it takes longer than some seconds."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(f"not so after {seconds} s")
        time.sleep(0.5)
