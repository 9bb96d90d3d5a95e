"""A Verified vote and nothing else: a CI that tells its results elsewhere."""

from ciwatch.parsers import base
from ciwatch.parsers import results


class VoteParser(base.Parser):
    """A comment that is only Gerrit's header with a Verified vote."""

    name = "vote"
    version = 1
    priority = 900
    #: People vote too.
    strict = False

    def parse(self, comment):
        """Reads a vote as a result; a vote taken back is understood, and none."""
        if comment.body.strip() or comment.vote is None:
            return None
        if comment.vote == 0:
            return base.Report(base.Kind.OTHER)
        return base.Report(base.Kind.FINISHED, headline=results.verdict_of_vote(comment.vote))
