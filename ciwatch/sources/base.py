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


class Receipt(msgspec.Struct, frozen=True):
    """Stands among the lines of a source that keeps them until it knows that they are kept here.

    Once all lines before it are recorded, or safe on disk, :meth:`LiveSource.kept` is called.

    :ivar token: by which the source knows them.
    """

    token: object


class LiveSource(Source):
    """A source to which one listens for years.

    Its :meth:`lines` give, among the lines, :class:`Missed`, :class:`Told` and :class:`Receipt`; they end
    only after :meth:`close`, raise nothing, and wait by themselves for a Gerrit that is away.

    :ivar stop: a :class:`threading.Event`, set when it shall end.
    :ivar fills_gaps: whether it tells by itself what was missed, and nobody need ask for that.
    :ivar can_wait: whether nothing is lost while it is not read, so that it waits where there is no room.
    """

    fills_gaps = False
    can_wait = False

    def __init__(self, conf, since=None):
        """Takes the configuration.

        :param since: until when all is known already, UTC, or None where nothing is.
        """
        self.conf = conf
        self.since = since
        self.stop = threading.Event()
        self._state = State(Word.STARTING, _now())

    @classmethod
    def require(cls, conf):
        """Looks whether the configuration has what the source cannot do without.

        :raises ciwatch.service.ConfigError: where something is missing.
        """

    @property
    def state(self):
        """The :class:`State`."""
        return self._state

    def tell(self, word, detail=""):
        """Changes the state; its time only with the word."""
        since = self._state.since if word is self._state.word else _now()
        self._state = State(word, since, detail)

    def kept(self, token):
        """Hears that all lines before the :class:`Receipt` with this *token* are kept.

        Called from another thread, in the order of the receipts.
        """

    def close(self):
        """Makes :meth:`lines` end soon; called from another thread."""
        self.stop.set()


def _now():
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
