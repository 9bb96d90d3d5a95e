"""Result words, the classes they come in, and the verdict that follows from them.

The definitions are those of the user guide's page on figures: the word as a CI wrote it is always kept
beside its class.
"""

import enum
import re


class ResultClass(enum.StrEnum):
    """What a result says of the job: did the patch pass, fail, or was it not tested at all?"""

    PASSED = "passed"
    FAILED = "failed"
    INFRASTRUCTURE = "infrastructure"
    NOT_RUN = "not run"
    UNKNOWN = "unknown"

    # As that of the text: pages look up tens of thousands, and an enum's own hash is many times slower.
    __hash__ = str.__hash__


#: Classes that say how the attempt went, for good or bad.
_JUDGEMENTS = (ResultClass.PASSED, ResultClass.FAILED, ResultClass.INFRASTRUCTURE)

_WORDS = {
    ResultClass.PASSED: "SUCCESS SUCCEEDED PASSED PASS",
    ResultClass.FAILED: "FAILURE FAILED FAIL UNSTABLE TIMED_OUT POST_FAILURE",
    ResultClass.INFRASTRUCTURE: (
        "NODE_FAILURE RETRY_LIMIT RETRY DISK_FULL LOST ABORTED CANCELED CANCELLED DEQUEUED MERGER_FAILURE"
        " MERGE_CONFLICT CONFIG_ERROR NOT_REGISTERED NO_HANDLE EXCEPTION ERROR"
    ),
    # A job that waits, or has only begun, has not run either.
    ResultClass.NOT_RUN: "SKIPPED NOT_BUILT QUEUED STARTED",
}

CLASS_OF_WORD = {word: kind for kind, words in _WORDS.items() for word in words.split()}

# What free words amount to. Asked in this order: "unsuccessful" holds "success", and "failed to abort" is a
# failure.
_WORDINGS = (
    (re.compile(r"fail|error|unsuccess|unstable|broken|not pass", re.IGNORECASE), ResultClass.FAILED),
    (re.compile(r"abort|cancel", re.IGNORECASE), ResultClass.INFRASTRUCTURE),
    (re.compile(r"succe|pass|congratulations|looks good|\bok\b", re.IGNORECASE), ResultClass.PASSED),
)


def classify(word):
    """The :class:`ResultClass` of a result *word*; UNKNOWN for a word nobody has taught us yet."""
    return CLASS_OF_WORD.get(word, ResultClass.UNKNOWN)


def classify_wording(text):
    """The class that a sentence in place of a result word amounts to, or None where it says nothing.

    :param text: the sentence; its first 500 characters are read.
    """
    for pattern, result_class in _WORDINGS:
        if pattern.search(text, 0, 500):
            return result_class
    return None


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


def disagreement(verdict, vote, headline):
    """Which of a report's three voices do not say the same: did the patch pass, or not?

    :param verdict: that of its job lines, or None where it has none that judge.
    :param vote: its vote, or None.
    :param headline: the class of its headline, or None.
    :returns: the names of those that speak, or an empty list where they agree.
    """
    voices = {"job lines": verdict, "vote": verdict_of_vote(vote), "headline": headline}
    passed = {name: voice is ResultClass.PASSED for name, voice in voices.items() if voice in _JUDGEMENTS}
    return list(passed) if len(set(passed.values())) > 1 else []
