"""Lengths of time, counted in buckets that grow with them, so that days can be added up.

A quantile of a sum of days cannot be had from the quantiles of the days, but from their buckets. Each is a
sixteenth part of a doubling, so a quantile is at most 2.2 % off; the layout is that of logarithmic histograms
such as DDSketch (C. Masson, J. E. Rim, H. K. Lee, 2019).
"""

import collections
import math

_PER_DOUBLING = 16


class Histogram:
    """Counts of lengths of time in seconds, by bucket."""

    __slots__ = ("counts",)

    def __init__(self, counts=()):
        """Starts with *counts*, (bucket, count) pairs or a mapping."""
        self.counts = collections.Counter(dict(counts))

    @classmethod
    def unpack(cls, text):
        """The histogram that :meth:`pack` wrote."""
        pairs = (pair.split(":") for pair in text.split())
        return cls((int(bucket), int(count)) for bucket, count in pairs)

    def pack(self):
        """All of it in a line, ``bucket:count bucket:count``, the same for the same counts."""
        return " ".join(f"{bucket}:{count}" for bucket, count in sorted(self.counts.items()))

    def add(self, seconds):
        """Counts one length of time; what would be below a second counts as one."""
        self.counts[math.floor(math.log2(max(1.0, seconds)) * _PER_DOUBLING)] += 1

    @property
    def total(self):
        """How many it counted."""
        return self.counts.total()

    def quantile(self, share):
        """The length in seconds that a *share* of them does not exceed; None where nothing was counted."""
        rank = max(1, math.ceil(share * self.total))
        for bucket, count in sorted(self.counts.items()):
            rank -= count
            if rank <= 0:
                return 2 ** ((bucket + 0.5) / _PER_DOUBLING)
        return None

    def within(self, seconds):
        """How many did not take longer, to the next bucket."""
        highest = math.floor(math.log2(max(1.0, seconds)) * _PER_DOUBLING)
        return sum(count for bucket, count in self.counts.items() if bucket <= highest)


def total(packed):
    """What some histograms counted together, packed as they are: a page adds up hundreds of days."""
    counts = {}
    # Most pairs are alike: on many days a single one took so long.
    for pair, days in collections.Counter(" ".join(packed).split()).items():
        bucket, _, count = pair.partition(":")
        counts[bucket] = counts.get(bucket, 0) + days * int(count)
    return " ".join(f"{bucket}:{counts[bucket]}" for bucket in sorted(counts, key=int))


def corrected(packed, more, less):
    """One histogram with the counts of another one, and without those of a third; all packed."""
    if not more and not less:
        return packed
    found = Histogram.unpack(packed)
    found.counts.update(Histogram.unpack(more).counts)
    found.counts.subtract(Histogram.unpack(less).counts)
    return Histogram({bucket: count for bucket, count in found.counts.items() if count}).pack()
