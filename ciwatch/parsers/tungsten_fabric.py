"""The CI of Tungsten Fabric, and of OpenContrail before it: Jenkins pipelines that write like Zuul.

``TF CI Build Failed (check) in 1h 2m 3s`` and Zuul's job lines below; older comments begin
with "Jenkins", or with neither.
"""

import re

from ciwatch.parsers import base
from ciwatch.parsers import joblines
from ciwatch.parsers.results import ResultClass

_HEADLINE = re.compile(
    r"(?:(?:TF CI|Jenkins) )?Build (?P<word>Started|Succeeded|Failed|Aborted) \((?P<pipeline>[\w.-]{1,64})\)"
)
_GENERAL_FAILURE = re.compile(
    r"(?:TF CI|Jenkins) (?P<word>general failure) \((?P<pipeline>[\w.-]{1,64})\)[^\n]*"
    r"(?:\n[^\n]*logs:\s*(?P<url>\S+))?"
)
_ABORTED = re.compile(r"Run has been (?P<word>aborted) due to [^\n]{1,500}")

_HEADLINES = {
    "Succeeded": ResultClass.PASSED,
    "Failed": ResultClass.FAILED,
    "Aborted": ResultClass.INFRASTRUCTURE,
}


class TungstenFabricParser(base.Parser):
    """The CI of Tungsten Fabric (OpenContrail): starts, results, and runs that were aborted."""

    name = "tungsten_fabric"
    version = 1
    priority = 40

    def parse(self, comment):
        """Reads a start, a result, or the end of a run as a whole."""
        body = comment.body
        if headline := _HEADLINE.match(body):
            pipeline = headline["pipeline"]
            if headline["word"] == "Started":
                return base.Report(
                    base.Kind.STARTED, pipeline=pipeline, pipeline_source=base.PipelineSource.TEXT
                )
            said = _HEADLINES[headline["word"]]
            builds = joblines.read_zuul_lines(body, said)
            return base.Report(base.Kind.FINISHED, builds, pipeline, base.PipelineSource.TEXT, said)
        if failure := _GENERAL_FAILURE.match(body):
            build = base.Build(
                joblines.WHOLE_CHANGE,
                failure["word"],
                log_url=failure["url"],
                result_class=ResultClass.INFRASTRUCTURE,
            )
            return base.Report(base.Kind.FINISHED, (build,), failure["pipeline"], base.PipelineSource.TEXT)
        if aborted := _ABORTED.match(body):
            build = base.Build(
                joblines.WHOLE_CHANGE,
                aborted["word"],
                detail=aborted[0],
                result_class=ResultClass.INFRASTRUCTURE,
            )
            return base.Report(base.Kind.FINISHED, (build,))
        return None
