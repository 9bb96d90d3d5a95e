"""A vote and nothing else: a CI that tells its results elsewhere."""

from ciwatch.parsers import base
from ciwatch.parsers import results
from ciwatch.parsers import zuul


class VoteParser(base.Parser):
    """A comment that is only Gerrit's header, with a vote or without."""

    name = "vote"
    version = 2
    priority = 900
    #: People vote too.
    strict = False

    def parse(self, comment):
        """Reads a vote as a result; a vote taken back, or on a reviewer's label, is understood, and none."""
        if comment.body.strip():
            return None
        said = results.verdict_of_vote(comment.vote)
        if said is None:
            return base.Report(base.Kind.OTHER)
        pipeline = zuul.pipeline_of_tag(comment.tag)
        source = base.PipelineSource.TAG if pipeline else base.PipelineSource.NONE
        return base.Report(base.Kind.FINISHED, (), pipeline, source, said)
