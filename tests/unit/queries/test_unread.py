"""What could not be read is counted, by shape and by word, of all CIs or of one."""

from ciwatch.queries import unread
from tests import base

AT = 1700000000


class TestUnread(base.TestCase):
    """Two CIs that nobody understands."""

    def setUp(self):
        """Records their comments."""
        super().setUp()
        self.store = self.make_engine()
        odd = "Patch Set 1: Code-Review+1\n\nmoon phase {} at http://moon.example/{}"
        found = [
            *(base.comment_event(odd.format(n, n), AT + 60 * n, "basalt-ci", change=n + 1) for n in range(3)),
            base.comment_event("Patch Set 1:\n\ntides", AT, "basalt-ci", "Basalt CI"),
            base.comment_event("Patch Set 1:\n\nmoon phase 7 at http://x.example", AT, "cobalt-ci"),
            *(
                base.comment_event(
                    f"Patch Set 1:\n\nBuild failed.\n\n- unit http://x.example/{n} : {word} in 3s\n"
                    f"- lint http://x.example/{n} : SUCCESS",
                    AT + 1000 + 60 * n,
                    "cobalt-ci",
                    change=n + 10,
                )
                for n, word in enumerate(("MELTED", "MELTED", "FROZEN"))
            ),
        ]
        self.make_recorder(self.store).record([base.line(event) for event in found])

    def read(self, query, *names):
        """Some fields of what *query* finds."""
        with self.store.connect() as connection:
            return [tuple(getattr(row, name) for name in names) for row in query(connection)]

    def test_shapes(self):
        """Most first, each with its newest comment as the example."""
        self.assertEqual(
            [
                ("basalt-ci", "moon phase <n> at <url>", 3, 3),
                ("cobalt-ci", "moon phase <n> at <url>", 1, 100),
                ("basalt-ci", "tides", 1, 100),
            ],
            self.read(unread.shapes, "ci", "shape", "comments", "change"),
        )

    def test_shapes_of_one(self):
        """Only its own."""
        rows = self.read(lambda connection: unread.shapes(connection, "cobalt-ci"), "ci", "text")
        self.assertEqual([("cobalt-ci", "Patch Set 1:\n\nmoon phase 7 at http://x.example")], rows)
        self.assertEqual([], self.read(lambda connection: unread.shapes(connection, "nobody"), "ci"))

    def test_words(self):
        """Each with its newest build."""
        expected = [("cobalt-ci", "MELTED", 2, 11, "unit"), ("cobalt-ci", "FROZEN", 1, 12, "unit")]
        names = "ci", "word", "builds", "change", "job"
        self.assertEqual(expected, self.read(unread.words, *names))
        one = self.read(lambda connection: unread.words(connection, "cobalt-ci"), *names)
        self.assertEqual(expected, one)
        self.assertEqual([], self.read(lambda connection: unread.words(connection, "basalt-ci"), *names))

    def test_needs_no_scan(self):
        """Both counts come from indexes which hold nothing else."""
        explain = "EXPLAIN QUERY PLAN" if self.store.dialect.name == "sqlite" else "EXPLAIN"
        with self.store.connect() as connection:
            if self.store.dialect.name == "postgresql":
                # It reads a table of one page as a whole, whatever its indexes.
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            for table, where, index in (
                ("reports", "shape IS NOT NULL", "ix_reports_shape"),
                ("builds", "result_class = 'unknown'", "ix_builds_unknown"),
            ):
                plan = connection.exec_driver_sql(f"{explain} SELECT count(*) FROM {table} WHERE {where}")
                # MariaDB tells others that it might have taken, too.
                told = plan.one().key if self.store.dialect.name == "mysql" else plan.all()
                self.assertIn(index, str(told))
