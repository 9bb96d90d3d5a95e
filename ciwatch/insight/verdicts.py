"""What a CI says of a patch set, given all that it said."""

from ciwatch.insight.facts import FAILED
from ciwatch.insight.facts import INFRASTRUCTURE
from ciwatch.insight.facts import PASSED

# The worst counts: a patch set on which one pipeline failed is not saved by another that passed.
_WORST_FIRST = (FAILED, INFRASTRUCTURE, PASSED)


def without_repetitions(attempts):
    """*attempts* without those that only post an earlier result once more: the same text is no re-run."""
    said, found = set(), []
    for attempt in attempts:
        if attempt.digest and attempt.digest in said:
            continue
        said.add(attempt.digest)
        found.append(attempt)
    return found


def standing_verdict(attempts):
    """The worst verdict among the latest attempts of the pipelines, or None where none judged.

    :param attempts: those of one CI on one patch set, in the order of their times.
    """
    latest = {attempt.pipeline: attempt.verdict for attempt in attempts}
    said = set(latest.values())
    return next((verdict for verdict in _WORST_FIRST if verdict in said), None)


def worst_verdict(attempts):
    """The worst verdict that was ever said, whatever a re-run came to; None where none judged."""
    said = {attempt.verdict for attempt in attempts}
    return next((verdict for verdict in _WORST_FIRST if verdict in said), None)


def first_judgement(attempts):
    """The first attempt with a verdict that counts, or None: what was said before anybody re-ran."""
    return next((attempt for attempt in attempts if attempt.verdict in _WORST_FIRST), None)
