"""How the jobs of a CI go on a patch set, given its character and whether the patch is bad."""

from ciwatch.demo import characters
from ciwatch.demo import comments

_INFRA = (
    ("NODE_FAILURE", "Node request 300-{:07d} failed"),
    ("RETRY_LIMIT", ""),
    ("DISK_FULL", ""),
)
_FAILURES = ("FAILURE", "FAILURE", "FAILURE", "TIMED_OUT", "POST_FAILURE")

PASSED, FAILED, INFRASTRUCTURE = "passed", "failed", "infrastructure"


def jobs_of(ci, project, pipeline):
    """The jobs that a CI runs on a project: fewer on the side projects, only voting ones in the gate."""
    jobs = ci.jobs if project == characters.MAIN_PROJECT else ci.jobs[:6]
    return [job for job in jobs if job.voting] if pipeline == "gate" else jobs


def play(rng, ci, change, pipeline, sick):
    """The outcomes of one run.

    :param change: what is tested: its ``project``, ``number``, ``patch_set`` and ``bad``, the usernames of
        the CIs that the patch breaks.
    :param sick: whether the CI is.
    :returns: (list of Outcome, verdict, whether a failure is about the patch).
    """
    jobs = jobs_of(ci, change.project, pipeline)
    voting = [job.name for job in jobs if job.voting] or [""]
    failing, about_patch = set(), False
    if not ci.always_green:
        if ci.username in change.bad and rng.random() < ci.catches:
            failing.update(rng.sample(voting, min(len(voting), rng.choice((1, 1, 2, 3)))))
            about_patch = True
        if sick and rng.random() < 0.95:
            failing.update(rng.sample(voting, max(1, len(voting) * 3 // 4)))
        elif rng.random() < ci.noise:
            failing.add(rng.choice(voting))
        failing.update(job.name for job in jobs if job.flake and rng.random() < job.flake)
    broken = rng.choice(voting) if not ci.always_green and rng.random() < ci.infra else None
    outcomes = [_outcome(rng, ci, change, pipeline, job, failing, broken) for job in jobs]
    if failing & set(voting):
        return outcomes, FAILED, about_patch
    return outcomes, INFRASTRUCTURE if broken is not None else PASSED, False


def _outcome(rng, ci, change, pipeline, job, failing, broken):
    url = _log_url(rng, ci, change, pipeline, job.name)
    if job.name == broken and job.name not in failing:
        if ci.style == "gerrit_trigger":
            return comments.Outcome(job.name, "ABORTED", job.voting, None, url)
        word, reason = rng.choice(_INFRA)
        if word == "NODE_FAILURE":
            return comments.Outcome(
                job.name, word, job.voting, 0, None, reason.format(rng.randrange(10**7))
            )
        return comments.Outcome(job.name, word, job.voting, rng.randrange(60, 900), url)
    seconds = max(5, round(job.median_s * rng.lognormvariate(0, 0.25)))
    if job.name in failing or (not job.voting and rng.random() < 0.3):
        word = rng.choice(_FAILURES)
        if ci.style == "gerrit_trigger":
            word = "UNSTABLE" if word == "TIMED_OUT" else "FAILURE"
        return comments.Outcome(job.name, word, job.voting, seconds, url)
    return comments.Outcome(job.name, "SUCCESS", job.voting, seconds, url)


def _log_url(rng, ci, change, pipeline, job):
    if ci.style == "zuul3":
        return f"https://{ci.host}/t/lantern/build/{rng.getrandbits(128):032x}"
    if ci.style == "gerrit_trigger":
        return f"https://{ci.host}/job/{job}/{rng.randrange(1000, 10000)}/"
    number = change.number
    return f"http://{ci.host}/{number % 100:02d}/{number}/{change.patch_set}/{pipeline}/{job}/{rng.getrandbits(28):07x}"
