"""What bots and CI accounts write that is no result, and must not be taken for one.

Bug finders that list jobs with the bugs they hit, licence checkers, links between Gerrit and GitHub, a CI's
own request for a re-run, an answer that quotes (a person wrote it, under the CI's name), and what Gerrit
itself says in the name of a CI that merges or rebases.
"""

import re

from ciwatch.parsers import base
from ciwatch.parsers import header

_NOTICE = re.compile(
    r"(?:> |I noticed (?:jenkins|zuul|tests?) failed\b"
    r"|(?:File contains violation|Licen[cs]e header missing|Blacklisted file|Non Whitelisted Binary)\b"
    r"|Code review expired\b"
    r"|User (?:not )?approved, (?:CI|see)\b"
    r"|GHPR: https?://\S+"
    r"|(?:recheck|reverify|retrigger|rebuild|retest)\b[^\n]{0,200}$"
    r"|Welcome,? new contributor"
    r"|Thank you for your (?:first )?(?:contribution|patch)"
    r"|This (?:patchset|patch set|change) was cherry picked to"
    r"|This change is ready for review\.?\s*$)",
    re.IGNORECASE,
)


class NoticesParser(base.Parser):
    """Bots and notices that are no results."""

    name = "notices"
    version = 1
    #: After all that know a format: most comments are results, and of no notice can a format be made out.
    priority = 800
    #: People write some of these, too.
    strict = False

    def parse(self, comment):
        """Reads a notice as understood, and none of a CI's results."""
        if _NOTICE.match(comment.body) or header.is_notice(comment.text, comment.tag):
            return base.Report(base.Kind.OTHER)
        return None
