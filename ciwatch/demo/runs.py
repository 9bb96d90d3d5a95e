"""How the jobs of a CI go on a patch set, given its character and whether the patch is bad."""

import math
import typing

from ciwatch.demo import characters
from ciwatch.demo import comments

PASSED, FAILED, INFRASTRUCTURE = "passed", "failed", "infrastructure"

_FAILURES = ("FAILURE", "FAILURE", "FAILURE", "FAILURE", "TIMED_OUT")
# What befalls a job whose node, network or log server breaks. Two of these words count as failures of
# the job, since from outside nobody can tell.
_ACCIDENTS = ("NODE_FAILURE", "RETRY_LIMIT", "TIMED_OUT", "POST_FAILURE")
_CLASSES = {
    "SUCCESS": PASSED,
    **dict.fromkeys(("FAILURE", "UNSTABLE", "TIMED_OUT", "POST_FAILURE"), FAILED),
    **dict.fromkeys(("NODE_FAILURE", "RETRY_LIMIT", "ABORTED", "MERGER_FAILURE"), INFRASTRUCTURE),
}
# The single job of a CI that names none.
_NAMELESS = (characters.Job(""),)


class Run(typing.NamedTuple):
    """A finished run; *about_patch* says whether the patch was the reason of its failure."""

    outcomes: list
    verdict: str
    about_patch: bool


def jobs_of(ci, project, pipeline):
    """The jobs that a CI runs on a project: fewer on the side projects, only voting ones in the gate."""
    jobs = ci.jobs if project == characters.MAIN_PROJECT else ci.jobs[:6]
    return tuple(job for job in jobs if job.voting or pipeline != "gate") or _NAMELESS


def log_urls(rng, ci, change, patch_set, pipeline, jobs, build):
    """Where the log of each job of a run will be; *build* is the CI's count of its runs."""
    if ci.style == "zuul3":
        where = f"https://{ci.host}/t/demo/build"
        return [f"{where}/{rng.getrandbits(128):032x}" for _ in jobs]
    if ci.style == "gerrit_trigger":
        return [f"https://{ci.host}/job/{job.name}/{build}/" for job in jobs]
    where = f"http://{ci.host}/{change % 100:02d}/{change}/{patch_set}/{pipeline}"
    return [f"{where}/{job.name}/{rng.getrandbits(28):07x}/" for job in jobs]


def verdict_of(outcomes):
    """Failed if one voting job failed, else infrastructure if one broke, else passed."""
    classes = {_CLASSES.get(outcome.result) for outcome in outcomes if outcome.voting}
    return FAILED if FAILED in classes else INFRASTRUCTURE if INFRASTRUCTURE in classes else PASSED


def failed_jobs(outcomes):
    """The names of the jobs that failed; none for a CI that names none."""
    return tuple(
        outcome.job for outcome in outcomes if outcome.job and _CLASSES.get(outcome.result) == FAILED
    )


def finders(rng, jobs):
    """The names of the jobs that find what is wrong with a patch set; one of them votes."""
    voting = _voting(jobs)
    return frozenset(rng.sample(voting, min(len(voting), rng.choice((1, 1, 2, 3)))))


def play(rng, ci, jobs, urls, caught, is_down, noise, longest_s):
    """One run.

    :param jobs: what :func:`jobs_of` said.
    :param urls: the address of each job's log.
    :param caught: the names of the jobs that find something wrong with the patch.
    :param is_down: whether nearly everything fails: the CI is sick, or the project is broken.
    :param noise: the chance that one voting job fails although nothing is wrong with patch or job.
    :param longest_s: the time in seconds that the run took; no job runs longer.
    :returns: a :class:`Run`.
    """
    failing, accident = set(), None
    if not ci.always_green:
        failing, accident = _misfortunes(rng, ci, jobs, caught, is_down, noise)
    outcomes, words = [], {}
    for job, url in zip(jobs, urls, strict=True):
        outcome = _outcome(rng, ci, job, url, failing, accident, words, longest_s)
        words[job.name] = outcome.result
        outcomes.append(outcome)
    verdict = verdict_of(outcomes)
    if verdict == INFRASTRUCTURE and jobs is _NAMELESS:
        # A vote cannot say that.
        verdict = FAILED
    return Run(outcomes, verdict, bool(caught) and verdict == FAILED)


def _voting(jobs):
    # A CI may have no voting job at all; then its failures hit the others, and it passes.
    return [job.name for job in jobs if job.voting] or [job.name for job in jobs]


def _misfortunes(rng, ci, jobs, caught, is_down, noise):
    """The names of the jobs that fail, and of the one that meets with an accident, or None."""
    voting, failing = _voting(jobs), set(caught)
    if is_down and rng.random() < 0.95:
        failing.update(rng.sample(voting, max(1, len(voting) * 3 // 4)))
    elif rng.random() < noise:
        failing.add(rng.choice(voting))
    for job in jobs:
        if job.flake and rng.random() < job.flake:
            failing.add(job.name)
        elif not job.voting and rng.random() < 0.2:
            # Why it does not vote.
            failing.add(job.name)
    accident = rng.choice(voting) if rng.random() < ci.infra else None
    return failing, None if accident in failing else accident


def _outcome(rng, ci, job, url, failing, accident, words, longest_s):
    name, voting = job.name, job.voting
    if job.needs and words.get(job.needs, "SUCCESS") != "SUCCESS":
        return comments.Outcome(name, "SKIPPED", voting, None, url, f"since {job.needs} did not succeed")
    seconds = job.median_s * math.exp(rng.gauss(0.0, 0.25))
    if seconds > longest_s:
        seconds = longest_s * (0.8 + 0.2 * rng.random())
    seconds = max(3, int(seconds))
    if name in failing:
        if ci.style == "gerrit_trigger":
            word = "UNSTABLE" if rng.random() < 0.3 else "FAILURE"
        else:
            word = _FAILURES[int(rng.random() * len(_FAILURES))]
        return comments.Outcome(name, word, voting, seconds, url)
    if name == accident:
        word = "ABORTED" if ci.style == "gerrit_trigger" else rng.choice(_ACCIDENTS)
        if word == "NODE_FAILURE":
            reason = f"The request for nodes 300-{rng.randrange(10**7):07d} was refused"
            return comments.Outcome(name, word, voting, 0, None, reason)
        return comments.Outcome(name, word, voting, seconds, url)
    return comments.Outcome(name, "SUCCESS", voting, seconds, url)
