"""Samples: a comment and what it means, as JSON. A folder of them is the specification of a parser.

``{"comment": {"text": ..., "tag": ..., "votes": {...}}, "report": {...}}``; what has its default is left out,
and the report is null where the parser leaves the comment to others.
"""

import json

import msgspec

from ciwatch.parsers import base


def meaning(report):
    """A report as samples write it: plain values, without those that have their default."""
    if report is None:
        return None
    found = {"kind": str(report.kind)}
    if report.pipeline:
        found.update(pipeline=report.pipeline, pipeline_source=str(report.pipeline_source))
    if report.headline:
        found["headline"] = str(report.headline)
    if report.builds:
        found["builds"] = [_meaning_of_build(build) for build in report.builds]
    return found


def _meaning_of_build(build):
    found = {"job": build.job, "result": build.result}
    if not build.voting:
        found["voting"] = False
    for name in ("duration_s", "log_url", "detail"):
        if getattr(build, name) is not None:
            found[name] = getattr(build, name)
    # The class of a word that is known follows from it.
    if (
        build.result_class == "unknown"
        or build.result_class != base.Build(build.job, build.result).result_class
    ):
        found["result_class"] = str(build.result_class)
    return found


def sample(comment, report):
    """The sample of a comment and its report, a dict."""
    said = {"text": comment.text}
    said.update(
        {name: getattr(comment, name) for name in ("author", "tag", "votes") if getattr(comment, name)}
    )
    return {"comment": said, "report": meaning(report)}


def comment_of(text):
    """The :class:`~ciwatch.parsers.base.Comment` in a sample's JSON, or None where *text* is no sample."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        return msgspec.convert(json.loads(text)["comment"], base.Comment)
    except (ValueError, KeyError, TypeError):
        return None
