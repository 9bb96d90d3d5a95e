"""The third-party CIs of the SPDK project on GerritHub, each with wording of its own.

The build pool writes nothing but the address of its results, and says the result by a vote on a label of its
own. Its successor writes a sentence with an address. A third writes Jenkins' BUILD_TAG.
"""

import re

from ciwatch.parsers import base
from ciwatch.parsers import joblines
from ciwatch.parsers.results import ResultClass
from ciwatch.parsers.results import verdict_of_vote

# .../builds/review/REVISION.SECONDS
_POOL = re.compile(r"(?P<url>https?://\S+/builds/review/[0-9a-f]{40}\.\d{9,11})/?\s*$")
_SENTENCE = re.compile(r"Build (?:with tests )?(?P<word>successful|failed)\. Results:? (?P<url>\S+)")
# .../per-patch_1234.html
_PAGE = re.compile(r"/(?P<job>[A-Za-z][\w.-]{0,99}?)_\d+\.html$")
# jenkins-JOB-BUILD
_BUILD_TAG = re.compile(
    r"Build (?P<word>Successful|Failed|Unstable|Aborted)"
    r" jenkins-(?P<job>[\w.%-]{1,200})-\d{1,9}[ \t]*(?:\n|$)"
)
_CLASSES = {
    "successful": ResultClass.PASSED,
    "failed": ResultClass.FAILED,
    "unstable": ResultClass.FAILED,
    "aborted": ResultClass.INFRASTRUCTURE,
}


class SpdkParser(base.Parser):
    """The CIs of SPDK: an address and a vote, a sentence and an address, or a build tag."""

    name = "spdk"
    version = 1
    #: Before Gerrit Trigger's, whose first words the build tag's line borrows.
    priority = 15

    def parse(self, comment):
        """Reads a result."""
        body = comment.body
        if pool := _POOL.match(body):
            return _read_pool(comment, pool["url"])
        if sentence := _SENTENCE.match(body):
            if not joblines.is_url(sentence["url"]):
                # Its own software failed to fill in the address, in which the job's name stands.
                return base.Report(base.Kind.FINISHED, headline=_CLASSES[sentence["word"]])
            page = _PAGE.search(sentence["url"][-200:])
            return _report(sentence["word"], page["job"] if page else joblines.UNNAMED, sentence["url"])
        if tag := _BUILD_TAG.match(body):
            return _report(tag["word"], tag["job"], None)
        return None


def _read_pool(comment, url):
    said = verdict_of_vote(comment.vote)
    if said is None:
        # The address of a run that did not vote: it ended, and only its page says how.
        build = base.Build(joblines.UNNAMED, "(no vote)", log_url=url, result_class=ResultClass.UNKNOWN)
    else:
        build = base.Build(joblines.UNNAMED, f"{comment.vote:+d}", log_url=url, result_class=said)
    return base.Report(base.Kind.FINISHED, (build,), headline=said)


def _report(word, job, url):
    said = _CLASSES[word.lower()]
    build = base.Build(job, word, log_url=url, result_class=said)
    return base.Report(base.Kind.FINISHED, (build,), headline=said)
