"""The page that stays open: what comes in, and what it says where nothing can."""

import json
import time

from tests.browser import chromium
from tests.browser import test_matrix

# The page asks at once, instead of some time within the next half minute.
_ASK = "document.dispatchEvent(new Event('ciwatch:check'))"
_BOX = """(() => {
    const box = document.activeElement.getBoundingClientRect();
    return [Math.round(box.x), Math.round(box.y)];
})()"""


def arrival(project, number, at, gate=None):
    """A new change of a project, and what the gate said of it, as lines of the stream."""
    change = {
        "project": project,
        "branch": "master",
        "id": f"I{number:040x}",
        "number": number,
        "subject": f"Trim the wick {number}",
        "owner": {"name": "Ada", "username": "ada"},
        "url": f"https://review.lantern.example/{number}",
        "status": "NEW",
    }
    patch_set = {"number": 1, "revision": f"{number:040x}", "kind": "REWORK", "createdOn": at}
    base = {"change": change, "patchSet": patch_set}
    events = [{**base, "type": "patchset-created", "eventCreatedOn": at}]
    if gate:
        job = "- unit https://logs.lantern.example/1 : SUCCESS in 1m 00s"
        text = f"Patch Set 1: Verified+1\n\nBuild succeeded (check pipeline).\n\n{job}"
        author = {"username": gate, "name": gate}
        events.append(
            {**base, "type": "comment-added", "author": author, "comment": text, "eventCreatedOn": at + 1}
        )
    return "".join(json.dumps(event) + "\n" for event in events)


class TestLive(test_matrix.MatrixTestCase):
    """On a database of its own, since it is written to."""

    def setUp(self):
        """Copies the demo's."""
        super().setUp()
        self.shown = self.shown.copy(f"live-{time.monotonic_ns()}")
        self.addCleanup(self.shown.stop)
        self.address = f"{self.shown.address}/project/{self.who.project}"

    def arrive(self, number):
        """Something new comes in."""
        self.shown.command(
            "replay", "-", stdin=arrival(self.who.project, number, int(time.time()) - 5, self.who.gate)
        )

    def ask_until(self, page, condition, *more):
        """Asks now and then until *condition* holds, as the page itself does every half minute."""
        for _ in range(20):
            page.evaluate(_ASK)
            page.wait_for_timeout(500)
            if page.evaluate(condition, *more):
                return
        self.fail(f"the page did not come to {condition}; it says {page.locator('#live').inner_text()!r}")

    def test_new_column(self):
        """It comes at the left, and what the reader looks at stays where it is."""
        for width in chromium.WIDTHS[:2]:
            visit, page = self.open("window=48h&columns=400", width=width)
            page.evaluate(
                "document.querySelector('.grid').scrollIntoView();"
                "document.querySelector('.grid').scrollLeft = 300"
            )
            page.wait_for_timeout(100)
            page.evaluate(
                """() => {
                    const box = document.querySelector('.grid').getBoundingClientRect();
                    const cells = [...document.querySelectorAll('.matrix tbody td a')].filter(each => {
                        const at = each.getBoundingClientRect();
                        return at.x > box.x + box.width / 2 && at.right < box.right && at.y > box.y + 200;
                    });
                    cells[0].focus({preventScroll: true});
                }"""
            )
            where, cell = page.evaluate(_BOX), page.evaluate("document.activeElement.href")
            self.arrive(990000 + width)
            # Not by how many there are: as time goes on, the oldest ones leave the window.
            newest = "document.querySelector('.matrix .ps').textContent.includes"
            self.ask_until(page, f"{newest}('{990000 + width}')")
            page.wait_for_timeout(400)
            self.assertEqual(cell, page.evaluate("document.activeElement.href"), width)
            now = page.evaluate(_BOX)
            self.assertLessEqual(abs(now[0] - where[0]), 1, (width, where, now))
            self.assertLessEqual(abs(now[1] - where[1]), 1, (width, where, now))
            self.assertIn(str(990000 + width), page.locator("table.matrix .ps").first.inner_text())
            visit.picture(f"live-{width}", whole=False)
            self.assert_content(visit)

    def test_at_the_left(self):
        """Whoever looks at the newest column sees the new one."""
        visit, page = self.open("window=48h&columns=50")
        self.arrive(990001)
        self.ask_until(page, "document.querySelector('.matrix .ps').textContent.includes('990001')")
        page.wait_for_timeout(400)
        self.assertTrue(page.locator(".matrix .ps").first.is_visible())
        self.assertEqual(0, page.evaluate("document.querySelector('.grid').scrollLeft"))
        self.assert_content(visit)

    def test_unchanged(self):
        """Where nothing is new, the server says so in a few bytes, and the page stays as it is."""
        visit, page = self.open("window=48h&columns=50")
        answers = []
        page.on("response", lambda response: answers.append((response.url, response.status)))
        page.evaluate("document.querySelector('.matrix').dataset.mine = 'yes'")
        with page.expect_response(page.url):
            page.evaluate(_ASK)
        page.wait_for_timeout(300)
        self.assertEqual([(page.url, 304)], [each for each in answers if "/static/" not in each[0]])
        self.assertEqual("yes", page.evaluate("document.querySelector('.matrix').dataset.mine"))
        self.assert_content(visit)

    def test_server_away(self):
        """It says in words that the server cannot be reached, and goes on when it is back."""
        visit, page = self.open("window=48h&columns=50")
        said = page.locator("#live")
        self.shown.stop()
        self.ask_until(page, "document.querySelector('#live').matches('.stale')")
        self.assertRegex(said.inner_text(), r"\w+ \w+")
        self.assertTrue(said.is_visible())
        visit.picture("server-away", whole=False)
        self.shown.start()
        self.arrive(990002)
        self.ask_until(page, "!document.querySelector('#live').matches('.stale')")
        self.ask_until(page, "document.querySelector('.matrix .ps').textContent.includes('990002')")
        refused = [each for each in visit.complaints if "net::ERR_CONNECTION_" not in each]
        self.assertEqual([], refused)
