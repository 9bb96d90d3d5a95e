"""What the registry knows: the CI systems that somebody described, and which parts of a project need one."""

import datetime
import enum
import functools
import hashlib
import types

import msgspec

from ciwatch.registry import globs

#: The time in which an answer is expected where the registry names none.
LIMIT = datetime.timedelta(hours=24)


class Expected(enum.StrEnum):
    """Whether the registry expects a CI on a patch set.

    *UNKNOWN_FILES*: that depends on the files, and nobody knows them. *UNREGISTERED*: the registry does not
    say what the CI covers.
    """

    YES = "yes"
    NO = "no"
    UNKNOWN_FILES = "unknown files"
    UNREGISTERED = "unregistered"


class Cover(msgspec.Struct, frozen=True):
    """On what a CI is expected: patterns of :mod:`~ciwatch.registry.globs`.

    :ivar files: a patch set must change a file that one of them matches; none for any file.
    :ivar ignore_files: files that do not count, such as documentation.
    :ivar limit: the time in which an answer is expected there, or None.
    """

    projects: tuple[str, ...]
    branches: tuple[str, ...] = ("**",)
    files: tuple[str, ...] = ()
    ignore_files: tuple[str, ...] = ()
    limit: datetime.timedelta | None = None


class System(msgspec.Struct, frozen=True):
    """A CI system.

    :ivar name: the address of its pages. An account of that name is its own, too.
    :ivar title: what it is called.
    :ivar accounts: its accounts: usernames, or full names where Gerrit gives no username.
    :ivar recheck: the comment that makes it run again.
    :ivar gate: whether it is the project's own.
    :ivar limit: the time in which an answer is expected, where the cover says none.
    :ivar retired: since when it reports no more.
    """

    name: str
    title: str
    organization: str = ""
    contact: str = ""
    page: str = ""
    recheck: str = ""
    accounts: tuple[str, ...] = ()
    gate: bool = False
    covers: tuple[Cover, ...] = ()
    limit: datetime.timedelta | None = None
    retired: datetime.date | None = None


class Component(msgspec.Struct, frozen=True):
    """A part of a project that needs a CI: a driver; *systems* are the names of those that test it."""

    name: str
    files: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()


class Project(msgspec.Struct, frozen=True):
    """A project whose parts need CIs."""

    name: str
    components: tuple[Component, ...] = ()


class Registry:
    """The whole, which never changes: a file that did is another registry.

    :ivar systems: name -> :class:`System`, in the order of the file.
    :ivar projects: name -> :class:`Project`, in the order of the file.
    :ivar digest: another one whenever something changes on which figures depend; "" for nothing registered.
    :ivar accounts_digest: the same for what decides which account is which CI, and how that is called.
    :ivar content_digest: the same for all that it says.
    """

    def __init__(self, systems=(), projects=()):
        """Takes the :class:`System` and the :class:`Project`."""
        self.systems = types.MappingProxyType({system.name: system for system in systems})
        self.projects = types.MappingProxyType({project.name: project for project in projects})
        self._system_of = {
            account: system.name
            for system in self.systems.values()
            for account in (system.name, *system.accounts)
        }
        self._rules = {
            system.name: [_Rule(cover) for cover in system.covers] for system in self.systems.values()
        }
        self.accounts_digest = _digest(
            [
                (name, system.title, sorted(system.accounts), system.gate)
                for name, system in sorted(self.systems.items())
            ]
        )
        self.digest = _digest(
            [
                (
                    *(name, sorted(system.accounts), system.gate, system.covers, system.limit),
                    *(system.retired, system.page, system.recheck),
                )
                for name, system in sorted(self.systems.items())
            ]
        )
        self.content_digest = _digest([*self.systems.values(), *self.projects.values()])
        self._rules_on = functools.lru_cache(maxsize=4096)(self._find_rules)

    def system_of(self, account):
        """The name of the CI that an account belongs to, or None.

        :param account: its username, or its full name where Gerrit gives none.
        """
        return self._system_of.get(account)

    @property
    def accounts(self):
        """All accounts that are a CI's, as :meth:`system_of` takes them."""
        return self._system_of.keys()

    def is_expected(self, name, project, branch, files):
        """Whether the CI called *name* is :class:`Expected` on a patch set.

        :param files: names of the files that it changes, or None where nobody knows them.
        """
        if not self._rules.get(name):
            return Expected.UNREGISTERED
        found = Expected.NO
        for rule in self._rules_on(name, project, branch):
            if rule.takes_any_file:
                return Expected.YES
            if files is None:
                found = Expected.UNKNOWN_FILES
            elif any(rule.takes(file) for file in files):
                return Expected.YES
        return found

    def limit(self, name, project):
        """The time in which an answer of the CI called *name* is expected on a project."""
        for rule in self._rules.get(name, ()):
            if rule.cover.limit is not None and rule.projects.match(project):
                return rule.cover.limit
        system = self.systems.get(name)
        return system.limit if system is not None and system.limit is not None else LIMIT

    def retired_since(self, name):
        """The date since which the CI called *name* reports no more, or None."""
        system = self.systems.get(name)
        return system.retired if system is not None else None

    def is_retired(self, name, day):
        """Whether the CI called *name* was retired on a *day*, a date."""
        since = self.retired_since(name)
        return since is not None and since <= day

    def _find_rules(self, name, project, branch):
        return tuple(
            rule for rule in self._rules[name] if rule.projects.match(project) and rule.branches.match(branch)
        )


class _Rule:
    """A :class:`Cover` whose patterns are compiled."""

    def __init__(self, cover):
        self.cover = cover
        self.projects = globs.Globs(cover.projects)
        self.branches = globs.Globs(cover.branches)
        self.takes_any_file = not cover.files and not cover.ignore_files
        self._files = globs.Globs(cover.files or ("**",))
        self._ignored = globs.Globs(cover.ignore_files)

    def takes(self, file):
        """Whether a patch set that changes a *file* is to be tested for it."""
        return self._files.match(file) and not self._ignored.match(file)


def _digest(content):
    if not content:
        return ""
    return hashlib.blake2b(msgspec.json.encode(content), digest_size=16).hexdigest()
