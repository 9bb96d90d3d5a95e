"""The lines of a change's builds as HTML: a page may have hundreds, for which a template is too slow."""

import functools

import markupsafe

from ciwatch.web import rendering

_escape = markupsafe.escape

_LONGEST_RESULT = 80
_LONGEST_DETAIL = 300
_LONGEST_ADDRESS = 120


def rows(builds):
    """The rows of a table: job, result, how long it ran, and its log."""
    # Each of them escapes what came from outside.
    return markupsafe.Markup("\n".join(map(_row, builds)))  # noqa: S704


def _row(build):
    words = f"{_word(build.result_class)}{_escape(rendering.bounded(build.result, _LONGEST_RESULT))}</span>"
    if not build.voting:
        words += " non-voting"
    if build.detail:
        detail = _escape(rendering.bounded(build.detail, _LONGEST_DETAIL))
        words += f' <span class="quiet"><bdi>{detail}</bdi></span>'
    ran = "" if build.duration_s is None else rendering.duration(build.duration_s)
    return (
        f'<tr><th scope="row"><bdi>{_escape(build.job)}</bdi></th><td>{words}</td>'
        f'<td class="n">{ran}</td><td>{_log(build.log_url)}</td></tr>'
    )


@functools.lru_cache(maxsize=64)
def _word(result_class):
    return f'<span class="word {rendering.css(result_class)}">{rendering.mark(result_class)} '


def _log(url):
    if rendering.safe_url(url):
        return f'<a href="{_escape(url)}">log</a>'
    return f"<code>{_escape(rendering.bounded(url, _LONGEST_ADDRESS))}</code>" if url else ""
