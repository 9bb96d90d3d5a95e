"""The one word that says how a CI does, and the rule behind it."""

import enum

import msgspec

from ciwatch.insight import regression
from ciwatch.insight import sickness
from ciwatch.insight import silence
from ciwatch.insight import statistics
from ciwatch.insight import wording


class Word(enum.StrEnum):
    """The words, in the order in which they are tried: the first that holds."""

    RETIRED = "retired"
    SILENT = "silent"
    SICK = "sick"
    REGRESSED = "regressed"
    UNSTABLE = "unstable"
    NEW = "new"
    HEALTHY = "healthy"


class Status(msgspec.Struct, frozen=True):
    """A status *word* with the *rule* that holds, a sentence, and *since* when it does, or None."""

    word: Word
    rule: str
    since: object = None


_WORDS = {silence.SILENT: Word.SILENT, sickness.SICK: Word.SICK, regression.REGRESSED: Word.REGRESSED}


def decide(retired_since, spells, unstable_jobs, judged):
    """The :class:`Status` of a CI.

    :param retired_since: a date, or None.
    :param spells: the :class:`~ciwatch.insight.facts.Spell` that last.
    :param unstable_jobs: (name, :class:`~ciwatch.insight.statistics.Rate` of flaked) of voting jobs.
    :param judged: how many patch sets it judged in 28 days.
    """
    if retired_since:
        return Status(Word.RETIRED, "The registry says that it no longer runs.", retired_since)
    by_word = {_WORDS[spell.kind]: spell for spell in spells if spell.kind in _WORDS}
    for word in Word:
        if spell := by_word.get(word):
            return Status(word, f"{spell.why}.", spell.started_at)
    if unstable_jobs:
        jobs = ", ".join(f"{name} on {rate.n} of {rate.of} patch sets" for name, rate in unstable_jobs)
        return Status(Word.UNSTABLE, f"Voting jobs pass and fail on the same patch set: {jobs}.")
    if judged < statistics.MIN_SAMPLE:
        told = wording.count(judged, "patch set")
        return Status(Word.NEW, f"It judged {told} in 28 days: too few to say more.")
    return Status(
        Word.HEALTHY,
        "It is neither silent nor sick, its failures come no oftener than they used to, and no voting job of"
        " it is unstable.",
    )
