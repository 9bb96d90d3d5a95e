"""What a cell shows, by the reports behind it."""

import testscenarios
import testtools

from ciwatch.queries import cells


def start(pipeline="check"):
    """A run that goes on."""
    return "started", pipeline, None, None


def end(verdict, attempt=1, pipeline="check"):
    """A finished run."""
    return "finished", pipeline, verdict, attempt


UNREAD = ("other", "", None, None)


class TestState(testscenarios.WithScenarios, testtools.TestCase):
    """Each rule."""

    scenarios = [
        (name, {"reports": reports, "expected": expected})
        for name, reports, expected in (
            ("one end", [end("passed")], ("passed", 1)),
            ("the latest attempt counts", [end("failed"), end("passed", 2)], ("passed", 2)),
            ("three attempts", [end("failed"), end("passed", 2), end("failed", 3)], ("failed", 3)),
            ("running", [start()], ("running", 0)),
            ("running again", [end("failed"), start()], ("running", 1)),
            ("begun and ended", [start(), end("infrastructure")], ("infrastructure", 1)),
            ("another pipeline runs", [end("passed"), start("gate")], ("running", 1)),
            ("the worst pipeline", [end("failed"), end("passed", 1, "gate")], ("failed", 1)),
            (
                "the worst of the latest",
                [end("failed"), end("passed", 2), end("infrastructure", 1, "gate")],
                ("infrastructure", 2),
            ),
            ("an end without a verdict", [end(None)], ("unknown", 1)),
            ("all skipped", [end("not run")], ("not run", 1)),
            ("unread", [UNREAD, UNREAD], ("unread", 0)),
            ("unread beside read", [UNREAD, end("passed"), UNREAD], ("passed", 1)),
        )
    ]

    def test(self):
        """It holds."""
        self.assertEqual(self.expected, cells.state_of(self.reports))
