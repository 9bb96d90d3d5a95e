"""What happened in a stretch of time, by asking Gerrit for the changes that were updated in it.

A change is told as a whole, from its first patch set on: what is known of it already is recognised. Its last
update decides whether it is in the stretch, so the newest ones are told first, and one that is updated while
Gerrit is being asked may be told twice, but is not left out: it is newer then than all that were asked for.
"""

import abc
import datetime
import threading
import typing

from ciwatch.gerrit import changes
from ciwatch.gerrit import rest
from ciwatch.gerrit import ssh
from ciwatch.sources import base
from ciwatch.sources import patience

#: So much of the time before is asked for again: events carry the time of their sending, and Gerrit's index
#: may be behind.
OVERLAP = datetime.timedelta(minutes=5)

#: A longer stretch of time is asked for in slices of this length: what is told of one is safe, then the next.
SLICE = datetime.timedelta(days=1)

#: Changes to a page; each comes with all of its comments.
PAGE = 50

# Changes may move to a later page while pages are turned, but not all of them, again and again.
_MOST_STALE_PAGES = 3
_ATTEMPTS = 6


class Answer(typing.NamedTuple):
    """What was told of a change.

    :ivar version: differs whenever the change does; its *updated_at*, UTC, has whole seconds only.
    :ivar lines: of its events; none where they were told before.
    """

    number: int
    updated_at: datetime.datetime
    version: str
    lines: list


class AskError(Exception):
    """Nobody answered; the message says who was asked, and what they said."""


class Asker(abc.ABC):
    """A way to ask Gerrit."""

    #: Its name on the status page.
    name: str

    @abc.abstractmethod
    def pages(self, query):
        """Yields lists of :class:`Answer`, those that were updated last first.

        :raises rest.RestError, ssh.SshError, changes.FormatError: where Gerrit does not tell.
        """


class RestAsker(Asker):
    """Over REST, one request at a time, waiting as long as Gerrit asks for."""

    name = "rest"

    def __init__(self, client, stop=None, attempts=_ATTEMPTS, tell=None, remembers=False):
        """Takes the :class:`~ciwatch.gerrit.rest.Client`, and how patient to be with it.

        :param remembers: whether a change is told once only, until it is updated again.
        :param stop: a :class:`threading.Event` that ends all waiting.
        :param tell: called with (exception, seconds until the next try) before each wait.
        """
        self._client = client
        self._stop = stop or threading.Event()
        self._attempts = attempts
        self._tell = tell
        self._remembers = remembers
        self._told = {}

    def pages(self, query):
        """Pages of the whole answer."""
        start, before, self._told = 0, self._told, {}
        while True:
            infos, more = self._patiently(self._client.changes, query, start, PAGE)
            page = [self._change(info, before) for info in infos]
            yield page
            if self._remembers:
                self._told.update((answer.number, answer.version) for answer in page)
            if not more:
                return
            start += len(infos)

    def _change(self, info, before):
        number, updated_at = changes.number_and_time(info)
        version = changes.version(info)
        if before.get(number) == version:
            return Answer(number, updated_at, version, [])
        comments = self._patiently(self._client.comments, number) if changes.has_typed(info) else {}
        lines = changes.lines_of_info(info, comments, self._client.url)
        return Answer(number, updated_at, version, lines)

    def _patiently(self, function, *arguments):
        retrying = patience.retrying(self._stop, _may_pass, self._attempts, self._tell)
        return retrying(function, *arguments)


class QueryAsker(Asker):
    """Over ssh, for a Gerrit that answers nobody over REST."""

    name = "query"

    def __init__(self, client):
        """Takes the :class:`~ciwatch.gerrit.ssh.Client`."""
        self._client = client

    def pages(self, query):
        """Pages of the whole answer, over one connection."""
        start = 0
        with self._client.connect() as connection:
            while True:
                rows, more = connection.query(query, start, PAGE)
                page = []
                for row in rows:
                    lines, updated_at = changes.lines_of_row(row)
                    version = f"{updated_at} {len(lines)}"
                    page.append(Answer(int(row["number"]), updated_at, version, lines))
                yield page
                if not more:
                    return
                start += len(rows)


def ask(askers, since, until=None, projects=()):
    """Yields the lines of all changes that were updated in a stretch of time, then a :class:`base.Told`.

    :param askers: the first that answers does it.
    :param since: its beginning, UTC; :data:`OVERLAP` before it is asked for as well.
    :param until: its end, UTC, or None for now.
    :param projects: names of the projects to ask for; none for all.
    :raises AskError: where nobody answers.
    """
    said = []
    for asker in askers:
        try:
            newest = yield from _lines(asker, query_of(since, until, projects))
        except (rest.RestError, ssh.SshError, changes.FormatError) as error:
            said.append(f"{asker.name}: {error}")
            continue
        yield base.Told(until or max(newest or since, since), asker.name)
        return
    raise AskError("; ".join(said) or "there is nobody to ask")


def _lines(asker, query):
    """Yields the lines of what *query* finds; returns when the newest of it was updated, or None."""
    seen, newest, stale = {}, None, 0
    for page in asker.pages(query):
        fresh = [answer for answer in page if seen.get(answer.number) != answer.version]
        stale = 0 if fresh or not page else stale + 1
        if stale == _MOST_STALE_PAGES:
            raise rest.RestError("Gerrit gives the same page again and again", may_pass=True)
        for answer in fresh:
            seen[answer.number] = answer.version
            newest = max(newest or answer.updated_at, answer.updated_at)
            yield from answer.lines
    return newest


def slices(since, until, now):
    """Yields (beginning, end) of slices of a stretch of time, oldest first.

    A change that is updated meanwhile moves to a slice that is still to be asked for.

    :param until: its end, UTC, or None for now: the last slice has no end then.
    """
    end = until or now
    while end - since > SLICE:
        yield since, since + SLICE
        since += SLICE
    yield since, until


def query_of(since, until=None, projects=()):
    """The query for the changes of a stretch of time, in Gerrit's words."""
    words = [f'after:"{_time(since - OVERLAP)}"']
    if until is not None:
        words.append(f'before:"{_time(until)}"')
    if projects:
        words.append("(" + " OR ".join(f'project:"{name}"' for name in projects) + ")")
    return " ".join(words)


def _time(moment):
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _may_pass(error):
    return isinstance(error, rest.RestError) and error.may_pass
