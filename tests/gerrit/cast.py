"""Who acts on the real Gerrit, and what they do: people, the gate, third-party CIs in their real formats."""

import os
import random
import re
import subprocess
import threading
import time

PROJECTS = ("openstack/lantern", "openstack/lantern-client", "x/wick")

_GATE_RESULT = (
    "Build {sum} ({pipeline} pipeline).\n\n"
    "- lantern-tox-py312 https://zuul.gate.example/t/openstack/build/{n:032x} : {word} in 4m 12s\n"
    "- lantern-tox-pep8 https://zuul.gate.example/t/openstack/build/{n:031x}a : SUCCESS in 2m 03s\n"
    "- lantern-grenade https://zuul.gate.example/t/openstack/build/{n:031x}b : SUCCESS in 41m (non-voting)"
)
_VENDOR_RESULT = "Build {sum}.\n\n- basalt-iscsi http://logs.basalt.example/{n}/ : {word} in 1h 02m 10s"
_JENKINS_RESULT = "Build {sum} \n\nhttp://jenkins.cobalt.example/job/lantern-fc/{n}/ : {word}"
_PLAIN_RESULT = "Build {sum}.\n\n- harbor-nfs http://harbor.example/logs/{n} : {word} in 22m 01s"


class Cast:
    """All of them.

    :ivar acted: how many things were done.
    """

    def __init__(self, gerrit, rng):
        """Makes their accounts."""
        self._gerrit = gerrit
        self._rng = rng
        self._lock = threading.Lock()
        self._serial = 0
        self._changes = []
        self.acted = 0
        gerrit.set_up(PROJECTS)
        self.watcher_key = gerrit.make_key("watcher")
        gerrit.make_account("watcher", "CI Watch", ["Service Users"], self.watcher_key)
        self._gate_key = gerrit.make_key("zuul")
        self._gate = gerrit.make_account("zuul", "Zuul", ["Service Users"], self._gate_key)
        self._clone, self._ann_key = None, gerrit.make_key("ann")
        self._people = [
            gerrit.make_account(name, title, (), self._ann_key if name == "ann" else None)
            for name, title in (
                ("ann", "Ann Lee"),
                ("bob", "Bob Ray"),
                ("cleo", "Cleo Moss"),
                ("dan", "Dan Hill"),
                ("eve", "Eve Stone"),
            )
        ]
        self._spoke_at = dict.fromkeys(self._people, 0.0)
        self._vendors = [
            (gerrit.make_account("basalt", "Basalt Storage CI"), _VENDOR_RESULT),
            (gerrit.make_account("cobalt-builder", "Cobalt Builder", ["Third-Party CI"]), _JENKINS_RESULT),
            # Nothing but its comments tells that it is one.
            (gerrit.make_account("harbor", "Harbor Lab"), _PLAIN_RESULT),
        ]

    @property
    def vendor(self):
        """The account of a CI."""
        return self._vendors[0][0]

    def act(self):
        """One of them does one thing, which makes at least one event."""
        with self._lock:
            self._serial += 1
            rng = random.Random(self._rng.random())
            deed = rng.choices(
                (self._create, self._push, self._amend, self._gate_starts, self._gate_reports,
                 self._vendor_reports, self._person_types, self._person_says, self._end),
                (4, 3, 3, 8, 14, 24, 8, 5, 2),
            )[0]  # fmt: skip
            serial = self._serial
        if not self._changes:
            deed = self._create
        deed(rng, serial)
        self.acted += 1

    def _somewhere(self, rng):
        """A change that is open, [number, patch set]."""
        newest = self._changes[-40:]
        return newest[int(len(newest) * rng.random() ** 0.5)]

    def _create(self, rng, serial):
        given = {"project": rng.choice(PROJECTS), "branch": "master", "subject": f"Trim the wick {serial}"}
        if rng.random() < 0.3:
            given["topic"] = f"bug/{serial}"
        who = self._gerrit.as_account(rng.choice(self._people))
        self._changes.append([who.call("POST", "/changes/", given)["_number"], 1])

    def _push(self, rng, serial):
        """With git, as most people do; half of them push a second patch set at once."""
        with self._lock:
            if self._clone is None:
                self._clone = self._gerrit.folder / "clone"
                self._git("clone", "-q", f"{self._gerrit.url}/{PROJECTS[0]}", self._clone, cwd=None)
            self._git("checkout", "-q", "-B", "work", "origin/master")
            message = f"Push the wick {serial}\n\nChange-Id: I{rng.getrandbits(160):040x}\n"
            for number in range(1, 2 + rng.randrange(2)):
                (self._clone / f"push-{serial}.txt").write_text(f"Length {number}\n")
                self._git("add", "-A")
                self._git("commit", "-q", *(["--amend"] if number > 1 else []), "-m", message)
                where = f"ssh://ann@127.0.0.1:{self._gerrit.ssh_port}/{PROJECTS[0]}"
                said = self._git("push", where, f"HEAD:refs/for/master%topic=push-{serial}")
            change = int(re.search(r"/\+/(\d+)", said)[1])
            self._changes.append([change, number])

    def _git(self, *words, cwd=True):
        """What git says."""
        hosts = self._gerrit.known_hosts()
        person = {"GIT_AUTHOR_NAME": "Ann Lee", "GIT_AUTHOR_EMAIL": "ann@example.org"}
        done = subprocess.run(
            ["git", *words],
            cwd=self._clone if cwd else None,
            env={
                **os.environ,
                **person,
                **{name.replace("AUTHOR", "COMMITTER"): value for name, value in person.items()},
                "GIT_SSH_COMMAND": f"ssh -o BatchMode=yes -o UserKnownHostsFile={hosts} -i {self._ann_key}",
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode:
            raise RuntimeError(f"git {words[0]}: {done.stderr}")
        return done.stdout + done.stderr

    def _amend(self, rng, serial):
        change = self._somewhere(rng)
        admin = self._gerrit.admin
        found = admin.call("GET", f"/changes/{change[0]}?o=CURRENT_REVISION&o=CURRENT_COMMIT")
        commit = found["revisions"][found["current_revision"]]["commit"]
        footer = commit["message"].strip().splitlines()[-1]
        message = f"Trim the wick anew {serial}\n\n{footer}\n"
        if rng.random() < 0.5:
            admin.call("PUT", f"/changes/{change[0]}/message", {"message": message})
        else:
            admin.call("PUT", f"/changes/{change[0]}/edit/wick-{serial}.txt", f"Length {serial}\n")
            admin.call("POST", f"/changes/{change[0]}/edit:publish", {})
        change[1] += 1

    def _review(self, who, change, review):
        path = f"/changes/{change[0]}/revisions/{change[1]}/review"
        self._gerrit.as_account(who).call("POST", path, review)

    def _gate_starts(self, rng, serial):
        text = f"Starting {rng.choice(('check', 'gate'))} jobs.\nhttps://zuul.gate.example/status/{serial}"
        tag = "autogenerated:zuul:check"
        self._review(self._gate, self._somewhere(rng), {"message": text, "tag": tag})

    def _gate_reports(self, rng, serial):
        change, good = self._somewhere(rng), rng.random() < 0.7
        pipeline = rng.choice(("check", "check", "gate"))
        text = _GATE_RESULT.format(
            n=serial,
            pipeline=pipeline,
            word="SUCCESS" if good else "FAILURE",
            sum="succeeded" if good else "failed",
        )
        if rng.random() < 0.25:
            self._over_ssh(change, text, 1 if good else -1, f"autogenerated:zuul:{pipeline}")
            return
        review = {"message": text, "labels": {"Verified": 1 if good else -1}}
        if rng.random() < 0.8:
            review["tag"] = f"autogenerated:zuul:{pipeline}"
        self._review(self._gate, change, review)

    def _over_ssh(self, change, text, vote, tag):
        quoted = "'" + text.replace("'", "'\\''") + "'"
        command = f"gerrit review --tag {tag} --verified={vote:+d} -m {quoted} {change[0]},{change[1]}"
        options = ("-o", f"UserKnownHostsFile={self._gerrit.known_hosts()}", "-o", "BatchMode=yes")
        where = ("-p", str(self._gerrit.ssh_port), "-i", self._gate_key, "zuul@127.0.0.1")
        subprocess.run(["ssh", *options, *where, command], check=True, capture_output=True, timeout=60)

    def _vendor_reports(self, rng, serial):
        who, text = rng.choice(self._vendors)
        good = rng.random() < 0.6
        review = {
            "message": text.format(
                n=serial, word="SUCCESS" if good else "FAILURE", sum="succeeded" if good else "failed"
            )
        }
        if rng.random() < 0.8:
            review["labels"] = {"Verified": 1 if good else -1}
        self._review(who, self._somewhere(rng), review)

    def _person(self, rng):
        """One of the people; nobody speaks twice within a second, by which Gerrit tells who typed what."""
        with self._lock:
            who = min(self._people, key=self._spoke_at.get)
            time.sleep(max(0.0, self._spoke_at[who] + 1.2 - time.monotonic()))
            self._spoke_at[who] = time.monotonic()
        return who

    def _person_types(self, rng, serial):
        """Into a browser: the text is a comment on the patch set, and the log counts it."""
        typed = rng.choice(("recheck", f"recheck bug {serial}", f"run-basalt {serial}", f"Why {serial}?"))
        review = {"comments": {"/PATCHSET_LEVEL": [{"message": typed, "unresolved": False}]}}
        if rng.random() < 0.5:
            # As newer browsers do: first a draft, and then it is published.
            change, who = self._somewhere(rng), self._gerrit.as_account(self._person(rng))
            draft = {"path": "/PATCHSET_LEVEL", "message": f"{typed} {serial}", "unresolved": False}
            who.call("PUT", f"/changes/{change[0]}/revisions/{change[1]}/drafts", draft)
            path = f"/changes/{change[0]}/revisions/{change[1]}/review"
            who.call("POST", path, {"drafts": "PUBLISH_ALL_REVISIONS"})
            return
        if rng.random() < 0.4:
            review["labels"] = {"Code-Review": rng.choice((-1, 1))}
        self._review(self._person(rng), self._somewhere(rng), review)

    def _person_says(self, rng, serial):
        review = {
            "message": rng.choice((f"recheck no bug {serial}", f"Looks good to me {serial}, thank you"))
        }
        self._review(self._person(rng), self._somewhere(rng), review)

    def _end(self, rng, serial):
        change = self._somewhere(rng)
        self._changes.remove(change)
        admin = self._gerrit.admin
        if rng.random() < 0.5:
            admin.call("POST", f"/changes/{change[0]}/abandon", {"message": f"No more {serial}"})
        else:
            labels = {"Code-Review": 2, "Verified": 1}
            admin.call("POST", f"/changes/{change[0]}/revisions/{change[1]}/review", {"labels": labels})
            try:
                admin.call("POST", f"/changes/{change[0]}/submit", {})
            except RuntimeError:
                # Another vote stands against it, or it does not merge.
                return
