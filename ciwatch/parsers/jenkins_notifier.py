"""A Jenkins whose jobs each tell of their own start and end, with the exit code of their script.

``Completed Jenkins job NAME with FAILURE exit_code 1 at HOST URL``
"""

import re

from ciwatch.parsers import base
from ciwatch.parsers.results import ResultClass

_LINE = re.compile(
    r"(?:Started Jenkins job (?P<started>\S{1,255})"
    r"|Completed Jenkins job (?P<job>\S{1,255}) with (?P<word>[A-Z][A-Z_]{1,31})"
    r"(?: (?P<exit_code>exit_code -?\d{1,9}(?P<aborted>, Aborted)?))?)"
    r"(?: at \S+)?(?: (?P<url>[a-z]{2,10}://\S+))?\s*$"
)


class JenkinsNotifierParser(base.Parser):
    """A comment for each Jenkins job that starts, and for each that ends."""

    name = "jenkins_notifier"
    version = 1
    priority = 60

    def parse(self, comment):
        """Reads a start or an end; each job is a pipeline of its own, since none knows of the others."""
        line = _LINE.match(comment.body)
        if line is None:
            return None
        job = line["job"] or line["started"]
        where = {"pipeline": job, "pipeline_source": base.PipelineSource.TEXT}
        if line["started"]:
            return base.Report(base.Kind.STARTED, **where)
        build = base.Build(
            job,
            line["word"],
            log_url=line["url"],
            detail=line["exit_code"],
            # Whoever stopped it, the patch was not judged, though the word says FAILURE.
            result_class=ResultClass.INFRASTRUCTURE if line["aborted"] else None,
        )
        return base.Report(base.Kind.FINISHED, (build,), **where)
