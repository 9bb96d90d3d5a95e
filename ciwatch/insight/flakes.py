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
    return flaked(builds)[0]


def flaked(builds):
    """The :class:`Flakiness` of a job, and the patch sets on which it flaked, in their order."""
    by_patch_set = _believed(builds)
    found = [patch_set for patch_set, said in by_patch_set.items() if is_flaked(said)]
    return Flakiness(statistics.rate(len(found), len(by_patch_set))), found


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
