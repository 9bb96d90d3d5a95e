"""What several formats have in common: Zuul's job lines, durations, and job names that stand in URLs."""

import re
import urllib.parse

from ciwatch.parsers import base
from ciwatch.parsers.results import CLASS_OF_WORD
from ciwatch.parsers.results import classify_wording

#: The name of a job whose line gives neither a name nor an address that holds one.
UNNAMED = "(unnamed)"

#: The job under which a run's own failure is kept, where no job was to blame.
WHOLE_CHANGE = "(change)"

# A name of several words takes an address behind it.
_LINE = re.compile(
    r"^[-*] (?:(?P<job>[^\s:]\S*)(?: (?P<url>\S+))?"
    r"|(?P<words>[^\s:][^\n:]{0,200}?) (?P<address>[a-z]{2,10}://\S+)) : ?(?P<text>\S[^\n]*)$",
    re.MULTILINE,
)
# Without a dash it takes an address and a result word to be a job's line.
_BARE_LINE = re.compile(
    r"^(?P<job>[\w.-]+) (?P<url>https?://\S+) : ?(?P<text>[A-Z][A-Z_]{2,31}\b[^\n]*)$", re.MULTILINE
)
_TEXT = re.compile(
    r"(?P<word>[A-Z][A-Z_]{2,31})\b"
    r"(?: in (?P<duration>(?:\d{1,5}h )?(?:\d{1,5}m )?\d{1,7}s)\b)?"
    r"(?P<detail>[^\n]*)"
)
_NON_VOTING = re.compile(r" ?\((?:non-voting|skipped)\)'?")
_TRAILING_DURATION = re.compile(r" ?\bin ((?:\d{1,5}h )?(?:\d{1,5}m )?\d{1,7}s)$")

_DURATION = re.compile(r"(?:(\d{1,5})h )?(?:(\d{1,5})m )?(\d{1,7})s\b")
_JENKINS_JOB = re.compile(r"/job/([^/?#]+)")
_BLUE_OCEAN_JOB = re.compile(r"/blue/organizations/[^/]+/([^/?#]+)/detail/")
_URL = re.compile(r"[a-z][a-z0-9+.-]{1,15}://", re.IGNORECASE)


def read_zuul_lines(body, said=None):
    """Reads lines like ``- job https://logs.example/1 : SUCCESS in 1h 02m 03s (non-voting)``.

    ``- something : whatever`` is how people write lists, so it takes more than that: below a headline a
    result word or an address, without a headline a known result word and an address.

    :param body: what the CI wrote.
    :param said: the :class:`~ciwatch.parsers.results.ResultClass` of the headline above, or None.
    :returns: a tuple of :class:`~ciwatch.parsers.base.Build`.
    """
    lines = _LINE.finditer(body)
    builds = tuple(
        [
            build
            for line in lines
            if (build := _read_line(line[1] or line[3], line[2] or line[4], line[5], said))
        ]
    )
    if not builds and said:
        lines = _BARE_LINE.finditer(body)
        builds = tuple([build for line in lines if (build := _read_line(*line.groups(), said))])
    return builds


def _read_line(job, url, text, said):
    has_address = url is not None and is_url(url)
    if url is None and is_url(job):
        url, job, has_address = job, job_of_jenkins_url(job) or UNNAMED, True
    match = _TEXT.match(text)
    if match is None:
        return _read_free_text(job, url, text, said) if said and has_address else None
    word, duration, detail = match.groups()
    if not said and not (has_address and word in CLASS_OF_WORD):
        return None
    voting = True
    if detail:
        detail, count = _NON_VOTING.subn("", detail)
        voting = not count
        detail = detail.strip()
        if duration is None and (trailing := _TRAILING_DURATION.search(detail)):
            duration = trailing[1]
            detail = detail[: trailing.start()]
    return base.Build(
        job=job,
        result=word,
        voting=voting,
        duration_s=read_duration(duration) if duration else None,
        # Zuul repeats the job's name where it has no address to give.
        log_url=None if url == job else url,
        detail=detail or None,
    )


def _read_free_text(job, url, text, said):
    """A line whose result is the job's own words."""
    text, count = _NON_VOTING.subn("", text)
    text = text.strip()
    duration = None
    if trailing := _TRAILING_DURATION.search(text):
        duration = read_duration(trailing[1])
        text = text[: trailing.start()]
    return base.Build(
        job=job,
        result=text or said.value,
        voting=not count,
        duration_s=duration,
        log_url=url,
        result_class=classify_wording(text) or said,
    )


def read_duration(text):
    """The seconds that ``1h 02m 03s``, ``3m 29s`` or ``7s`` at the start of *text* says, or None."""
    match = _DURATION.match(text)
    if not match:
        return None
    hours, minutes, seconds = match.groups()
    total = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    return min(total, 2**31 - 1)


def is_url(text):
    """Whether *text* begins like an address with a scheme, of whatever kind."""
    return _URL.match(text) is not None


def job_of_jenkins_url(url):
    """The full name of a Jenkins job from the address of its build: folders joined by slashes.

    ``https://jenkins.example/job/folder/job/name/12/`` is ``folder/name``.

    :returns: the name, or None where the address is not Jenkins'.
    """
    parts = _JENKINS_JOB.findall(url) or _BLUE_OCEAN_JOB.findall(url)
    return urllib.parse.unquote("/".join(parts), errors="replace") if parts else None
