"""When Gerrit is asked for what was missed, and who its CIs are: in a thread of its own, one at a time."""

import datetime
import logging
import threading
import time

import msgspec
import sqlalchemy as sa

from ciwatch.gerrit import rest
from ciwatch.gerrit import ssh
from ciwatch.recorder import positions
from ciwatch.sources import asking
from ciwatch.sources import rest as rest_source
from ciwatch.sources import ssh as ssh_source

LOG = logging.getLogger(__name__)

#: Even where nothing is known to be missed, Gerrit is asked so often, in seconds: for what a stream dropped
#: silently, and for who its CIs are.
INTERVAL_S = 3600

# At the start the first question waits for the stream, which is where the gap ends; but not for ever.
_FIRST_S = 30

# What is asked for where nothing ever was.
_AT_FIRST = datetime.timedelta(hours=1)

# Several reasons to ask come together: a stream is connected, and breaks, and is connected.
_SETTLE_S = 1.0
_FIRST_RETRY_S = 5
_LAST_RETRY_S = 300


class Question:
    """One question for what was missed.

    :ivar since: from when on, UTC.
    :ivar is_first: whether nothing was ever asked before.
    :ivar asked_at: when it was asked, UTC.
    :ivar is_last: whether the answer to it ends with what is being told, or more slices of time follow.
    :ivar news: how many of the lines that were told were news.
    :ivar old_news: how many of these a stream would have told by then.
    :ivar is_lost: whether some of them could not be recorded, so that it must be asked again.
    """

    def __init__(self, since):
        """Asks now.

        :param since: until when all is known, UTC, or None where nothing was ever asked.
        """
        # This machine's clock may be ahead of Gerrit's, and an hour of events is something to look at.
        self.since = since or positions.now() - _AT_FIRST
        self.is_first = since is None
        self.asked_at = positions.now()
        self.is_last = False
        self.news = 0
        self.old_news = 0
        self.is_lost = False


class Members(msgspec.Struct, frozen=True):
    """The usernames of the members of a *group* of Gerrit's."""

    group: str
    usernames: list[str]


class Questions(threading.Thread):
    """Asks on demand, and every hour.

    :ivar asks_for_events: whether it asks for what was missed, or the source does so itself.
    :ivar trouble: why the last question was not answered, or None.
    :ivar answered_at: when the last one was, UTC, or None.
    """

    def __init__(self, conf, engine, put, asks_for_events):
        """Takes what it needs.

        :param put: called with (question, line or Told), or (None, Members); may block.
        """
        super().__init__(daemon=True, name="questions")
        self._conf = conf
        self._engine = engine
        self._put = put
        self.asks_for_events = asks_for_events
        self.trouble = None
        self.answered_at = None
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._due = time.monotonic() + _FIRST_S
        self._members_due = time.monotonic()
        self._failed = 0

    def ask_soon(self, after_s=_SETTLE_S):
        """Asks in some seconds, if not sooner."""
        self._due = min(self._due, time.monotonic() + after_s)
        self._wake.set()

    def close(self):
        """Asks no more."""
        self._stop.set()
        self._wake.set()

    def run(self):
        """Until it is closed."""
        while not self._stop.is_set():
            self._wake.wait(max(0.0, min(self._due, self._members_due) - time.monotonic()))
            self._wake.clear()
            if self._stop.is_set():
                return
            if time.monotonic() >= self._members_due:
                self._members_due = time.monotonic() + INTERVAL_S
                self._ask_members()
            if time.monotonic() >= self._due:
                self._due = time.monotonic() + INTERVAL_S
                if self.asks_for_events:
                    self._ask_events()

    def _ask_events(self):
        try:
            with self._engine.connect() as connection:
                since = positions.read(connection, positions.ASKED)
            question = Question(since)
            for begin, end in asking.slices(question.since, None, question.asked_at):
                question.is_last = end is None
                for item in asking.ask(self._askers(), begin, end):
                    if self._stop.is_set() or question.is_lost:
                        break
                    self._put(question, item)
            self.trouble, self._failed = None, 0
            if not question.is_lost:
                self.answered_at = positions.now()
                return
        except sa.exc.DBAPIError as error:
            LOG.info("Cannot ask for what was missed while the database is away: %s", error.orig)
        except asking.AskError as error:
            LOG.warning("Cannot ask for what was missed: %s", error)
            self.trouble = str(error)
        self._failed += 1
        self.ask_soon(min(_LAST_RETRY_S, _FIRST_RETRY_S * 2 ** (self._failed - 1)))

    def _askers(self):
        askers = [asking.RestAsker(rest_source.client_of(self._conf), self._stop, attempts=2)]
        if self._conf.gerrit.username:
            askers.append(asking.QueryAsker(ssh_source.client_of(self._conf)))
        return askers

    def _ask_members(self):
        for group in self._conf.gerrit.ci_groups:
            try:
                self._put(None, Members(group, members_of(self._conf, group)))
            except (rest.RestError, ssh.SshError) as error:
                LOG.info("Cannot ask who is in the group %r: %s", group, error)


def members_of(conf, group):
    """The usernames of the members of a *group*, over REST where there is a password for it, else over ssh.

    :raises rest.RestError, ssh.SshError: where Gerrit does not tell them.
    """
    if conf.gerrit.username and not conf.gerrit.http_password:
        with ssh_source.client_of(conf).connect() as connection:
            return connection.group_members(group)
    return rest_source.client_of(conf).group_members(group)
