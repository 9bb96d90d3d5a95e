"""OpenContrail's Jenkins: a table of all jobs, posted when they are queued and again as they end.

``Running check Job (Running on Jenkins):`` and a line for each job, under a title for those that vote and
one for those that do not, or with ``(voting)`` behind their names.
"""

import re

from ciwatch.parsers import base
from ciwatch.parsers import joblines
from ciwatch.parsers.results import ResultClass

_HEADLINE = re.compile(r"Running (?P<pipeline>[\w.-]{1,64}) Job \(Running on Jenkins\):")
_JOB = re.compile(r"- (?P<job>[^\s:(]+)(?P<role>\((?:non-)?voting\))?(?=\s|$)")
_WORD = re.compile(r"[A-Z][A-Z_]{2,31}")
_TITLE = re.compile(r"(?P<non>Non-)?Voting Jobs")
_WAITING = frozenset(["QUEUED", "STARTED"])
_AFTERMATH = re.compile(r"Build has (?P<word>failed) due to a reason mentioned below:")
_CLEANUP = re.compile(r"Cleanup-Job: This job is (?P<word>stopped forcefully)[^\n]{0,300}")


class JobTableParser(base.Parser):
    """OpenContrail's Jenkins: tables of jobs, from queued to done."""

    name = "job_table"
    version = 1
    priority = 50

    def parse(self, comment):
        """Reads a table: a start while its jobs wait, a result when they ended or one failed."""
        body = comment.body
        if headline := _HEADLINE.match(body):
            builds = tuple(_read_table(body))
            kind = base.Kind.FINISHED if _has_ended(builds) else base.Kind.STARTED
            return base.Report(kind, builds, headline["pipeline"], base.PipelineSource.TEXT)
        if _AFTERMATH.match(body):
            return base.Report(base.Kind.FINISHED, headline=ResultClass.FAILED)
        if cleanup := _CLEANUP.match(body):
            build = base.Build(
                joblines.WHOLE_CHANGE,
                cleanup["word"],
                detail=cleanup[0],
                result_class=ResultClass.INFRASTRUCTURE,
            )
            return base.Report(base.Kind.FINISHED, (build,))
        return None


def _read_table(body):
    voting = True
    for line in body.split("\n"):
        text = line.strip()
        if text.startswith("-"):
            if build := _read_line(text, voting):
                yield build
        # A comment may be tens of thousands of empty lines.
        elif text and (title := _TITLE.match(text)):
            voting = not title["non"]


def _read_line(text, voting):
    # The colon before the result is glued to the address, which has no scheme, or stands alone.
    left, _, word = text.rpartition(":")
    left, word = left.rstrip(), word.lstrip()
    job = _JOB.match(left)
    if job is None or _WORD.fullmatch(word) is None:
        return None
    role, log = job["role"], left[job.end() :].lstrip()
    return base.Build(
        job["job"],
        word,
        voting=voting if role is None else role == "(voting)",
        # "No logs generated" stands there, too.
        log_url=log if log and " " not in log else None,
    )


def _has_ended(builds):
    """Whether the run is over: nothing waits, or a failure has stopped what still does."""
    voting = [build for build in builds if build.voting] or builds
    if any(build.result_class in (ResultClass.FAILED, ResultClass.INFRASTRUCTURE) for build in voting):
        return True
    return bool(voting) and not any(build.result in _WAITING for build in voting)
