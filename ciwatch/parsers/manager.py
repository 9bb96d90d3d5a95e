"""Finds the parser plugins, asks them in their order, and lets none of them stop the others."""

import collections
import logging

import msgspec
from stevedore import extension

from ciwatch.parsers import base

NAMESPACE = "ciwatch.parsers"

LOG = logging.getLogger(__name__)


class Reading(msgspec.Struct, frozen=True):
    """A comment that a parser took: which one, and what it understood."""

    parser: base.Parser
    report: base.Report


class ParserManager:
    """All usable parsers.

    :ivar parsers: the parsers in the order in which they are asked.
    :ivar failures: (plugin name, reason) of those that cannot be used.
    :ivar errors: plugin name -> how often it raised or returned no Report.
    """

    def __init__(self, disabled=(), extensions=None):
        """Loads the plugins.

        :param disabled: names of plugins not to be used.
        :param extensions: (name, class) pairs to use instead of the installed entry points.
        """
        self.failures = []
        self.errors = collections.Counter()
        if extensions is None:
            extensions = self._installed()
        self.parsers = self._usable([pair for pair in extensions if pair[0] not in disabled])

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

    def _usable(self, pairs):
        # stevedore only sees duplicates that are neighbours, so names are counted here.
        counts = collections.Counter(name for name, _ in pairs)
        parsers = []
        for name, count in sorted(counts.items()):
            if count > 1:
                self._fail(name, f"is there {count} times; none of them is used")
                continue
            parser = self._instance(name, dict(pairs)[name])
            if parser:
                parsers.append(parser)
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
        for parser in self.parsers:
            if strict_only and not parser.strict:
                continue
            try:
                report = parser.parse(comment)
            except Exception:
                self.errors[parser.name] += 1
                LOG.exception("Parser plugin %s failed on a comment of %s", parser.name, comment.author)
                continue
            if report is None:
                continue
            if isinstance(report, base.Report):
                return Reading(parser, report)
            self.errors[parser.name] += 1
            LOG.error("Parser plugin %s returned %r, which is no Report", parser.name, type(report))
        return None
