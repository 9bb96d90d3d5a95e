"""The Gerrit Trigger plugin of Jenkins: a comment for each job that starts, one for all results.

Its header, its vote and its lines need not agree: a job marked ``(skipped)`` has its vote skipped, so its
failure does not count. The text of a result is the job's own and may be any words instead of a result; so
may what stands around the plugin's own words in the first line.
"""

import re

from ciwatch.parsers import base
from ciwatch.parsers import joblines
from ciwatch.parsers.results import ResultClass
from ciwatch.parsers.results import classify_wording

# Owners of a Jenkins put words of their own in front, "TEST RUN Build Started", or quote all of it.
_OWN_WORDS = r"\"?(?:[A-Z][A-Z0-9_-]{0,31}:? ){0,4}"
_START = re.compile(_OWN_WORDS + r"Build Started(?:[.:][^\n]{0,200})?\s{1,4}[a-z]{2,10}://\S+", re.IGNORECASE)
_HEADLINE = re.compile(
    _OWN_WORDS + r"Build (?P<word>Successful|Failed|Unstable|Aborted|Not Built)\b(?P<more>[^\n]*)(?:\n|$)"
)
_NO_BUILDS = re.compile(r"No Builds Executed\s*$")
_JOB_LINE = re.compile(r"^(?P<url>[a-z]{2,10}://\S+) : (?P<text>\S[^\n]*)$", re.MULTILINE)
_RESULT = re.compile(r"(?P<word>SUCCESS|FAILURE|UNSTABLE|ABORTED|NOT_BUILT)\b")
_SKIPPED = re.compile(r" ?\(skipped\)['\"]?")
_LOGS = re.compile(r"^Logs: (?P<url>\S+)[ \t]*$", re.MULTILINE)
# What the Build Failure Analyzer found: the cause, and the build's address in parentheses.
_CAUSE = re.compile(r"^(?P<cause>[^\s(][^\n]*) \( [a-z]{2,10}://\S+ \)[ \t]*$", re.MULTILINE)
_NO_CAUSE = "No problems were identified"

_HEADLINES = {
    "Successful": ResultClass.PASSED,
    "Failed": ResultClass.FAILED,
    "Unstable": ResultClass.FAILED,
    "Aborted": ResultClass.INFRASTRUCTURE,
    "Not Built": ResultClass.NOT_RUN,
}


class GerritTriggerParser(base.Parser):
    """Jenkins with the Gerrit Trigger plugin."""

    name = "gerrit_trigger"
    version = 2
    priority = 20

    def parse(self, comment):
        """Reads a start, a result, or the notice that nothing was built."""
        body = comment.body
        if _START.match(body):
            return base.Report(base.Kind.STARTED)
        if _NO_BUILDS.match(body):
            return base.Report(base.Kind.FINISHED, headline=ResultClass.NOT_RUN)
        headline = _HEADLINE.match(body)
        if headline is None:
            return None
        said = _HEADLINES[headline["word"]]
        lines = _job_lines(body, headline.end())
        if not lines:
            more = headline["more"].strip(" .\t") or body[headline.end() :].strip()
            return None if more else base.Report(base.Kind.FINISHED, headline=said)
        ends = [line.start() for line in lines[1:]] + [len(body)]
        alone = said if len(lines) == 1 else ResultClass.UNKNOWN
        builds = tuple(
            [_read_build(line, body[line.end() : end], alone) for line, end in zip(lines, ends, strict=True)]
        )
        return base.Report(base.Kind.FINISHED, builds, headline=said)


def _job_lines(body, position):
    """The matches of the jobs' lines, without those that a job's own message quotes between <<< and >>>."""
    lines, quoted_until, last_end = [], position, body.rfind("\n>>>")
    for line in _JOB_LINE.finditer(body, position):
        if line.start() < quoted_until:
            continue
        lines.append(line)
        if line.end() <= last_end and line["text"].rstrip().endswith("<<<"):
            quoted_until = body.find("\n>>>", line.end())
    return lines


def _read_build(line, paragraphs, otherwise):
    """One job's line with the *paragraphs* below it; *otherwise* is the class of words nobody knows."""
    url, text = line["url"], line["text"].strip().removesuffix("<<<").rstrip()
    text, skipped = _SKIPPED.subn("", text)
    word = _RESULT.match(text)
    # A message of several lines may come with its line ends spelt out.
    message = text.split("\\n", 1)[0].strip()
    logs = _LOGS.search(paragraphs)
    cause = _CAUSE.search(paragraphs)
    detail = cause["cause"] if cause and not cause["cause"].startswith(_NO_CAUSE) else None
    return base.Build(
        job=joblines.job_of_jenkins_url(url) or joblines.UNNAMED,
        result=word["word"] if word else message or otherwise.value,
        voting=not skipped,
        log_url=logs["url"] if logs else url,
        detail=(word and text[word.end() :].strip()) or detail,
        result_class=None if word else classify_wording(message) or otherwise,
    )
