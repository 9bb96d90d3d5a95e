"""Rates with their intervals, and tests of what chance could have done."""

import math

import msgspec

#: Below so many cases a rate says nothing: "too few".
MIN_SAMPLE = 10

# Of the standard normal distribution: 95 % of it lies within so many deviations.
_Z = 1.959963984540054


class Rate(msgspec.Struct, frozen=True):
    """How many of how many: *n* of *of*, with the 95 % Wilson interval of the share behind them.

    *low* and *high* are between 0 and 1, None where there is nothing to divide by.
    """

    n: int
    of: int
    low: float | None
    high: float | None

    @property
    def is_enough(self):
        """Whether the sample is large enough to say anything by."""
        return self.of >= MIN_SAMPLE

    def tell(self, what):
        """In words: 218 of 279 answers, 78 % (73 to 82 %); 3 of 4 answers, too few to say more.

        :param what: what is counted, in the plural.
        """
        if not self.of:
            return f"unknown, there are no {what}"
        if not self.is_enough:
            return f"{self.n} of {self.of} {what}, too few to say more"
        low, high = round(100 * self.low), round(100 * self.high)
        return f"{self.n} of {self.of} {what}, {self.percent} ({low} to {high} %)"

    @property
    def percent(self):
        """The share in words, 61 %; never 0 or 100 % but of none or all. Not to be shown alone."""
        percent = round(100 * self.share)
        # Nearly all is not all.
        is_rounded_away = (percent == 0 and self.n) or (percent == 100 and self.n < self.of)
        if is_rounded_away:
            return "below 1 %" if percent == 0 else "above 99 %"
        return f"{percent} %"

    @property
    def share(self):
        """*n* divided by *of*; None for none."""
        return self.n / self.of if self.of else None

    @property
    def rest(self):
        """The :class:`Rate` of all others."""
        return rate(self.of - self.n, self.of)


def rate(n, of):
    """The :class:`Rate` of *n* among *of*.

    :raises ValueError: where *n* is not within 0 and *of*.
    """
    if not 0 <= n <= of:
        raise ValueError(f"{n} of {of} is no rate")
    low, high = wilson(n, of) if of else (None, None)
    return Rate(n, of, low, high)


def wilson(n, of):
    """The 95 % score interval of a share (E. B. Wilson, 1927), as (low, high).

    It stays within 0 and 1 and is honest for small samples, where n/N and a standard error are not.
    """
    share, square = n / of, _Z * _Z
    middle = share + square / (2 * of)
    half = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    scale = 1 + square / of
    # At the ends it touches them, but for the last digits.
    low = 0.0 if n == 0 else (middle - half) / scale
    high = 1.0 if n == of else (middle + half) / scale
    return low, high


def fisher_more(hits, of, hits_before, of_before):
    """The chance to see so many hits or more, if nothing had changed: Fisher's exact test, one-sided.

    :param hits: hits now, among *of*.
    :param hits_before: hits before, among *of_before*.
    :returns: p, between 0 and 1.
    """
    drawn, all_hits, everything = of, hits + hits_before, of + of_before
    most = min(drawn, all_hits)
    whole = _log_choose(everything, drawn)
    chances = (
        math.exp(_log_choose(all_hits, k) + _log_choose(everything - all_hits, drawn - k) - whole)
        for k in range(hits, most + 1)
        if drawn - k <= everything - all_hits
    )
    return min(1.0, math.fsum(chances))


def _log_choose(n, k):
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def chance_of_none(share, of):
    """The chance that none of *of* is hit where each is with the chance *share*."""
    return (1.0 - share) ** of
