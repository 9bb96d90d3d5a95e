"""The first line of a page: one word that answers its question, and the sentence that it stands for."""

import enum
import typing

from ciwatch.insight import wording
from ciwatch.insight.trend import Trend
from ciwatch.web import rendering

#: Where so many days of branches wait to be counted, figures are behind.
_MANY_DAYS = 60

_AGAINST = {
    Trend.BETTER: "better than in the four weeks before",
    Trend.WORSE: "worse than in the four weeks before",
    Trend.AS_BEFORE: "as in the four weeks before",
}


class Upstream(enum.StrEnum):
    """Is it me, or is it upstream?"""

    FAILS_FOR_ALL = "Fails for all"
    WORSE = "Worse than usual"
    AS_USUAL = "As usual"
    CANNOT_SAY = "Cannot say"


class Running(enum.StrEnum):
    """Is it running, current, complete? The first that holds."""

    NOT_RUNNING = "Not running"
    DEAF = "Deaf"
    BEHIND = "Behind"
    INCOMPLETE = "Incomplete"
    FAULTY = "Running, with faults"
    RUNNING = "Running"


class Headline(typing.NamedTuple):
    """A *word*, its class of CSS, and a *sentence*."""

    word: str
    css: str
    sentence: str


def of_upstream(found):
    """Is it me, or is it upstream? The :class:`Headline` of a :class:`~ciwatch.queries.upstream.Upstream`."""
    lasting = [each for each in found.breakages if each.until is None]
    if lasting:
        since = rendering.absolute(min(each.since for each in lasting))
        projects = sorted({project for each in lasting for project in each.projects})
        where = f" on {', '.join(projects)}" if len(projects) <= 3 else f" on {len(projects)} projects"
        sentence = (
            f"Since {since} most CI systems fail one change after the other{where if projects else ''}:"
        )
        return Headline(Upstream.FAILS_FOR_ALL, "f", f"{sentence} it is not you, and probably not the patch.")
    nothing = "Nothing fails for all CI systems at once"
    trends = [trend for gate in found.gates for trend in _trends(gate.health)]
    if not trends:
        return Headline(Upstream.CANNOT_SAY, "", f"{nothing}; how the gate does nobody knows.")
    if Trend.WORSE in trends:
        worse = [gate.title for gate in found.gates if Trend.WORSE in _trends(gate.health)]
        sentence = f"{nothing}, but {', '.join(worse)} does worse than in the four weeks before."
        return Headline(Upstream.WORSE, "i", sentence)
    if all(trend is Trend.TOO_FEW for trend in trends):
        return Headline(Upstream.CANNOT_SAY, "", f"{nothing}; the gate's cases are too few to compare.")
    return Headline(
        Upstream.AS_USUAL, "p", f"{nothing}, and the gate does no worse than in the four weeks before."
    )


def _trends(health):
    return (health.passed.trend, health.infrastructure.trend)


def of_gate(health):
    """How a gate does, in a sentence that its name begins.

    :param health: a :class:`~ciwatch.queries.upstream.Health`.
    """
    passed, infrastructure, times = health.passed, health.infrastructure, health.time_to_verdict
    if not infrastructure.now.of:
        return "reported on no patch set in the last 7 days."
    said = f"passed {passed.now.tell('judged patch sets')}{_against(passed)}."
    if not passed.now.of:
        said = "judged no patch set in the last 7 days."
    said += (
        f" Its infrastructure failed on {infrastructure.now.tell('patch sets')}{_against(infrastructure)}."
    )
    if times.now.p50_s is not None:
        said += f" Half of its verdicts came within {rendering.duration(times.now.p50_s)}"
        if times.before.p50_s is not None:
            said += f", before within {rendering.duration(times.before.p50_s)}"
        said += "."
    return said


def _against(compared):
    if compared.trend is not Trend.TOO_FEW:
        return f": {_AGAINST[compared.trend]}"
    return "; the four weeks before have too few to compare" if compared.now.is_enough else ""


def of_status(status, now, waiting, plugin_failures=0):
    """Is it running, current, complete? The :class:`Headline` of a :class:`~ciwatch.queries.status.Status`.

    :param waiting: how many events wait on disk for the database.
    :param plugin_failures: how many parser plugins cannot be used.
    """
    newest = max((source.position_at for source in status.sources), default=None)
    ends = f"the newest event is of {rendering.absolute(newest)}" if newest else "nothing was recorded yet"
    if status.silence is not None or (newest is None and not _hears(status, now)):
        if any(listener.is_alive(now) for listener in status.listeners):
            return Headline(Running.DEAF, "f", f"A listener runs and cannot hear Gerrit; {ends}.")
        return Headline(Running.NOT_RUNNING, "f", f"Nobody listens to Gerrit; {ends}.")
    if waiting:
        return Headline(Running.BEHIND, "f", f"Events wait on disk for the database: {waiting:,} of them.")
    if status.open_gaps:
        stretches = wording.count(status.open_gaps, "stretch of time is", "stretches of time are")
        return Headline(
            Running.INCOMPLETE, "i", f"{stretches} still to be filled, in which Gerrit was not heard; {ends}."
        )
    if status.uncounted_days > _MANY_DAYS:
        sentence = f"Figures of {status.uncounted_days:,} days of branches wait to be counted; {ends}."
        return Headline(Running.BEHIND, "i", sentence)
    faults = [
        what
        for is_so, what in (
            (status.registry, "the registry of CI systems cannot be used"),
            (plugin_failures, "a parser plugin cannot be used"),
            (status.faults, "a parser plugin failed"),
        )
        if is_so
    ]
    heard = "It hears Gerrit" if _hears(status, now) else "Events come in"
    if faults:
        return Headline(Running.FAULTY, "i", f"{heard}, and {ends}; but {', and '.join(faults)}.")
    return Headline(Running.RUNNING, "p", f"{heard}, {ends}, no gap is open, and nothing waits.")


def _hears(status, now):
    return any(listener.hears(now) for listener in status.listeners)
