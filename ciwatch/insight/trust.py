"""Of a CI's failed verdicts, how many were about the patch?"""

import enum

from ciwatch.insight.facts import FAILED
from ciwatch.insight.facts import JUDGED
from ciwatch.insight.facts import PASSED
from ciwatch.insight.verdicts import without_repetitions

#: Fewer peers than these tell nothing.
MIN_PEERS = 2


class Outcome(enum.StrEnum):
    """What became of a failed verdict."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    OPEN = "open"
    SET_ASIDE = "set aside"


def outcome(patch_set, mine, gate, peers, is_set_aside=False):
    """What became of a CI's failed verdict on a patch set: (:class:`Outcome`, why), or None for none.

    A later pass, or a merge, refutes whatever else is known: whoever failed with it was broken, too.

    :param mine: the CI's attempts there, in the order of their times.
    :param gate: the verdict of the gate there, or None; None for the gate itself.
    :param peers: the verdicts of all other CIs there but the gate; only those that judge count.
    :param is_set_aside: whether the verdict was cast while the CI was sick, or all failed.
    """
    attempts = without_repetitions(mine)
    failed = next((attempt for attempt in attempts if attempt.verdict == FAILED), None)
    if failed is None:
        return None
    if is_set_aside:
        return Outcome.SET_ASIDE, "cast while the CI was sick, or while all failed"
    later = [
        attempt
        for attempt in attempts
        if attempt.pipeline == failed.pipeline and attempt.posted_at > failed.posted_at
    ]
    if any(attempt.verdict == PASSED for attempt in later):
        return Outcome.REFUTED, "a later attempt on the same patch set passed"
    if patch_set.merged_at is not None:
        return Outcome.REFUTED, "it was merged as it stood"
    if too := failed_too(gate, peers):
        return Outcome.CONFIRMED, too
    if any(attempt.verdict == FAILED and _fail_alike(failed, attempt) for attempt in later):
        return Outcome.CONFIRMED, "a re-run failed again"
    return Outcome.OPEN, "nothing confirms or refutes it yet"


def failed_too(gate, peers):
    """Who else failed a patch set, in words, if it is the gate, or half of the peers; else None."""
    judges = [verdict for verdict in peers if verdict in JUDGED]
    against = judges.count(FAILED)
    if gate == FAILED:
        return "the gate failed it too"
    if len(judges) >= MIN_PEERS and 2 * against >= len(judges):
        return f"{against} of {len(judges)} peers failed it too"
    return None


def _fail_alike(one, other):
    """Whether two failed attempts may have the same cause: the same job failed, as far as jobs are named.

    A CI whose jobs fail now and then for no reason fails again, too; but seldom in the same one.
    """
    jobs, other_jobs = (
        {build.job for build in attempt.builds if build.voting and build.result_class == FAILED}
        for attempt in (one, other)
    )
    return not jobs or not other_jobs or not jobs.isdisjoint(other_jobs)
