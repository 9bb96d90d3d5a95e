"""The comments that the characters write, in the formats of real CI systems. Pure functions of text."""

import typing


class Outcome(typing.NamedTuple):
    """How a job went.

    :ivar result: the result word.
    :ivar seconds: how long it ran, or None where it never began.
    :ivar url: where its log is, or None.
    :ivar reason: what the CI says beside the result word; mostly nothing.
    """

    job: str
    result: str
    voting: bool = True
    seconds: int | None = None
    url: str | None = None
    reason: str = ""


def header(patch_set, votes=""):
    """Gerrit's own first line: ``Patch Set 3: Verified+1``."""
    return f"Patch Set {patch_set}: {votes}" if votes else f"Patch Set {patch_set}:"


def verified(value):
    """A Verified vote as Gerrit's header writes it; nothing for None, taken back for 0."""
    if value is None:
        return ""
    return f"Verified{value:+d}" if value else "-Verified"


def duration(seconds):
    """A duration as Zuul writes it: 1h 02m 03s, 3m 29s, 7s."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours}h {minutes:02d}m {seconds:02d}s"
    return f"{minutes}m {seconds:02d}s" if minutes else f"{seconds}s"


def zuul_start(patch_set, pipeline, status_url="", vote=None):
    """Zuul begins; version 2 adds where to watch it. A *vote* of 0 takes back what it voted before."""
    text = f"{header(patch_set, verified(vote))}\n\nStarting {pipeline} jobs."
    return f"{text}\n{status_url}" if status_url else text


def zuul_result(patch_set, outcomes, passed, vote=None, pipeline="", buildset_url="", help_url=""):
    """Zuul's result; with *pipeline* and *buildset_url* as version 3 writes it, without as version 2."""
    headline = f"Build {'succeeded' if passed else 'failed'}"
    headline += f" ({pipeline} pipeline)." if pipeline else "."
    if help_url and not passed:
        headline += f"  For information on what to do next, read {help_url}"
    lines = [header(patch_set, verified(vote)), "", headline]
    if buildset_url:
        lines.append(buildset_url)
    lines.append("")
    lines.extend([zuul_line(outcome) for outcome in outcomes])
    return "\n".join(lines)


def zuul_line(outcome):
    """A job's line. Where there is no log, Zuul writes the job's name in the address's place."""
    job, result, voting, seconds, url, reason = outcome
    line = f"- {job} {url or job} : {result}"
    if reason:
        line += f" {reason}"
    if seconds is not None:
        line += f" in {duration(seconds)}"
    return line if voting else f"{line} (non-voting)"


def zuul_merge_failed(patch_set, vote=None):
    """Zuul could not even begin."""
    return (
        f"{header(patch_set, verified(vote))}\n\nMerge Failed.\n\n"
        "This patch set does not apply to the tip of its branch any more. Rebase it and upload it again."
    )


def trigger_start(patch_set, url, number, count):
    """Jenkins' Gerrit Trigger begins with one of its jobs."""
    return f"{header(patch_set)}\n\nBuild Started {url} ({number}/{count})"


def trigger_result(patch_set, outcomes, vote=None):
    """Jenkins' Gerrit Trigger ends, with all of its jobs; its headline tells the worst of the counted ones.

    The blank behind the headline is the plugin's, and ``(skipped)`` is how it marks a job without a vote.
    """
    words = {outcome.result for outcome in outcomes if outcome.voting}
    headline = "Successful"
    for word, title in (("FAILURE", "Failed"), ("UNSTABLE", "Unstable"), ("ABORTED", "Aborted")):
        if word in words:
            headline = title
            break
    blocks = [f"{header(patch_set, verified(vote))}\n\nBuild {headline} "]
    for outcome in outcomes:
        skipped = "" if outcome.voting else " (skipped)"
        blocks.append(f"{outcome.url} : {outcome.result}{skipped}")
    return "\n\n".join(blocks)


def vote_only(patch_set, vote):
    """A vote, and not a word."""
    return header(patch_set, verified(vote))
