"""What a long command says of how far it is."""

import contextlib
import io

from ciwatch.cli import progress
from tests import base


class TestProgress(base.TestCase):
    """Where nobody looks at a terminal."""

    def said(self, work, **options):
        """What is written on standard error."""
        with contextlib.redirect_stderr(io.StringIO()) as told:
            with contextlib.suppress(KeyboardInterrupt):
                with progress.Progress("counting", "steps", "'this' goes on", **options) as shown:
                    work(shown)
        return told.getvalue()

    def test_short(self):
        """A short one says nothing."""
        self.assertEqual("", self.said(lambda shown: shown.at(10, 20)))

    def test_lines(self):
        """A long one says now and then how much is done, how fast, and how long it will take."""
        self.patch(progress, "EVERY_S", 0.0)
        said = self.said(lambda shown: shown.at(1000, 4000, "9 events"))
        self.assertRegex(
            said, r"^ciwatch: counting: 1,000 of 4,000 steps, [\d.,e+]+ a second, \d+ s left, 9 events\n$"
        )
        self.assertRegex(self.said(lambda shown: shown.at(0.5), total=2.0), r"counting: 0\.5 of 2\.0 steps")
        self.assertIn("counting: 3 steps", self.said(lambda shown: shown.at(3)))

    def test_gone_on(self):
        """What was done before took none of this time."""
        self.patch(progress, "EVERY_S", 0.0)

        def work(shown):
            shown.go_on_after(3000)
            shown.at(3000, 4000)

        self.assertIn("3,000 of 4,000 steps, 0 a second", self.said(work))

    def test_interrupted(self):
        """Ctrl-C says how to go on."""

        def work(shown):
            raise KeyboardInterrupt

        self.assertEqual("ciwatch: interrupted; 'this' goes on\n", self.said(work))
