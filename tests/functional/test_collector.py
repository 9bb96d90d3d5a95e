"""What the pages say of the collecting: who listens, what is missing, and how old all of it is."""

import datetime

from prometheus_client import parser as prometheus
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.listener import spool
from tests import base
from tests.functional import test_web

#: Every page that shows what was recorded.
PAGES = ("/", "/project/openstack/lantern", "/change/200", "/ci", "/ci/basalt-ci", "/status", "/about")
BANNER = "Nothing new comes in."


def ago(**length):
    """A moment before now."""
    return datetime.datetime.now(datetime.UTC) - datetime.timedelta(**length)


class CollectorTestCase(test_web.WebTestCase):
    """A site whose events are of this very minute."""

    def setUp(self):
        """Records something new."""
        super().setUp()
        self.fill()
        self.record(base.comment_event("Patch Set 1:\n\nhello", test_web.NOW, "ann", "Ann"))

    def age(self, **length):
        """Makes the newest event older."""
        with self.store.begin() as connection:
            connection.execute(sa.update(models.StreamPosition).values(position_at=ago(**length)))

    def listen(self, **more):
        """A listener says how it does."""
        row = {
            "name": "lantern-1",
            "source": "ssh",
            "state": "listening",
            "detail": "hears review.example port 29418",
            "started_at": ago(days=3),
            "state_since": ago(days=2),
            "seen_at": ago(seconds=3),
            "heard_at": ago(seconds=20),
            "caught_up_at": ago(minutes=20),
            "read": 12000,
            "recorded": 9000,
            "duplicate": 2000,
            "ignored": 999,
            "rejected": 1,
            "per_minute": 12.4,
            "spooled": 0,
            "spool_bytes": 0,
            "spool_limit": 2**30,
            **more,
        }
        with self.store.begin() as connection:
            connection.execute(sa.delete(models.Listener).where(models.Listener.name == row["name"]))
            connection.execute(sa.insert(models.Listener), row)

    def banners(self):
        """The banner of every page; None where there is none."""
        found = {path: BANNER in self.page(path).words for path in PAGES}
        self.assertEqual(1, len(set(found.values())), found)
        return found["/"]


class TestSilence(CollectorTestCase):
    """Stale data never looks current."""

    def test_current(self):
        """A listener that listens, however quiet Gerrit is; and events that somebody hands over."""
        self.assertFalse(self.banners())
        self.age(days=2)
        self.listen()
        self.assertFalse(self.banners())

    def test_nobody_listens(self):
        """A recording that was replayed is told as old."""
        self.age(days=400)
        self.assertTrue(self.banners())
        self.assertIn("Nobody listens to Gerrit.", self.page("/").words)

    def test_dead_listener(self):
        """Two minutes after its last sign of life, even where the newest event is no older."""
        self.listen(seen_at=ago(minutes=1))
        self.assertFalse(self.banners())
        self.listen(seen_at=ago(minutes=3))
        self.assertTrue(self.banners())
        self.assertIn("The listener lantern-1 was last seen", self.page("/").words)

    def test_cannot_hear(self):
        """A connection that broke a moment ago will be there again; one that stays away is told."""
        self.listen(state="waiting", state_since=ago(seconds=30))
        self.assertFalse(self.banners())
        self.listen(state="waiting", state_since=ago(minutes=10), detail="Connection refused; is Gerrit up?")
        self.assertTrue(self.banners())
        self.assertIn("The listener lantern-1 cannot hear Gerrit since", self.page("/").words)

    def test_one_of_two(self):
        """One listener is enough."""
        self.listen(seen_at=ago(days=3))
        self.listen(name="lantern-2")
        self.assertFalse(self.banners())

    def test_hostile_name(self):
        """What a listener calls itself is text, too."""
        self.listen(name="<script>alert(7)</script>", seen_at=ago(days=3), detail="<script>alert(8)</script>")
        for path in PAGES:
            self.assertNotIn("<script>alert", self.page(path).text)

    def test_empty_database(self):
        """There is nothing that could look current."""
        site = self.make_site(self.make_conf("empty.sqlite"), self.make_engine("empty.sqlite"))
        self.assertNotIn(BANNER, site.get("/").text)


class TestStatus(CollectorTestCase):
    """/status, its data, and /metrics."""

    def test_listener(self):
        """State, last event, rate, counts."""
        self.listen()
        words = self.page("/status").words
        for told in ("lantern-1 ssh listening since", "hears review.example port 29418", "12.4", "9,000"):
            self.assertIn(told, words)

    def test_spool(self):
        """What waits on disk is told before the bound is reached, and where the database is away."""
        self.listen(spooled=7, spool_bytes=4096)
        self.assertIn("7 4.0 KiB of 1024.0 MiB", self.page("/status").words)
        self.assertNotIn("More than half", self.page("/status").words)
        self.listen(spool_limit=6000)
        state = self.folder / "state"
        conf = self.make_conf()
        conf.set_override("state_path", str(state))
        waiting = spool.Spool(spool.folder_of(state, "lantern-1"), 6000)
        self.addCleanup(waiting.close)
        self.assertEqual(40, waiting.append([b"x" * 99] * 40))
        site = self.make_site(conf, self.store)
        text = " ".join(site.get("/status").text.split())
        self.assertIn(">40</span>", text)
        self.assertIn("More than half of the room on disk is taken.", text)
        away = self.make_conf("gone/none.sqlite")
        away.set_override("state_path", str(state))
        self.assertIn("40 events wait on disk", self.make_site(away).get("/status", status=503).text)

    def test_gaps(self):
        """From, to, why, how filled, how many."""
        gap = {"source": "ssh", "started_at": ago(hours=5), "ended_at": ago(hours=4), "reason": "connected"}
        with self.store.begin() as connection:
            connection.execute(sa.insert(models.Gap), {**gap, "filled_by": "rest", "event_count": 1234})
            connection.execute(sa.insert(models.Gap), {**gap, "reason": "Gerrit dropped output"})
        words = self.page("/status").words
        self.assertIn("ssh connected rest 1,234", words)
        self.assertIn("ssh Gerrit dropped output to be filled", words)
        self.assertLess(words.index("dropped output"), words.index("connected rest"), "the open one first")

    def test_data(self):
        """The same as JSON."""
        self.listen()
        found = self.site.get("/api/v1/status").json
        self.assertIsNone(found["silence"])
        self.assertEqual("lantern-1", found["listeners"][0]["name"])
        self.age(days=9)
        self.listen(seen_at=ago(days=9))
        self.assertFalse(self.site.get("/api/v1/status").json["silence"]["is_alive"])

    def test_metrics(self):
        """As Prometheus reads them."""
        self.listen(spooled=7, spool_bytes=4096, detail='a "quote"\n', name='x"y\\z')
        response = self.site.get("/metrics")
        self.assertEqual("text/plain", response.content_type)
        found = {
            (sample.name, sample.labels.get("listener"), sample.labels.get("outcome")): sample.value
            for family in prometheus.text_string_to_metric_families(response.text)
            for sample in family.samples
        }
        name = 'x"y\\z'
        self.assertEqual(1, found["ciwatch_listener_listening", name, None])
        self.assertEqual(9000, found["ciwatch_events_total", name, "recorded"])
        self.assertEqual(7, found["ciwatch_spool_events", name, None])
        self.assertEqual(2**30, found["ciwatch_spool_limit_bytes", name, None])
        self.assertEqual(0, found["ciwatch_gaps_open", None, None])
        newest = found["ciwatch_newest_event_timestamp_seconds", None, None]
        self.assertEqual(test_web.NOW, newest)

    def test_metrics_of_nothing(self):
        """An empty database has metrics, too."""
        site = self.make_site(self.make_conf("empty.sqlite"), self.make_engine("empty.sqlite"))
        self.assertIn("ciwatch_gaps_open 0.0", site.get("/metrics").text)
