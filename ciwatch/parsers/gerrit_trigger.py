"""The Gerrit Trigger plugin of Jenkins: a comment for each job that starts, one for all results.

Its header, its vote and its lines need not agree: a job marked ``(skipped)`` has its vote skipped, so its
failure does not count. The text of a result is the job's own and may be any words instead of a result.
"""

import re

from ciwatch.parsers import base
from ciwatch.parsers import joblines
from ciwatch.parsers.results import ResultClass

_START = re.compile(r"Build Started (?P<url>[a-z]{2,10}://\S+)", re.IGNORECASE)
_HEADLINE = re.compile(r"Build (?P<word>Successful|Failed|Unstable|Aborted|Not Built)\b[^\n]*(?:\n|$)")
_NO_BUILDS = re.compile(r"No Builds Executed\s*$")
_JOB_LINE = re.compile(r"^(?P<url>[a-z]{2,10}://\S+) : (?P<text>\S[^\n]*)$", re.MULTILINE)
_RESULT = re.compile(r"(?P<word>SUCCESS|FAILURE|UNSTABLE|ABORTED|NOT_BUILT)\b")
_SKIPPED = re.compile(r"\(skipped\)")
_LOGS = re.compile(r"^Logs: (?P<url>\S+)[ \t]*$", re.MULTILINE)

_HEADLINES = {
    "Successful": ResultClass.PASSED,
    "Failed": ResultClass.FAILED,
    "Unstable": ResultClass.FAILED,
    "Aborted": ResultClass.INFRASTRUCTURE,
    "Not Built": ResultClass.NOT_RUN,
}

# What a job's own words amount to, where they are no result. Asked in this order: "unsuccessful" holds
# "success", and "failed to abort" is a failure.
_WORDINGS = (
    (re.compile(r"fail|error|unsuccess|unstable|broken", re.IGNORECASE), ResultClass.FAILED),
    (re.compile(r"abort|cancel", re.IGNORECASE), ResultClass.INFRASTRUCTURE),
    (re.compile(r"success|pass|congratulations|\bok\b", re.IGNORECASE), ResultClass.PASSED),
)


class GerritTriggerParser(base.Parser):
    """Jenkins with the Gerrit Trigger plugin."""

    name = "gerrit_trigger"
    version = 1
    priority = 20

    def parse(self, comment):
        """Reads a start, a result, or the notice that nothing was built."""
        body = comment.body
        if _START.match(body):
            return base.Report(base.Kind.STARTED)
        if _NO_BUILDS.match(body):
            return base.Report(base.Kind.OTHER)
        headline = _HEADLINE.match(body)
        if headline is None:
            return None
        said = _HEADLINES[headline["word"]]
        lines = list(_JOB_LINE.finditer(body, headline.end()))
        if not lines:
            return None
        ends = [line.start() for line in lines[1:]] + [len(body)]
        alone = said if len(lines) == 1 else ResultClass.UNKNOWN
        builds = tuple(
            _read_build(line, body[line.end() : end], alone) for line, end in zip(lines, ends, strict=True)
        )
        return base.Report(base.Kind.FINISHED, builds, headline=said)


def _read_build(line, paragraphs, otherwise):
    """One job's line with the *paragraphs* below it; *otherwise* is the class of words nobody knows."""
    url, text = line["url"], line["text"].strip()
    word = _RESULT.match(text)
    logs = _LOGS.search(paragraphs)
    return base.Build(
        job=joblines.job_of_jenkins_url(url) or joblines.UNNAMED,
        result=word["word"] if word else text,
        voting=not _SKIPPED.search(text),
        log_url=logs["url"] if logs else url,
        result_class=None if word else _class_of_wording(text, otherwise),
    )


def _class_of_wording(text, otherwise):
    for pattern, result_class in _WORDINGS:
        if pattern.search(text):
            return result_class
    return otherwise
