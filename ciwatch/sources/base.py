"""The contract of a source, registered in the entry-point group ``ciwatch.sources``."""

import abc
import datetime
import enum
import threading

import msgspec


class Source(abc.ABC):
    """Gives raw events."""

    #: The plugin's name; must equal its entry point's.
    name: str

    @abc.abstractmethod
    def lines(self):
        """An iterator of bytes objects, each one line of Gerrit's stream without its line end."""


class Word(enum.StrEnum):
    """How a source does."""

    STARTING = "starting"
    LISTENING = "listening"
    WAITING = "waiting"
    STOPPED = "stopped"


class State(msgspec.Struct, frozen=True):
    """How a source does, since when (UTC), and what is to say of it: why it waits, and until when."""

    word: Word
    since: datetime.datetime
    detail: str = ""


class Missed(msgspec.Struct, frozen=True):
    """Stands among the lines of a source: before it, events may have been missed, for this *reason*."""

    reason: str


class Told(msgspec.Struct, frozen=True):
    """Stands among the lines of a source: Gerrit was asked, and all until then was handed over.

    :ivar until: the end of what was asked for, UTC, or the time of Gerrit's newest change by then.
    :ivar by: how it was asked: rest, or query.
    """

    until: datetime.datetime
    by: str


class LiveSource(Source):
    """A source to which one listens for years.

    Its :meth:`lines` give, among the lines, :class:`Missed` and :class:`Told`; they end only after
    :meth:`close`, raise nothing, and wait by themselves for a Gerrit that is away.

    :ivar stop: a :class:`threading.Event`, set when it shall end.
    :ivar fills_gaps: whether it tells by itself what was missed, and nobody need ask for that.
    """

    fills_gaps = False

    def __init__(self, conf, since=None):
        """Takes the configuration.

        :param since: until when all is known already, UTC, or None where nothing is.
        """
        self.conf = conf
        self.since = since
        self.stop = threading.Event()
        self._state = State(Word.STARTING, _now())

    @property
    def state(self):
        """The :class:`State`."""
        return self._state

    def tell(self, word, detail=""):
        """Changes the state; its time only with the word."""
        since = self._state.since if word is self._state.word else _now()
        self._state = State(word, since, detail)

    def close(self):
        """Makes :meth:`lines` end soon; called from another thread."""
        self.stop.set()


def _now():
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
