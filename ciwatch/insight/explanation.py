"""Is this -1 about my patch? One answer in words, with the numbers that it is made of."""

import enum
import math

import msgspec

from ciwatch.insight import agreement
from ciwatch.insight import flakes
from ciwatch.insight import regression
from ciwatch.insight import sickness
from ciwatch.insight import silence
from ciwatch.insight import statistics
from ciwatch.insight import wording
from ciwatch.insight.facts import FAILED
from ciwatch.insight.facts import INFRASTRUCTURE
from ciwatch.insight.facts import JUDGED
from ciwatch.insight.facts import PASSED
from ciwatch.insight.facts import Spell
from ciwatch.insight.statistics import Rate
from ciwatch.insight.trust import MIN_PEERS

#: So many days before the verdict tell how a job usually does.
USUAL_DAYS = 28

#: So many other changes failed by a job say that it is the job.
MIN_ELSEWHERE = 3
_SURELY_ELSEWHERE = 5

# What is less probable than this is no accident.
_BY_CHANCE = 0.01

# Failures that come together more seldom than this are hardly an accident.
_ACCIDENT = 0.1

# A job that passes less than once in three, or a CI that is right as seldom, tells little.
_SELDOM = 3

# A job that passes nine times in ten, or more, fails for a reason.
_RELIABLE_OF_TEN = 9

_NOTHING = statistics.rate(0, 0)

# What a CI says when the patch does not fit what it is tested with.
_CONFLICTS = frozenset({"MERGER_FAILURE", "MERGE_CONFLICT"})
_CONFIGURATION = frozenset({"CONFIG_ERROR"})
_STOPPED = frozenset({"ABORTED", "CANCELED", "CANCELLED", "DEQUEUED"})


class Likelihood(enum.StrEnum):
    """How likely it is that a verdict is about the patch, from the surest to the least."""

    ALMOST_SURELY = "almost surely"
    PROBABLY = "probably"
    CANNOT_SAY = "cannot say"
    UNLIKELY = "unlikely"
    VERY_UNLIKELY = "very unlikely"
    #: The patch was not tested at all.
    NO = "no"


class Suspect(msgspec.Struct, frozen=True):
    """A job that failed, or a CI as a whole, and how it does elsewhere.

    :ivar name: the job's; empty for the CI as a whole.
    :ivar here: how many of its runs on this patch set failed, of those that judged it; this one counts.
    :ivar usual: how many of its builds passed, of those that passed or failed, in the :data:`USUAL_DAYS`
        before, without this change; patch sets for a CI as a whole.
    :ivar elsewhere: how many other changes it failed within a day before or after, of those that it judged.
    :ivar flaked: on how many patch sets it both passed and failed, of those judged in the days before.
    :ivar log_url: its log, or None.
    """

    name: str = ""
    here: Rate = _NOTHING
    usual: Rate = _NOTHING
    elsewhere: Rate = _NOTHING
    flaked: Rate = _NOTHING
    log_url: str | None = None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What is known, at a moment, about a verdict that was failed or infrastructure.

    :ivar as_of: the moment of which this is told; *verdict* and *said_at* are those of the attempt.
    :ivar whole: the CI as a whole.
    :ivar jobs: its voting jobs that failed; none where the verdict is that of a vote alone.
    :ivar words: (job, result as written) of what was infrastructure.
    :ivar spell: the one of the CI that covers the moment, or None.
    :ivar gate: the gate's verdict on the patch set, or None; None for the gate itself.
    :ivar peers: the verdicts of all other CIs but the gate there.
    :ivar is_merged: whether the change was merged with this patch set.
    :ivar trust: how many of the CI's failed verdicts of the :data:`USUAL_DAYS` before were confirmed, of
        those that were confirmed or refuted.
    """

    as_of: object
    said_at: object
    verdict: str
    whole: Suspect
    jobs: tuple[Suspect, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    spell: Spell | None = None
    gate: str | None = None
    peers: tuple[str, ...] = ()
    is_merged: bool = False
    trust: Rate = _NOTHING


class Answer(msgspec.Struct, frozen=True):
    """The answer: how likely, a sentence or two that begin with that word, and the log to read, or None."""

    likelihood: Likelihood
    sentence: str
    log_url: str | None


class _Lean(msgspec.Struct, frozen=True):
    """What one suspect's own figures say: points for the patch being at fault, and the words for it.

    :ivar most: the points that nothing else lifts it above; *least*: below which what others say lowers it.
    """

    points: int
    said: str
    most: int = 2
    least: int = -1


_BY_POINTS = {
    2: Likelihood.ALMOST_SURELY,
    1: Likelihood.PROBABLY,
    0: Likelihood.CANNOT_SAY,
    -1: Likelihood.UNLIKELY,
    -2: Likelihood.VERY_UNLIKELY,
}

# So many points of others say surely that the patch is broken, whatever the CI's own figures are.
_SURELY_BROKEN = 3


def explain(evidence):
    """The :class:`Answer` to the :class:`Evidence` of a verdict."""
    if evidence.verdict == INFRASTRUCTURE:
        return _untested(evidence)
    if evidence.spell is not None and evidence.spell.kind in (sickness.SICK, sickness.SHARED):
        return _in_spell(evidence)
    leans = [(suspect, _lean(suspect, evidence)) for suspect in evidence.jobs or (evidence.whole,)]
    # The patch is at fault if it is for one of them.
    suspect, lean = max(leans, key=lambda found: (found[1].points, found[0].usual.low or 0, found[0].name))
    said = [lean.said, *_here(suspect), *_others(evidence), *_silence(evidence)]
    if len(evidence.jobs) > 1:
        said.append(f"{wording.count(len(evidence.jobs) - 1, 'more job')} failed")
    alike = [each for each, found in leans if found.points >= 0]
    return _answer(_weigh(lean, suspect, alike, evidence), said, suspect.log_url)


def _answer(likelihood, said, log_url):
    return Answer(likelihood, f"{likelihood.capitalize()}. {'; '.join(said)}.", log_url)


def _lean(suspect, evidence):
    """What the figures of a suspect alone say: the first rule that holds."""
    name = wording.name(suspect.name) if suspect.name else "It"
    usual, here = suspect.usual, suspect.here
    if here.n < here.of:
        runs = f"{here.n} of {here.of} runs failed"
        return _Lean(-1 if 2 * here.n > here.of else -2, f"{name} passed on this same patch set, too: {runs}")
    if evidence.whole.here.n < evidence.whole.here.of:
        return _Lean(-2, "Another run on this same patch set passed")
    if points := _breakage(suspect):
        # Whoever fails the patch, too, may do so for the same reason.
        return _Lean(points, f"{name} {_elsewhere(suspect)} as well, and {_usual(suspect)}", most=0)
    if usual.is_enough and _SELDOM * usual.n < usual.of:
        return _Lean(-1, f"{name} {_usual(suspect)} only, and {_elsewhere(suspect)}")
    rest = f"{name} {_usual(suspect)} and {_elsewhere(suspect)}"
    if not suspect.name:
        rest = f"It names no job that failed; as a whole it {_usual(suspect)} and {_elsewhere(suspect)}"
    if flakes.Flakiness(suspect.flaked).is_unstable:
        return _Lean(0, f"{name} {_flips(suspect.flaked)} and {_elsewhere(suspect)}")
    if evidence.spell is not None and evidence.spell.kind == regression.REGRESSED:
        since = wording.moment(evidence.spell.started_at, evidence.as_of)
        return _Lean(0, f"{rest}; the CI fails more often than it used to since {since}")
    trust = evidence.trust
    if trust.is_enough and 2 * trust.n < trust.of:
        told = f"of the CI's failures that were settled, only {wording.share(trust)} were confirmed"
        return _Lean(-1 if _SELDOM * trust.high < 1 else 0, f"{rest}; {told}")
    if not usual.is_enough:
        return _Lean(0, rest, least=0)
    return _Lean(1 if 10 * usual.n >= _RELIABLE_OF_TEN * usual.of else 0, rest)


def _breakage(suspect):
    """Points of a suspect that fails other changes clearly more often than it used to; 0 for another."""
    rate, usual = suspect.elsewhere, suspect.usual
    if rate.n < MIN_ELSEWHERE or 2 * rate.n < rate.of:
        return 0
    if usual.is_enough:
        chance = statistics.fisher_more(rate.n, rate.of, usual.of - usual.n, usual.of)
        if chance >= _BY_CHANCE:
            return 0
    return -2 if rate.n >= _SURELY_ELSEWHERE and 5 * rate.n >= 4 * rate.of else -1


def _weigh(lean, suspect, alike, evidence):
    """The likelihood, given what others say of the patch set, and what became of it.

    :param alike: the suspects that have no reason of their own to fail.
    """
    points, against = lean.points, _against(evidence)
    points += against
    if lean.points >= 0:
        # Two that seldom fail do not fail at once by accident, nor one twice.
        points += len(alike) > 1 and math.prod(map(_failing, alike)) < _ACCIDENT
        points += suspect.here.of > 1 and _failing(suspect) ** suspect.here.of < _ACCIDENT
    if not against and _for(evidence):
        points -= 1
    # Nobody but others makes it sure.
    points = max(min(points, lean.most, 2 if against else 1), min(lean.points, lean.least))
    if evidence.is_merged and against < _SURELY_BROKEN:
        points = max(points - 2, min(points, -1))
    return _BY_POINTS[points]


def _failing(suspect):
    """The share of its usual builds that a suspect fails; all, where nobody knows."""
    usual = suspect.usual
    return 1 - usual.n / usual.of if usual.is_enough else 1


def _against(evidence):
    """Points of those who failed the patch set, too: the gate, and the peers."""
    judges = [verdict for verdict in evidence.peers if verdict in JUDGED]
    points = int(evidence.gate == FAILED)
    if agreement.is_surely_broken(judges):
        return points + _SURELY_BROKEN
    return points + (len(judges) >= MIN_PEERS and 2 * judges.count(FAILED) >= len(judges))


def _for(evidence):
    """Whether the gate passed the patch set, or nearly all of the peers did."""
    judges = [verdict for verdict in evidence.peers if verdict in JUDGED]
    return evidence.gate == PASSED or (len(judges) >= MIN_PEERS and 4 * judges.count(FAILED) < len(judges))


def _in_spell(evidence):
    spell = evidence.spell
    times = wording.stretch(spell.started_at, spell.ended_at, evidence.as_of)
    if spell.kind == sickness.SHARED:
        verb = "have failed" if spell.ended_at is None else "failed"
        said = [f"Other CIs {verb} the same changes {times}, so it is not this patch alone"]
        said.append(f"this one {_elsewhere(evidence.whole)}")
        likelihood = Likelihood.VERY_UNLIKELY
    else:
        verb = "has been" if spell.ended_at is None else "was"
        said = [f"It {_elsewhere(evidence.whole)} and {verb} sick {times}"]
        # A sick CI fails the good and the bad, so others alone can tell.
        likelihood = Likelihood.CANNOT_SAY if _against(evidence) else Likelihood.VERY_UNLIKELY
    if evidence.whole.here.n < evidence.whole.here.of:
        said.append("another run of it on this patch set passed")
        likelihood = Likelihood.VERY_UNLIKELY
    said += _others(evidence)
    return _answer(likelihood, said, _log(evidence))


def _untested(evidence):
    """The answer where nothing judged the patch."""
    likelihood = Likelihood.NO
    words = {word.upper() for _, word in evidence.words}
    job, word = evidence.words[0] if evidence.words else ("", "")
    if found := sorted(words & _CONFLICTS):
        likelihood = Likelihood.CANNOT_SAY
        said = f"It could not merge the patch with what it builds on ({found[0]}); a rebase may help"
    elif found := sorted(words & _CONFIGURATION):
        likelihood = Likelihood.CANNOT_SAY
        said = f"Its configuration could not be read ({found[0]}); see whether the patch changes that"
    elif words and words <= _STOPPED:
        said = f"It was stopped before it ended ({wording.name(word)}), and says nothing of the patch"
    elif word:
        said = (
            f"The infrastructure broke, which says nothing of the patch: {wording.name(job)} ended with"
            f" {wording.name(word)}"
        )
        if len(evidence.words) > 1:
            said += f", and {wording.count(len(evidence.words) - 1, 'more job')} alike"
    else:
        said = "The infrastructure broke, which says nothing of the patch"
    extra = []
    spell = evidence.spell
    if spell is not None and spell.kind == sickness.SICK:
        times = wording.stretch(spell.started_at, spell.ended_at, evidence.as_of)
        extra.append(f"the CI {'has been' if spell.ended_at is None else 'was'} sick {times}")
    return _answer(likelihood, [said, *extra], _log(evidence))


def _log(evidence):
    return next((job.log_url for job in evidence.jobs if job.log_url), evidence.whole.log_url)


def _usual(suspect):
    rate = suspect.usual
    if rate.is_enough:
        return f"passes {wording.share(rate)}" + ("" if suspect.name else " of patch sets")
    if not rate.of:
        return f"judged nothing in the {USUAL_DAYS} days before"
    return f"judged too few in the {USUAL_DAYS} days before to say more (passed {rate.n} of {rate.of})"


def _elsewhere(suspect):
    rate = suspect.elsewhere
    if not rate.of:
        return "judged no other change within a day"
    if rate.of == 1:
        return f"{'failed' if rate.n else 'passed'} the one other change within a day"
    if not rate.n:
        return f"failed none of {wording.count(rate.of, 'other change')} within a day"
    return f"failed {rate.n} of {wording.count(rate.of, 'other change')} within a day"


def _flips(rate):
    one_in = round(rate.of / rate.n)
    if one_in < 2:
        return f"flips: it both passed and failed on {rate.n} of {rate.of} patch sets"
    return f"both passes and fails on 1 patch set in {one_in} ({rate.n}/{rate.of})"


def _here(suspect):
    """That it failed whenever it was run, in a list that is empty where it was run once."""
    rate = suspect.here
    if rate.of < 2 or rate.n < rate.of:
        return []
    return ["a second run failed alike" if rate.of == 2 else f"all {rate.of} runs on this patch set failed"]


def _others(evidence):
    """What the gate and the peers say, and what became of the patch set."""
    found = []
    if evidence.gate in JUDGED:
        found.append("the gate passed it" if evidence.gate == PASSED else "the gate failed it, too")
    judges = [verdict for verdict in evidence.peers if verdict in JUDGED]
    if len(judges) >= MIN_PEERS:
        found.append(f"{judges.count(FAILED)} of {len(judges)} other CIs failed it")
    if evidence.is_merged:
        found.append("it was merged as it stood")
    return found


def _silence(evidence):
    spell = evidence.spell
    if spell is None or spell.kind != silence.SILENT:
        return []
    return [f"the CI had been silent since {wording.moment(spell.started_at, evidence.as_of)}"]
