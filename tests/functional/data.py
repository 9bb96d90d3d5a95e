"""A site whose database holds a month of a project, and after it one patch set of each kind."""

import datetime

import hypothesis
import webtest

from ciwatch.registry import model
from ciwatch.rollup import updater
from ciwatch.web import app
from tests import base
from tests.unit.queries import stories

#: The month, and the moment two days after it as of which all is asked for.
START = datetime.datetime(2025, 3, 3, 8, 0, tzinfo=datetime.UTC)
AS_OF = START + 32 * stories.DAY
UNTIL = f"until={AS_OF:%Y-%m-%dT%H:%M}"

#: What a spreadsheet, a page and a feed must each take for text.
HOSTILE = "=1+1 ]]> <script>alert(1)</script> & \u202e\"';--"
HOSTILE_TITLE = '@Elm <b>"&" CI'

#: Of tests of what strangers may send.
FUZZ = hypothesis.settings(max_examples=60)


def events():
    """The month, and what came after it."""
    yield from stories.month(START)
    at = START + 30 * stories.DAY
    # Missed by basalt; superseded, and answered then; pending.
    yield stories.upload(at, 200)
    yield stories.results(at + stories.HOUR, "zuul", 200, unit="SUCCESS")
    yield stories.upload(at + stories.HOUR, 201)
    yield stories.upload(at + 2 * stories.HOUR, 201, 2)
    yield stories.results(at + 3 * stories.HOUR, "basalt-ci", 201, 2, steady="SUCCESS", flaky="SUCCESS")
    yield stories.upload(AS_OF - 2 * stories.HOUR, 202)
    # Failed by the gate, too; what it is called was meant to do harm.
    hostile = stories.upload(at + 5 * stories.HOUR, 203)
    hostile["change"]["subject"] = HOSTILE
    yield hostile
    for account in ("zuul", "basalt-ci"):
        said = stories.results(at + 6 * stories.HOUR, account, 203, steady="FAILURE")
        said["change"]["subject"] = HOSTILE
        yield said
    elm = stories.results(at + 7 * stories.HOUR, "elm/x", 203, nfs="SUCCESS")
    elm["change"]["subject"] = HOSTILE
    elm["author"]["name"] = HOSTILE_TITLE
    yield elm


class SiteTestCase(base.TestCase):
    """A site over a database in the test's folder."""

    def setUp(self):
        """Makes it, with nothing in it."""
        super().setUp()
        self.store = self.make_engine()
        self.site = webtest.TestApp(app.create_app(self.make_conf(), engine=self.store))

    def record(self, events, as_of=AS_OF):
        """Records dicts, and counts as of a moment."""
        counts = self.make_recorder(self.store).record(list(map(base.line, events)))
        self.assertEqual(0, counts.rejected)
        list(updater.Updater(self.store, model.Registry()).update(as_of))

    def ask(self, path, query=UNTIL):
        """The JSON of an address of the API."""
        return self.site.get(f"/api/v1/{path}?{query}").json
