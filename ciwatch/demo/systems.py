"""What the CIs do: they take up patch sets, report, and do so once more when asked."""

import math

from ciwatch.demo import characters
from ciwatch.demo import comments
from ciwatch.demo import people
from ciwatch.demo import runs
from ciwatch.demo import truth as truths
from ciwatch.demo.stage import luck

_DAY_S = 86400
# What may be broken for all who test it.
_BREAKING = (characters.MAIN_PROJECT, "master")


def spells(planned, end):
    """The (start, end) in seconds since 1970 of spells, given as (how many days ago, hour UTC, hours long).

    One that would begin at a weekend, when little happens, begins on the Friday before.
    """
    for days, hour, hours in planned:
        start = int((end // _DAY_S - days) * _DAY_S + hour * 3600)
        while people.is_weekend(start):
            start -= _DAY_S
        yield start, start + int(hours * 3600)


def _silences(ci, end):
    """The (start, end) of the times at which a CI says nothing."""
    for days, length in ci.silent:
        start = int(end - days * _DAY_S)
        yield start, start + length * _DAY_S


def _moments(end, days):
    """What lies so many days before the end, of those of whom it is known."""
    return {username: int(end - back * _DAY_S) for username, back in days.items() if back is not None}


def _is_within(spells, at):
    return any(start <= at < end for start, end in spells)


class Systems:
    """All CIs of a world."""

    def __init__(self, stage, seed, cast, broken, react):
        """Puts the *cast* on the *stage*.

        :param broken: (start, end) of the times at which the main project's master is broken.
        :param react: called with (at, change, patch set, CI, pipeline, run) at each new result.
        """
        self._stage = stage
        self._cast = cast
        self._react = react
        # One for each, so that one CI's character does not change another's luck.
        self._rngs = {ci.username: luck(seed, ci.username) for ci in cast}
        self._builds = dict.fromkeys((ci.username for ci in cast), 1000)
        self._authors = {ci.username: {"name": ci.name, "username": ci.username} for ci in cast}
        end, truth = stage.end, stage.truth
        self._sick = {ci.username: tuple(spells(ci.sick, end)) for ci in cast}
        self._silent = {ci.username: tuple(_silences(ci, end)) for ci in cast}
        self._from = _moments(end, {ci.username: ci.joined_days for ci in cast})
        self._worse = _moments(end, {ci.username: ci.worse and ci.worse[0] for ci in cast})
        self._broken = broken
        truth.sick.update(self._sick)
        truth.silent.update(self._silent)
        truth.joined_at.update(self._from)
        truth.worse_since.update(self._worse)
        truth.broken.extend(broken)

    def uploaded(self, at, change):
        """There is a new patch set."""
        patch_set = change.patch_set
        for ci in self._cast:
            if self._is_expected(ci, change, patch_set):
                self._take_up(at, ci, change, patch_set, "check")

    def asked(self, at, change, phrase):
        """Somebody asks for a re-run; returns the usernames of the CIs that take it up."""
        return tuple(
            ci.username
            for ci in self._cast
            if ci.phrase == phrase
            and self._covers(ci, change, at)
            and self._take_up(at, ci, change, change.patch_set, "check")
        )

    def approved(self, at, change):
        """The newest patch set shall pass through the gate."""
        for ci in self._cast:
            if ci.is_gate:
                self._take_up(at, ci, change, change.patch_set, "gate")

    def _covers(self, ci, change, at):
        is_there = at >= self._from.get(ci.username, at)
        return is_there and (ci.everywhere or change.project == characters.MAIN_PROJECT)

    def _is_expected(self, ci, change, patch_set):
        """Whether a CI should answer a patch set without being asked."""
        is_new = ci.is_gate or patch_set.kind != "NO_CODE_CHANGE"
        return is_new and self._covers(ci, change, patch_set.created_at)

    def _is_silent(self, ci, at):
        return _is_within(self._silent[ci.username], at)

    def _take_up(self, at, ci, change, patch_set, pipeline):
        """A CI begins to test, or does not; returns whether it does."""
        rng = self._rngs[ci.username]
        key = patch_set.number, ci.username, pipeline
        if key in change.running:
            return False
        reason = "silent" if self._is_silent(ci, at) else "forgot" if rng.random() < ci.misses else ""
        if reason:
            self._unanswered(ci, change, patch_set, reason)
            return False
        change.running.add(key)
        self._unanswered(ci, change, patch_set, "running")
        latency = ci.latency_s * math.exp(rng.gauss(0.0, ci.spread))
        # Only on side projects, since it counts as a job of its own, and the main project's are counted.
        if ci.is_gate and change.project != characters.MAIN_PROJECT and rng.random() < 0.02:
            began = at + rng.uniform(10, 60)
            self._stage.plan(began, self._begin, ci, change, patch_set, pipeline, (), ())
            self._stage.plan(began + 20, self._merge_fails, ci, change, patch_set, pipeline, at)
            return True
        wait = min(rng.uniform(10, 240), latency / 2)
        jobs = runs.jobs_of(ci, change.project, pipeline)
        build = self._builds[ci.username] = self._builds[ci.username] + 1
        urls = runs.log_urls(rng, ci, change.number, patch_set.number, pipeline, jobs, build)
        test = (ci, change, patch_set, pipeline, jobs, urls)
        # What is tested is the patch on top of the branch as it is when the test begins.
        is_broken = (change.project, change.branch) == _BREAKING and _is_within(self._broken, at + wait)
        self._stage.plan(at + wait, self._begin, *test)
        self._stage.plan(at + latency, self._finish, *test, is_broken, at, latency - wait)
        return True

    def _begin(self, at, ci, change, patch_set, pipeline, jobs, urls):
        if self._is_silent(ci, at) or ci.style == "vote":
            return
        author, number = self._authors[ci.username], patch_set.number
        if ci.style == "gerrit_trigger":
            for n, url in enumerate(urls, 1):
                text = comments.trigger_start(number, url, n, len(urls))
                self._stage.comment(at, change, patch_set, author, text)
            return
        status_url = f"http://{ci.host}/zuul/status" if ci.style == "zuul2" else ""
        # Whoever begins again takes back the vote of the time before.
        vote = 0 if (number, ci.username) in change.voted else None
        change.voted.discard((number, ci.username))
        text = comments.zuul_start(number, pipeline, status_url, vote)
        votes = [("Verified", 0)] if vote == 0 else ()
        self._stage.comment(at, change, patch_set, author, text, votes)

    def _finish(self, at, ci, change, patch_set, pipeline, jobs, urls, is_broken, asked_at, took_s):
        change.running.discard((patch_set.number, ci.username, pipeline))
        rng = self._rngs[ci.username]
        is_outdated = change.patch_set is not patch_set or change.status == "ABANDONED"
        if self._is_silent(ci, at):
            self._unanswered(ci, change, patch_set, "silent")
            return
        if is_outdated and rng.random() < ci.drops:
            self._unanswered(ci, change, patch_set, "dropped")
            return
        caught = self._caught(rng, ci, patch_set, jobs)
        is_down = is_broken or self.is_sick(ci, at)
        noise = ci.worse[1] if at >= self._worse.get(ci.username, math.inf) else ci.noise
        run = runs.play(rng, ci, jobs, urls, caught, is_down, noise, took_s)
        vote = self._vote(ci, pipeline, run)
        text = self._result(rng, ci, patch_set, pipeline, run, vote)
        result = (ci, change, patch_set, pipeline, run, vote, text, asked_at, is_broken)
        self._post(at, *result)
        if rng.random() < ci.twice:
            again = at + rng.uniform(120, 1200)
            if not self._is_silent(ci, again):
                self._stage.plan(again, self._post, *result, True)

    def _caught(self, rng, ci, patch_set, jobs):
        """The names of the jobs that find something wrong with a patch set, each time that they test it."""
        if ci.username not in patch_set.bad or ci.always_green:
            return frozenset()
        if ci.username not in patch_set.covered:
            is_covered = rng.random() < ci.catches
            patch_set.covered[ci.username] = runs.finders(rng, jobs) if is_covered else frozenset()
        return patch_set.covered[ci.username]

    def _merge_fails(self, at, ci, change, patch_set, pipeline, asked_at):
        change.running.discard((patch_set.number, ci.username, pipeline))
        outcome = comments.Outcome("(change)", "MERGER_FAILURE")
        run = runs.Run([outcome], runs.INFRASTRUCTURE, False)
        vote = self._vote(ci, pipeline, run)
        text = comments.zuul_merge_failed(patch_set.number, vote)
        self._post(at, ci, change, patch_set, pipeline, run, vote, text, asked_at, False)

    def is_sick(self, ci, at):
        """Whether a CI is sick at a time."""
        return _is_within(self._sick[ci.username], at)

    def _vote(self, ci, pipeline, run):
        if not ci.votes:
            return None
        return (1 if run.verdict == runs.PASSED else -1) * (2 if pipeline == "gate" else 1)

    def _result(self, rng, ci, patch_set, pipeline, run, vote):
        number, passed = patch_set.number, run.verdict == runs.PASSED
        if ci.style == "vote":
            return comments.vote_only(number, vote)
        if ci.style == "gerrit_trigger":
            return comments.trigger_result(number, run.outcomes, vote)
        help_url = f"https://{ci.host}/help"
        if ci.style == "zuul2":
            return comments.zuul_result(number, run.outcomes, passed, vote, help_url=help_url)
        buildset = f"https://{ci.host}/t/demo/buildset/{rng.getrandbits(128):032x}"
        return comments.zuul_result(number, run.outcomes, passed, vote, pipeline, buildset, help_url)

    def _post(
        self, at, ci, change, patch_set, pipeline, run, vote, text, asked_at, is_broken, is_again=False
    ):
        votes = [("Verified", vote)] if vote is not None else ()
        if votes:
            change.voted.add((patch_set.number, ci.username))
        self._stage.comment(at, change, patch_set, self._authors[ci.username], text, votes)
        key = patch_set.number, ci.username, pipeline
        attempt = change.attempts[key] = change.attempts.get(key, 0) + 1
        if self._stage.keeps_truth:
            truth, stated = self._stage.truth, self._stage.stated
            truth.unanswered.pop((ci.username, change.number, patch_set.number), None)
            truth.attempts.append(
                truths.Attempt(
                    ci.username, change.number, patch_set.number, pipeline, attempt, run.verdict,
                    run.about_patch, self.is_sick(ci, at), is_broken, is_again,
                    runs.failed_jobs(run.outcomes), stated(asked_at), stated(at),
                )
            )  # fmt: skip
        if not is_again:
            self._react(at, change, patch_set, ci, pipeline, run)

    def _unanswered(self, ci, change, patch_set, reason):
        """Nothing came of it yet, unless the CI had answered this patch set, or did not need to."""
        if not self._stage.keeps_truth or not self._is_expected(ci, change, patch_set):
            return
        if (patch_set.number, ci.username, "check") not in change.attempts:
            self._stage.truth.unanswered[ci.username, change.number, patch_set.number] = reason
