"""Without a mouse."""

import re

from tests.browser import pages
from tests.browser import test_matrix

_FOCUSED = "document.activeElement"


class TestKeys(test_matrix.MatrixTestCase):
    """The keys that the page names."""

    def tab_to(self, page, selector, most=80):
        """Presses Tab until what matches has the focus."""
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate(f"selector => {_FOCUSED}.matches(selector)", selector):
                return
        self.fail(f"Tab did not come to {selector} in {most} steps")

    def place(self, page):
        """(row, column) of the cell that has the focus."""
        return page.evaluate(
            f"(() => {{ const cell = {_FOCUSED}.closest('td, th');"
            " return cell ? [cell.parentElement.rowIndex, cell.cellIndex] : null; })()"
        )

    def test_to_a_log(self):
        """Tab reaches the matrix, arrows a job's cell, whose card opens; Enter follows to the log."""
        visit, page = self.open("columns=30&jobs=open")
        self.tab_to(page, ".grid")
        page.keyboard.press("ArrowDown")
        begun = self.place(page)
        self.assertIsNotNone(begun)
        page.keyboard.press("ArrowRight")
        self.assertEqual([begun[0], begun[1] + 1], self.place(page))
        page.keyboard.press("ArrowLeft")
        self.assertEqual(begun, self.place(page))
        is_log = f"/^\\/log\\//.test({_FOCUSED}.getAttribute('href') ?? '')"
        for key in ["ArrowDown", "ArrowDown", *["ArrowRight", "ArrowDown"] * 8]:
            page.keyboard.press(key)
            if page.evaluate(is_log):
                break
        self.assertTrue(page.evaluate(is_log), self.place(page))
        card = page.locator("#card")
        card.wait_for(state="visible")
        said = card.inner_text()
        visit.picture("card", whole=False)
        self.assertRegex(said, r"UTC")
        self.assertRegex(said, r"ago|just now")
        # Whoever hears the page is told the card, too.
        self.assertEqual("card", page.evaluate(f"{_FOCUSED}.getAttribute('aria-describedby')"))
        self.assert_content(visit)
        with page.expect_request(re.compile("/log/")):
            page.keyboard.press("Enter")

    def test_one_stop(self):
        """For Tab the cells are no thousand stops: a few steps from the matrix lead out of it."""
        _, page = self.open("columns=30&jobs=open&ci=" + self.who.ci)
        self.tab_to(page, ".grid")
        page.keyboard.press("ArrowDown")
        # Heads of the rows are links, boxes to open and to tick: some stops a row, none a cell.
        rows = page.locator(".matrix tbody tr").count()
        for _ in range(4 * rows + 4):
            page.keyboard.press("Tab")
            if page.evaluate(f"!{_FOCUSED}.closest('.grid')"):
                break
        self.assertTrue(page.evaluate(f"!{_FOCUSED}.closest('.grid')"))

    def test_focus_in_sight(self):
        """What has the focus is not hidden behind the heads that stay."""
        visit, page = self.open("window=30d&columns=60&jobs=open")
        page.locator(".grid").focus()
        page.keyboard.press("ArrowDown")
        hidden = (
            f"(() => {{ const at = {_FOCUSED}.getBoundingClientRect();"
            " const found = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);"
            f" return !{_FOCUSED}.contains(found) && !found?.contains({_FOCUSED})"
            " && !found?.closest('#card'); })()"
        )
        for key in ["End", *["ArrowDown"] * 40, *["ArrowLeft"] * 50, *["ArrowUp"] * 35]:
            page.keyboard.press(key)
            self.assertFalse(page.evaluate(hidden), (key, self.place(page)))
        self.assert_content(visit)

    def test_escape(self):
        """Closes the card, and leaves the focus."""
        _, page = self.open("columns=30")
        page.locator(".grid").focus()
        page.keyboard.press("ArrowDown")
        page.locator("#card").wait_for(state="visible")
        page.keyboard.press("Escape")
        page.locator("#card").wait_for(state="hidden")
        self.assertIsNotNone(self.place(page))

    def test_everywhere(self):
        """On each kind of page / goes to the search, and ? shows the keys until Escape."""
        visit = self.visit()
        for kind in pages.ALL:
            page = visit.go(kind.address(self.shown), kind.status)
            page.keyboard.press("/")
            self.assertEqual("q", page.evaluate(f"{_FOCUSED}.name"), kind.name)
            # The key itself is not typed.
            self.assertNotIn("/", page.locator("[name=q]").first.input_value(), kind.name)
            page.evaluate(f"{_FOCUSED}.blur()")
            page.keyboard.press("?")
            keys = page.locator("dialog#keys")
            self.assertTrue(keys.is_visible(), kind.name)
            page.keyboard.press("Escape")
            self.assertFalse(keys.is_visible(), kind.name)
            self.assertEqual([], visit.take(), kind.name)

    def test_skip(self):
        """The first stop of Tab leads past the head of the page."""
        _, page = self.open("columns=30")
        page.keyboard.press("Tab")
        self.assertEqual("#main", page.evaluate(f"{_FOCUSED}.getAttribute('href')"))
        page.keyboard.press("Enter")
        self.assertEqual("main", page.evaluate(f"{_FOCUSED}.id"))


class TestTheme(test_matrix.MatrixTestCase):
    """The reader's choice of colours."""

    def test_lasts(self):
        """It holds after a reload and on other pages, and another choice brings the system's back."""
        visit, page = self.open("columns=30", scheme="light")
        ground = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(ground)
        for _ in range(3):
            page.click("#theme")
            if page.evaluate(ground) != light:
                break
        dark = page.evaluate(ground)
        self.assertNotEqual(light, dark)
        page.reload()
        self.assertEqual(dark, page.evaluate(ground))
        visit.go(self.shown.address + "/about")
        self.assertEqual(dark, page.evaluate(ground))
        for _ in range(3):
            page.click("#theme")
            if page.evaluate(ground) == light:
                break
        self.assertEqual(light, page.evaluate(ground))
        self.assert_content(visit)
