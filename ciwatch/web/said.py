"""What a CI said of a patch set as HTML: hundreds of comments, for which a template is too slow.

Whatever came from outside is escaped where it is written.
"""

import functools

import markupsafe

from ciwatch.parsers import base
from ciwatch.web import builds
from ciwatch.web import rendering

_escape = markupsafe.escape

_HEAD = "<thead><tr><th scope=col>Job<th scope=col>Result<th scope=col class=n>Ran for<th scope=col>Log"


def systems(patch_set, now):
    """All comments on a :class:`~ciwatch.queries.change.PatchSet`, folded by CI, the newest first."""
    written = [_system(patch_set.number, system, now) for system in patch_set.systems if system.reports]
    return markupsafe.Markup("\n".join(written))  # noqa: S704


def _system(number, system, now):
    reports = "\n".join([_report(report, now) for report in reversed(system.reports)])
    counted = sum(len(report.current) for report in system.reports)
    return (
        f'<details id="all-{number}-{rendering.anchor(system.name)}">\n'
        f"<summary><b><bdi>{_escape(rendering.bounded(system.title, 80))}</bdi></b>"
        f' <span class="quiet">{_count(len(system.reports), "comment")}, {_count(counted, "build")}</span>'
        f"</summary>\n{reports}\n</details>"
    )


def _count(number, what):
    return f"{number} {what}{'' if number == 1 else 's'}"


def explanation(told):
    """Whether a verdict is about the patch, in a sentence that begins with its likelihood."""
    return markupsafe.Markup(  # noqa: S704
        f"<bdi><b>{_escape(told.likelihood.capitalize())}.</b>"
        f"{_escape(told.sentence[len(told.likelihood) + 1 :])}</bdi>"
    )


def _report(report, now):
    heading = _heading(
        report.kind,
        report.pipeline,
        report.attempt,
        report.verdict,
        report.verdict_source,
        report.vote,
        report.headline,
        report.parser is not None,
    )
    written = [f'<div class="report">\n<p>{heading} {rendering.when(report.posted_at, now)}</p>']
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


# Most comments on a change begin alike.
@functools.lru_cache(maxsize=4096)
def _heading(kind, pipeline, attempt, verdict, verdict_source, vote, headline, is_read):
    if kind == base.Kind.STARTED:
        if attempt is None:
            return f"{rendering.word('running')} {_quiet(pipeline)}"
        return _quiet(f"began {pipeline}")
    if not is_read:
        return f"{rendering.word('unread')} {_quiet('no parser knows this wording')}"
    if kind == base.Kind.OTHER:
        return _quiet(f"says {verdict} again" if verdict else "understood, and no result")
    word = rendering.word(verdict) if verdict else '<span class="word">no verdict</span>'
    words = [word, f"{_escape(pipeline)} attempt {attempt}"]
    if verdict_source and verdict_source != "builds":
        words.append(_quiet(f"by its {verdict_source}"))
    if vote is not None:
        words.append(_quiet(f"voted {vote:+d}" if vote else "voted 0"))
    if headline and verdict and headline != verdict:
        words.append(_quiet(f"its headline says {headline}"))
    return " ".join(words)


def _quiet(text):
    return f'<span class="quiet">{_escape(text)}</span>'


def _builds(report):
    caption = f"Builds of {_escape(report.pipeline)} at {rendering.absolute(report.posted_at)}"
    return (
        f'<table class="list builds">\n<caption>{caption}</caption>\n{_HEAD}<tbody>\n'
        f"{builds.rows(report.current)}</table>"
    )
