"""Years of many projects and CIs, as events: what a database has in it when it has grown large.

The last days are the same whatever the length of the history is, so that what pages of them take in a
database of a few months can be compared with what they take in one of years.
"""

import dataclasses
import datetime
import heapq
import itertools
import math
import random

import msgspec

from ciwatch.demo import characters
from ciwatch.demo import comments
from ciwatch.demo import people
from ciwatch.demo import runs

#: The end of each history.
END = datetime.datetime(2026, 6, 30, tzinfo=datetime.UTC)

#: Changes have other numbers each day.
NUMBERS_A_DAY = 1000

_DAY_S = 86400
# Of those patch sets that are the first of their change.
_FIRST = 0.55
_BRANCHES = ("stable/2026.1", "stable/2025.2")
_STYLES = ("zuul2", "zuul3", "gerrit_trigger")
_WORDS = (
    *("amber", "birch", "cedar", "delta", "ember", "flint", "grove", "heron", "iris", "jade"),
    *("kelp", "larch", "maple", "north", "onyx", "pearl", "quartz", "river", "slate", "terra"),
)


@dataclasses.dataclass(frozen=True)
class Size:
    """How large it is; the default of *patch_sets_a_day* makes some 5,500 builds a day."""

    projects: int = 1000
    systems: int = 150
    patch_sets_a_day: int = 200


def _luck(*whose):
    return random.Random(" ".join(map(str, ("crowd", *whose))))


def _name(number):
    """A word for each number, never the same."""
    rest, first = divmod(number, len(_WORDS))
    more, second = divmod(rest, len(_WORDS))
    return f"{_WORDS[first]}-{_WORDS[second]}" + (f"-{more}" if more else "")


class History:
    """The events of some days before :data:`END`. The same arguments tell the same, byte for byte."""

    def __init__(self, seed=1, size=None, others=False):
        """Draws who there is.

        :param seed: which of all histories.
        :param size: a :class:`Size`.
        :param others: whether to tell of the other changes of the same days, of the same projects and CIs.
        """
        self._others = others
        self._seed = seed
        self._size = size or Size()
        rng = _luck(seed, "who")
        self.projects = [f"crowd/{_name(number)}" for number in range(self._size.projects)]
        # A few are busy, and most are not.
        self._weights = [1 / (place + 5) for place in range(self._size.projects)]
        self._gate = dataclasses.replace(
            characters.GATE, username="zuul", name="Zuul", jobs=characters.GATE.jobs[:9], noise=0.05
        )
        self._systems_on = {project: [] for project in self.projects}
        for number in range(1, self._size.systems):
            system = self._system(rng, number)
            for project in set(rng.choices(self.projects, self._weights, k=rng.choice((1, 1, 2, 3, 5)))):
                self._systems_on[project].append(system)
        self.builds = self.comments = 0

    def _system(self, rng, number):
        name = f"{_name(number)}-ci"
        kinds = rng.sample(("iscsi", "fc", "nvme", "nfs", "unit", "upgrade", "tempest", "docs"), 6)
        jobs = tuple(
            characters.Job(
                f"{_name(number)}-{kind}", rng.randrange(600, 9000), flake=rng.choices((0.02, 0), (15, 85))[0]
            )
            for kind in kinds
        )
        return characters.Character(
            name,
            name.replace("-", " ").title(),
            "one of many",
            rng.choice(_STYLES),
            f"logs.{name}.example",
            jobs[: rng.choice((3, 4, 5, 6))],
            latency_s=rng.uniform(1800, 20000),
            noise=rng.choice((0.02, 0.04, 0.08, 0.15)),
            misses=0.03,
            # Some have long been gone.
            silent=((rng.uniform(20, 1500), math.inf),) if rng.random() < 0.2 else (),
        )

    def lines(self, days):
        """The events of the last *days*, as Gerrit sends them, in the order of their times."""
        encode = msgspec.json.Encoder().encode
        waiting = []
        for back in range(days, 0, -1):
            begin = int(END.timestamp()) - back * _DAY_S
            for at, order, event in sorted(self._day(begin), key=lambda each: each[:2]):
                heapq.heappush(waiting, (at, begin, order, event))
            while waiting and waiting[0][0] < begin + _DAY_S:
                yield encode(heapq.heappop(waiting)[3])

    def _day(self, begin):
        """(time, number, event) of all that is said of the patch sets of a day, in any order."""
        day, first = begin // _DAY_S, NUMBERS_A_DAY // 2 if self._others else 0
        rng, order = _luck(self._seed, day, *["others"] * self._others), itertools.count()
        weekend = 0.25 if people.is_weekend(begin) else 1.3
        for number in range(round(self._size.patch_sets_a_day * weekend)):
            at = begin + rng.randrange(_DAY_S)
            project = rng.choices(self.projects, self._weights)[0]
            for moment, event in self._change(rng, at, project, day * NUMBERS_A_DAY + first + number):
                yield moment, next(order), event

    def _change(self, rng, at, project, number):
        """(time, event) of all that is said of a change."""
        branch = "master" if rng.random() < 0.92 else rng.choice(_BRANCHES)
        owner, last = rng.choice(people.PEOPLE), 1 if rng.random() < _FIRST else 2
        subject = people.subject(rng)
        change = {
            "project": project,
            "branch": branch,
            "id": f"I{rng.getrandbits(160):040x}",
            "number": number,
            "subject": subject,
            "owner": owner,
            "url": f"https://review.lantern.example/c/{project}/+/{number}",
            "status": "NEW",
        }
        is_bad = False
        for patch in range(1, last + 1):
            is_bad = rng.random() < 0.25
            yield from self._patch_set(rng, at, change, patch, is_bad)
            at += int(rng.uniform(3600, _DAY_S))
        if not is_bad and rng.random() < 0.8:
            at += _DAY_S
            yield at, self._event("change-merged", at, {**change, "status": "MERGED"}, last, submitter=owner)

    def _patch_set(self, rng, at, change, patch, is_bad):
        yield at, self._event("patchset-created", at, change, patch, uploader=change["owner"])
        if rng.random() < 0.5:
            text = comments.header(patch) + "\n\n" + rng.choice(people.REVIEWS)[2]
            moment = at + rng.randrange(_DAY_S)
            yield moment, self._comment(moment, change, patch, rng.choice(people.PEOPLE), text)
        for system in (self._gate, *self._systems_on[change["project"]]):
            if not self._is_silent(system, at) and rng.random() >= system.misses:
                yield from self._run(rng, at, system, change, patch, is_bad)
                if rng.random() < 0.06:
                    asked = at + 2 * _DAY_S
                    text = f"{comments.header(patch)}\n\nrecheck"
                    yield asked, self._comment(asked, change, patch, change["owner"], text)
                    yield from self._run(rng, asked, system, change, patch, is_bad)

    def _run(self, rng, at, system, change, patch, is_bad):
        """(time, event) of what a CI says of a patch set, once it is asked."""
        author = {"name": system.name, "username": system.username}
        began = at + rng.randint(10, 200)
        took = system.latency_s * math.exp(rng.gauss(0, 0.4))
        ended = began + int(took)
        caught = frozenset({system.jobs[0].name}) if is_bad and rng.random() < system.catches else frozenset()
        build = rng.randrange(100000)
        urls = runs.log_urls(rng, system, change["number"], patch, "check", system.jobs, build)
        run = runs.play(rng, system, system.jobs, urls, caught, self._is_sick(system, at), system.noise, took)
        passed = run.verdict == runs.PASSED
        vote = 1 if passed else -1
        if system.style == "gerrit_trigger":
            start = comments.trigger_start(patch, urls[0], 1, len(urls))
            text = comments.trigger_result(patch, run.outcomes, vote)
        elif system.style == "zuul2":
            start = comments.zuul_start(patch, "check", f"http://{system.host}/zuul/status")
            text = comments.zuul_result(patch, run.outcomes, passed, vote)
        else:
            start = comments.zuul_start(patch, "check")
            buildset = f"https://{system.host}/t/lantern/buildset/{rng.getrandbits(128):032x}"
            text = comments.zuul_result(patch, run.outcomes, passed, vote, "check", buildset)
        self.builds += len(run.outcomes)
        yield began, self._comment(began, change, patch, author, start)
        yield ended, self._comment(ended, change, patch, author, text, vote)

    def _is_silent(self, system, at):
        return any(at >= END.timestamp() - days * _DAY_S for days, _ in system.silent)

    def _is_sick(self, system, at):
        """Whether nearly all fails: of each CI on a day now and then."""
        day = int(at // _DAY_S)
        return _luck(self._seed, system.username, day).random() < 0.01

    def _comment(self, at, change, patch, author, text, vote=None):
        self.comments += 1
        more = {"author": author, "comment": text}
        if vote is not None:
            more["approvals"] = [{"type": "Verified", "description": "Verified", "value": str(vote)}]
        return self._event("comment-added", at, change, patch, **more)

    def _event(self, kind, at, change, patch, **more):
        number = change["number"]
        return {
            "type": kind,
            "change": change,
            "patchSet": {
                "number": patch,
                "revision": f"{number * 10 + patch:040x}",
                "ref": f"refs/changes/{number % 100:02d}/{number}/{patch}",
                "uploader": change["owner"],
                "kind": "REWORK",
            },
            "project": change["project"],
            "eventCreatedOn": int(at),
            **more,
        }
