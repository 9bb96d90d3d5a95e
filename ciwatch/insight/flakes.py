"""Jobs that pass and fail on the same patch set."""

import itertools

import msgspec

from ciwatch.insight import statistics
from ciwatch.insight.facts import FAILED
from ciwatch.insight.facts import PASSED

#: An unstable job flaked on so many patch sets, in so many days, and surely on more than this share of them.
MIN_FLAKED = 3
DAYS = 28
MIN_SHARE = 0.05

#: So many failures in a row are breakage.
BREAKAGE = 3


class Flakiness(msgspec.Struct, frozen=True):
    """On how many patch sets a job flaked, of those that it judged; runs of failures are left out."""

    flaked: statistics.Rate

    @property
    def is_unstable(self):
        """Whether its failures cannot be believed."""
        rate = self.flaked
        return rate.n >= MIN_FLAKED and rate.low is not None and rate.low > MIN_SHARE


def is_flaked(classes):
    """Whether a job both passed and failed, given the result classes of its builds on one patch set."""
    return PASSED in classes and FAILED in classes


def is_judged(classes):
    """Whether a job passed or failed on a patch set."""
    return PASSED in classes or FAILED in classes


def flakiness(builds):
    """The :class:`Flakiness` of a job.

    :param builds: (patch set, result class) of its builds, in the order of their times.
    """
    by_patch_set = _believed(builds)
    return Flakiness(statistics.rate(sum(map(is_flaked, by_patch_set.values())), len(by_patch_set)))


def flaked(builds):
    """The patch sets on which a job flaked, as :func:`flakiness` counts them, in their order."""
    return [patch_set for patch_set, said in _believed(builds).items() if is_flaked(said)]


def _believed(builds):
    """Patch set -> the result classes of a job there, but for runs of failures; of all that it judged."""
    judged = [(patch_set, result) for patch_set, result in builds if result in (PASSED, FAILED)]
    by_patch_set = {}
    for result, run in itertools.groupby(judged, key=lambda build: build[1]):
        run = list(run)
        # Its patch sets stay judged.
        is_breakage = result == FAILED and len(run) >= BREAKAGE
        for patch_set, _ in run:
            by_patch_set.setdefault(patch_set, set()).update(() if is_breakage else (result,))
    return by_patch_set
