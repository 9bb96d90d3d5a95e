"""The matrix under the hands of whoever looks for something in it."""

from tests.browser import cases
from tests.browser import chromium
from tests.browser import pages

# Which patch sets and rows there are, and of how many.
_SHOWN = """[document.querySelector('.matrix th').textContent,
    ...[...document.querySelectorAll('.matrix .ps a, .matrix .name')].map(each => each.getAttribute('href'))]
    .join(' ')"""

# How far heads are out of the scroller's visible box, in pixels, once it was scrolled to its end both ways.
_OUT_OF_SIGHT = """() => {
    const grid = document.querySelector('.grid'), box = grid.getBoundingClientRect();
    grid.scrollLeft = grid.scrollWidth; grid.scrollTop = grid.scrollHeight;
    const moved = {right: grid.scrollLeft, down: grid.scrollTop}, out = [];
    const note = (name, by) => by > 1 && out.push(name + ' is ' + Math.round(by) + ' px out of sight');
    for (const row of document.querySelectorAll('table.matrix thead tr')) {
        const head = row.lastElementChild.getBoundingClientRect();
        note('a head of columns', Math.max(box.top - head.top, head.bottom - box.bottom));
    }
    const below = document.querySelector('.matrix thead').lastElementChild.getBoundingClientRect().bottom;
    let rows = 0;
    for (const head of document.querySelectorAll('table.matrix tbody th[scope=row]')) {
        const at = head.getBoundingClientRect();
        if (!at.height || at.top < below || at.bottom > box.bottom) continue;
        rows += 1;
        note('a head of rows', Math.max(box.left - at.left, at.right - box.right));
    }
    const names = document.querySelector('table.matrix th[scope=row]').getBoundingClientRect().right;
    return {moved, out, rows, cells: Math.round(box.right - names)};
}"""


class MatrixTestCase(cases.BrowserTestCase):
    """Opens the matrix of the demo's project."""

    def setUp(self):
        """Finds it."""
        super().setUp()
        self.shown = self.world("demo")
        self.who = pages.cast(self.shown)
        self.address = f"{self.shown.address}/project/{self.who.project}"

    def open(self, query="", **more):
        """The visit, and its page."""
        visit = self.visit(**more)
        return visit, visit.go(self.address + (f"?{query}" if query else ""))


class TestScrolling(MatrixTestCase):
    """What tells a cell's row and column stays."""

    def test_heads_stay(self):
        """At the far corner the heads of rows and columns are in sight, and cells beside them."""
        for width in chromium.WIDTHS:
            visit, page = self.open("window=30d&jobs=open", width=width)
            found = page.evaluate(_OUT_OF_SIGHT)
            visit.picture(f"scrolled-{width}", whole=False)
            self.assertEqual([], found["out"], width)
            self.assertGreater(found["moved"]["down"], 500, width)
            self.assertGreater(found["rows"], 5, width)
            # A phone must show some columns, too, beside the names.
            self.assertGreater(found["cells"], 72, width)
            self.assert_content(visit)

    def test_targets(self):
        """Each cell is 24 pixels or more, whatever the density."""
        for density in ("compact", "normal", "roomy"):
            _, page = self.open(f"density={density}&columns=12&jobs=open")
            least = page.evaluate(
                "Math.min(...[...document.querySelectorAll('.matrix tbody td')].flatMap("
                "each => { const box = each.getBoundingClientRect(); return [box.width, box.height] }))"
            )
            self.assertGreaterEqual(least, 24, density)


class TestFilters(MatrixTestCase):
    """Each is in the address, and the way back undoes it."""

    def assert_undone(self, page, chosen, before):
        """The address bears what was chosen; one step back, it and the page are as before."""
        page.wait_for_url(f"**{chosen}**")
        page.wait_for_function(f"was => {_SHOWN} !== was", arg=before)
        page.go_back()
        page.wait_for_url(lambda address: chosen not in address)
        page.wait_for_function(f"was => {_SHOWN} === was", arg=before)

    def test_choosing(self):
        """Branch, result and window."""
        visit, page = self.open("window=7d&columns=20")
        before = page.evaluate(_SHOWN)
        branches = page.locator("[name=branch] option").evaluate_all("all => all.map(each => each.value)")
        branch = next(each for each in branches if each and each != self.who.branch)
        page.select_option("[name=branch]", branch)
        self.assert_undone(page, "branch=", before)
        self.assertEqual("", page.locator("[name=branch]").input_value())
        page.select_option("[name=result]", "infrastructure")
        self.assert_undone(page, "result=infrastructure", before)
        page.click(".filters a:has-text('48 h')")
        self.assert_undone(page, "window=48h", before)
        self.assert_content(visit)

    def test_typing(self):
        """Rows are those whose CI is typed, without a button."""
        visit, page = self.open("columns=20")
        page.locator("[name=ci]").press_sequentially(self.who.ci, delay=10)
        page.wait_for_url("**ci=**")
        page.wait_for_function("() => document.querySelectorAll('.matrix tbody').length === 1")
        self.assertTrue(page.locator("[name=ci]").evaluate("each => each === document.activeElement"))
        self.assert_content(visit)

    def test_highlight(self):
        """The two buttons of the gate's verdicts mark columns, and let go of them."""
        visit, page = self.open("columns=60&window=30d")
        for text, word in (("Gate said −1", "failed"), ("Gate said +1", "passed")):
            page.click(f".looks a:has-text('{text}')")
            page.wait_for_url(f"**gate={word}**")
            button = page.locator(f".looks a:has-text('{text}')")
            page.wait_for_selector(f".looks a[aria-current=true]:has-text('{text}')")
            visit.picture(f"highlight-{word}", whole=False)
            looks = page.locator("table.matrix").evaluate(
                """table => {
                    const cols = [...table.querySelectorAll('col')], found = {};
                    for (const col of cols.slice(1)) {
                        const style = getComputedStyle(col), index = cols.indexOf(col);
                        const head = getComputedStyle(table.tHead.rows[1].cells[index]);
                        const at = col.className || 'none';
                        (found[at] ??= new Set()).add(style.backgroundColor + head.backgroundColor);
                    }
                    return Object.fromEntries(Object.entries(found).map(([name, all]) => [name, [...all]]));
                }"""
            )
            marked = looks.pop({"failed": "f", "passed": "p"}[word])
            self.assertEqual(1, len(marked))
            self.assertTrue(looks)
            for name, others in looks.items():
                self.assertNotIn(marked[0], others, name)
            button.click()
            page.wait_for_url(lambda address: "gate=" not in address)
        self.assert_content(visit)

    def test_compare(self):
        """Rows that are ticked are all that is left, until all are asked for."""
        visit, page = self.open("columns=20")
        rows = page.locator(".matrix tbody").count()
        ticks = page.locator(".matrix tbody > tr:first-child .pick")
        for number in (1, 3):
            ticks.nth(number).check()
        page.click("#compare")
        page.wait_for_url("**row=**")
        page.wait_for_function("() => document.querySelectorAll('.matrix tbody').length === 2")
        visit.picture("compared", whole=False)
        page.click("text=All rows")
        page.wait_for_function(f"() => document.querySelectorAll('.matrix tbody').length === {rows}")
        self.assert_content(visit)

    def test_jobs_open(self):
        """A CI opens to its jobs, and closes; the address says so, and what was scrolled and ticked stays."""
        visit, page = self.open("columns=60&window=30d")
        bodies = page.locator("tbody", has=page.locator("input.open"))
        jobs = bodies.nth(1).locator("tr.job")
        self.assertEqual(0, page.locator("tr.job").count())
        bodies.nth(0).locator(".pick").first.check()
        page.locator(".grid").evaluate("grid => grid.scrollTo(200, 0)")
        # By its place: to be sure of sight, the driver would scroll.
        box = bodies.nth(1).locator("input.open").bounding_box()
        page.mouse.click(box["x"] + 12, box["y"] + 12)
        jobs.first.wait_for()
        self.assertIn("unfold=", page.url)
        self.assertEqual(0, bodies.nth(0).locator("tr.job").count())
        self.assertTrue(bodies.nth(0).locator(".pick").first.is_checked())
        self.assertEqual(200, page.locator(".grid").evaluate("grid => grid.scrollLeft"))
        bodies.nth(1).locator("input.open").uncheck()
        jobs.first.wait_for(state="detached")
        self.assertNotIn("unfold=", page.url)
        page.go_back()
        jobs.first.wait_for()
        self.assertTrue(bodies.nth(1).locator("input.open").is_checked())
        self.assert_content(visit)
