"""What a plugin does wrong is kept, counted and shown, and stops nobody."""

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.parsers import base as parsers_base
from ciwatch.parsers import manager
from ciwatch.parsers import zuul
from ciwatch.recorder import identity
from ciwatch.recorder import recorder
from tests import base

AT = 1700000000


class Raises(parsers_base.Parser):
    """Fails on all but starts."""

    name = "raises"
    priority = 1

    def parse(self, comment):
        """Raises."""
        if "Starting" not in comment.text:
            raise RuntimeError("no\nway" * 500)


class TestFaults(base.TestCase):
    """Through the recorder."""

    def setUp(self):
        """A recorder whose plugins are bad, but for one."""
        super().setUp()
        self.store = self.make_engine()

    def record(self, plugins, *texts):
        """Records comments of the gate with these (name, class) pairs, as a new process does."""
        parsers = manager.ParserManager(extensions=plugins)
        rules = identity.Identity(gate_accounts=["zuul"])
        writer = recorder.Recorder(self.store, parsers, rules, "test")
        for number, text in enumerate(texts):
            writer.record([base.line(base.comment_event(text, AT + number))])

    def faults(self):
        """What is kept."""
        table = models.ParserFault.__table__
        with self.store.connect() as connection:
            return [
                (row.parser, str(row.kind), row.count, row.reason[:22])
                for row in connection.execute(sa.select(table).order_by(table.c.parser))
            ]

    def test_counted(self):
        """Batch for batch; the comment is read by the next parser all the same."""
        result = "Patch Set 1:\n\nBuild failed.\n\n- unit http://x.example/1 : FAILURE"
        plugins = [("raises", Raises), ("object", object), ("zuul", zuul.ZuulParser)]
        self.record(plugins, result, "Patch Set 1:\n\nStarting check jobs.", result + "2")
        self.assertEqual(
            [
                ("object", "not loaded", 1, "is no ciwatch.parsers."),
                ("raises", "raised", 2, "RuntimeError: no\nwayno"),
            ],
            self.faults(),
        )
        with self.store.connect() as connection:
            read = set(connection.scalars(sa.select(models.Report.parser)))
        self.assertEqual({"zuul"}, read)

    def test_not_loaded_any_more(self):
        """A plugin that loads again is forgotten by the next process; what it raised is not."""
        self.record([("object", object), ("raises", Raises)], "Patch Set 1:\n\nx")
        self.record([("zuul", zuul.ZuulParser)], "Patch Set 1:\n\ny")
        self.assertEqual([("raises", "raised", 1)], [fault[:3] for fault in self.faults()])
