"""What job lines of several formats have in common: durations, and job names that stand in URLs."""

import re
import urllib.parse

#: The name of a job whose line gives neither a name nor an address that holds one.
UNNAMED = "(unnamed)"

_DURATION = re.compile(r"(?:(\d{1,5})h )?(?:(\d{1,5})m )?(\d{1,7})s\b")
_JENKINS_JOB = re.compile(r"/job/([^/?#]+)")
_URL = re.compile(r"[a-z][a-z0-9+.-]{1,15}://", re.IGNORECASE)


def read_duration(text):
    """Reads ``1h 02m 03s``, ``3m 29s`` or ``7s`` at the start of *text*.

    :returns: (seconds, the text behind it), or None where there is no duration.
    """
    match = _DURATION.match(text)
    if not match:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return min(hours * 3600 + minutes * 60 + seconds, 2**31 - 1), text[match.end() :]


def is_url(text):
    """Whether *text* begins like an address with a scheme, of whatever kind."""
    return _URL.match(text) is not None


def job_of_jenkins_url(url):
    """The full name of a Jenkins job from the address of its build: folders joined by slashes.

    ``https://jenkins.example/job/folder/job/name/12/`` is ``folder/name``.

    :returns: the name, or None where the address is not Jenkins'.
    """
    parts = _JENKINS_JOB.findall(url)
    return urllib.parse.unquote("/".join(parts), errors="replace") if parts else None
