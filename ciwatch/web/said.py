"""What a CI said of a patch set as HTML: hundreds of comments, for which a template is too slow.

Whatever came from outside is escaped where it is written.
"""

import markupsafe

from ciwatch.parsers import base
from ciwatch.web import builds
from ciwatch.web import rendering

_escape = markupsafe.escape

_HEAD = "<thead><tr><th scope=col>Job<th scope=col>Result<th scope=col class=n>Ran for<th scope=col>Log"


def reports(system, now):
    """The comments of a :class:`~ciwatch.queries.change.SystemReports`, the newest first."""
    written = [_report(report, now) for report in reversed(system.reports)]
    return markupsafe.Markup("\n".join(written))  # noqa: S704


def explanation(told):
    """Whether a verdict is about the patch, in a sentence that begins with its likelihood."""
    return markupsafe.Markup(  # noqa: S704
        f"<bdi><b>{_escape(told.likelihood.capitalize())}.</b>"
        f"{_escape(told.sentence[len(told.likelihood) + 1 :])}</bdi>"
    )


def _report(report, now):
    written = [f'<div class="report">\n<p>{_heading(report)} {rendering.when(report.posted_at, now)}</p>']
    if report.explanation:
        written.append(f"<p>{explanation(report.explanation)}</p>")
    if report.current:
        written.append(_builds(report))
    if report.text:
        text = _escape(rendering.bounded(report.text))
        written.append(
            f'<details><summary class="quiet">The comment</summary><pre>{text}</pre></details>'
        )
    written.append("</div>")
    return "\n".join(written)


def _heading(report):
    if report.kind == base.Kind.STARTED:
        if report.attempt is None:
            return f"{rendering.word('running')} {_quiet(report.pipeline)}"
        return _quiet(f"began {report.pipeline}")
    if report.parser is None:
        return f"{rendering.word('unread')} {_quiet('no parser knows this wording')}"
    if report.kind == base.Kind.OTHER:
        return _quiet(f"says {report.verdict} again" if report.verdict else "understood, and no result")
    verdict = rendering.word(report.verdict) if report.verdict else '<span class="word">no verdict</span>'
    words = [verdict, f"{_escape(report.pipeline)} attempt {report.attempt}"]
    if report.verdict_source and report.verdict_source != "builds":
        words.append(_quiet(f"by its {report.verdict_source}"))
    if report.vote is not None:
        words.append(_quiet(f"voted {report.vote:+d}" if report.vote else "voted 0"))
    if report.headline and report.verdict and report.headline != report.verdict:
        words.append(_quiet(f"its headline says {report.headline}"))
    return " ".join(words)


def _quiet(text):
    return f'<span class="quiet">{_escape(text)}</span>'


def _builds(report):
    caption = f"Builds of {_escape(report.pipeline)} at {rendering.absolute(report.posted_at)}"
    return (
        f'<table class="list builds">\n<caption>{caption}</caption>\n{_HEAD}<tbody>\n'
        f"{builds.rows(report.current)}</table>"
    )
