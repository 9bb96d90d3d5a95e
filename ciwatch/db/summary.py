"""The builds of a report in a line, for pages that show tens of thousands of them.

A matrix reads one short text a report instead of joining all of its builds. A token tells one build: the
id of its job, the initial of its result's class, ``v`` where it votes, ``l`` where it has a log with an http
address: ``12pvl 13fvl 17n``.
"""

import functools
import re

import msgspec

from ciwatch.parsers.results import ResultClass

_INITIALS = {result_class: result_class.value[0] for result_class in ResultClass}
_CLASSES = {initial: result_class for result_class, initial in _INITIALS.items()}
_JOB = re.compile(r"(?<!\S)\d+")
_TOKEN = re.compile(r"(\d+)([a-z])(v?)(l?)")


class Build(msgspec.Struct, frozen=True, eq=False):
    """What a token tells: one object for each token and place in a line, equal to no other.

    So the thousands of a page are looked up by what they are, and not by all that they hold.

    :ivar job: the id of the job; ``result``: the class of its result.
    :ivar position: which one it is in the line, from 0.
    """

    job: int
    result: ResultClass
    voting: bool
    has_log: bool
    position: int


def pack(job_id, result_class, voting, log_url):
    """The token of a build."""
    has_log = bool(log_url) and log_url.startswith(("http://", "https://"))
    return f"{job_id}{_INITIALS[result_class]}{'v' if voting else ''}{'l' if has_log else ''}"


def replace_jobs(line, job_ids):
    """The *line* with other ids of jobs: those that *job_ids* has, old -> new."""
    return _JOB.sub(lambda found: str(job_ids.get(int(found[0]), found[0])), line)


@functools.lru_cache(maxsize=16384)
def unpack(line):
    """The :class:`Build` of a *line* in their order, a tuple.

    Most lines of a CI are alike, so what they mean is remembered.
    """
    return tuple(_unpack(token, position) for position, token in enumerate(line.split()))


@functools.lru_cache(maxsize=65536)
def _unpack(token, position):
    job_id, initial, voting, has_log = _TOKEN.fullmatch(token).groups()
    return Build(int(job_id), _CLASSES[initial], bool(voting), bool(has_log), position)
