"""GitHub Actions that vote on Gerrit, as the Linux Foundation's projects run them.

One comment when a workflow run starts and one when it ends: a word, a colon and the run's address. Neither
names the workflow: the repository in the address is all there is.
"""

import re

from ciwatch.parsers import base
from ciwatch.parsers.results import ResultClass

_LINE = re.compile(
    r"(?P<word>[A-Z][A-Z_]{0,31})?[ \t]*: (?P<url>https?://[^/\s]+/(?P<repository>[^/\s]+/[^/\s]+)"
    r"/actions/runs/\d+(?:[/?#]\S*)?)\s*$"
)
#: The result of a comment whose word was left out, which happens.
NO_WORD = "(no word)"


class GithubActionsParser(base.Parser):
    """GitHub Actions: a word and the address of a workflow run."""

    name = "github_actions"
    version = 1
    priority = 30

    def parse(self, comment):
        """Reads a start or an end."""
        line = _LINE.match(comment.body)
        if line is None:
            return None
        # Each repository's workflows report on their own: the pass of one must not hide the failure of
        # another.
        where = {"pipeline": line["repository"], "pipeline_source": base.PipelineSource.LOG}
        if line["word"] == "STARTED":
            return base.Report(base.Kind.STARTED, **where)
        build = base.Build(
            line["repository"],
            line["word"] or NO_WORD,
            log_url=line["url"],
            result_class=None if line["word"] else ResultClass.UNKNOWN,
        )
        return base.Report(base.Kind.FINISHED, (build,), **where)
