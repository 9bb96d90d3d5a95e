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
    words = _result(build.result_class, build.result)
    if not build.voting:
        words += " non-voting"
    if build.detail:
        detail = _escape(rendering.bounded(build.detail, _LONGEST_DETAIL))
        words += f' <span class="quiet"><bdi>{detail}</bdi></span>'
    ran = "" if build.duration_s is None else rendering.duration(build.duration_s)
    return (
        f"<tr><th scope=row><bdi>{_job(build.job)}</bdi><td>{words}<td class=n>{ran}"
        f"<td>{_log(build.log_url)}"
    )


# Most builds of a page are of the same few jobs, and ended with the same few words.


@functools.lru_cache(maxsize=4096)
def _job(name):
    return str(_escape(name))


@functools.lru_cache(maxsize=4096)
def _result(result_class, result):
    return (
        f'<span class="word {rendering.css(result_class)}">{rendering.mark(result_class)} '
        f"{_escape(rendering.bounded(result, _LONGEST_RESULT))}</span>"
    )


def _log(url):
    if rendering.safe_url(url):
        return f'<a href="{_escape(url)}">log</a>'
    return f"<code>{_escape(rendering.bounded(url, _LONGEST_ADDRESS))}</code>" if url else ""
