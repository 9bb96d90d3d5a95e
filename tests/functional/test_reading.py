"""Recorded comments are read, as benchmarks/reading.py counts it: enough, exactly, and no person's."""

import json

import sqlalchemy as sa
import webtest

from benchmarks import reading
from benchmarks import replay
from ciwatch.db import models
from ciwatch.parsers import base as parsers_base
from ciwatch.parsers import manager
from ciwatch.web import app as web_app
from tests import base

#: States of a cell that are an attempt's verdict.
VERDICTS = ("passed", "failed", "infrastructure", "not run")

#: Accounts of CIs whose recorded name is a person's number.
CIS_WITH_A_NUMBER = {"Reviewer 35"}


class TestRecordings(base.TestCase):
    """Each recording by itself, so that a large one hides no fault of a small one."""

    def check(self, name, *systems):
        """The share of comments understood, of those with job lines read exactly; and who is a CI."""
        path = self.folder / "recording.sqlite"
        replay.replay(self.require_corpus(f"events/{name}"), path)
        _, store = replay.make_store(path)
        self.addCleanup(store.dispose)
        comments = reading.comments_of_cis(store)
        tallies, misses = reading.judge(comments, manager.ParserManager())
        total = reading.Tally()
        for tally in tallies.values():
            reading.add(total, tally)
        self.assertGreaterEqual(total.understood, 0.99 * total.comments, misses[:10])
        self.assertGreaterEqual(total.exact, 0.995 * total.with_lines, misses[:10])
        people = {name for name, _ in comments if name.startswith("Reviewer ")}
        self.assertEqual(set(), people - CIS_WITH_A_NUMBER)
        self.assertEqual(set(), set(systems) - {name for name, _ in comments})
        return store

    def test_contrail(self):
        """Zuul, tables, pipelines that write like Zuul, a notifier."""
        self.check("contrail-test.jsonl.gz", "Zuul v3 CI", "Jenkins CI (jenkins-engprod2)")

    def test_nova_distgit(self):
        """Two generations of Zuul."""
        self.check("rdo-nova-distgit.jsonl.gz", "Jenkins CI (Zuul v2)", "Zuul CI (Zuul v3+)")

    def test_checks(self):
        """A Zuul that only votes."""
        self.check("gerrit-plugins-checks.jsonl.gz")

    def test_opendaylight(self):
        """Gerrit Trigger and GitHub Actions."""
        self.check("opendaylight-builder-2024.jsonl.gz", "GitHub Actions bot", "jenkins-releng")

    def test_spdk(self):
        """Four CIs, one of which only its comments give away."""
        names = "SPDK Automated Test System", "SPDK CI Jenkins", "Mellanox SPDK CI", "Broadcom SPDK FC CI"
        store = self.check("spdk-2019h1.jsonl.gz", *names)
        site = webtest.TestApp(web_app.create_app(self.make_conf(), engine=store))
        judged, seen = set(), set()
        for until in ("2019-01-30T00:49:00Z", "2019-06-29T00:00:00Z"):
            page = site.get("/api/v1/projects/spdk/spdk/matrix", {"until": until, "window": "30d"}).json
            for system in page["matrix"]["systems"]:
                seen.add(system["title"])
                if any(cell and cell["state"] in VERDICTS for cell in system["cells"]):
                    judged.add(system["title"])
        # Those that have gone silent are on the newest page still, with empty cells.
        self.assertEqual(set(names), {system["title"] for system in page["matrix"]["systems"]})
        self.assertEqual((set(names), set(names)), (judged, seen))

    def test_vendors(self):
        """Under one change of 2014 every vendor's CI has its verdict, but the one that only began."""
        store = self.check("openstack-neutron-92468.jsonl", "Reviewer 35")
        statement = (
            sa.select(models.Account.username)
            .join(models.Report, models.Report.account_id == models.Account.id)
            .where(models.Report.verdict.is_not(None))
            .distinct()
        )
        with store.connect() as connection:
            judged = set(connection.scalars(statement))
            known = sa.select(models.Account.username).where(models.Account.found_by.is_not(None))
            accounts = set(connection.scalars(known))
        self.assertEqual({"huawei-ci"}, accounts - judged)
        self.assertEqual(10, len(judged))

    def test_single_texts(self):
        """Comments that were handed down singly."""
        parsers = manager.ParserManager()
        with self.require_corpus("comments/openstack-rest-2018.jsonl").open() as lines:
            found = [json.loads(line) for line in lines]
        unread = []
        for entry in found:
            text = entry["message"]
            if reading.job_lines(text):
                read = parsers.parse(parsers_base.Comment(text))
                builds = [(build.job, build.result) for build in read.report.builds] if read else None
                if builds != reading.job_lines(text):
                    unread.append(text)
        self.assertEqual([], unread)
