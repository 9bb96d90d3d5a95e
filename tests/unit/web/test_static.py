"""What browsers are sent beside the pages."""

from ciwatch.web import static
from tests import base


class TestModules(base.TestCase):
    """The modules that make a page more than a page."""

    def test_small(self):
        """They weigh next to nothing, all together; and none asks another host for anything."""
        modules = {path.name: path.read_text() for path in static.FOLDER.glob("*.js")}
        self.assertIn("live.js", modules)
        self.assertLess(sum(len(text.encode()) for text in modules.values()), 15_000)
        for name, text in modules.items():
            self.assertNotIn("://", text, name)
            self.assertNotIn("import", text, name)
