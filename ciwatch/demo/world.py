"""The simulated world: Gerrit's events of a lively project with its CIs and its people."""

import datetime

from ciwatch.demo import characters
from ciwatch.demo import developers
from ciwatch.demo import people
from ciwatch.demo import stage
from ciwatch.demo import systems

_DAY_S = 86400.0


class World:
    """One story. The same arguments tell the same story, byte for byte.

    :ivar until: the end of the history, an aware datetime of a whole second in UTC.
    :ivar days: the length of the history in days.
    :ivar truth: the :class:`~ciwatch.demo.truth.Truth`, filled while events are produced.
    """

    def __init__(self, seed=1, days=14.0, changes=400, until=None, cast=None, broken=(), keep_truth=True):
        """Prepares the story.

        :param seed: which of all stories.
        :param days: how long the history is, in days.
        :param changes: how many changes are made in that time.
        :param until: its end, an aware datetime; now by default.
        :param cast: the :class:`~ciwatch.demo.characters.Character` of each CI, the gate first.
        :param broken: times at which nearly every test of the main project's master fails, told as those at
            which a :class:`~ciwatch.demo.characters.Character` is sick.
        :param keep_truth: whether to keep what happens to each patch set, which takes memory without end.
        """
        if until is None:
            until = datetime.datetime.now(datetime.UTC)
        elif until.tzinfo is None:
            raise ValueError("until must be an aware datetime")
        if days <= 0 or changes < 1:
            raise ValueError("there must be some days, and at least one change")
        self.until = until.astimezone(datetime.UTC).replace(microsecond=0)
        self.days = float(days)
        self._rng = stage.luck(seed, "arrivals")
        self._end = self.until.timestamp()
        self._begin = self._end - self.days * _DAY_S
        # At the busiest hour, in changes a second; see _arrive.
        self._peak = changes / (self.days * _DAY_S) / people.MEAN_BUSY
        self._stage = stage.Stage(self._end, keep_truth)
        self.truth = self._stage.truth
        cast = characters.CAST if cast is None else tuple(cast)
        self._developers = developers.Developers(self._stage, seed, cast)
        broken = tuple(systems.spells(broken, self._end))
        self._developers.systems = systems.Systems(self._stage, seed, cast, broken, self._developers.hear)
        for at in sorted(self._busy_moment() for _ in range(changes)):
            self._stage.plan(at, self._developers.create)

    def history(self):
        """The events of the past, dicts as Gerrit sends them, in the order of their times."""
        yield from self._stage.play(self._end)

    def live(self, speed=60.0):
        """What happens afterwards, without end; to be called when :meth:`history` is exhausted.

        Time goes *speed* times as fast: what is simulated for *t* seconds after the end is stated as
        t/speed seconds after it, so that something happens every few seconds. Durations in comments stay
        as simulated.
        """
        self._stage.speed = float(speed)
        self._stage.plan(self._end, self._arrive, False)
        yield from self._stage.play(float("inf"))

    def _busy_moment(self):
        while True:
            at = self._rng.uniform(self._begin, self._end)
            if self._rng.random() < people.busy(at):
                return at

    def _arrive(self, at, is_change=True):
        """In the live world changes go on to come, at the rate of the history.

        They come at the rate of the busiest hour, and of those that come at other hours some are dropped.
        """
        if is_change and self._rng.random() < people.busy(at):
            self._developers.create(at)
        self._stage.plan(at + self._rng.expovariate(self._peak), self._arrive)
