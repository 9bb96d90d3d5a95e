"""Finds the parser plugins, asks them in their order, and lets none of them stop the others."""

import collections
import logging

import msgspec
from stevedore import extension

from ciwatch.parsers import base
from ciwatch.parsers import contract
from ciwatch.parsers.contract import FaultKind

NAMESPACE = "ciwatch.parsers"

_OWN = "ciwatch.parsers."

LOG = logging.getLogger(__name__)


class Reading(msgspec.Struct, frozen=True):
    """A comment that a parser took: which one, and what it understood."""

    parser: base.Parser
    report: base.Report


class ParserManager:
    """All usable parsers.

    :ivar parsers: the parsers in the order in which they are asked.
    :ivar failures: (plugin name, reason) of those that cannot be used.
    """

    def __init__(self, disabled=(), extensions=None):
        """Loads the plugins.

        :param disabled: names of plugins not to be used.
        :param extensions: (name, class) pairs to use instead of the installed entry points.
        """
        self.failures = []
        self._faults = {}
        if extensions is None:
            extensions = self._installed()
        self.parsers = self._usable([pair for pair in extensions if pair[0] not in disabled])
        self._strict = [parser for parser in self.parsers if parser.strict]

    def _installed(self):
        found = extension.ExtensionManager(
            NAMESPACE,
            invoke_on_load=False,
            on_load_failure_callback=self._could_not_load,
        )
        return [(entry.name, entry.plugin) for entry in found]

    def _could_not_load(self, manager, entry_point, error):
        self._fail(entry_point.name, f"cannot be imported: {error}")

    def _fail(self, name, reason):
        LOG.error("Parser plugin %s %s", name, reason)
        self.failures.append((name, reason))
        self._count(name, FaultKind.NOT_LOADED, reason)

    def _count(self, name, kind, reason):
        count, _ = self._faults.get((name, kind), (0, None))
        self._faults[name, kind] = count + 1, reason

    def take_faults(self):
        """What went wrong since the last call: (plugin name, :class:`FaultKind`) -> (how often, why)."""
        faults, self._faults = self._faults, {}
        return faults

    def _usable(self, pairs):
        # stevedore only sees duplicates that are neighbours, so names are counted here.
        by_name = collections.defaultdict(list)
        for name, plugin in pairs:
            by_name[name].append(plugin)
        parsers = []
        for name, plugins in sorted(by_name.items()):
            if len(plugins) > 1:
                # A stranger's plugin must not be able to put one of ours out of use.
                own = [plugin for plugin in plugins if plugin.__module__.startswith(_OWN)]
                self._fail(
                    name,
                    f"is there {len(plugins)} times;"
                    f" {'CI Watch uses its own' if len(own) == 1 else 'none of them is used'}",
                )
                plugins = own if len(own) == 1 else []
            parsers += filter(None, [self._instance(name, plugin) for plugin in plugins])
        return sorted(parsers, key=lambda parser: (parser.priority, parser.name))

    def _instance(self, name, plugin):
        try:
            parser = plugin()
        except Exception as error:
            self._fail(name, f"cannot be made: {error}")
            return None
        if not isinstance(parser, base.Parser):
            self._fail(name, "is no ciwatch.parsers.base.Parser")
        elif parser.name != name:
            self._fail(name, f"calls itself {parser.name!r}; entry point and class must agree")
        else:
            return parser
        return None

    def parse(self, comment, strict_only=False):
        """Asks the parsers in turn.

        :param comment: a :class:`~ciwatch.parsers.base.Comment`.
        :param strict_only: ask only parsers that take nothing but what CIs write.
        :returns: the :class:`Reading` of the first that takes the comment, or None.
        """
        if strict_only and not comment.body:
            # Half of what people write is a vote without words, which is nothing that only a CI writes.
            return None
        for parser in self._strict if strict_only else self.parsers:
            try:
                report = parser.parse(comment)
                if report is not None:
                    contract.check_report(report)
                    return Reading(parser, report)
            except contract.ContractError as error:
                LOG.error(
                    "Parser plugin %s returned %s, on a comment of %s", parser.name, error, comment.author
                )
                self._count(parser.name, FaultKind.RUBBISH, str(error))
            except Exception as error:
                LOG.exception("Parser plugin %s failed on a comment of %s", parser.name, comment.author)
                self._count(parser.name, FaultKind.RAISED, f"{type(error).__name__}: {error}")
        return None
