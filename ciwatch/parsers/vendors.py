"""What vendors' CIs wrote under OpenStack's changes in 2013 and after, each a sentence of its own.

``PASSED: URL``, ``NAME third party testing PASSED [ URL ]``, ``SUCCESS using XenAPI driver with XenServer
6.2.`` with the address of the logs below.
"""

import re

from ciwatch.parsers import base
from ciwatch.parsers import joblines
from ciwatch.parsers.results import CLASS_OF_WORD
from ciwatch.parsers.results import classify_wording

_WORD = r"(?P<word>SUCCESS|SUCCEEDED|PASSED|PASS|FAILURE|FAILED|FAIL|ERROR|ABORTED|TIMED_OUT)"
_WORD_AND_URL = re.compile(_WORD + r"[ \t]*:[ \t]*(?P<url>https?://\S+)\s*$")
_TESTING = re.compile(
    r"(?P<job>[^\n\[:]{1,80}?) (?:third|3rd)[ -]party (?:testing|CI|tests?) " + _WORD + r"\b"
    r"(?: \[ ?(?P<url>\S+) ?\])?"
)
_XENSERVER = re.compile(r"(?P<word>[A-Za-z][\w ]{0,40}?) using (?P<job>XenAPI driver)\b[^\n]{0,200}")
_LOGS = re.compile(r"^(?:\* )?(?:All )?Logs?: (?P<url>https?://\S+)", re.MULTILINE)


class VendorsParser(base.Parser):
    """Vendors' CIs of OpenStack that wrote a sentence of their own."""

    name = "vendors"
    version = 1
    priority = 70

    def parse(self, comment):
        """Reads a result."""
        body = comment.body
        if line := _WORD_AND_URL.match(body):
            return _report(joblines.UNNAMED, line["word"], line["url"])
        if line := _TESTING.match(body):
            return _report(f"{line['job']} third party testing", line["word"], line["url"])
        if line := _XENSERVER.match(body):
            logs = _LOGS.search(body, line.end())
            if logs and classify_wording(line["word"]):
                return _report(line["job"], line["word"], logs["url"])
        return None


def _report(job, word, url):
    result_class = CLASS_OF_WORD.get(word) or classify_wording(word)
    build = base.Build(job, word, log_url=url, result_class=result_class)
    return base.Report(base.Kind.FINISHED, (build,), headline=result_class)
