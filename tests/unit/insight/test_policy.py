"""The rules of third-party testing: what keeps each of them, and what breaks it."""

import datetime

import hypothesis
from hypothesis import strategies
import msgspec

from ciwatch.insight import policy
from ciwatch.insight.policy import Comment
from ciwatch.insight.policy import Result
from ciwatch.insight.policy import Thread
from ciwatch.insight.policy import Verdict
from tests import base

AT = datetime.datetime(2026, 11, 20, 10, 0, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR
NOW = AT + 3 * DAY


def result(hours, pipeline="check", is_repeat=False):
    """A result, so many hours after the patch set."""
    return Result(AT + hours * HOUR, pipeline, "failed", is_repeat)


def thread(*results, requests=(), asked=(), **more):
    """What was said of a patch set; *requests* and *asked* in hours after it."""
    return Thread(
        100,
        1,
        results,
        tuple((AT + hours * HOUR, "recheck") for hours in requests),
        tuple(AT + hours * HOUR for hours in (*asked, *requests)),
        **{"ended_at": None, "limit": DAY, **more},
    )


def comment(text="", *logs, is_result=True):
    """A comment; *logs* are addresses, of jobs a, b and so on."""
    return Comment(100, 1, AT, text, tuple(zip("abcdef", logs, strict=False)), is_result)


class PolicyTestCase(base.TestCase):
    """What the tests of rules share."""

    def assert_rule(self, rule, kept, of, *said):
        """A rule was kept so often, and these are the exceptions."""
        self.assertEqual((kept, of), (rule.kept.n, rule.kept.of))
        self.assertEqual(list(said), [breach.what for breach in rule.breaches])
        self.assertEqual(len(said), rule.breach_count)


class TestOneComment(PolicyTestCase):
    """One comment a patch set, unless retriggered."""

    def check(self, *threads):
        """The rule."""
        return policy.one_comment(threads)

    def test_once(self):
        """One result, in each of two pipelines; and a patch set without any does not count."""
        self.assert_rule(self.check(thread(result(1), result(2, "gate")), thread()), 1, 1)

    def test_twice(self):
        """A second one that nobody asked for."""
        self.assert_rule(
            self.check(thread(result(1), result(2)), thread(result(1))),
            1,
            2,
            "another result in check, and no request for a re-run before it",
        )

    def test_retriggered(self):
        """A request excuses one more result in each pipeline, even if it came before the first."""
        self.assert_rule(self.check(thread(result(1), result(3), requests=[2])), 1, 1)
        self.assert_rule(self.check(thread(result(2), result(3), requests=[1])), 1, 1)
        both = [result(1, "a"), result(1, "b"), result(3, "a"), result(3, "b")]
        self.assert_rule(self.check(thread(*both, requests=[2])), 1, 1)
        three = thread(result(1), result(3), result(4), requests=[2])
        self.assertEqual([AT + 4 * HOUR], [breach.at for breach in self.check(three).breaches])

    def test_request_too_late(self):
        """A request does not excuse what was said before it."""
        self.assertEqual(0, self.check(thread(result(1), result(2), requests=[3])).kept.n)

    def test_breach_uses_up_no_request(self):
        """Who said too much before may still answer."""
        found = self.check(thread(result(1), result(2), result(4), requests=[3]))
        self.assertEqual([AT + 2 * HOUR], [breach.at for breach in found.breaches])

    def test_repeated(self):
        """Says it once more within a minute; a request is no excuse for that."""
        found = self.check(thread(result(1), result(1.01, is_repeat=True), requests=[0]))
        self.assert_rule(found, 0, 1, "says its result once more")


class TestAnswersRecheck(PolicyTestCase):
    """Answers a request for a re-run."""

    def check(self, *threads, as_of=NOW):
        """The rule."""
        return policy.answers_recheck(threads, as_of)

    def test_answered(self):
        """Within the limit; one report answers all that was asked before."""
        self.assert_rule(self.check(thread(result(1), result(26), requests=[2, 3])), 2, 2)

    def test_not_answered(self):
        """Never, or too late."""
        self.assert_rule(
            self.check(thread(result(1), requests=[2]), thread(result(1), result(60), requests=[2])),
            0,
            2,
            "“recheck” had no answer within 24 h",
            "“recheck” had no answer within 24 h; it came after 2 days",
        )

    def test_repeat_is_no_answer(self):
        """The same result once more is none."""
        found = self.check(thread(result(1), result(2.01, is_repeat=True), requests=[2]))
        self.assertEqual((0, 1), (found.kept.n, found.kept.of))

    def test_pending(self):
        """Its time has not passed."""
        self.assert_rule(self.check(thread(requests=[2]), as_of=AT + 25 * HOUR), 0, 0)

    def test_superseded(self):
        """A newer patch set came before it was due; one that came after does not excuse."""
        self.assert_rule(self.check(thread(requests=[2], ended_at=AT + 3 * HOUR)), 0, 0)
        self.assertEqual(1, self.check(thread(requests=[2], ended_at=AT + 27 * HOUR)).kept.of)
        # Answered although it was no longer needed: kept.
        self.assert_rule(self.check(thread(result(5), requests=[2], ended_at=AT + 3 * HOUR)), 1, 1)

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

    def check(self, *threads, as_of=NOW):
        """The rule, of a CI that is expected."""
        return policy.in_time([msgspec.structs.replace(each, due_at=AT + DAY) for each in threads], as_of)

    def test_in_time(self):
        """To the second."""
        self.assert_rule(self.check(thread(result(1)), thread(result(24))), 2, 2)

    def test_late(self):
        """An hour late, even if a newer patch set came; and never."""
        self.assert_rule(
            self.check(thread(result(25), ended_at=AT + HOUR), thread()),
            0,
            2,
            "answered 1 h late",
            "no answer",
        )

    def test_not_counted(self):
        """Superseded, pending, not expected."""
        self.assert_rule(self.check(thread(ended_at=AT + HOUR)), 0, 0)
        self.assert_rule(self.check(thread(), as_of=AT + DAY), 0, 0)
        self.assert_rule(policy.in_time([thread()], NOW), 0, 0)


class TestLinksPage(PolicyTestCase):
    """A link to its page in each comment."""

    LOG = "https://logs.basalt.example/1/a"

    def check(self, text, page=None):
        """Whether a comment keeps the rule."""
        return policy.links_page([comment(text, self.LOG)], page).kept.n == 1

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
        """In every comment."""
        comments = [comment("Starting.", is_result=False), comment("https://basalt.example")]
        self.assert_rule(policy.links_page(comments), 1, 2, "no link to a page about the CI")

    def test_no_comment(self):
        """Nothing said, nothing broken."""
        found = policy.links_page([])
        self.assertEqual((0, Verdict.TOO_FEW), (found.kept.of, found.verdict))


class TestLinksLogs(PolicyTestCase):
    """A log on each build."""

    def test_kept(self):
        """All of them; starts do not count."""
        comments = [comment("", "https://a.example/1", "http://b.example"), comment("", is_result=False)]
        self.assert_rule(policy.links_logs(comments), 1, 1)

    def test_missing(self):
        """One, and several."""
        self.assert_rule(
            policy.links_logs([comment("", "https://a.example/1", None), comment("", None, None, "")]),
            0,
            2,
            "b: no log",
            "a: no log; so 2 more jobs",
        )

    def test_no_job(self):
        """A result that names no job needs a link all the same."""
        self.assert_rule(
            policy.links_logs(
                [comment("ok, https://a.example"), comment("ok"), comment("http://192.0.2.7/1")]
            ),
            1,
            3,
            *["names no job and links no log"] * 2,
        )

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
            found = policy.links_logs([comment(text, url)]).breaches
            self.assertTrue(all(each.what.isprintable() and len(each.what) <= 200 for each in found))


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
        self.assert_rule(found, 1, 2, "an account is named “basalt�”")
        self.assertEqual(Verdict.BROKEN, found.verdict)
        self.assertEqual(Verdict.TOO_FEW, policy.named([]).verdict)


class TestRule(PolicyTestCase):
    """What all rules share."""

    def test_verdicts(self):
        """Too few, kept although it slipped once, broken."""
        good, bad = thread(result(1)), thread(result(1), result(2))
        for count, slips, verdict in (
            (9, 0, Verdict.TOO_FEW),
            (10, 0, Verdict.KEPT),
            (95, 5, Verdict.KEPT),
            (94, 6, Verdict.BROKEN),
            (0, 10, Verdict.BROKEN),
        ):
            found = policy.one_comment([good] * count + [bad] * slips)
            self.assertEqual(verdict, found.verdict, (count, slips))

    def test_bounded(self):
        """The newest hundred, and how many there are."""
        moments = [AT + n * HOUR for n in range(250)]
        comments = [Comment(n, 1, at, "") for n, at in enumerate(moments)]
        found = policy.links_page(comments)
        self.assertEqual((250, 100), (found.breach_count, len(found.breaches)))
        self.assertEqual(moments[:149:-1], [breach.at for breach in found.breaches])
