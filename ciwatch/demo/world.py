"""The simulated world: a heap of things that are going to happen, and Gerrit's events when they do."""

import dataclasses
import datetime
import heapq
import itertools
import random

from ciwatch.demo import characters
from ciwatch.demo import comments
from ciwatch.demo import people
from ciwatch.demo import runs
from ciwatch.demo import truth as truths

_DAY_S = 86400.0


@dataclasses.dataclass
class Change:
    """A change as it is now; *bad* are the usernames of the CIs that its newest patch set breaks."""

    number: int
    project: str
    branch: str
    subject: str
    owner: dict
    topic: str
    status: str = "NEW"
    patch_set: int = 0
    revision: str = ""
    kind: str = "REWORK"
    created_at: float = 0.0
    bad: frozenset = frozenset()
    attempts: dict = dataclasses.field(default_factory=dict)
    gate_verdict: str | None = None
    rechecks: int = 0


class World:
    """One story. The same arguments tell the same story, byte for byte."""

    def __init__(self, seed=1, days=14.0, changes=400, until=None, cast=None, keep_truth=True):
        """Prepares the story.

        :param seed: which of all stories.
        :param days: how long the history is, in days.
        :param changes: how many changes are made in that time.
        :param until: its end, an aware datetime; now by default.
        :param cast: the :class:`~ciwatch.demo.characters.Character` of each CI, the gate first.
        :param keep_truth: whether to keep what really happened; without it memory stays constant.
        """
        now = datetime.datetime.now(datetime.UTC)
        self.until = (until or now).astimezone(datetime.UTC).replace(microsecond=0)
        self.days = float(days)
        self.truth = truths.Truth()
        self._keep_truth = keep_truth
        self._rng = random.Random(f"ciwatch {seed}")
        self._end = self.until.timestamp()
        self._begin = self._end - self.days * _DAY_S
        self._rate = changes / (self.days * _DAY_S)
        self._speed = 1.0
        self._heap = []
        self._order = itertools.count()
        self._number = 900000
        self._cast = tuple(cast or characters.CAST)
        self._out = []
        for ci in self._cast:
            self.truth.spells[ci.username] = [
                (self._end - back * _DAY_S, self._end - (back - length) * _DAY_S) for back, length in ci.sick
            ]
            if ci.silent_days is not None:
                self.truth.silent_since[ci.username] = self._end - ci.silent_days * _DAY_S
        for at in sorted(self._busy_moment() for _ in range(changes)):
            self._at(at, self._create)

    def history(self):
        """The events of the past, dicts as Gerrit sends them, in the order of their times."""
        yield from self._play(self._end)

    def live(self, speed=60.0):
        """What happens afterwards, without end; to be called when :meth:`history` is exhausted.

        Time goes *speed* times as fast: what is simulated for *t* seconds after the end is stated as
        t/speed seconds after it, so that something happens every few seconds.
        """
        self._speed = speed
        self._at(self._end, self._arrive)
        yield from self._play(float("inf"))

    def _play(self, end):
        while self._heap and self._heap[0][0] <= end:
            at, _, happening, arguments = heapq.heappop(self._heap)
            happening(at, *arguments)
            yield from self._out
            self._out.clear()

    def _at(self, at, happening, *arguments):
        heapq.heappush(self._heap, (at, next(self._order), happening, arguments))

    def _stated(self, at):
        """A time as events state it: whole seconds since 1970, squeezed after the end."""
        return int(at if at <= self._end else self._end + (at - self._end) / self._speed)

    def _busy_moment(self):
        while True:
            at = self._rng.uniform(self._begin, self._end)
            if self._rng.random() < people.busy(at):
                return at

    def _later(self, at, median_s, sigma=0.6):
        return at + median_s * self._rng.lognormvariate(0, sigma)

    # What Gerrit says

    def _say(self, kind, at, change, **more):
        stated = {
            "project": change.project,
            "branch": change.branch,
            "id": f"I{change.number:040x}",
            "number": change.number,
            "subject": change.subject,
            "owner": change.owner,
            "url": f"https://review.lantern.example/c/{change.project}/+/{change.number}",
            "status": change.status,
        }
        if change.topic:
            stated["topic"] = change.topic
        self._out.append(
            {
                "type": kind,
                "change": stated,
                "patchSet": {
                    "number": change.patch_set,
                    "revision": change.revision,
                    "ref": f"refs/changes/{change.number % 100:02d}/{change.number}/{change.patch_set}",
                    "uploader": change.owner,
                    "createdOn": self._stated(change.created_at),
                    "kind": change.kind,
                },
                "project": change.project,
                "eventCreatedOn": self._stated(at),
                **more,
            }
        )

    def _comment(self, at, change, author, text, patch_set=None, votes=()):
        approvals = [
            {"type": label, "description": label, "value": str(value)} for label, value in votes if value is not None
        ]
        more = {"approvals": approvals} if approvals else {}
        if patch_set is not None and patch_set.patch_set != change.patch_set:
            # A CI that is slow speaks of a patch set that is not the newest any more.
            change = dataclasses.replace(patch_set, status=change.status, subject=change.subject)
        self._say("comment-added", at, change, author=author, comment=text, **more)

    # What people do

    def _arrive(self, at):
        """In the live world changes go on to come, at the rate of the history."""
        at += self._rng.expovariate(self._rate * 2)
        self._at(at, self._arrive)
        if self._rng.random() < max(0.25, people.busy(at)):
            self._create(at)

    def _create(self, at):
        rng = self._rng
        self._number += rng.randint(1, 9)
        main = rng.random() < 0.7
        change = Change(
            number=self._number,
            project=characters.MAIN_PROJECT if main else rng.choice(characters.SIDE_PROJECTS),
            branch="stable/2026.1" if rng.random() < 0.08 else "master",
            subject=people.subject(rng),
            owner=rng.choice(people.PEOPLE),
            topic=rng.choice(("", "", "", "cleanup", "bug-fixes")),
        )
        self._upload(at, change)

    def _upload(self, at, change):
        if change.status != "NEW":
            return
        rng = self._rng
        change.patch_set += 1
        change.revision = f"{rng.getrandbits(160):040x}"
        change.created_at = at
        change.gate_verdict = None
        change.kind = "REWORK"
        if change.patch_set > 1:
            change.kind = rng.choices(("REWORK", "TRIVIAL_REBASE", "NO_CODE_CHANGE"), (80, 12, 8))[0]
        if change.kind == "REWORK":
            change.bad = self._badness(change)
        if change.bad and self._keep_truth:
            self.truth.bad[change.number, change.patch_set] = change.bad
        self._say("patchset-created", at, change, uploader=change.owner)
        for ci in self._cast:
            if change.kind == "NO_CODE_CHANGE" and not ci.is_gate:
                continue
            self._run(at, ci, dataclasses.replace(change), change, "check")
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            self._at(self._later(at, 14000, 1.0), self._review, change, change.patch_set)
        self._at(self._later(at, 30000, 0.7), self._decide, change, change.patch_set)

    def _badness(self, change):
        rng = self._rng
        chance = 0.33 if change.patch_set == 1 else (0.3 if change.bad else 0.08)
        if rng.random() >= chance:
            return frozenset()
        names = [ci.username for ci in self._cast]
        if rng.random() < 0.55:
            return frozenset(names)
        return frozenset(rng.sample(names[1:], rng.choice((1, 1, 2))))

    def _review(self, at, change, patch_set):
        if change.status != "NEW" or change.patch_set != patch_set:
            return
        rng = self._rng
        person = rng.choice([person for person in people.PEOPLE if person is not change.owner])
        vote, words = rng.choice(people.REVIEWS)
        if rng.random() < 0.03:
            person, vote = people.PASTER, ""
            words = "I see this in the log:\n\n- lantern-unit-py311 https://logs.example/x : FAILURE in 4m 12s"
        text = comments.header(patch_set, vote) + (f"\n\n{words}" if words else "")
        label, value = (vote[:-2], vote[-2:]) if vote else (None, None)
        self._comment(at, change, person, text, votes=[(label, int(value))] if vote else ())

    def _decide(self, at, change, patch_set):
        """A day later: is it good enough, is there something to mend, or is it given up?"""
        if change.status != "NEW" or change.patch_set != patch_set:
            return
        rng = self._rng
        if change.gate_verdict == runs.PASSED and not (change.bad and rng.random() < 0.6):
            if rng.random() < 0.8:
                approver = rng.choice([person for person in people.PEOPLE if person is not change.owner])
                votes = [("Code-Review", 2), ("Workflow", 1)]
                text = comments.header(patch_set, "Code-Review+2 Workflow+1")
                self._comment(at, change, approver, text, votes=votes)
                self._run(at, self._cast[0], dataclasses.replace(change), change, "gate")
                return
        if rng.random() < 0.1:
            self._at(self._later(at, 40000), self._abandon, change)
        elif change.patch_set < 6:
            self._at(self._later(at, 12000), self._upload, change)

    def _abandon(self, at, change):
        if change.status != "NEW":
            return
        change.status = "ABANDONED"
        self._say("change-abandoned", at, change, abandoner=change.owner, reason="Not needed any more")
        if self._rng.random() < 0.15:
            self._at(self._later(at, 50000), self._restore, change)

    def _restore(self, at, change):
        change.status = "NEW"
        self._say("change-restored", at, change, restorer=change.owner, reason="It is needed after all")
        self._at(self._later(at, 20000), self._upload, change)

    def _recheck(self, at, change, patch_set, ci):
        """Somebody thinks that a failure is none of the patch's doing."""
        if change.status != "NEW" or change.patch_set != patch_set:
            return
        phrase = ci.phrase or "recheck"
        self._comment(at, change, change.owner, f"{comments.header(patch_set)}\n\n{phrase}")
        if self._keep_truth:
            self.truth.rechecks.append((change.number, patch_set, phrase, self._stated(at)))
        for other in self._cast:
            if other.phrase == phrase and (other is ci or other.is_gate):
                self._run(at, other, dataclasses.replace(change), change, "check")

    # What CIs do

    def _answers(self, ci, at):
        """Whether a CI is there at all at this time."""
        if ci.joined_days is not None and at < self._end - ci.joined_days * _DAY_S:
            return False
        since = self.truth.silent_since.get(ci.username)
        return since is None or at < since

    def _run(self, at, ci, tested, change, pipeline):
        """A CI takes up a patch set, *tested*, of a *change* that goes on meanwhile."""
        rng = self._rng
        if not (ci.everywhere or tested.project == characters.MAIN_PROJECT):
            return
        if not self._answers(ci, at):
            if ci.username in self.truth.silent_since:
                self._missed(ci, tested)
            return
        if rng.random() < ci.misses:
            self._missed(ci, tested)
            return
        end = self._later(at, ci.latency_s, ci.spread)
        began = at + min(rng.uniform(20, 240), (end - at) / 2)
        self._at(began, self._begin_run, ci, tested, change, pipeline)
        self._at(end, self._end_run, ci, tested, change, pipeline)

    def _missed(self, ci, tested):
        if self._keep_truth:
            self.truth.missed.append((ci.username, tested.number, tested.patch_set))

    def _begin_run(self, at, ci, tested, change, pipeline):
        if not self._answers(ci, at):
            return
        author = {"name": ci.name, "username": ci.username}
        if ci.style == "gerrit_trigger":
            jobs = runs.jobs_of(ci, tested.project, pipeline)
            for number, job in enumerate(jobs, 1):
                url = f"https://{ci.host}/job/{job.name}/{self._rng.randrange(1000, 10000)}/"
                text = comments.trigger_start(tested.patch_set, url, number, len(jobs))
                self._comment(at, change, author, text, tested)
        elif ci.style != "vote":
            status_url = f"http://{ci.host}/status" if ci.style == "zuul2" else ""
            text = comments.zuul_start(tested.patch_set, pipeline, status_url)
            self._comment(at, change, author, text, tested)

    def _end_run(self, at, ci, tested, change, pipeline):
        rng = self._rng
        if not self._answers(ci, at):
            self._missed(ci, tested)
            return
        if change.patch_set != tested.patch_set and rng.random() < 0.5:
            if self._keep_truth:
                self.truth.superseded.append((ci.username, tested.number, tested.patch_set))
            return
        sick = any(start <= at < end for start, end in self.truth.spells[ci.username])
        outcomes, verdict, about_patch = runs.play(rng, ci, tested, pipeline, sick)
        passed = verdict == runs.PASSED
        vote = (1 if passed else -1) * (2 if pipeline == "gate" else 1) if ci.votes else None
        text = self._result_text(ci, tested, pipeline, outcomes, passed, vote)
        self._post(at, ci, tested, change, pipeline, text, vote, verdict, about_patch)
        if rng.random() < ci.twice:
            again = at + rng.uniform(120, 1200)
            self._at(again, self._post, ci, tested, change, pipeline, text, vote, verdict, about_patch)

    def _result_text(self, ci, tested, pipeline, outcomes, passed, vote):
        number = tested.patch_set
        if ci.style == "vote":
            return comments.vote_only(number, vote)
        if ci.style == "gerrit_trigger":
            return comments.trigger_result(number, outcomes, passed, vote)
        if ci.style == "zuul2":
            help_url = f"http://{ci.host}/help"
            return comments.zuul_result(number, outcomes, passed, vote, help_url=help_url)
        if ci.is_gate and not passed and self._rng.random() < 0.02:
            return comments.zuul_merge_failed(number, vote)
        buildset = f"https://{ci.host}/t/lantern/buildset/{self._rng.getrandbits(128):032x}"
        return comments.zuul_result(number, outcomes, passed, vote, pipeline, buildset)

    def _post(self, at, ci, tested, change, pipeline, text, vote, verdict, about_patch):
        """A result becomes a comment, and people act on it."""
        rng = self._rng
        author = {"name": ci.name, "username": ci.username}
        self._comment(at, change, author, text, tested, votes=[("Verified", vote)])
        if "Merge Failed." in text:
            verdict, about_patch = runs.INFRASTRUCTURE, False
        current = change.patch_set == tested.patch_set
        key = tested.patch_set, ci.username, pipeline
        attempt = change.attempts[key] = change.attempts.get(key, 0) + 1
        if current and ci.is_gate and pipeline == "check":
            change.gate_verdict = verdict
        if self._keep_truth:
            self.truth.attempts.append(
                truths.Attempt(
                    ci.username, tested.number, tested.patch_set, pipeline, attempt, verdict, about_patch,
                    self._stated(at),
                )
            )  # fmt: skip
        if not current or change.status != "NEW":
            return
        if pipeline == "gate":
            if verdict == runs.PASSED:
                change.status = "MERGED"
                self._say("change-merged", at, change, submitter=author, newRev=change.revision)
            else:
                self._at(self._later(at, 9000), self._decide, change, change.patch_set)
        elif verdict != runs.PASSED and ci.phrase and change.rechecks < 4 and rng.random() < 0.4:
            change.rechecks += 1
            self._at(self._later(at, 2400), self._recheck, change, change.patch_set, ci)
