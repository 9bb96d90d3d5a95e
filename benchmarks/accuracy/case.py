"""A case: one thing that was asked of the figures, and whether they say what really happened."""

import typing


class Case(typing.NamedTuple):
    """One case of a rule.

    :ivar rule: which of those that the table lists.
    :ivar who: the trait of the character, or what else it is about.
    :ivar holds: whether the figures are right.
    :ivar detail: what there is to see where they are not.
    :ivar counts: what sums are made of; each rule has its own.
    """

    rule: str
    who: str
    holds: bool
    detail: str = ""
    counts: tuple[float, ...] = ()
