"""How the database looks up what pages show: never by reading all that there ever was."""

import re

import sqlalchemy as sa

from ciwatch.registry import model
from ciwatch.rollup import updater
from tests import base
from tests.functional import data

# Of one CI there are so few that they may all be read.
_RARE = {"spells", "status_periods"}

#: Tables of which there are ever more rows.
GROWING = {
    "builds",
    "changes",
    "comments",
    "daily_jobs",
    "daily_projects",
    "daily_rules",
    "daily_systems",
    "patch_sets",
    "rechecks",
    "reports",
    *_RARE,
}

#: Whose rows there are ever more of, too: to look up by these columns alone is to read them all.
OWNERS = {"account_id", "branch", "ci_system_id", "job_id", "kind", "project_id"}

#: The last by the primary key, of which the plan says no more than that it is searched for.
_HIGHEST = re.compile(r"SELECT max\(\w+\.id\) AS \w+ \nFROM \w+$")

_STEP = re.compile(r"(SCAN|SEARCH) (?:TABLE )?(\w+?)(?:_\d+)?(?: AS \w+)?(?: USING .*?)?(?: \(([^()]*)\))?$")

#: What people open, and pages that stay open ask for.
PAGES = (
    "/?{until}",
    "/ci?{until}",
    "/project/openstack/lantern?window=7d&{until}",
    "/project/openstack/lantern?window=7d&result=failed&{until}",
    "/ci/zuul?window=90d&{until}",
    "/ci/basalt-ci?window=90d&{until}",
    "/ci/basalt-ci/missed?window=90d&{until}",
    "/ci/basalt-ci/trust?window=90d&{until}",
    "/ci/basalt-ci/policy?window=90d&{until}",
    "/ci/basalt-ci/job/steady?window=90d&{until}",
    "/change/200",
    "/coverage?{until}",
    "/coverage?project=openstack/lantern&{until}",
    "/coverage?project=openstack/lantern&rules=yes&{until}",
    "/upstream?{until}",
    "/upstream?project=openstack/lantern&{until}",
)


def faults(plan):
    """The steps of a plan, lines of EXPLAIN QUERY PLAN, that read ever more rows."""
    found = []
    for line in plan:
        step = _STEP.match(line)
        if step and step[2] in GROWING:
            asked = set(re.findall(r"(\w+)[=<>]", step[3] or ""))
            if step[1] == "SCAN" or (asked <= OWNERS and not (step[2] in _RARE and "ci_system_id" in asked)):
                found.append(line)
    return found


@base.sqlite_only("plans of other databases depend on how many rows there are")
class PlansTest(data.SiteTestCase):
    """The plans of statements; SQLite, without statistics, has the same for any number of rows."""

    def setUp(self):
        """Records a month, and remembers every statement from then on."""
        super().setUp()
        self.record(data.events())
        self.said = {}

        @sa.event.listens_for(self.store, "after_cursor_execute")
        def remember(connection, cursor, statement, parameters, context, is_many):
            self.said.setdefault(statement, parameters[0] if is_many else parameters)

    def find_faults(self):
        """Statement -> its steps that read too much, of those that were remembered."""
        found = {}
        with self.store.connect() as connection:
            for statement, parameters in dict(self.said).items():
                if statement.startswith(("SELECT", "UPDATE", "DELETE")) and not _HIGHEST.match(statement):
                    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                    if read := faults(row[3] for row in plan):
                        found[statement] = read
        return found

    def test_pages(self):
        """No page reads a table from its beginning to its end, or all of a project, of a CI, of a job."""
        for page in PAGES:
            self.site.get(page.format(until=data.UNTIL))
        self.assertGreater(len(self.said), 50)
        self.assertEqual({}, self.find_faults())

    def test_counting(self):
        """Nor does it who counts the figures of what was recorded last."""
        events = list(data.events())[-5:]
        for event in events:
            event["eventCreatedOn"] += 60
        self.make_recorder(self.store).record(list(map(base.line, events)))
        list(updater.Updater(self.store, model.Registry()).update(data.AS_OF))
        self.assertEqual({}, self.find_faults())

    def test_that_it_finds_faults(self):
        """What would read all is found: else the tests above could not fail."""
        for statement in (
            "SELECT count(*) FROM builds",
            "SELECT max(posted_at) FROM reports WHERE kind = 'finished'",
            "SELECT count(*) FROM changes WHERE project_id = 1",
            "SELECT patch_sets_1.id FROM patch_sets AS patch_sets_1 WHERE patch_sets_1.revision = ''",
        ):
            with self.store.connect() as connection:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
                self.assertNotEqual([], faults(row[3] for row in plan), statement)
