"""Result words, the classes they come in, and the verdict that follows from them.

The definitions are those of the user guide's page on figures: the word as a CI wrote it is always kept
beside its class.
"""

import enum


class ResultClass(enum.StrEnum):
    """What a result says of the job: did the patch pass, fail, or was it not tested at all?"""

    PASSED = "passed"
    FAILED = "failed"
    INFRASTRUCTURE = "infrastructure"
    NOT_RUN = "not run"
    UNKNOWN = "unknown"


_WORDS = {
    ResultClass.PASSED: "SUCCESS",
    ResultClass.FAILED: "FAILURE UNSTABLE TIMED_OUT POST_FAILURE",
    ResultClass.INFRASTRUCTURE: (
        "NODE_FAILURE RETRY_LIMIT DISK_FULL LOST ABORTED CANCELED MERGER_FAILURE CONFIG_ERROR"
        " NOT_REGISTERED EXCEPTION ERROR"
    ),
    ResultClass.NOT_RUN: "SKIPPED NOT_BUILT",
}

CLASS_OF_WORD = {word: kind for kind, words in _WORDS.items() for word in words.split()}


def classify(word):
    """The :class:`ResultClass` of a result *word*; UNKNOWN for a word nobody has taught us yet."""
    return CLASS_OF_WORD.get(word, ResultClass.UNKNOWN)


def verdict_of(builds):
    """The verdict of an attempt from its voting builds.

    Failed if one failed, else infrastructure if one was, else passed if one passed. Skipped and
    non-voting builds have no say.

    :param builds: things with ``voting`` and ``result_class``.
    :returns: a :class:`ResultClass`, or None where no voting build says anything.
    """
    classes = {build.result_class for build in builds if build.voting}
    for verdict in (ResultClass.FAILED, ResultClass.INFRASTRUCTURE, ResultClass.PASSED):
        if verdict in classes:
            return verdict
    return ResultClass.UNKNOWN if ResultClass.UNKNOWN in classes else None


def verdict_of_vote(vote):
    """The verdict that a Verified *vote* says where a comment has no build lines; None for 0 or none."""
    if not vote:
        return None
    return ResultClass.PASSED if vote > 0 else ResultClass.FAILED
