"""What people do: they upload, review, approve, ask for re-runs, give up, and take up again."""

import math

from ciwatch.demo import characters
from ciwatch.demo import comments
from ciwatch.demo import people
from ciwatch.demo import runs
from ciwatch.demo import truth as truths
from ciwatch.demo.stage import Change
from ciwatch.demo.stage import PatchSet
from ciwatch.demo.stage import luck

_LAST_PATCH_SET = 6


class Developers:
    """All people of a world. Times in their plans are medians in seconds, and they sleep."""

    def __init__(self, stage, seed, cast):
        """Puts people on the *stage*; the *cast* are the CIs that their patches may break.

        Someone has to set ``systems``, the CIs that hear of what people do.
        """
        self.systems = None
        self._stage = stage
        self._rng = luck(seed, "people")
        self._usernames = [ci.username for ci in cast]
        self._number = 900000

    def _later(self, at, median_s, sigma=0.6):
        """A time after *at* at which somebody is awake and at work."""
        rng = self._rng
        at += median_s * math.exp(rng.gauss(0.0, sigma))
        while rng.random() > people.busy(at) * 1.6:
            at += 5400 * rng.random()
        return at

    def _other_than(self, owner):
        """Anybody but the change's owner."""
        while (person := self._rng.choice(people.PEOPLE)) is owner:
            pass
        return person

    def create(self, at):
        """Somebody makes a change."""
        rng = self._rng
        self._number += rng.randint(1, 9)
        is_main = rng.random() < 0.7
        change = Change(
            number=self._number,
            id=f"I{rng.getrandbits(160):040x}",
            project=characters.MAIN_PROJECT if is_main else rng.choice(characters.SIDE_PROJECTS),
            branch="stable/2026.1" if rng.random() < 0.08 else "master",
            subject=people.subject(rng),
            owner=rng.choice(people.PEOPLE),
            topic=rng.choice(people.TOPICS),
        )
        self._upload(at, change, None)

    def _upload(self, at, change, replaces):
        """The owner uploads a patch set, unless somebody changed what it *replaces* meanwhile."""
        if change.status != "NEW" or change.patch_set is not replaces:
            return
        rng = self._rng
        kind, number = "REWORK", 1
        if replaces is not None:
            kind = rng.choices(("REWORK", "TRIVIAL_REBASE", "NO_CODE_CHANGE"), (80, 12, 8))[0]
            number = replaces.number + 1
            self._stage.ended(at, change, replaces, "replaced")
        bad = self._badness(replaces) if kind == "REWORK" else replaces.bad
        patch_set = PatchSet(number, f"{rng.getrandbits(160):040x}", kind, at, bad)
        if kind != "REWORK":
            patch_set.covered = replaces.covered
        change.patch_set, change.gate_verdict, change.approved = patch_set, None, False
        change.rechecks, change.recheck_due, change.decisions = 0, False, 0
        self._stage.began(change, patch_set)
        self._stage.say("patchset-created", at, change, patch_set, uploader=dict(change.owner))
        self.systems.uploaded(at, change)
        for _ in range(rng.choice((0, 1, 2, 2, 3))):
            self._stage.plan(self._later(at, 10000, 1.0), self._review, change, patch_set)
        # Some at once, some when everybody has forgotten them: in recordings of six real projects, 27 to
        # 43 of 100 patch sets stood for more than a day.
        self._stage.plan(self._later(at, 30000, 1.5), self._decide, change, patch_set)

    def _badness(self, replaces):
        """The usernames of the CIs in whose area a new patch set breaks something."""
        rng = self._rng
        chance = 0.4 if replaces is None else 0.35 if replaces.bad else 0.08
        if rng.random() >= chance:
            return frozenset()
        if rng.random() < 0.55 or len(self._usernames) < 3:
            return frozenset(self._usernames)
        return frozenset(rng.sample(self._usernames[1:], rng.choice((1, 1, 2))))

    def _review(self, at, change, patch_set):
        if change.status != "NEW" or change.patch_set is not patch_set:
            return
        rng = self._rng
        person = self._other_than(change.owner)
        vote, inline, words = rng.choice(people.REVIEWS)
        if person is people.PASTER and change.noticed and rng.random() < 0.5:
            vote, inline = None, ""
            words = change.noticed if rng.random() < 0.5 else f"Look at this:\n\n{change.noticed}"
        stated = f"{vote[0]}{vote[1]:+d}" if vote else ""
        parts = (comments.header(patch_set.number, stated), inline, words)
        text = "\n\n".join(part for part in parts if part)
        self._stage.comment(at, change, patch_set, person, text, [vote] if vote else ())
        if vote and vote[1] < 0 and patch_set.number < _LAST_PATCH_SET and rng.random() < 0.8:
            self._stage.plan(self._later(at, 9000), self._upload, change, patch_set)

    def _decide(self, at, change, patch_set):
        """Is it good enough, is there something to mend, or is it given up?"""
        if change.status != "NEW" or change.patch_set is not patch_set or change.approved:
            return
        rng = self._rng
        change.decisions += 1
        is_waiting = change.gate_verdict is None or change.recheck_due or change.running
        if is_waiting and change.decisions < 3 and rng.random() < 0.7:
            self._stage.plan(self._later(at, 9000), self._decide, change, patch_set)
        elif change.gate_verdict == runs.PASSED and rng.random() < (0.3 if patch_set.bad else 0.6):
            self._approve(at, change, patch_set)
        elif rng.random() < 0.09:
            self._stage.plan(self._later(at, 40000), self._abandon, change, patch_set)
        elif patch_set.number < _LAST_PATCH_SET:
            self._stage.plan(self._later(at, 12000), self._upload, change, patch_set)

    def _approve(self, at, change, patch_set):
        change.approved = True
        votes = [("Code-Review", 2), ("Workflow", 1)]
        text = comments.header(patch_set.number, "Code-Review+2 Workflow+1")
        self._stage.comment(at, change, patch_set, self._other_than(change.owner), text, votes)
        self.systems.approved(at, change)

    def _abandon(self, at, change, patch_set):
        if change.status != "NEW" or change.patch_set is not patch_set or change.approved:
            return
        change.status = "ABANDONED"
        self._stage.ended(at, change, patch_set, "abandoned")
        owner = dict(change.owner)
        self._stage.say("change-abandoned", at, change, patch_set, abandoner=owner, reason="Not needed now.")
        if self._rng.random() < 0.2:
            self._stage.plan(self._later(at, 30000), self._restore, change, patch_set)

    def _restore(self, at, change, patch_set):
        change.status = "NEW"
        owner = dict(change.owner)
        self._stage.say("change-restored", at, change, patch_set, restorer=owner, reason="Needed after all.")
        if patch_set.number < _LAST_PATCH_SET:
            self._stage.plan(self._later(at, 20000), self._upload, change, patch_set)

    def hear(self, at, change, patch_set, ci, pipeline, run):
        """A CI reports; people act on it."""
        failed = next((out for out in run.outcomes if out.voting and out.result == "FAILURE"), None)
        if failed and ci.style.startswith("zuul"):
            change.noticed = comments.zuul_line(failed)
        if change.patch_set is not patch_set or change.status != "NEW":
            return
        passed = run.verdict == runs.PASSED
        if pipeline == "gate" and passed:
            change.status = "MERGED"
            self._stage.ended(at, change, patch_set, "merged")
            submitter = {"name": ci.name, "username": ci.username}
            merged = {"submitter": submitter, "newRev": patch_set.revision}
            self._stage.say("change-merged", at, change, patch_set, **merged)
            return
        if ci.is_gate:
            if pipeline == "check":
                change.gate_verdict = run.verdict
            if change.approved and passed:
                self.systems.approved(at, change)
        if not passed:
            self._wonder(at, change, patch_set, ci, run)

    def _wonder(self, at, change, patch_set, ci, run):
        """Somebody looks at a failure: mend the patch, or ask for a re-run?"""
        rng = self._rng
        chance = 0.8 if ci.is_gate else 0.25
        if run.about_patch:
            # They read the log, and see.
            chance *= 0.3
            if ci.is_gate and rng.random() < 0.6 and patch_set.number < _LAST_PATCH_SET:
                self._stage.plan(self._later(at, 7000), self._upload, change, patch_set)
        phrase = ci.phrase or "recheck"
        if phrase != "recheck":
            # Nobody else is bothered by it.
            chance = 0.5
        if change.rechecks < 3 and not change.recheck_due and rng.random() < chance:
            change.recheck_due = True
            self._stage.plan(self._later(at, 2400), self._recheck, change, patch_set, phrase)

    def _recheck(self, at, change, patch_set, phrase):
        if change.status != "NEW" or change.patch_set is not patch_set:
            return
        change.recheck_due = False
        change.rechecks += 1
        person = change.owner if self._rng.random() < 0.8 else self._rng.choice(people.PEOPLE)
        text = f"{comments.header(patch_set.number)}\n\n{phrase}"
        self._stage.comment(at, change, patch_set, person, text)
        answered_by = self.systems.asked(at, change, phrase)
        if self._stage.keeps_truth:
            stated = self._stage.stated(at)
            recheck = truths.Recheck(change.number, patch_set.number, phrase, stated, answered_by)
            self._stage.truth.rechecks.append(recheck)
