"""Plain values to make figures of: a patch set, and what was said of it."""

import datetime

from ciwatch.insight import facts
from ciwatch.insight import scene

#: The morning of the day on which it all happens.
MORNING = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
DAY = MORNING.date()


def at(hours):
    """So many hours after the patch set came."""
    return MORNING + datetime.timedelta(hours=hours)


def patch_set(**known):
    """A patch set that came in the morning."""
    values = {
        "id": 1,
        "change": 100,
        "number": 1,
        "project": "openstack/lantern",
        "branch": "master",
        "kind": "REWORK",
        "seen_at": MORNING,
        "created_at": MORNING,
    }
    return facts.PatchSet(**{**values, **known})


def said(*verdicts, system=1, pipeline="check", first=1.0, digests=(), of=1):
    """An attempt an hour of a CI on a patch set, one for each verdict."""
    return [
        facts.Attempt(
            1000 * system + number,
            system,
            of,
            pipeline,
            number,
            at(first + number - 1),
            verdict,
            digests[number - 1] if digests else f"{pipeline} {number}",
        )
        for number, verdict in enumerate(verdicts, 1)
    ]


def with_builds(attempt, *results):
    """*attempt* with a build for each (job, result class), which votes."""
    builds = tuple(facts.Build(job, kind, True) for job, kind in results)
    return facts.Attempt(
        attempt.id,
        attempt.system,
        attempt.patch_set,
        attempt.pipeline,
        attempt.number,
        attempt.posted_at,
        attempt.verdict,
        attempt.digest,
        builds,
    )


def watched(number=1, **known):
    """A CI that is expected everywhere and reported long before."""
    values = {
        "id": number,
        "is_gate": False,
        "first_report_at": at(-1000),
        "expected": lambda files: True,
        "limit": datetime.timedelta(hours=24),
    }
    return scene.Watched(**{**values, **known})


def spell(first, last, kind="sick"):
    """A spell from one hour to another, or without end."""
    ended_at = None if last is None else at(last)
    return facts.Spell(kind, at(first), at(first), ended_at, "it was so")
