"""Does a CI say what the gate says, and what its peers say, of the same patch set?"""

import msgspec

from ciwatch.insight import statistics
from ciwatch.insight.facts import FAILED
from ciwatch.insight.facts import JUDGED
from ciwatch.insight.facts import PASSED

#: So many judges, and such a share of them failing, say surely that a patch set is broken.
MIN_JUDGES = 5
FAILING_OF_TEN = 7

#: What is less probable than this is no accident.
IMPROBABLE = 0.001


class Table(msgspec.Struct, frozen=True):
    """How a CI and the gate judged the same patch sets."""

    both_passed: int = 0
    only_ci_failed: int = 0
    only_gate_failed: int = 0
    both_failed: int = 0

    @property
    def agreed(self):
        """The :class:`~ciwatch.insight.statistics.Rate` of those on which they said the same."""
        same = self.both_passed + self.both_failed
        return statistics.rate(same, same + self.only_ci_failed + self.only_gate_failed)


def cell(mine, gate):
    """The name of the cell of a :class:`Table` that a patch set counts in; None where one did not judge."""
    if mine not in JUDGED or gate not in JUDGED:
        return None
    return {
        (PASSED, PASSED): "both_passed",
        (FAILED, PASSED): "only_ci_failed",
        (PASSED, FAILED): "only_gate_failed",
        (FAILED, FAILED): "both_failed",
    }[mine, gate]


def is_surely_broken(others):
    """Whether at least 5 others judged a patch set, and at least 70 % of them failed it."""
    judges = [verdict for verdict in others if verdict in JUDGED]
    return len(judges) >= MIN_JUDGES and 10 * judges.count(FAILED) >= FAILING_OF_TEN * len(judges)


def is_suspiciously_green(failed, judged, peers_failed, peers_judged):
    """Whether a CI never fails where its peers' rate makes that improbable.

    :param failed: the patch sets that it failed, among *judged*.
    :param peers_failed: the verdicts of others on those same patch sets that failed, among *peers_judged*.
    """
    if failed or judged < statistics.MIN_SAMPLE or peers_judged < statistics.MIN_SAMPLE:
        return False
    return statistics.chance_of_none(peers_failed / peers_judged, judged) < IMPROBABLE
