"""What the registry answers."""

import datetime

from ciwatch.insight import expectation
from ciwatch.registry import model
from tests import base

BASALT = model.System(
    "basalt",
    "Basalt",
    accounts=("basalt-ci", "Basalt Robot"),
    limit=datetime.timedelta(hours=12),
    covers=(
        model.Cover(("openstack/cinder",), ("master", "stable/*"), ignore_files=("doc/**", "**/*.rst")),
        model.Cover(("openstack/cinder-*",), files=("drivers/basalt/**",), limit=datetime.timedelta(hours=8)),
    ),
)
PEBBLE = model.System("pebble", "Pebble", retired=datetime.date(2026, 5, 31))
Expected = model.Expected


class TestRegistry(base.TestCase):
    """One with two CIs, and none."""

    def setUp(self):
        """Makes it."""
        super().setUp()
        self.registry = model.Registry([BASALT, PEBBLE])

    def test_nothing_registered(self):
        """Nothing is known of anybody."""
        none = model.Registry()
        self.assertEqual("", none.digest)
        self.assertEqual("", none.accounts_digest)
        self.assertIs(Expected.UNREGISTERED, none.is_expected("basalt", "p", "master", ()))
        self.assertEqual(expectation.LIMIT, none.limit("basalt", "p"))
        self.assertIsNone(none.retired_since("basalt"))
        self.assertFalse(none.is_retired("basalt", datetime.date(2026, 1, 1)))
        self.assertIsNone(none.system_of("basalt"))

    def test_expected(self):
        """By project, branch and files; one cover is enough."""
        for project, branch, files, expected in (
            ("openstack/cinder", "master", ("a.py",), Expected.YES),
            ("openstack/cinder", "stable/2026.1", ("a.py", "doc/x.rst"), Expected.YES),
            ("openstack/cinder", "feature/x", ("a.py",), Expected.NO),
            ("openstack/cinder", "feature/x", None, Expected.NO),
            ("openstack/cinder", "master", ("doc/a.txt", "README.rst"), Expected.NO),
            ("openstack/cinder", "master", None, Expected.UNKNOWN_FILES),
            ("openstack/cinder-lib", "feature/x", ("drivers/basalt/a.py",), Expected.YES),
            ("openstack/cinder-lib", "feature/x", ("drivers/slate/a.py",), Expected.NO),
            ("openstack/nova", "master", ("a.py",), Expected.NO),
            ("openstack/nova", "master", None, Expected.NO),
        ):
            found = self.registry.is_expected("basalt", project, branch, files)
            self.assertIs(expected, found, (project, branch, files))
        for name in ("pebble", "unheard-of"):
            found = self.registry.is_expected(name, "openstack/cinder", "master", ("a.py",))
            self.assertIs(Expected.UNREGISTERED, found)

    def test_any_file_needs_no_files(self):
        """A cover that does not look at files holds where nobody knows them."""
        registry = model.Registry([model.System("a", "A", covers=(model.Cover(("p",)),))])
        self.assertIs(Expected.YES, registry.is_expected("a", "p", "stable/x", None))
        self.assertIs(Expected.YES, registry.is_expected("a", "p", "stable/x", ()))

    def test_limit(self):
        """That of the project, else of the CI, else a day."""
        for name, project, hours in (
            ("basalt", "openstack/cinder-lib", 8),
            ("basalt", "openstack/cinder", 12),
            ("basalt", "openstack/nova", 12),
            ("pebble", "openstack/cinder", 24),
        ):
            self.assertEqual(datetime.timedelta(hours=hours), self.registry.limit(name, project))

    def test_retired(self):
        """From the day on."""
        self.assertEqual(datetime.date(2026, 5, 31), self.registry.retired_since("pebble"))
        for day, expected in ((30, False), (31, True)):
            self.assertIs(expected, self.registry.is_retired("pebble", datetime.date(2026, 5, day)))

    def test_accounts(self):
        """Those that it names, and the one that bears its name."""
        for account, name in (
            ("basalt-ci", "basalt"),
            ("Basalt Robot", "basalt"),
            ("basalt", "basalt"),
            ("pebble", "pebble"),
            ("Basalt", None),
        ):
            self.assertEqual(name, self.registry.system_of(account))

    def test_digest(self):
        """It changes with what figures depend on, and not with a contact or the order."""
        digest, accounts_digest = self.registry.digest, self.registry.accounts_digest
        same = model.Registry([PEBBLE, self.changed(contact="x@example.com")])
        self.assertEqual((digest, accounts_digest), (same.digest, same.accounts_digest))
        for change in ({"gate": True}, {"accounts": ("basalt-ci",)}):
            other = model.Registry([self.changed(**change), PEBBLE])
            self.assertNotEqual(digest, other.digest, change)
            self.assertNotEqual(accounts_digest, other.accounts_digest, change)
        for change in (
            *({"limit": None}, {"covers": ()}, {"retired": datetime.date(2026, 1, 1)}),
            *({"page": "https://x.example/"}, {"recheck": "run-x"}),
        ):
            other = model.Registry([self.changed(**change), PEBBLE])
            self.assertNotEqual(digest, other.digest, change)
            self.assertEqual(accounts_digest, other.accounts_digest, change)
        self.assertNotEqual(
            accounts_digest, model.Registry([self.changed(title="B"), PEBBLE]).accounts_digest
        )

    def changed(self, **change):
        """Basalt, changed."""
        return model.System(
            **{**{name: getattr(BASALT, name) for name in BASALT.__struct_fields__}, **change}
        )
