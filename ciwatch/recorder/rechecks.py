"""Comments that ask for a re-run."""

import re

_RECHECK = re.compile(
    r"(?:(?:recheck|reverify|retrigger|retest|rebuild|run)(?:[-_][\w.-]{1,60})?"
    r"|check (?:experimental|[\w-]{1,60}-?ci)|[\w-]{1,40}: ?recheck|[\w.-]{1,40} recheck$)(?!\w)",
    re.IGNORECASE,
)
_BARE_RUN = re.compile(r"run\b(?![-_])", re.IGNORECASE)
_LONGEST = 160


def read_phrase(body):
    """The request in a person's comment: a short first line such as ``recheck`` or ``run-vendor-ci``.

    :param body: the comment below Gerrit's header.
    :returns: that line, or None where the comment asks for no re-run.
    """
    line = body.strip().split("\n", 1)[0].strip()
    if len(line) > _LONGEST or _BARE_RUN.match(line) or not _RECHECK.match(line):
        return None
    return line
