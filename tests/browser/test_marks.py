"""The states of a cell for those who see no colours."""

import io
import itertools

from ciwatch.web import rendering
from tests.browser import chromium
from tests.browser import test_matrix

#: In how much of what is drawn two marks differ at least: of the pixels that are ink in either, so many are
#: none in the other. 0 is the same form, 1 forms that have nothing in common.
LEAST = 0.5
#: How far from the page's ground the grey of ink is at least, of 255: what 3:1 takes on either ground, or so.
INK = 80

# Each mark is drawn so large, so that a picture has enough of its form.
_SCALE = 2
_SIZE = 22 * _SCALE


def _ink(picture):
    """The pixels that are drawn, as a set of places; what is only tinted is none."""
    grey = list(picture.getdata())
    ground = max(set(grey), key=grey.count)
    return {place for place, value in enumerate(grey) if abs(value - ground) >= INK}


def _difference(one, other):
    return len(one ^ other) / len(one | other)


class TestMarks(test_matrix.MatrixTestCase):
    """Form first, colour third."""

    def marks(self, scheme):
        """State -> (picture in grey, its pixels)."""
        from PIL import Image

        visit = self.visit(scheme=scheme, device_scale_factor=_SCALE)
        page = visit.go(f"{self.address}?columns=12")
        found = {}
        for item in page.locator(".legend li").all():
            state = item.inner_text().strip().splitlines()[-1].strip()
            picture = Image.open(io.BytesIO(item.locator(".mark").screenshot(animations="disabled")))
            found[state] = picture.convert("L").resize((_SIZE, _SIZE))
        return found

    def test_grey(self):
        """Any two of the states differ in a grey picture, light and dark."""
        from PIL import Image

        for scheme in chromium.SCHEMES:
            marks = self.marks(scheme)
            states = [str(state) for state in rendering.MARKS]
            self.assertGreaterEqual(len(states), 9)
            self.assertLessEqual(set(states), set(marks))
            sheet = Image.new("L", (_SIZE * len(states), _SIZE))
            for number, state in enumerate(states):
                sheet.paste(marks[state], (number * _SIZE, 0))
            chromium.PICTURES.mkdir(exist_ok=True)
            sheet.save(chromium.PICTURES / f"marks-in-grey-{scheme}.png")
            ink = {state: _ink(marks[state]) for state in states}
            self.assertGreater(min(map(len, ink.values())), 8 * _SCALE)
            least = sorted(
                (_difference(ink[one], ink[other]), one, other)
                for one, other in itertools.combinations(states, 2)
            )
            print(
                f"\n{scheme}: the two most alike in grey, {least[0][1]} and {least[0][2]}, differ in"
                f" {least[0][0]:.2f} of what is drawn (at least {LEAST})"
            )
            self.assertGreater(least[0][0], LEAST, least[:4])
