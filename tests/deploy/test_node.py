"""From an empty Debian to a dashboard that people see, and what its life brings: once for each database."""

import functools
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import textwrap
import threading
import time

import fixtures
import testtools

from tests import base
from tests import gerrit_ssh
from tests.deploy import node as nodes
from tests.gerrit import server

_MANIFEST = """
class {{ 'apache': default_vhost => false }}
class {{ 'ciwatch':
  source          => {{ 'type' => 'wheel', 'revision' => '{revision}', 'from' => '{wheel}' }},
  server_name     => 'ci-dashboard.openstack.org',
  gerrit_host     => '127.0.0.1',
  gerrit_port     => {port},
  gerrit_user     => '{username}',
  ssh_private_key => Sensitive('{key}'),
  ssh_host_key    => '{host_key}',
  database        => '{database}',
  vhost_params    => {{ 'ip' => '127.0.0.1', 'port' => {web} }},
  settings        => {{ 'gerrit' => {{ 'gate_accounts' => ['zuul'] }} }},
}}
"""

_BUILDING = threading.Lock()

# So many patch sets that the database has to grow.
_CROWD = 400

# Beside the newest one of the checkout.
_MIGRATION = '''
"""A column of a later release."""

from alembic import op
import sqlalchemy as sa

revision = "9999"
down_revision = "{newest}"
branch_labels = None
depends_on = None


def upgrade():
    """Adds a table."""
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))
    {then}


def downgrade():
    """Drops it."""
    op.drop_table("later")
'''


class Source:
    """Wheels of this checkout, and of what releases after it may be.

    :ivar wheels: the folder that they are in.
    """

    def __init__(self):
        """Builds them: ``1.0.0``; ``2.0.0`` with a migration; ``3.0.0`` whose migration fails."""
        self._folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(self._folder.name)
        self.wheels = folder / "wheels"
        nodes.build_wheels(self.wheels, self._copy(folder / "now", "1.0.0", None))
        for version, then in (("2.0.0", "pass"), ("3.0.0", 'op.execute("SELECT no_such_column FROM later")')):
            source = self._copy(folder / version, version, then)
            words = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
            subprocess.run([*words, self.wheels, source], check=True, timeout=300)

    def _copy(self, path, version, then):
        ignored = shutil.ignore_patterns(".git", ".venv", ".tox", ".deploy", ".gerrit", ".browser", "build")
        shutil.copytree(nodes.ROOT, path, ignore=ignored)
        # What pbr takes for the version where there is no git.
        (path / "PKG-INFO").write_text(f"Metadata-Version: 2.1\nName: ciwatch\nVersion: {version}\n")
        if then:
            versions = path / "ciwatch" / "db" / "migrations" / "versions"
            newest = max(each.name for each in versions.glob("0*.py"))[:4]
            (versions / "9999_later.py").write_text(_MIGRATION.format(newest=newest, then=then))
        return path


@functools.cache
def _source():
    return Source()


def source():
    """That which all tests share."""
    with _BUILDING:
        return _source()


class TestNode(testtools.TestCase):
    """One story, since each step needs the one before."""

    database = "sqlite"
    #: Where it is, and what uses it.
    disk = ("/var/lib/ciwatch", ("apache2", "ciwatch-listener"))

    def setUp(self):
        """Makes a node and a Gerrit."""
        super().setUp()
        try:
            with _BUILDING:
                nodes.base()
        except nodes.MissingError as error:
            self.skipTest(str(error))
        self.folder = pathlib.Path(self.useFixture(fixtures.TempDir(rootdir=str(nodes.KEPT))).path)
        # The node has the network of this machine.
        self.web_port = server.free_port()
        self.key_file = self.folder / "key"
        self.gerrit = gerrit_ssh.GerritSsh(gerrit_ssh.write_key(self.key_file))
        self.useFixture(self.gerrit)
        self.gerrit.write_known_hosts(self.folder / "known_hosts")
        self.node = self.make_node("node")

    def make_node(self, name):
        """Boots a new one."""
        made = nodes.Node(self.folder / name, source().wheels)
        self.addCleanup(made.close)
        made.boot()
        return made

    def say(self, words):
        """Tells how far the story is."""
        print(f"  {time.strftime('%H:%M:%S')} {self.database}: {words}", flush=True)

    def manifest(self, version="1.0.0"):
        """What the node is to be."""
        return _MANIFEST.format(
            revision=version,
            wheel=f"{nodes.WHEELS}/ciwatch-{version}-py3-none-any.whl",
            port=self.gerrit.port,
            username=gerrit_ssh.USERNAME,
            key=self.key_file.read_text().strip(),
            host_key=(self.folder / "known_hosts").read_text().strip(),
            database=self.database,
            web=self.web_port,
        )

    def apply(self, *codes, node=None, version="1.0.0"):
        """Applies it; its exit code is one of *codes*: 0 nothing to change, 2 changed, 4 and 6 failed."""
        begun = time.monotonic()
        code, told = (node or self.node).apply(self.manifest(version))
        self.assertIn(code, codes, told[-6000:])
        self.assertNotIn("PRIVATE KEY", told)
        self.say(f"puppet apply of {version}: exit code {code} after {time.monotonic() - begun:.0f} s")
        return told

    def get(self, address, *words, node=None):
        """Status, headers and body of a page."""
        url = f"http://127.0.0.1:{self.web_port}{address}"
        told = (node or self.node).out(
            "curl", "-s", "-i", "-H", "Host: ci-dashboard.openstack.org", *words, url
        )
        head, _, body = told.replace("\r\n", "\n").partition("\n\n")
        return int(head.split()[1]), head.lower(), body

    def post(self, change, is_heard=True):
        """Has a CI report on a change; Gerrit answers whoever asks, and its stream may tell of it, too."""
        text = (
            "Patch Set 1: Verified+1\n\nBuild succeeded (check pipeline).\n\n"
            "- unit https://logs.example/1 : SUCCESS in 3m 00s"
        )
        now = int(time.time())
        event = base.comment_event(text, now, change=change)
        comment = {"timestamp": now, "reviewer": event["author"], "message": text}
        patch_set = {**event["patchSet"], "uploader": {"username": "ann"}, "comments": []}
        about = {"lastUpdated": now, "comments": [comment], "patchSets": [patch_set]}
        self.gerrit.changes.insert(0, event["change"] | about)
        if is_heard:
            self.gerrit.send(base.line(event) + b"\n")

    def wait_for_change(self, change):
        """Waits until its page is there."""
        nodes.wait_until(lambda: self.get(f"/change/{change}")[0] == 200)

    def pid(self):
        """That of the listener."""
        return self.node.out("systemctl", "show", "-P", "MainPID", "ciwatch-listener").strip()

    def test_life(self):
        """It converges, is seen, and goes on whatever happens."""
        self.apply(2)
        self.apply(0)
        self.pages()
        self.rows()
        self.safety()
        self.reboot()
        self.killed()
        self.full_disk()
        self.rotation()
        self.upgrade()
        self.restore()

    def pages(self):
        """Apache answers, and serves static files by itself, compressed and for long."""
        for address in ("/", "/healthz", "/status", "/api/v1/status"):
            self.assertEqual(200, self.get(address)[0], address)
        _, _, body = self.get("/")
        sheet = body.partition('rel="stylesheet" href="')[2].partition('"')[0]
        status, head, _ = self.get(sheet, "--compressed", "-o", "/dev/null", "-D", "-")
        self.assertEqual(200, status)
        self.assertIn("content-encoding: gzip", head)
        self.assertIn("max-age=31536000", head)
        self.assertIn(
            "content-encoding: gzip", self.get("/about", "--compressed", "-o", "/dev/null", "-D", "-")[1]
        )
        self.say("pages and static files are served")

    def rows(self):
        """What Gerrit's stream tells is on the pages."""
        self.post(100)
        self.wait_for_change(100)
        self.say("the stream's events are on the pages")

    def safety(self):
        """Who may read what, and what the listener may do."""
        told = self.node.out(
            "stat",
            "-c",
            "%a %U:%G %n",
            "/etc/ciwatch",
            "/etc/ciwatch/ciwatch.conf",
            "/etc/ciwatch/id_ed25519",
        )
        print(textwrap.indent(told, "    "), end="")
        self.assertEqual(
            ["750 root:ciwatch", "640 root:ciwatch", "400 ciwatch:ciwatch"],
            [" ".join(line.split()[:2]) for line in told.splitlines()],
        )
        told = self.node.out("systemd-analyze", "security", "--no-pager", "ciwatch-listener.service")
        print(f"    {told.splitlines()[-1].strip()}")
        exposure = float(told.split("ciwatch-listener.service:")[1].split()[0])
        self.assertLess(exposure, 2.5)

    def reboot(self):
        """All comes back."""
        self.node.shut_down()
        self.node.boot()
        self.wait_for_change(100)
        self.post(101)
        self.wait_for_change(101)
        self.say("rebooted: pages and listener are back")

    def killed(self):
        """The listener is started again, asks for what it missed, and goes on."""
        before = self.pid()
        self.node.out("kill", "-9", before)
        self.post(102, is_heard=False)
        nodes.wait_until(lambda: self.pid() not in ("0", before))
        self.wait_for_change(102)
        self.post(103)
        self.wait_for_change(103)
        self.say("killed: the listener is back, and has what it missed")

    def full_disk(self):
        """Where there is no room for the database, pages are still served, and nothing is lost."""
        place, services = self.disk
        self.node.out("systemctl", "stop", *services)
        # All of it on a disk of its own, with little room.
        self.node.out("cp", "-a", place, "/srv/disk")
        self.node.out("mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", place)
        self.node.out("cp", "-aT", "/srv/disk", place)
        self.node.out("systemctl", "start", *reversed(services))
        self.post(110)
        self.wait_for_change(110)
        self.node.run("dd", "if=/dev/zero", f"of={place}/ballast", "bs=4k")
        self.assertIn("100%", self.node.out("df", place))
        before = self.pid()
        for change in range(1000, 1000 + _CROWD):
            self.post(change)
        nodes.wait_until(lambda: "No space" in self.log() or "disk is full" in self.log())
        for address in ("/", "/change/110", "/status"):
            self.assertEqual(200, self.get(address)[0], address)
        self.assertEqual(before, self.pid())
        self.node.out("rm", f"{place}/ballast")
        for change in (1000, 1000 + _CROWD - 1):
            self.wait_for_change(change)
        self.assertEqual(before, self.pid())
        self.say("the disk was full: pages were served, and what came meanwhile is there")

    def log(self):
        """What the listener wrote."""
        return self.node.out("journalctl", "--no-pager", "-u", "ciwatch-listener")

    def rotation(self):
        """A new key is taken, and the old one is of no use."""
        self.gerrit.public_key = gerrit_ssh.write_key(self.key_file)
        before = self.pid()
        self.apply(2)
        nodes.wait_until(lambda: self.pid() not in ("0", before))
        self.post(120)
        self.wait_for_change(120)
        self.apply(0)
        self.say("the key is rotated")

    def upgrade(self):
        """A failed migration leaves the old release serving; one that succeeds brings the new one."""
        self.apply(4, 6, version="3.0.0")
        self.assertEqual("releases/1.0.0", self.node.out("readlink", "/opt/ciwatch/current").strip())
        self.post(130)
        self.wait_for_change(130)
        self.say("a failed migration: the old release serves")
        self.apply(2, version="2.0.0")
        self.apply(0, version="2.0.0")
        self.assertEqual("releases/2.0.0", self.node.out("readlink", "/opt/ciwatch/current").strip())
        self.post(131)
        self.wait_for_change(131)
        self.say("upgraded")

    def restore(self):
        """A backup on an empty node gives the same pages."""
        self.node.out("systemctl", "start", "ciwatch-backup.service")
        backups = sorted(self.node.inside("/var/backups/ciwatch").glob("ciwatch-*.gz"))
        until = f"until={time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}"
        addresses = (
            "/api/v1/changes/131",
            f"/api/v1/projects?{until}",
            f"/api/v1/projects/openstack/lantern/matrix?{until}",
            f"/api/v1/ci/zuul?{until}",
        )
        told = [json.loads(self.get(address)[2]) for address in addresses]
        self.node.shut_down()
        empty = self.make_node("empty")
        self.apply(2, node=empty, version="2.0.0")
        shutil.copy(backups[-1], empty.inside("/root"))
        empty.out("/usr/local/sbin/ciwatch-restore", f"/root/{backups[-1].name}")
        empty.out("systemctl", "stop", "ciwatch-listener")
        nodes.wait_until(lambda: self.get("/change/131", node=empty)[0] == 200)
        self.assertEqual(told, [json.loads(self.get(address, node=empty)[2]) for address in addresses])
        self.say("restored onto an empty node: the same pages")


class TestPostgresql(TestNode):
    """The same with PostgreSQL."""

    database = "postgresql"
    # The cluster itself: whoever stops "postgresql" does not wait until it has ended.
    disk = ("/var/lib/postgresql", ("apache2", "ciwatch-listener", "postgresql@15-main"))
