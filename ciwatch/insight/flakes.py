"""Jobs that pass and fail on the same patch set."""

import itertools
import operator

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
    judged = [build for build in builds if build[1] in (PASSED, FAILED)]
    passed, failed = set(), set()
    for result, run in itertools.groupby(judged, key=operator.itemgetter(1)):
        patch_sets = [patch_set for patch_set, _ in run]
        if result == PASSED:
            passed.update(patch_sets)
        # Those of a run of failures stay judged.
        elif len(patch_sets) < BREAKAGE:
            failed.update(patch_sets)
    seen, both = dict.fromkeys(patch_set for patch_set, _ in judged), passed & failed
    found = [patch_set for patch_set in seen if patch_set in both]
    return Flakiness(statistics.rate(len(found), len(seen))), found
