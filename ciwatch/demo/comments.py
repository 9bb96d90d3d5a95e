"""The comments that the characters write, in the formats of real CI systems. Pure functions of text."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a job went: the result word, seconds, the address of its log, and a reason if there is one."""

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


def zuul_start(patch_set, pipeline, status_url=""):
    """Zuul begins; version 2 adds where to watch it."""
    text = f"{header(patch_set)}\n\nStarting {pipeline} jobs."
    return f"{text}\n{status_url}" if status_url else text


def zuul_result(patch_set, outcomes, passed, vote=None, pipeline="", buildset_url="", help_url=""):
    """Zuul's result; with *pipeline* and *buildset_url* as version 3 writes it, without as version 2."""
    headline = f"Build {'succeeded' if passed else 'failed'}"
    headline += f" ({pipeline} pipeline)." if pipeline else "."
    if help_url and not passed:
        headline += f"  For information on how to proceed, see {help_url}"
    lines = [header(patch_set, verified(vote)), "", headline]
    if buildset_url:
        lines.append(buildset_url)
    lines.append("")
    lines.extend(_zuul_line(outcome) for outcome in outcomes)
    return "\n".join(lines)


def _zuul_line(outcome):
    line = f"- {outcome.job} {outcome.url or outcome.job} : {outcome.result}"
    if outcome.reason:
        line += f" {outcome.reason}"
    if outcome.seconds is not None:
        line += f" in {duration(outcome.seconds)}"
    return line if outcome.voting else f"{line} (non-voting)"


def zuul_merge_failed(patch_set, vote=None):
    """Zuul could not even begin."""
    return (
        f"{header(patch_set, verified(vote))}\n\nMerge Failed.\n\nThis change or one of its cross-repo"
        " dependencies was unable to be automatically merged with the current state of its repository."
        " Please rebase the change and upload a new patchset."
    )


def trigger_start(patch_set, url, number, count):
    """Jenkins' Gerrit Trigger begins with one of its jobs."""
    return f"{header(patch_set)}\n\nBuild Started {url} ({number}/{count})"


def trigger_result(patch_set, outcomes, passed, vote=None):
    """Jenkins' Gerrit Trigger ends, with all of its jobs. The blank behind its headline is the plugin's."""
    lines = [header(patch_set, verified(vote)), "", f"Build {'Successful' if passed else 'Failed'} "]
    for outcome in outcomes:
        skipped = "" if outcome.voting else " (skipped)"
        lines += ["", f"{outcome.url} : {outcome.result}{skipped}"]
    return "\n".join(lines)


def vote_only(patch_set, vote):
    """A vote, and not a word."""
    return header(patch_set, verified(vote))
