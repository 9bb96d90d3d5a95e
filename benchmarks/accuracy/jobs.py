"""Are flaky jobs ranked above steady ones?"""

from benchmarks.accuracy.case import Case
from ciwatch.queries import jobs

#: A steady job fails so seldom for no reason, by its character.
STEADY = 0.02


def flaky(story):
    """Each flaky job: does it flip more than every steady job of any CI, as a CI's page ranks its jobs?"""
    ranks, told = {}, {}
    for system_id in story.ids.values():
        for name, found in jobs.unstable_first(story.connection, system_id, story.until):
            ranks[name] = found.is_unstable, found.flaked.low
            told[name] = f"{found.flaked.n} of {found.flaked.of}"
    steady = {
        job.name
        for ci in story.cast.values()
        for job in ci.jobs
        if not ci.worse and job.flake + (ci.noise + ci.infra) / len(ci.jobs) <= STEADY
    }
    best = max(steady & ranks.keys(), key=ranks.get)
    for ci in story.cast.values():
        for job in ci.jobs:
            if job.flake > STEADY:
                detail = f"seed {story.seed}: {told[job.name]} against {told[best]} of {best}"
                yield Case("flaky", job.name, ranks[job.name] > ranks[best], detail)
