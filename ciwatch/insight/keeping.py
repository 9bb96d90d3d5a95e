"""How often CIs kept the rules of third-party testing on a day, and what broke them."""

import datetime
import typing

import msgspec

from ciwatch.insight import policy
from ciwatch.insight.facts import JUDGED
from ciwatch.insight.policy import Name


class Key(typing.NamedTuple):
    """What is counted: a CI, a rule, and the date on which it counts.

    :ivar system: the id of the CI.
    :ivar counts_on: that of the patch set; or that of the comment, where it is asked of comments.
    """

    system: int
    rule: Name
    counts_on: datetime.date


class Tally(msgspec.Struct):
    """In how many *cases* a rule was kept, and what broke it.

    :ivar breaches: how often it was broken: on one patch set more than once, it may be.
    :ivar broken: the ids of the newest :data:`~ciwatch.insight.policy.MOST` of these, the newest first: of
        requests for a re-run that had no answer, of patch sets that had none in time, or of comments.
    """

    kept: int = 0
    cases: int = 0
    breaches: int = 0
    broken: str = ""


class Rules:
    """Counts one day of a project's branch.

    :ivar due_at: when the next pending request is unanswered, or None.
    :ivar changed_at: the latest moment that any count depends on, or None.
    """

    def __init__(self, scene, as_of):
        """Takes a :class:`~ciwatch.insight.scene.Scene` with comments, and the moment of which it is told."""
        self._scene = scene
        self._as_of = as_of
        self._tallies = {}
        self._broken = {}
        self.due_at = None
        self.changed_at = None
        said = {}
        for patch_set in scene.patch_sets:
            for system_id, comments in scene.comments.get(patch_set.id, {}).items():
                said.setdefault(system_id, []).extend(comments)
        self._log_hosts = {system_id: policy.log_hosts(comments) for system_id, comments in said.items()}

    def add(self, system, patch_set, figures):
        """Counts what a CI said of a patch set.

        :param system: the :class:`~ciwatch.insight.scene.Watched`.
        :param figures: the names of those in which it counts there.
        """
        comments = self._scene.comments.get(patch_set.id, {}).get(system.id, ())
        requests = self._scene.requests.get(patch_set.id, ())
        self._add_answer(system, patch_set, figures)
        if requests:
            is_expected = not _EXPECTED.isdisjoint(figures)
            self._add_requests(system, patch_set, comments, requests, is_expected)
        if comments:
            self._note(comments[-1].posted_at)
            self._add_results(system, patch_set, policy.results(comments), requests)
            self._add_links(system, comments)

    def tallies(self):
        """:class:`Key` -> :class:`Tally`."""
        for key, broken in self._broken.items():
            newest = sorted(broken, reverse=True)[: policy.MOST]
            self._tallies[key].broken = " ".join(str(row_id) for _, row_id in newest)
        return self._tallies

    def _add_answer(self, system, patch_set, figures):
        key = Key(system.id, Name.IN_TIME, patch_set.seen_at.date())
        if "missed" in figures or "late" in figures:
            self._count(key, [(patch_set.seen_at, patch_set.id)])
        elif "answered" in figures:
            self._count(key)

    def _add_requests(self, system, patch_set, comments, requests, is_expected):
        key = Key(system.id, Name.ANSWERS_RECHECK, patch_set.seen_at.date())
        answers = [comment.posted_at for comment in comments if comment.is_finished]
        for request in requests:
            is_ours = is_expected or (answers and answers[0] < request.posted_at)
            if not is_ours or not policy.is_request(request.phrase, system.recheck):
                continue
            due_at = request.posted_at + system.limit
            if policy.answer(request, answers, system.limit)[1]:
                self._count(key)
            elif patch_set.ended_at is not None and patch_set.ended_at <= due_at:
                continue
            elif due_at >= self._as_of:
                self.due_at = min(filter(None, (due_at, self.due_at)))
            else:
                self._note(due_at)
                self._count(key, [(request.posted_at, request.id)])

    def _add_results(self, system, patch_set, results, requests):
        if results:
            surplus = policy.surplus(results, requests)
            key = Key(system.id, Name.ONE_COMMENT, patch_set.seen_at.date())
            self._count(key, [(each.posted_at, each.id) for each in surplus])

    def _add_links(self, system, comments):
        for comment in comments:
            day, broken = comment.posted_at.date(), [(comment.posted_at, comment.id)]
            if comment.is_report:
                has_page = policy.has_page(comment.text, system.page, self._log_hosts[system.id])
                self._count(Key(system.id, Name.LINKS_PAGE, day), [] if has_page else broken)
            if comment.is_finished and comment.verdict in JUDGED:
                self._count(Key(system.id, Name.LINKS_LOGS, day), [] if policy.has_logs(comment) else broken)

    def _count(self, key, broken=()):
        tally = self._tallies.setdefault(key, Tally())
        tally.cases += 1
        if broken:
            tally.breaches += len(broken)
            self._broken.setdefault(key, []).extend(broken)
        else:
            tally.kept += 1

    def _note(self, moment):
        self.changed_at = max(filter(None, (moment, self.changed_at)))


# The figures that tell of a CI that it is expected.
_EXPECTED = frozenset(("answered", "missed", "superseded", "pending"))
