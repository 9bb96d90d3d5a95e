"""The rules of third-party testing: what keeps each of them, and what breaks it."""

import datetime

import hypothesis
from hypothesis import strategies

from ciwatch.insight import days
from ciwatch.insight import facts
from ciwatch.insight import policy
from ciwatch.insight import scene
from ciwatch.insight.policy import Name
from ciwatch.insight.policy import Verdict
from tests import base
from tests.unit.insight import values

AT = values.MORNING
HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR
NOW = AT + 10 * DAY


def result(hours, pipeline="check", is_repeat=False):
    """A result, so many hours after the patch set; its id are its minutes after it."""
    return facts.Comment(
        round(60 * hours), AT + hours * HOUR, not is_repeat, not is_repeat, pipeline, "failed"
    )


def comment(text="", *logs, is_result=True, hours=1):
    """A comment; *logs* are addresses, of jobs a, b and so on."""
    verdict = "passed" if is_result else None
    of_jobs = tuple(zip("abcdef", logs, strict=False))
    return facts.Comment(1, AT + hours * HOUR, is_result, True, "check", verdict, text, of_jobs)


class Thread:
    """What was said of a patch set; *requests* in hours after it, by a phrase of the CI's or of *others*."""

    def __init__(self, *comments, requests=(), others=(), **patch_set):
        """Takes what else is known of the patch set, too."""
        self.comments = list(comments)
        asked = [(hours, "recheck") for hours in requests] + [(hours, "run-delta-ci") for hours in others]
        self.requests = [facts.Request(60 * hours, AT + hours * HOUR, said) for hours, said in sorted(asked)]
        self.patch_set = patch_set


class PolicyTestCase(base.TestCase):
    """What the tests of rules share: a day's patch sets, and a CI that is expected there or not."""

    def count(self, *threads, as_of=NOW, is_expected=False, **known):
        """The :class:`~ciwatch.insight.days.Counted`."""
        patch_sets, comments, attempts, requests = [], {}, {}, {}
        for number, thread in enumerate(threads, 1):
            patch_sets.append(values.patch_set(**{"id": number, "change": number, **thread.patch_set}))
            comments[number] = {1: [each for each in thread.comments if each.posted_at <= as_of]}
            attempts[number] = {
                1: [
                    facts.Attempt(each.id, 1, number, each.pipeline, 1, each.posted_at, each.verdict)
                    for each in thread.comments
                    if each.is_finished
                ]
            }
            attempts[number] = {key: said for key, said in attempts[number].items() if said}
            requests[number] = thread.requests
        system = values.watched(expected=lambda files: is_expected, **known)
        there = scene.Scene(
            values.DAY, patch_sets, attempts, {}, [system], comments=comments, requests=requests
        )
        return days.count(there, as_of)

    def tally(self, rule, *threads, **more):
        """(in how many cases it was kept, how many there are, ids of what broke it)."""
        found = [tally for key, tally in self.count(*threads, **more).rules.items() if key.rule is rule]
        kept, cases, breaches = (sum(getattr(each, name) for each in found) for name in _SUMMED)
        broken = [int(each) for tally in found for each in tally.broken.split()]
        self.assertEqual(min(breaches, policy.MOST), len(broken))
        return kept, cases, broken


_SUMMED = ("kept", "cases", "breaches")


class TestOneComment(PolicyTestCase):
    """One comment a patch set, unless retriggered."""

    def check(self, *threads):
        """The rule."""
        return self.tally(Name.ONE_COMMENT, *threads)

    def test_once(self):
        """One result, in each of two pipelines; and a patch set without any does not count."""
        self.assertEqual((1, 1, []), self.check(Thread(result(1), result(2, "gate")), Thread()))

    def test_twice(self):
        """A second one that nobody asked for."""
        self.assertEqual((1, 2, [120]), self.check(Thread(result(1), result(2)), Thread(result(1))))
        self.assertEqual(
            "another result in check, and no request for a re-run before it",
            policy.say_surplus("check", is_repeat=False),
        )

    def test_retriggered(self):
        """A request excuses one more result in each pipeline, even if it came before the first."""
        self.assertEqual((1, 1, []), self.check(Thread(result(1), result(3), requests=[2])))
        self.assertEqual((1, 1, []), self.check(Thread(result(2), result(3), requests=[1])))
        both = [result(1, "a"), result(1, "b"), result(3, "a"), result(3, "b")]
        self.assertEqual((1, 1, []), self.check(Thread(*both, requests=[2])))
        three = Thread(result(1), result(3), result(4), requests=[2])
        self.assertEqual((0, 1, [240]), self.check(three))

    def test_any_request(self):
        """That of another CI, too: nobody else knows what starts this one."""
        self.assertEqual((1, 1, []), self.check(Thread(result(1), result(3), others=[2])))

    def test_request_too_late(self):
        """A request does not excuse what was said before it."""
        self.assertEqual((0, 1, [120]), self.check(Thread(result(1), result(2), requests=[3])))

    def test_breach_uses_up_no_request(self):
        """Who said too much before may still answer."""
        found = self.check(Thread(result(1), result(2), result(4), requests=[3]))
        self.assertEqual((0, 1, [120]), found)

    def test_repeated(self):
        """Says it once more within a minute; a request is no excuse for that."""
        found = self.check(Thread(result(1), result(1.02, is_repeat=True), requests=[0]))
        self.assertEqual((0, 1, [61]), found)
        self.assertEqual("says its result once more", policy.say_surplus("check", is_repeat=True))


class TestAnswersRecheck(PolicyTestCase):
    """Answers a request for a re-run."""

    def check(self, *threads, **more):
        """The rule, of a CI that is expected unless it is said."""
        return self.tally(Name.ANSWERS_RECHECK, *threads, **{"is_expected": True, **more})

    def test_answered(self):
        """Within the limit; one report answers all that was asked before."""
        self.assertEqual((2, 2, []), self.check(Thread(result(1), result(26), requests=[2, 3])))

    def test_not_answered(self):
        """Never, or too late."""
        late = Thread(result(1), result(60), requests=[3])
        self.assertEqual((0, 2, [180, 120]), self.check(Thread(result(1), requests=[2]), late))
        request, answers = late.requests[0], [each.posted_at for each in late.comments]
        self.assertEqual((answers[1], False), policy.answer(request, answers, DAY))
        self.assertEqual(
            "“recheck” had no answer within 24 h; it came after 2 days",
            policy.say_unanswered(request, answers[1], DAY),
        )
        self.assertEqual((None, False), policy.answer(request, answers[:1], DAY))
        self.assertEqual("“recheck” had no answer within 24 h", policy.say_unanswered(request, None, DAY))

    def test_repeat_is_no_answer(self):
        """The same result once more is none."""
        found = self.check(Thread(result(1), result(2.01, is_repeat=True), requests=[2]))
        self.assertEqual((0, 1, [120]), found)

    def test_pending(self):
        """Its time has not passed; the day tells when it will have."""
        thread, as_of = Thread(requests=[2]), AT + 25 * HOUR
        self.assertEqual((0, 0, []), self.check(thread, as_of=as_of))
        due_at = self.count(Thread(result(1), requests=[2]), as_of=as_of).project.due_at
        self.assertEqual(AT + 26 * HOUR, due_at)
        self.assertEqual((0, 0, []), self.check(thread, as_of=due_at))
        passed = due_at + datetime.timedelta(seconds=1)
        self.assertEqual((0, 1, [120]), self.check(thread, as_of=passed))
        # A page as of before must not know that it was not answered.
        self.assertEqual(due_at, self.count(Thread(result(1), requests=[2]), as_of=passed).project.changed_at)

    def test_superseded(self):
        """A newer patch set came before it was due; one that came after does not excuse."""
        self.assertEqual((0, 0, []), self.check(Thread(requests=[2], replaced_at=AT + 3 * HOUR)))
        found = self.check(Thread(requests=[2], replaced_at=AT + 27 * HOUR))
        self.assertEqual((0, 1, [120]), found)
        # Answered although it was no longer needed: kept.
        found = self.check(Thread(result(5), requests=[2], merged_at=AT + 3 * HOUR))
        self.assertEqual((1, 1, []), found)

    def test_whose_it_is(self):
        """Where it is expected, or had reported before; and in its own words, or in everybody's."""
        asked = Thread(requests=[2])
        self.assertEqual((0, 0, []), self.check(asked, is_expected=False))
        spoke = Thread(result(1), requests=[2])
        self.assertEqual((0, 1, [120]), self.check(spoke, is_expected=False))
        of_another = Thread(result(1), others=[2])
        self.assertEqual((0, 0, []), self.check(of_another))
        self.assertEqual((0, 1, [120]), self.check(of_another, recheck="run-delta-ci"))

    def test_phrases(self):
        """What is a request to this CI, and what to another."""
        for phrase in ("recheck", "Recheck", " recheck ", "recheck no bug", "recheck bug #12345", "recheck."):
            self.assertTrue(policy.is_request(phrase), phrase)
        for phrase in ("", "run-delta-ci", "recheck delta", "rechecks", "recheck bug" + " 1" * 90):
            self.assertFalse(policy.is_request(phrase), phrase)
        self.assertTrue(policy.is_request("Run-Basalt-CI ", "run-basalt-ci"))
        self.assertFalse(policy.is_request("run-delta-ci", "run-basalt-ci"))


class TestInTime(PolicyTestCase):
    """Answers within the limit."""

    def check(self, *threads, **more):
        """The rule, of a CI that is expected."""
        return self.tally(Name.IN_TIME, *threads, **{"is_expected": True, **more})

    def test_in_time(self):
        """To the second."""
        self.assertEqual((2, 2, []), self.check(Thread(result(1)), Thread(result(24))))

    def test_late(self):
        """An hour late, even if a newer patch set came; and never."""
        found = self.check(Thread(result(25), replaced_at=AT + HOUR), Thread())
        self.assertEqual((0, 2, [2, 1]), found)
        self.assertEqual("answered 1 h late", policy.say_late(AT + 25 * HOUR, AT + DAY))
        self.assertEqual("no answer", policy.say_late(None, AT + DAY))

    def test_not_counted(self):
        """Superseded, pending, not expected."""
        self.assertEqual((0, 0, []), self.check(Thread(replaced_at=AT + HOUR)))
        self.assertEqual((0, 0, []), self.check(Thread(), as_of=AT + DAY))
        self.assertEqual((0, 0, []), self.check(Thread(), is_expected=False))


class TestLinksPage(PolicyTestCase):
    """A link to its page in each comment."""

    LOG = "https://logs.basalt.example/1/a"

    def check(self, text, page=None):
        """Whether a comment keeps the rule."""
        return self.tally(Name.LINKS_PAGE, Thread(comment(text, self.LOG)), page=page)[0] == 1

    def test_links(self):
        """A wiki, another host; not its logs, whatever their address."""
        self.assertTrue(self.check("See https://wiki.example.org/ThirdParty/Basalt_CI for help."))
        self.assertTrue(self.check("<https://basalt.example/ci>"))
        self.assertTrue(self.check("https://logs.basalt.example/wiki"))
        for text in ("", "a line", self.LOG, "https://logs.basalt.example/", "http:///x", "ftp://a.example"):
            self.assertFalse(self.check(text), text)

    def test_registered(self):
        """The page that the registry names may stand where its logs are; with any scheme, or a slash."""
        text = "Basalt Array CI, http://LOGS.basalt.example/about/."
        self.assertFalse(self.check(text))
        self.assertTrue(self.check(text, "https://logs.basalt.example/about"))

    def test_starts_count(self):
        """In every comment, but for one that repeats another."""
        comments = [comment("Starting.", is_result=False), comment("https://basalt.example")]
        found = self.tally(Name.LINKS_PAGE, Thread(*comments, result(2, is_repeat=True)))
        self.assertEqual((1, 2, [1]), found)

    def test_hosts_of_the_day(self):
        """Where the day's logs are, of whatever patch set, nothing is a page."""
        start = Thread(comment("Starting, see https://logs.basalt.example/live", is_result=False))
        self.assertEqual(1, self.tally(Name.LINKS_PAGE, start)[0])
        self.assertEqual(0, self.tally(Name.LINKS_PAGE, start, Thread(comment("", self.LOG)))[0])

    def test_no_comment(self):
        """Nothing said, nothing broken."""
        self.assertEqual((0, 0, []), self.tally(Name.LINKS_PAGE, Thread()))


class TestLinksLogs(PolicyTestCase):
    """A log on each build."""

    def check(self, *comments):
        """The rule."""
        kept, cases, _ = self.tally(Name.LINKS_LOGS, Thread(*comments))
        return kept, cases

    def test_kept(self):
        """All of them; starts do not count, nor what says neither passed nor failed."""
        comments = [comment("", "https://a.example/1", "http://b.example"), comment("", is_result=False)]
        self.assertEqual((1, 1), self.check(*comments))
        unjudged = facts.Comment(3, AT + 2 * HOUR, True, True, "check", "infrastructure")
        self.assertEqual((1, 1), self.check(*comments, unjudged))

    def test_missing(self):
        """One, and several."""
        found = self.check(comment("", "https://a.example/1", None), comment("", None, None, ""))
        self.assertEqual((0, 2), found)
        self.assertEqual("b: no log", policy.say_no_logs([("a", "https://a.example/1"), ("b", None)]))
        self.assertEqual(
            "a: no log; so 2 more jobs", policy.say_no_logs([("a", None), ("b", None), ("c", "")])
        )

    def test_no_job(self):
        """A result that names no job needs a link all the same."""
        found = self.check(comment("ok, https://a.example"), comment("ok"), comment("http://192.0.2.7/1"))
        self.assertEqual((1, 3), found)
        self.assertEqual("names no job and links no log", policy.say_no_logs([]))

    def test_day_of_the_comment(self):
        """It counts on the day on which it was posted."""
        counted = self.count(Thread(comment("", None), comment("", None, hours=30)))
        found = {key.counts_on for key in counted.rules if key.rule is Name.LINKS_LOGS}
        self.assertEqual({AT.date(), (AT + 30 * HOUR).date()}, found)

    def test_addresses(self):
        """What anybody can open, and what not."""
        for url in (
            "http://a.example/",
            "HTTPS://A.example:8080",
            "https://v4.10.example",
            "https://é.example",
        ):
            self.assertIsNone(policy.log_fault(url), url)
        for url in (
            "http://192.0.2.7/logs",
            "https://user@192.0.2.7:8080",
            "http://[2001:db8::1]/x",
            "http://[fe80::1%25eth0]/",
            "http://3221225991/",
            "http://0xc0000207/",
        ):
            self.assertIn("bare IP address", policy.log_fault(url), url)
        for url, fault in {
            "": "no log",
            "http://localhost:80/": "its log is at localhost",
            "http://x.localhost": "its log is at localhost",
            "http:///logs/1": "its log is at no host",
            "http://": "its log is at no host",
            "http://[::1": "its log is at no address",
            "ftp://a.example/1": "its log is at no http address",
            "javascript:alert(1)": "its log is at no http address",
            "file:///srv/logs": "its log is at no http address",
            "logs/1": "its log is at no http address",
            "//a.example": "its log is at no http address",
        }.items():
            self.assertEqual(fault, policy.log_fault(url), url)

    @hypothesis.given(strategies.text(max_size=300))
    def test_any_address(self, text):
        """Whatever stands there is judged, in one short line."""
        for url in (text, "http://" + text, "https://[" + text):
            found = comment(text, url)
            if not policy.has_logs(found):
                said = policy.rule(Name.LINKS_LOGS, 0, 1, 1, [_breach(policy.say_no_logs(found.logs))])
                self.assertTrue(said.breaches[0].what.isprintable() and len(said.breaches[0].what) <= 200)


def _breach(what, change=1, at=AT):
    return policy.Breach(change, 1, at, what)


class TestNamed(PolicyTestCase):
    """Organization Product CI."""

    def test_names(self):
        """Which names are so, and which are not."""
        for name in ("Basalt Array CI", "Cobalt Flash FC CI", "3Peaks X-200 CI", "Érable NFS CI"):
            self.assertTrue(policy.is_named(name), name)
        for name in (
            "",
            "CI",
            "Basalt CI",
            "basalt-array-ci",
            "Basalt Array ci",
            "Basalt Array Bot",
            "B - CI",
        ):
            self.assertFalse(policy.is_named(name), name)

    def test_few_are_enough(self):
        """One account tells."""
        self.assertEqual(Verdict.KEPT, policy.named(["Basalt Array CI"]).verdict)
        found = policy.named(["Basalt Array CI", "basalt\n"])
        self.assertEqual((1, 2, 1), (found.kept.n, found.kept.of, found.breach_count))
        self.assertEqual(["an account is named “basalt�”"], [breach.what for breach in found.breaches])
        self.assertEqual(Verdict.BROKEN, found.verdict)
        self.assertEqual(Verdict.TOO_FEW, policy.named([]).verdict)


class TestRule(PolicyTestCase):
    """What all rules share."""

    def test_verdicts(self):
        """Too few, kept although it slipped once, broken."""
        for count, slips, verdict in (
            (9, 0, Verdict.TOO_FEW),
            (10, 0, Verdict.KEPT),
            (95, 5, Verdict.KEPT),
            (94, 6, Verdict.BROKEN),
            (0, 10, Verdict.BROKEN),
        ):
            found = policy.rule(Name.ONE_COMMENT, count, count + slips, slips, [])
            self.assertEqual(verdict, found.verdict, (count, slips))

    def test_bounded(self):
        """The newest hundred of a day are kept, and of all that are given as many are told."""
        comments = [facts.Comment(n, AT + n * HOUR / 60, False, True, "check", None) for n in range(250)]
        kept, cases, broken = self.tally(Name.LINKS_PAGE, Thread(*comments))
        self.assertEqual((0, 250, list(range(249, 149, -1))), (kept, cases, broken))
        breaches = [_breach("x", at=AT + n * HOUR) for n in range(250)]
        found = policy.rule(Name.LINKS_PAGE, 0, 250, 250, breaches)
        self.assertEqual((250, 100), (found.breach_count, len(found.breaches)))
        self.assertEqual([AT + n * HOUR for n in range(249, 149, -1)], [each.at for each in found.breaches])
