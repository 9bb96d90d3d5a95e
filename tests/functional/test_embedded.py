"""What other sites show of a CI: the badge and the feed."""

import datetime
import re
from xml.etree import ElementTree

import feedparser
import hypothesis
from hypothesis import strategies

from ciwatch.insight.status import Word
from ciwatch.queries import behind
from ciwatch.queries import story
from ciwatch.web import badge
from ciwatch.web import feed
from tests import base
from tests.functional import data
from tests.unit.queries import stories

SVG = "{http://www.w3.org/2000/svg}"
ATOM = "{http://www.w3.org/2005/Atom}"


def contrast_with_white(colour):
    """The contrast of white text on a colour, as WCAG reckons it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


class TestBadge(data.SiteTestCase):
    """Over the month."""

    def setUp(self):
        """Records it."""
        super().setUp()
        self.record(data.events())

    def get(self, query=data.UNTIL, name="basalt-ci", **options):
        """The response."""
        return self.site.get(f"/ci/{name}/badge.svg?{query}", **options)

    def test_status(self):
        """The status word beside the title, for eyes and for screen readers."""
        response = self.get()
        self.assertEqual("image/svg+xml", response.content_type)
        picture = ElementTree.fromstring(response.body)
        self.assertEqual(("img", "20"), (picture.get("role"), picture.get("height")))
        self.assertEqual("basalt-ci: unstable", picture.get("aria-label"))
        self.assertEqual("basalt-ci: unstable", picture.findtext(f"{SVG}title"))
        self.assertEqual(["basalt-ci", "unstable"], [text.text for text in picture.iter(f"{SVG}text")])
        self.assertIn(badge.COLOURS[Word.UNSTABLE], response.text)

    def test_trust(self):
        """Below ten it is too few, and then says how many of how many."""
        self.assertIn("too few", self.get(data.UNTIL + "&show=trust").text)
        at = data.START + 2 * stories.HOUR
        self.record(
            event
            for number, day in enumerate((4, 7, 12, 17, 22, 27), 300)
            for event in (
                stories.upload(at + day * stories.DAY, number),
                stories.results(at + day * stories.DAY + stories.HOUR, "zuul", number, unit="FAILURE"),
                stories.results(at + day * stories.DAY + stories.HOUR, "basalt-ci", number, steady="FAILURE"),
            )
        )
        # Six refuted, of which one was more than 30 days ago, and seven confirmed.
        self.assertIn(">58 % (7/12)<", self.get(data.UNTIL + "&show=trust").text)

    def test_kept_for_a_while(self):
        """It is kept for five minutes, and costs a 304 then."""
        response = self.get()
        self.assertEqual({"max-age=300", "public"}, set(response.headers["Cache-Control"].split(", ")))
        again = self.get(headers={"If-None-Match": response.headers["ETag"]}, status=304)
        self.assertEqual(b"", again.body)
        self.assertNotEqual(response.headers["ETag"], self.get("until=2025-03-04").headers["ETag"])

    def test_may_be_embedded(self):
        """Other sites may show it; the rest of this one they may not."""
        headers = self.get().headers
        self.assertEqual("cross-origin", headers["Cross-Origin-Resource-Policy"])
        self.assertEqual("nosniff", headers["X-Content-Type-Options"])
        self.assertNotIn("Cross-Origin-Resource-Policy", self.site.get("/ci/basalt-ci").headers)

    def test_refused(self):
        """404 for a CI that nobody heard of, 400 for what cannot be shown."""
        self.get(name="nobody", status=404)
        self.get("show=everything", status=400)

    def test_hostile_title(self):
        """A title is text, and no part of the picture."""
        response = self.get(name="elm/x")
        picture = ElementTree.fromstring(response.body)
        self.assertEqual(data.HOSTILE_TITLE, next(picture.iter(f"{SVG}text")).text)


class TestDrawing(base.TestCase):
    """The picture, whatever it says."""

    def test_nothing_from_elsewhere(self):
        """Neither script, nor style, nor address, so that it shows under any policy."""
        drawn = badge.draw("Basalt", "healthy", badge.FIGURE).decode()
        self.assertEqual(["http://www.w3.org/2000/svg"], re.findall(r"\w+://[^\"]*", drawn))
        self.assertNotRegex(drawn, r"(?i)script|style|href|\bon\w+=")

    def test_every_word_has_a_colour_to_read_it_on(self):
        """White text on it has the contrast that small text needs."""
        self.assertEqual(set(Word), set(badge.COLOURS))
        for colour in (*badge.COLOURS.values(), badge.FIGURE, badge.TOO_FEW):
            self.assertGreaterEqual(contrast_with_white(colour), 4.5, colour)

    def test_wider_text_is_wider(self):
        """Each letter has its width, and long labels are cut."""

        def width(label):
            return int(ElementTree.fromstring(badge.draw(label, "new", badge.TOO_FEW)).get("width"))

        self.assertLess(width("iiii"), width("aaaa"))
        self.assertLess(width("aaaa"), width("WWWW"))
        self.assertLess(width("WWWW"), width("石石石石石"))
        self.assertEqual(width(59 * "x" + "…"), width(10_000 * "x"))

    @hypothesis.given(label=strategies.text(max_size=80), value=strategies.text(max_size=80))
    @data.FUZZ
    def test_any_text(self, label, value):
        """It is well-formed whatever is in it."""
        ElementTree.fromstring(badge.draw(label, value, badge.FIGURE))


class TestFeed(data.SiteTestCase):
    """Over the month."""

    def setUp(self):
        """Records it, and reads the feed as a reader does."""
        super().setUp()
        self.record(data.events())
        self.response = self.site.get(f"/ci/basalt-ci/feed.atom?{data.UNTIL}")
        headers = {name.lower(): value for name, value in self.response.headers.items()}
        self.feed = feedparser.parse(self.response.body, response_headers=headers)

    def test_whole(self):
        """It is Atom 1.0, says whose it is, and where it is."""
        self.assertEqual("application/atom+xml", self.response.content_type)
        self.assertEqual((False, "atom10"), (bool(self.feed.bozo), self.feed.version))
        told = self.feed.feed
        self.assertEqual("basalt-ci on CI Watch", told.title)
        self.assertEqual("tag:localhost,2026:basalt-ci", told.id)
        links = {link.rel: link.href for link in told.links}
        self.assertEqual("http://localhost/ci/basalt-ci/feed.atom", links["self"])
        self.assertEqual("http://localhost/ci/basalt-ci", links["alternate"])

    def test_required(self):
        """What RFC 4287 wants of a feed and of each entry is there, once."""
        root = ElementTree.fromstring(self.response.body)
        for element in (root, *root.iter(f"{ATOM}entry")):
            for name in ("id", "title", "updated"):
                (found,) = element.findall(f"{ATOM}{name}")
                self.assertTrue(found.text)
            self.assertRegex(element.findtext(f"{ATOM}updated"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(1, len(root.findall(f"{ATOM}author")))

    def test_entries(self):
        """The changes of the word and the failed verdicts of 30 days, the newest first."""
        kinds = [entry.tags[0].term for entry in self.feed.entries]
        self.assertEqual({"status": 2, "failed": 6}, {kind: kinds.count(kind) for kind in set(kinds)})
        updated = [entry.updated for entry in self.feed.entries]
        self.assertEqual(sorted(updated, reverse=True), updated)
        newest = self.feed.entries[0]
        self.assertEqual(f"basalt-ci failed 203,1: {data.HOSTILE}", newest.title)
        self.assertIn("Confirmed: the gate failed it too.", newest.summary)
        self.assertEqual("http://localhost/change/203#1-basalt-ci", newest.link)
        titles = [entry.title for entry in self.feed.entries]
        self.assertIn("basalt-ci is unstable", titles)
        for entry in self.feed.entries:
            self.site.get(entry.link.partition("#")[0], status=200)

    def test_ids_stay(self):
        """Each entry has its own id, which is the same at another moment."""
        ids = [entry.id for entry in self.feed.entries]
        self.assertEqual(len(ids), len(set(ids)))
        day = f"until={data.AS_OF + datetime.timedelta(hours=6):%Y-%m-%dT%H:%M}"
        later = feedparser.parse(self.site.get(f"/ci/basalt-ci/feed.atom?{day}").body)
        self.assertEqual(ids, [entry.id for entry in later.entries])

    def test_kept_for_a_while(self):
        """A reader that asks again is told that nothing is new."""
        tag = self.response.headers["ETag"]
        self.site.get(f"/ci/basalt-ci/feed.atom?{data.UNTIL}", headers={"If-None-Match": tag}, status=304)

    def test_nothing_happened(self):
        """A feed without an entry is one."""
        told = feedparser.parse(self.site.get("/ci/basalt-ci/feed.atom").body)
        self.assertEqual((False, []), (bool(told.bozo), told.entries))
        self.site.get("/ci/nobody/feed.atom", status=404)

    def test_most(self):
        """Fifty entries at most."""
        at = data.START + 31 * datetime.timedelta(days=1)
        self.record(
            event
            for number in range(400, 460)
            for event in (
                stories.upload(at, number),
                stories.results(at + stories.HOUR, "basalt-ci", number, steady="FAILURE"),
            )
        )
        told = feedparser.parse(self.site.get(f"/ci/basalt-ci/feed.atom?{data.UNTIL}").body)
        self.assertEqual(50, len(told.entries))

    @hypothesis.given(text=strategies.text(strategies.characters(exclude_categories=()), max_size=60))
    @data.FUZZ
    def test_any_text(self, text):
        """It is well-formed whatever strangers wrote, and what they wrote is text."""
        moment = data.AS_OF
        # A name came out of a database by way of an address; neither takes half a letter.
        system = _System(text.encode("utf-8", "replace").decode(), text)
        items = [
            (moment, behind.Judged(text, text, 1, 1, text, moment, moment, "open", text)),
            (moment, story.Period(text, text, moment, None)),
        ]
        site = "http://watch.example"
        root = ElementTree.fromstring(feed.write(site, system, items, moment))
        (entry, _) = root.iter(f"{ATOM}entry")
        shown = re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
        shown = shown.replace("\r\n", "\n").replace("\r", "\n")
        self.assertEqual(f"{shown} failed 1,1: {shown}", entry.findtext(f"{ATOM}title"))


class _System:
    """A row of a CI."""

    def __init__(self, name, title):
        """Takes what it is called."""
        self.name, self.title = name, title
