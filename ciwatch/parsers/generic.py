"""The last and careful parser: results that nobody else took, in comments of accounts known as CIs.

It takes job lines wherever in a comment they stand, if they bear a result word that is known; else the first
line, if that says in plain words that something passed or failed. It never takes what is quoted.
"""

import re

from ciwatch.parsers import base
from ciwatch.parsers import joblines
from ciwatch.parsers import zuul
from ciwatch.parsers.results import CLASS_OF_WORD
from ciwatch.parsers.results import ResultClass

# "name: SUCCESS", "* name - FAILED in 3m 2s", "name http://logs.example/1 : SUCCESS"; a name may be of a few
# words.
_LINE = re.compile(
    r"[ \t]*(?:[-*•] ?)?(?P<job>[A-Za-z][\w./+()-]{0,100}(?: [\w./+()-]{1,40}){0,4}?)"
    r"(?: (?P<url>[a-z]{2,10}://\S{1,2000}?))?(?: ?: ?| - )(?P<word>[A-Z][A-Z_]{2,31})\b"
    r"(?P<rest>[^\n]{0,500})"
)
# Gerrit Trigger's lines below words of somebody's own.
_BUILD_URL = re.compile(
    r"(?P<url>[a-z]{2,10}://\S{1,2000}) : (?P<word>SUCCESS|FAILURE|UNSTABLE|ABORTED|NOT_BUILT)\b"
    r"(?P<rest>[^\n]{0,500})"
)
# "ML2-SUCCESS", and nothing else.
_NAME_AND_WORD = re.compile(
    r"(?P<job>[A-Za-z0-9][\w.]{0,60})-(?P<word>SUCCESS|FAILURE|FAILED|FAIL|PASSED|PASS)\s*$"
)
_REST = re.compile(r"(?: in (?P<duration>(?:\d{1,5}h )?(?:\d{1,5}m )?\d{1,7}s))?(?P<detail>.*)$")
_NON_VOTING = re.compile(r" ?\((?:non-voting|skipped)\)")
_START = re.compile(
    r"(?:[\w-]{1,40} ){0,5}(?:jobs?|builds?|tests?|testing|run) (?:has |have )?started\b", re.I
)
_PASSED = re.compile(r"\b(?:succeeded|succeed|successful|successfully|success|passed)\b", re.IGNORECASE)
_FAILED = re.compile(r"\b(?:failed|failure|unsuccessful|unstable)\b", re.IGNORECASE)
# What passes or fails in a sentence about tests; without it only a shout or a few words are one.
_SUBJECT = re.compile(
    r"\b(?:builds?|tests?|testing|jobs?|gate|compil\w{1,8}|runs?|ci|checks?|verif\w{1,10}|pipeline|tempest"
    r"|devstack|suite)\b",
    re.IGNORECASE,
)
_SHOUT = re.compile(r"[A-Z]{4,}\b")
# As much of a comment as is read; results stand at its top.
_MAX_LINES = 500


class GenericParser(base.Parser):
    """Job-like lines and plain sentences that no other parser took."""

    name = "generic"
    version = 1
    priority = 950
    #: People paste such lines, too.
    strict = False

    def parse(self, comment):
        """Reads job lines, else a first line that says passed or failed."""
        lines = [line[:4000] for line in comment.body.split("\n", _MAX_LINES)[:_MAX_LINES]]
        builds = tuple([build for line in lines if (build := _read_line(line))])
        if builds:
            pipeline, source = zuul.find_pipeline(comment, None, builds)
            return base.Report(base.Kind.FINISHED, builds, pipeline, source)
        first = lines[0][:200]
        if _START.match(first):
            return base.Report(base.Kind.STARTED)
        said = _read_sentence(first)
        return base.Report(base.Kind.FINISHED, headline=said) if said else None


def _read_line(text):
    line = _NAME_AND_WORD.match(text)
    if line:
        return base.Build(line["job"], line["word"])
    line = _BUILD_URL.match(text)
    job = joblines.job_of_jenkins_url(line["url"]) if line else None
    if job is None:
        line = _LINE.match(text)
        if line is None or line["word"] not in CLASS_OF_WORD:
            return None
        job = line["job"]
    rest, count = _NON_VOTING.subn("", line["rest"])
    rest = _REST.match(rest)
    return base.Build(
        job,
        line["word"],
        voting=not count,
        duration_s=joblines.read_duration(rest["duration"]) if rest["duration"] else None,
        log_url=line["url"],
        detail=rest["detail"].strip() or None,
    )


def _read_sentence(text):
    """The class that a sentence says, or None where it asks, quotes, says both, or is not about tests."""
    if text.startswith(">") or "?" in text:
        return None
    if not (_SUBJECT.search(text) or _SHOUT.match(text) or len(text.split()) <= 3):
        return None
    passed, failed = _PASSED.search(text), _FAILED.search(text)
    if bool(passed) == bool(failed):
        return None
    return ResultClass.PASSED if passed else ResultClass.FAILED
