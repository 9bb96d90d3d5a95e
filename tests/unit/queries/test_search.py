"""Tests of what a search finds."""

from ciwatch.queries import search
from ciwatch.registry import file
from tests import base


def said(account, job, change=100, project="openstack/lantern", name=None):
    """A result of a CI."""
    line = f"- {job} https://logs.example/x : SUCCESS in 5m 00s"
    text = f"Patch Set 1: Verified+1\n\nBuild succeeded.\n\n{line}"
    event = base.comment_event(text, 1700000100 + change, account, name, change)
    event["change"]["project"] = project
    return event


class TestSearch(base.TestCase):
    """By names and numbers."""

    def find(self, text, *events):
        """What is found among some events, or those of a small world."""
        store = self.make_engine()
        events = events or (
            said("basalt-ci", "basalt-tempest", name="Basalt Array CI"),
            said("cobalt-ci", "tempest_100%", 1001, "openstack/cinder", "Cobalt CI"),
            said("zuul", "unit", 2001, "x/cinder-tempest"),
        )
        self.make_recorder(store).record(list(map(base.line, events)))
        with store.connect() as connection:
            return search.read(connection, text)

    def test_kinds(self):
        """A word finds whatever has it in its name, beginnings first, whatever its case."""
        found = self.find("TEMPEST")
        self.assertEqual(["x/cinder-tempest"], [each.name for each in found.projects])
        self.assertEqual(
            [("tempest_100%", "cobalt-ci"), ("basalt-tempest", "basalt-ci")],
            [(each.name, each.ci) for each in found.jobs],
        )
        self.assertEqual((0, 3), (found.system_count, found.count))

    def test_last_part(self):
        """A project whose last part begins so comes before one that has it elsewhere."""
        events = [said("zuul", "unit", n, name) for n, name in enumerate(("a/my-wick", "z/wick", "b/c-wick"))]
        self.assertEqual("z/wick", self.find("wick", *events).projects[0].name)

    def test_titles(self):
        """A CI is found by its title, too; of several words each must be there."""
        self.assertEqual(["basalt-ci"], [each.name for each in self.find("array ci").systems])
        self.assertEqual(0, self.find("array cobalt").count)

    def test_accounts(self):
        """Whoever knows an account that was joined into another CI finds that."""
        store = self.make_engine()
        path = self.write_registry("systems: {minerals: {accounts: [basalt-ci, cobalt-ci]}}")
        record = self.make_recorder(store, registry_file=file.RegistryFile(path))
        record.record([base.line(said("cobalt-ci", "unit"))])
        with store.connect() as connection:
            self.assertEqual(["minerals"], [each.name for each in search.read(connection, "cobalt").systems])

    def test_wildcards(self):
        """A percent sign, an underscore and what escapes them are letters like others."""
        for text, count in (("%", 1), ("_", 1), ("e_t", 0), ("tempest_100%", 1), ("/", 3), ("\\", 0)):
            found = self.find(text)
            self.assertEqual(count, found.project_count + found.job_count, text)

    def test_change(self):
        """A number finds its change; with its patch set, or as an address of Gerrit's, too."""
        for text, patch_set in (
            ("100", None),
            (" 100,1 ", 1),
            ("100/2", 2),
            ("https://review.example/c/openstack/lantern/+/100/3", 3),
            ("https://review.example/#/c/100/", None),
            ("https://review.example/100", None),
        ):
            found = self.find(text).change
            self.assertEqual((100, patch_set), (found.number, found.patch_set), text)
        for text in ("7", "-100", "100.0", "99999999999999999999", "\u0661\u0660\u0660", "100 1"):
            self.assertIsNone(self.find(text).change, text)

    def test_numbers_that_begin_so(self):
        """Changes whose number begins with the digits, the newest first; not those that only have them."""
        found = self.find("100")
        self.assertEqual(([1001, 100], 2), ([each.number for each in found.changes], found.change_count))
        self.assertEqual([2001], [each.number for each in self.find("20").changes])
        self.assertEqual([], self.find("01").changes)

    def test_bounded(self):
        """Twenty of a kind, and how many there are."""
        events = [said("zuul", f"job-{number:02}", 500 + number) for number in range(25)]
        found = self.find("job", *events)
        self.assertEqual((20, 25), (len(found.jobs), found.job_count))
        self.assertEqual("job-00", found.jobs[0].name)
        found = self.find("5", *events)
        self.assertEqual((20, 25, 524), (len(found.changes), found.change_count, found.changes[0].number))

    def test_nothing(self):
        """An empty text finds nothing; of very many words the same one counts once."""
        self.assertEqual(search.Search(""), self.find("  "))
        self.assertEqual(0, self.find("basalt " * 8 + "nothing").count)
        self.assertEqual(1, self.find("basalt " * 30).system_count)
