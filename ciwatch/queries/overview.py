"""All of a CI at a glance, as of a moment: how it does and by which rule, its figures, what befell it."""

import datetime

import msgspec

from ciwatch.insight import statistics
from ciwatch.queries import ci
from ciwatch.queries import figures
from ciwatch.queries import jobs
from ciwatch.queries import registered
from ciwatch.queries import story


class UnstableJob(msgspec.Struct, frozen=True):
    """A voting job that both passed and failed on *flaked* of the patch sets that it judged, in 28 days."""

    name: str
    flaked: statistics.Rate


class Overview(msgspec.Struct, frozen=True):
    """A CI over some days, as of a moment.

    :ivar name: the address of its pages.
    :ivar is_gate: whether it is the project's own.
    :ivar registered: what the registry knows of it.
    :ivar first: the first of the days that the figures are of; *last* is that of *as_of*.
    :ivar waiting: how many days are recorded and not counted yet.
    :ivar status: the status word that holds, with the rule by which it began.
    :ivar last_report_at: when it finished its last report; null for never.
    :ivar unstable_jobs: those that flip most first.
    :ivar spells: the times in which it was not well, in their order.
    :ivar statuses: the status words that held, in their order.
    """

    name: str
    title: str
    is_gate: bool
    accounts: list[ci.Account]
    registered: registered.Entry
    status: story.Period
    last_report_at: datetime.datetime | None
    as_of: datetime.datetime
    first: datetime.date
    last: datetime.date
    waiting: int
    figures: figures.Figures
    projects: list[figures.ProjectFigures]
    days: list[figures.Day]
    unstable_jobs: list[UnstableJob]
    spells: list[story.Spell]
    statuses: list[story.Period]


def read(connection, registry, system, as_of, length):
    """The :class:`Overview` of a CI.

    :param registry: the :class:`~ciwatch.registry.model.Registry`.
    :param system: its row of :func:`ciwatch.queries.figures.find`.
    :param length: of so many days, of which the last is that of *as_of*.
    """
    return tell(connection, registry, system, figures.count(connection, registry, system.id, as_of, length))


def tell(connection, registry, system, counted):
    """The same of a :class:`~ciwatch.queries.figures.Counted`."""
    as_of, told = counted.as_of, figures.tell(registry, counted)
    since = datetime.datetime.combine(told.first, datetime.time(), datetime.UTC)
    return Overview(
        system.name,
        system.title,
        system.is_gate,
        ci.accounts(connection, system.id),
        registered.find(registry, system.name),
        story.status(connection, system.id, as_of),
        story.last_report(connection, system.id, as_of),
        *(getattr(told, name) for name in told.__struct_fields__),
        [UnstableJob(*each) for each in jobs.unstable(connection, system.id, as_of)],
        story.read_spells(connection, system.id, since, as_of),
        story.periods(connection, system.id, since, as_of),
    )
