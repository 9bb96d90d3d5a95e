"""What every mark, word and figure means, in a few plain sentences: the page about us is made of these.

Numbers come from where the rules are, so that what is told and what is counted cannot drift apart. The manual
has each rule in full, with an example.
"""

import msgspec

from ciwatch.insight import agreement
from ciwatch.insight import expectation
from ciwatch.insight import explanation
from ciwatch.insight import flakes
from ciwatch.insight import policy
from ciwatch.insight import regression
from ciwatch.insight import sickness
from ciwatch.insight import silence
from ciwatch.insight import statistics
from ciwatch.insight import trend
from ciwatch.insight import trust
from ciwatch.insight.expectation import Standing
from ciwatch.insight.explanation import Likelihood
from ciwatch.insight.status import Word
from ciwatch.parsers import results
from ciwatch.queries import coverage
from ciwatch.queries import figures
from ciwatch.queries.cells import State


class Entry(msgspec.Struct, frozen=True):
    """A thing that is explained.

    :ivar term: as it stands on the pages.
    :ivar text: what it means.
    :ivar place: where on the page it is, for addresses; made of the term where none is given.
    :ivar also: further places that lead here.
    """

    term: str
    text: str
    place: str = ""
    also: tuple[str, ...] = ()

    def __post_init__(self):
        """Makes the place, and keeps a number and its sign on one line."""
        msgspec.structs.force_setattr(self, "text", self.text.replace(" %", "\u00a0%"))
        if not self.place:
            msgspec.structs.force_setattr(self, "place", place_of(self.term))


def place_of(word):
    """Where a word is explained on the page about us."""
    return str(word).replace(" ", "_")


def _words(result_class):
    return ", ".join(word for word, of in results.CLASS_OF_WORD.items() if of is result_class)


def _one_in(chance):
    return f"1 of {round(1 / chance):,} cases"


def _percent(share):
    return f"{round(100 * share)} %"


_LIMIT = f"{round(expectation.LIMIT.total_seconds() / 3600)} hours"
_EXAMPLE = statistics.rate(18, 20)
_POINTS = round(100 * regression.OPEN_POINTS)

#: Of a cell of the matrix, and wherever else a mark stands.
MARKS = (
    Entry(
        State.PASSED,
        f"The job, or the CI, says that the patch is good: {_words(results.ResultClass.PASSED)}.",
    ),
    Entry(State.FAILED, f"It says that the patch is not: {_words(results.ResultClass.FAILED)}."),
    Entry(
        State.INFRASTRUCTURE,
        f"The patch was not tested: {_words(results.ResultClass.INFRASTRUCTURE)}. Neither a pass nor a"
        " failure.",
    ),
    Entry(State.RUNNING, "A pipeline began, and did not end since."),
    Entry(
        State.PENDING,
        "The CI is expected to answer and has not yet; its time is not over."
        f" It has {_LIMIT}, unless the registry says otherwise.",
    ),
    Entry(State.MISSED, "The CI was expected to answer, did not, and its time is over."),
    Entry(
        State.SUPERSEDED,
        "The CI was expected to answer; before its time was over a newer patch set came or the change was"
        " closed, so nobody waits any more. Counts neither for it nor against it.",
    ),
    Entry(
        State.NOT_EXPECTED,
        "It said nothing, and need not: it does not test this, or there is nothing to test. Never the same as"
        " passed.",
    ),
    Entry(
        State.UNKNOWN,
        "A result word that nobody has taught CI Watch, or a report that says neither how its jobs did nor"
        " a vote. The page about its status lists such words.",
    ),
    Entry(State.NOT_RUN, f"The job was left out: {_words(results.ResultClass.NOT_RUN)}."),
    Entry(
        State.UNREAD,
        "The CI wrote something that no parser can read. It is kept and shown, and counts as nothing.",
    ),
)

#: How a CI does: the first that holds.
STATUS_WORDS = (
    Entry(Word.RETIRED, "The registry says that it no longer runs."),
    Entry(
        Word.SILENT,
        "It reports nothing, although patch sets on which it is expected pass their limit one after"
        f" another; by how many it answered in the {silence.HISTORY_DAYS} days before, that would be an"
        f" accident in less than {_one_in(silence.IMPROBABLE)}. No CI is thought to answer more than"
        f" {_percent(1 - silence.LEAST_LACKING)}.",
    ),
    Entry(
        Word.SICK,
        f"Its latest verdicts, on {sickness.MIN_CHANGES} different changes or more, all failed or were"
        f" infrastructure; by how often it failed in the {sickness.HISTORY.days} days before, chance would"
        f" bring that in less than {_one_in(sickness.IMPROBABLE)}. No CI is thought to fail less than"
        f" {_percent(sickness.LEAST_RATE)}. It is well again after {sickness.WELL_AFTER} passes in a row."
        " Where all others fail too, it is a shared breakage instead.",
    ),
    Entry(
        Word.REGRESSED,
        f"In the last {regression.NOW_DAYS} days it failed clearly more than in the {regression.BEFORE_DAYS}"
        f" before: at least {regression.MIN_FAILURES} failures, at least {_POINTS} points more, and more"
        f" than chance brings in {_one_in(regression.OPEN_P)}. Failures that the gate or half of its peers"
        " shared do not count.",
    ),
    Entry(
        Word.UNSTABLE, "A voting job of it is an unstable job: it passes and fails on the same patch sets."
    ),
    Entry(
        Word.NEW,
        f"It passed or failed fewer than {statistics.MIN_SAMPLE} patch sets in {flakes.DAYS} days: too few"
        " to say more.",
    ),
    Entry(Word.HEALTHY, "None of these. Its figures say how well it does."),
)

#: How a component of a project is served.
COVERAGE = (
    Entry(coverage.State.NONE, "The registry names none for the component."),
    Entry(coverage.State.NEVER, "Those that it names never reported on this project."),
    Entry(
        coverage.State.IDLE,
        f"They reported on this project, but not in the last {figures.DAYS} days. Where no patch set came in"
        " that time, they are not to blame.",
    ),
    Entry(coverage.State.SERVED, "At least one of them reports."),
)

#: How rates are told.
RATES = (
    Entry(
        "n/N, and its interval",
        "How many, of how many. Few cases say little about the share behind them, so beside n/N stands"
        " within what that share lies: the Wilson interval, which is right 95 times in 100."
        f" {_EXAMPLE.n}/{_EXAMPLE.of} can well be {_percent(_EXAMPLE.low)}, or {_percent(_EXAMPLE.high)}.",
        "interval",
    ),
    Entry(
        "too few",
        f"Below {statistics.MIN_SAMPLE} cases nothing is concluded. Where there are none at all it says"
        " none: that is neither 0 nor 100 %.",
    ),
    Entry(
        "better, worse, as before",
        f"The last {regression.NOW_DAYS} days against the {regression.BEFORE_DAYS} before. A share is called"
        f" better or worse where it differs by at least {round(100 * trend.POINTS)} points, and chance alone"
        f" would do it in less than {_one_in(trend.P)}.",
        "trend",
        also=tuple(place_of(word) for word in trend.Trend if word is not trend.Trend.TOO_FEW),
    ),
)

#: What is counted.
FIGURES = (
    Entry(
        "expected",
        "A CI is expected on a patch set where the registry says so; of a CI that the registry does not"
        " know, where it reported on at least half of what came to the branch in"
        f" {expectation.LEARNED_FROM_DAYS} days, of at least {statistics.MIN_SAMPLE} patch sets. Nobody is"
        " where no code changed, where work is in progress or private, or before its first report on the"
        " project.",
    ),
    Entry(
        "answered",
        "Patch sets that got a finished report, of those that were expected. Pending and superseded ones do"
        " not count.",
    ),
    Entry(
        "in time",
        f"Answers that came within the limit, of all answers: {_LIMIT}, unless the registry names another"
        " for the project and the CI.",
    ),
    Entry(
        "passed, of judged",
        "Patch sets that it passed, of those that it passed or failed. What a CI says of a patch set is the"
        " latest verdict of each of its pipelines, and the worst of these. Infrastructure is no judgement.",
        "passed-of-judged",
    ),
    Entry(
        "infrastructure share",
        "Patch sets that it could not test, of all that it reported on.",
        "infrastructure-share",
    ),
    Entry(
        "trust in its -1",
        "Of its failed verdicts, how many were about the patch: confirmed, of confirmed and refuted. Open"
        " ones count for neither.",
        "trust",
    ),
    Entry(
        trust.Outcome.CONFIRMED,
        f"The gate failed the same patch set too, or at least half of {trust.MIN_PEERS} or more peers did,"
        " or a re-run failed again in the same job.",
    ),
    Entry(
        trust.Outcome.REFUTED, "A later attempt on the same patch set passed, or it was merged as it stood."
    ),
    Entry(trust.Outcome.OPEN, "Nothing confirms or refutes the verdict yet."),
    Entry(
        trust.Outcome.SET_ASIDE,
        "Cast while the CI was sick, or while all failed: it says nothing of the patch.",
    ),
    Entry(
        "agreement with the gate",
        "How the CI and the gate judged the same patch sets: both passed, only one failed, both failed."
        " Never joined by time. A CI that tests what the gate cannot should disagree at times.",
        "agreement",
    ),
    Entry(
        "passed wrongly",
        f"Patch sets that it passed although at least {agreement.MIN_JUDGES} others judged them and"
        f" {10 * agreement.FAILING_OF_TEN} % of these failed them. A CI that never fails, where by others'"
        f" failures that would be luck in less than {_one_in(agreement.IMPROBABLE)}, is suspiciously green.",
        "passed-wrongly",
        also=("suspiciously_green",),
    ),
    Entry(
        "latency",
        "From the upload of a patch set to the CI's first finished report; and from a recheck to the next"
        " one. Half, 90 % and 99 % of the answers did not take longer than what is shown.",
    ),
    Entry(
        "flake",
        "A job that both passed and failed on one patch set: one of the two was wrong. Counted are patch"
        " sets, of those that it judged.",
        also=("flaked",),
    ),
    Entry(
        "unstable job",
        f"It flaked on at least {flakes.MIN_FLAKED} patch sets in {flakes.DAYS} days, and surely on more"
        f" than {_percent(flakes.MIN_SHARE)} of those that it judged. {flakes.BREAKAGE} or more failures in"
        " a row are a breakage, and no flakes.",
        "unstable-job",
    ),
    Entry(
        "shared breakage",
        "All fail, so it is not this CI. On the patch sets that would make it sick at least half of the"
        f" others failed, for at least half of these patch sets, by at least {sickness.SHARED_OF_100} of 100"
        f" verdicts, of at least {sickness.MIN_OTHERS}.",
        "shared-breakage",
        also=(sickness.SHARED,),
    ),
    Entry(
        Standing.UNKNOWN_FILES,
        "Whether the CI is expected depends on files that Gerrit did not tell. Counts for nothing.",
    ),
    Entry(
        "policy",
        "The published rules of third-party testing, as far as a machine can check them: one comment on a"
        " patch set, an answer to each recheck, in time, a link to the CI's page, a link to each log, a"
        f" name that tells who runs it. A rule is kept where at least {policy.KEPT_OF_HUNDRED} of 100 cases"
        " keep it, else broken.",
        also=tuple(place_of(word) for word in policy.Verdict if word is not policy.Verdict.TOO_FEW),
    ),
)

#: How likely a failure is about the patch.
LIKELIHOODS = (
    Entry(Likelihood.ALMOST_SURELY, "The gate, or other CIs, failed the patch set as well."),
    Entry(
        Likelihood.PROBABLY,
        "A job that seldom fails failed, and did not fail other changes; or the same failed twice.",
    ),
    Entry(
        Likelihood.CANNOT_SAY,
        "The job is unstable, passes too seldom, or has judged too few; or one thing speaks for it, and"
        " another against.",
    ),
    Entry(
        Likelihood.UNLIKELY,
        f"The job fails others as well ({explanation.MIN_ELSEWHERE} changes or more within a day), or the"
        " CI's failures were seldom confirmed, or all others passed the patch set.",
    ),
    Entry(
        Likelihood.VERY_UNLIKELY,
        "The same job passed on the same patch set, or the CI was sick, or all failed.",
    ),
    Entry(Likelihood.NO, "The infrastructure broke: the patch was not tested."),
)

#: What things are called.
WORDS = (
    Entry("CI system", "A Gerrit account, or several, that reports test results. Also: CI.", "ci-system"),
    Entry("gate", "The project's own CI, whose rows stand on top. All others are third parties."),
    Entry("job", "A named thing that a CI runs."),
    Entry("report", "One comment of a CI on one patch set, for one pipeline."),
    Entry("build", "One job's line in a report."),
    Entry(
        "attempt",
        "The n-th finished report of a CI on the same patch set and pipeline. A re-run never overwrites"
        " what was before.",
    ),
    Entry(
        "verdict",
        "Of an attempt: failed if a voting build failed, else infrastructure if one was, else passed."
        " Without build lines it is what the vote says, else the headline, and is marked so.",
    ),
    Entry("recheck", "A comment that asks for a re-run, such as “recheck”."),
    Entry("component", "A part of a project that needs a CI, such as a driver. The registry names them."),
    Entry(
        "registry",
        "The file in which somebody wrote down which CIs there are, what each tests, and whom to ask.",
    ),
)

#: (place, heading, introduction, entries) of each part, in their order; the marks stand before them.
PARTS = (
    (
        "marks",
        "Marks",
        "A mark has its own form as well as its colour. An empty cell is never a pass.",
        MARKS,
    ),
    (
        "status",
        "Status words",
        "One word says how a CI does. The first of these that holds is shown, with its reason beside it.",
        STATUS_WORDS,
    ),
    (
        "coverage",
        "Coverage",
        "How well a component of a project is served, by the best of its CIs.",
        COVERAGE,
    ),
    ("rates", "Rates", "", RATES),
    (
        "figures",
        "Figures",
        "A patch set counts on the day of its upload, UTC, with all that is said of it.",
        FIGURES,
    ),
    (
        "likelihoods",
        "Is this -1 about my patch?",
        "The answer on a change's page, with the numbers that it is made of.",
        LIKELIHOODS,
    ),
    ("words", "Words", "Gerrit's own words mean what they mean in Gerrit.", WORDS),
)
