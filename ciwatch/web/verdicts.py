"""What each CI says of a patch set as HTML: a page may have hundreds of rows, and a template is too slow.

Whatever came from outside is escaped where it is written.
"""

import functools

import markupsafe

from ciwatch.queries import cells
from ciwatch.web import rendering
from ciwatch.web import said

_escape = markupsafe.escape

_MOST_LOGS = 4


def rows(patch_set):
    """The rows of the CIs of a :class:`~ciwatch.queries.change.PatchSet`: verdict, why, attempts, answer."""
    written = [_row(patch_set.number, system) for system in patch_set.systems]
    return markupsafe.Markup("".join(written))  # noqa: S704


def _row(number, system):
    stance, anchor = system.stance, f"{number}-{rendering.anchor(system.name)}"
    title = _escape(rendering.bounded(system.title, 120))
    gate = " (gate)" if system.is_gate else ""
    status = _status(stance.status) if stance and stance.status else ""
    verdict = rendering.word(system.state) if system.state else '<span class="quiet">no result</span>'
    attempts = f'<a href="#all-{anchor}">{system.attempts}</a>' if system.reports else "0"
    answered = ""
    if stance and stance.answered_after_s is not None:
        answered = rendering.duration(stance.answered_after_s) + (", late" if stance.is_late else "")
    return (
        f'<tr role=row id="{anchor}"><th role=rowheader scope=row>'
        f'<a href="{rendering.path("ci", system.name)}"><bdi>{title}</bdi></a>{gate} {status}'
        f"<td role=cell>{verdict}<td role=cell class=why>{_why(system)}"
        f"<td role=cell class=n data-label=attempts>{attempts}"
        # An empty cell has nothing in it, no line end either: small screens leave it out.
        f'<td role=cell class=n data-label="answered after">{answered}'
    )


@functools.lru_cache(maxsize=16)
def _status(word):
    if word == "healthy":
        return '<span class="quiet">healthy</span>'
    css = rendering.STATUS_CSS.get(word, "n")
    return f'<a class="word {css}" href="{rendering.about(word)}">{_escape(word)}</a>'


def _why(system):
    """Whether it is about this patch, whom to ask, what to type, and the logs."""
    deciding, stance = system.deciding, system.stance
    is_running = system.state == cells.State.RUNNING and deciding
    written = [f"Runs again, after it {rendering.word(deciding.verdict)}."] if is_running else []
    if deciding and deciding.explanation:
        written += [said.explanation(deciding.explanation), _next_steps(system.contact, system.recheck)]
        written.append(_logs(deciding))
    elif stance and stance.note:
        written.append(f"<bdi>{_escape(stance.note)}</bdi>")
        if system.state == cells.State.MISSED:
            written.append(_next_steps(system.contact, system.recheck))
    elif system.state == cells.State.UNREAD:
        written.append('<span class="quiet">no parser knows this wording</span>')
    return " ".join(each for each in written if each)


@functools.lru_cache(maxsize=1024)
def _next_steps(contact, recheck):
    written = []
    if contact and rendering.safe_url(contact):
        written.append(f'Ask its <a href="{_escape(contact)}">contact</a>.')
    elif contact:
        written.append(f"Ask <bdi>{_escape(rendering.bounded(contact, 200))}</bdi>.")
    if recheck:
        written.append(f"Type <code>{_escape(rendering.bounded(recheck, 80))}</code> for a re-run.")
    return " ".join(written)


def _logs(report):
    bad = [build for build in report.faults if rendering.safe_url(build.log_url)]
    if bad:
        links = ", ".join(
            f'<a href="{_escape(build.log_url)}"><bdi>{_escape(rendering.bounded(build.job, 60))}</bdi></a>'
            for build in bad[:_MOST_LOGS]
        )
        more = f" and {len(bad) - _MOST_LOGS} more" if len(bad) > _MOST_LOGS else ""
        return f'<span class="logs">Logs: {links}{more}</span>'
    url = report.explanation.log_url
    return f'<a href="{_escape(url)}">Log</a>' if rendering.safe_url(url) else ""
