"""Reads the comments of Weathervane CI: lines like "weathervane: unit PASS https://logs.example/1"."""

import re

from ciwatch.parsers import base

_LINE = re.compile(r"^weathervane: ([\w-]{1,100}) (PASS|FAIL) (https?://\S{1,500})$", re.MULTILINE)


class WeathervaneParser(base.Parser):
    """Weathervane CI, of the example."""

    name = "weathervane"

    def parse(self, comment):
        """Reads the lines that name a job, its result and its log."""
        lines = _LINE.findall(comment.body)
        builds = tuple(base.Build(job, word, log_url=url) for job, word, url in lines)
        return base.Report(base.Kind.FINISHED, builds) if builds else None
