"""The API: what it says of a CI, as of a moment, and that it never breaks."""

import urllib.parse

import hypothesis
from hypothesis import strategies
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight import statistics
from ciwatch.web import params
from ciwatch.web import routes
from tests.functional import data
from tests.unit.queries import stories


def rate(n, of):
    """A rate as the API writes it."""
    low, high = statistics.wilson(n, of) if of else (None, None)
    return {"n": n, "of": of, "low": low, "high": high}


class TestSystem(data.SiteTestCase):
    """One CI."""

    def setUp(self):
        """Records the month."""
        super().setUp()
        self.record(data.events())

    def test_identity(self):
        """Who it is, of which days it is told, and as of when."""
        told = self.ask("ci/basalt-ci")
        self.assertEqual(("basalt-ci", False, 0), (told["name"], told["is_gate"], told["waiting"]))
        self.assertEqual(["basalt-ci"], [account["username"] for account in told["accounts"]])
        self.assertEqual("2025-04-04T08:00:00Z", told["as_of"])
        self.assertEqual(("2025-03-06", "2025-04-04"), (told["first"], told["last"]))
        self.assertEqual("2025-04-02T14:00:00Z", told["last_report_at"])

    def test_status(self):
        """The word that holds has its rule; those before it are told in their order."""
        told = self.ask("ci/basalt-ci")
        self.assertEqual("unstable", told["status"]["word"])
        self.assertIn("flaky on 3 of 11 patch sets", told["status"]["rule"])
        self.assertEqual(told["status"], told["statuses"][-1])
        self.assertEqual(["flaky"], [job["name"] for job in told["unstable_jobs"]])
        words = {each["name"]: each["status"] for each in self.ask("ci")["systems"]}
        self.assertEqual("unstable", words["basalt-ci"])
        self.assertEqual("new", words["elm/x"])

    def test_figures(self):
        """Every figure is n of N with its interval, and what the story says it is."""
        told = self.ask("ci/basalt-ci", data.UNTIL + "&window=33d")
        figures = told["figures"]
        self.assertEqual((1, 1, 1), (figures["missed"], figures["pending"], figures["superseded"]))
        self.assertEqual(rate(1, 7), figures["trust"])
        self.assertEqual(rate(31, 32), figures["passed"])
        (project,) = told["projects"]
        self.assertEqual(("openstack/lantern", 86400), (project["project"], project["limit_s"]))
        self.assertEqual(figures, project["figures"])
        for name in ("passed", "failed", "missed", "pending", "superseded"):
            of_days = sum(day[name] for day in told["days"])
            whole = {"passed": 31, "failed": 1}.get(name, figures.get(name))
            self.assertEqual(whole, of_days, name)

    def test_missed(self):
        """Each standing is a list of its own, and all of them one."""
        for standing, place in (("missed", (200, 1)), ("pending", (202, 1)), ("superseded", (201, 1))):
            (item,) = self.ask("ci/basalt-ci/missed", f"{data.UNTIL}&standing={standing}")["items"]
            self.assertEqual((*place, standing), (item["change"], item["patch_set"], item["standing"]))
        everything = self.ask("ci/basalt-ci/missed", f"{data.UNTIL}&standing=all")
        self.assertEqual([202, 201, 200], [item["change"] for item in everything["items"]])
        self.assertEqual("2025-04-03T08:00:00Z", everything["items"][-1]["due_at"])
        self.assertEqual([200], [item["change"] for item in self.ask("ci/basalt-ci/missed")["items"]])

    def test_trust(self):
        """Each failed verdict has an outcome and a reason; their numbers are those of the figure."""
        told = self.ask("ci/basalt-ci/trust", data.UNTIL + "&window=33d")
        self.assertEqual(rate(1, 7), told["trust"])
        outcomes = {(item["outcome"], item["why"]) for item in told["items"]}
        later = "a later attempt on the same patch set passed"
        self.assertEqual({("confirmed", "the gate failed it too"), ("refuted", later)}, outcomes)
        (confirmed,) = self.ask("ci/basalt-ci/trust", f"{data.UNTIL}&outcome=confirmed")["items"]
        self.assertEqual((203, data.HOSTILE), (confirmed["change"], confirmed["subject"]))

    def test_jobs_and_policy(self):
        """The unstable job comes first; the rules tell what they ask for, and the exceptions."""
        jobs = self.ask("ci/basalt-ci/jobs", data.UNTIL + "&window=33d")["jobs"]
        self.assertEqual(["flaky", "steady"], [job["name"] for job in jobs])
        self.assertEqual(rate(6, 31), jobs[0]["flaked"])
        rules = {rule["name"]: rule for rule in self.ask("ci/basalt-ci/policy")["rules"]}
        self.assertEqual("broken", rules["named"]["verdict"])
        self.assertIn(200, [breach["change"] for breach in rules["in time"]["breaches"]])

    def test_pages(self):
        """A list of more than 100 has a next page, whose address is in a header."""
        at = data.START + 31 * stories.DAY
        self.record(stories.upload(at, number) for number in range(1000, 1120))
        query = f"until={data.AS_OF + stories.DAY:%Y-%m-%dT%H:%M}&standing=all"
        response = self.site.get(f"/api/v1/ci/basalt-ci/missed?{query}")
        link = response.headers["Link"]
        self.assertEqual((100, True), (len(response.json["items"]), response.json["has_more"]))
        following = self.site.get(link.partition("<")[2].partition(">")[0])
        self.assertFalse(following.json["has_more"])
        self.assertNotIn("Link", following.headers)
        both = [item["change"] for item in response.json["items"] + following.json["items"]]
        self.assertEqual((123, 123), (len(both), len(set(both))))

    def test_name_with_a_slash(self):
        """It is no other address."""
        for path in ("ci/elm/x", "ci/elm%2Fx", "ci/elm/x/jobs", "ci/elm/x/trust"):
            told = self.ask(path)
            self.assertEqual(("elm/x", data.HOSTILE_TITLE), (told["name"], told["title"]), path)

    def test_account_of_another_name(self):
        """The name of an account leads to the CI that it is one of, and what was asked for is kept."""
        with self.store.begin() as connection:
            system = models.CISystem.__table__
            connection.execute(sa.update(system).where(system.c.name == "elm/x").values(name="elm"))
        for path in ("/api/v1/ci/{}", "/api/v1/ci/{}/jobs", "/ci/{}", "/ci/{}/missed", "/ci/{}/badge.svg"):
            response = self.site.get(path.format("elm/x") + "?until=2025-04-04", status=302)
            self.assertEqual(f"http://localhost{path.format('elm')}?until=2025-04-04", response.location)
            response.follow(status=200)

    def test_a_day_is_the_last_of_its_window(self):
        """The figures of one day are those of that day, not of the moment after it."""
        told = self.ask("ci/basalt-ci", "until=2025-04-02&window=1d")
        self.assertEqual(("2025-04-02", "2025-04-02"), (told["first"], told["last"]))
        self.assertEqual("2025-04-02T23:59:59Z", told["as_of"])
        self.assertEqual(rate(1, 2), told["figures"]["passed"])

    def test_not_later_than_now(self):
        """What is pending is not missed because somebody asks for the evening of today, or for next year."""
        told = self.ask("ci/basalt-ci", "until=2099-01-01")
        self.assertLess(told["as_of"], "2099")

    def test_unknown(self):
        """404 and a sentence for CIs that nobody heard of, 400 for what cannot be."""
        for path, status in (
            ("ci/nobody", 404),
            ("ci/nobody/missed", 404),
            ("ci/nobody/policy", 404),
            ("ci/" + 300 * "x", 404),
            ("ci/%00/trust", 404),
            ("ci/basalt-ci/nothing", 404),
            ("ci/basalt-ci?window=5h", 400),
            ("ci/basalt-ci?window=3661d", 400),
            ("ci/basalt-ci/policy?window=367d", 400),
            ("ci/basalt-ci/missed?standing=lost", 400),
            ("ci/basalt-ci/trust?page=0", 400),
            ("ci/basalt-ci/jobs?until=tomorrow", 400),
            ("ci/basalt-ci?format=xml", 400),
            ("ci/basalt-ci?format=csv&list=jobs", 400),
            ("ci/%ff", 400),
        ):
            response = self.site.get(f"/api/v1/{path}", status=status)
            self.assertRegex(response.json["error"], r"^[A-Z].*\.$", path)


class TestAsOf(data.SiteTestCase):
    """What was known then is what is told of then."""

    def test_the_past_stays(self):
        """What is recorded later changes no answer as of before."""
        events = list(data.events())
        seconds = (data.START + 20 * stories.DAY).timestamp()
        known = [event for event in events if event["eventCreatedOn"] <= seconds]
        self.record(known, data.START + 20 * stories.DAY)
        query = f"until={data.START + 20 * stories.DAY:%Y-%m-%dT%H:%M}"
        paths = ["ci/basalt-ci", *(f"ci/basalt-ci/{part}" for part in ("missed", "jobs", "trust", "policy"))]
        before = {path: self.ask(path, query) for path in paths}
        self.record(events[len(known) :], data.AS_OF)
        for path in paths:
            self.assertEqual(before[path], self.ask(path, query), path)
        self.assertNotEqual(before[paths[0]]["days"], self.ask(paths[0])["days"])

    def test_the_list_too(self):
        """The list of CIs counts the reports until then."""
        self.record(data.events())
        for path, count in (("until=2025-03-03T10:30", 2), (data.UNTIL, 38)):
            found = {each["name"]: each["report_count"] for each in self.ask("ci", path)["systems"]}
            self.assertEqual((1 if count == 2 else count), found["basalt-ci"])


class TestNonsense(data.SiteTestCase):
    """Whatever is asked."""

    NAMES = (
        *(parameter.name for parameter in params.MATRIX),
        "standing",
        "outcome",
        "counted",
        "order",
        "format",
        "list",
        "show",
    )
    VALUES = strategies.one_of(
        strategies.text(max_size=30),
        strategies.sampled_from(
            ["csv", "all", "days", "spells", "1", "0", "-1", "99999999999", "3660d", "9999d", "0d", "24h"]
        ),
        strategies.datetimes().map(str),
        strategies.from_regex(r"\A\d{1,5}-\d\d-\d\d(T\d\d:\d\d([+-]\d\d:\d\d)?)?\Z"),
    )

    def paths(self):
        """One address of each route that is no file."""
        jobs = {"basalt-ci": "flaky", "elm/x": "nfs", "openstack/lantern": ""}
        return [
            pattern.replace("{name:.+}", name).replace("{job:.+}", jobs[name]).replace("{number}", "203")
            for _, pattern in routes.ROUTES
            for name in (("openstack/lantern",) if "project" in pattern else ("basalt-ci", "elm/x"))
            if pattern.startswith(("/api/", "/ci"))
        ]

    def test_any_query(self):
        """No query breaks any address: it is answered, or refused."""
        self.record(data.events())
        paths = strategies.sampled_from(self.paths())
        queries = strategies.dictionaries(strategies.sampled_from(self.NAMES), self.VALUES, max_size=5)

        @data.FUZZ
        @hypothesis.given(path=paths, query=queries)
        def ask(path, query):
            query = urllib.parse.urlencode(query, errors="surrogatepass")
            response = self.site.get(f"{path}?{query}", expect_errors=True)
            self.assertIn(response.status_int, (200, 400), (path, query))

        ask()

    def test_any_name(self):
        """No name breaks any address."""

        @data.FUZZ
        @hypothesis.given(
            pattern=strategies.sampled_from([pattern for _, pattern in routes.ROUTES if "{name" in pattern]),
            name=strategies.binary(min_size=1, max_size=40).map(urllib.parse.quote),
        )
        def ask(pattern, name):
            path = pattern.replace("{name:.+}", name)
            response = self.site.get(path, expect_errors=True)
            self.assertIn(response.status_int, (400, 404), path)

        ask()

    def test_nothing(self):
        """An empty database has empty lists."""
        self.assertEqual([], self.ask("ci")["systems"])
        self.assertEqual([], self.ask("projects", "")["projects"])
        self.site.get("/api/v1/ci/basalt-ci", status=404)

    def test_nothing_counted(self):
        """A CI of which nothing was counted is new, and none of its figures is more than nothing."""
        events = [stories.results(data.START, "basalt-ci", 100, steady="SUCCESS")]
        self.record(events, data.START - stories.DAY)
        told = self.ask("ci/basalt-ci", "until=2025-03-01")
        self.assertEqual(("new", None), (told["status"]["word"], told["last_report_at"]))
        self.assertEqual(rate(0, 0), told["figures"]["answered"])
