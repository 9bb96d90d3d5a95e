"""The cells of the matrix as HTML: the one place of the site where thousands of elements are written."""

import functools

import markupsafe

from ciwatch.queries import cells
from ciwatch.web import rendering

_JOB_MARKS = {str(state): mark for state, mark in rendering.MARKS.items()}

# An element for the number of the attempt, in thousands of cells, would take a browser longer than the mark.
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def day_groups(columns):
    """Neighbouring columns of one day (UTC): a list of (a moment of the day, number of columns)."""
    groups = []
    for column in columns:
        if groups and groups[-1][0].date() == column.seen_at.date():
            groups[-1][1] += 1
        else:
            groups.append([column.seen_at, 1])
    return groups


def heads(columns, now):
    """The heads of the columns: change and patch set, age, and what the gate said."""
    written = []
    for column in columns:
        before, after = _head(column)
        written.append(f"{before}{rendering.age(column.seen_at, now)}{after}")
    # What came from outside is escaped below.
    return markupsafe.Markup("".join(written))  # noqa: S704


@functools.lru_cache(maxsize=4096)
def _head(column):
    """What is written before and after the age: the same as long as the gate says nothing else."""
    subject = markupsafe.escape(rendering.bounded(column.subject, 100))
    branch = markupsafe.escape(column.branch or "branch unknown")
    if column.gate:
        mark, css = rendering.MARKS[column.gate]
        gate = f'<span class="mark {css}" role=img aria-label="gate: {column.gate}">{mark}</span>'
    else:
        gate = "<span class=mark></span>"
    return (
        f'<th class=ps scope=col><a href=/change/{column.change}#ps-{column.patch_set} title="{subject}'
        f' ({branch}, {rendering.absolute(column.seen_at)})">{column.change},{column.patch_set} <i>',
        f"</i></a>{gate}",
    )


def gate_columns(columns):
    """A ``col`` for each column, which tells what the gate said, so that a column can be highlighted."""
    written = ["<col>"]
    written.extend(f"<col class={rendering.css(each.gate)}>" if each.gate else "<col>" for each in columns)
    return markupsafe.Markup("".join(written))  # noqa: S704


def system_cells(row, columns):
    """A CI's cells; each leads to the change, at this CI."""
    anchor, not_expected = rendering.anchor(row.name), cells.State.NOT_EXPECTED
    written = [
        f"{(around := _AROUND_STATE[cell])[0]}{column.change}#{column.patch_set}-{anchor}{around[1]}"
        if cell[0] is not not_expected
        else "<td class=e><b>·</b>"
        for cell, column in zip(row.cells, columns, strict=True)
    ]
    # The name of the CI is all that came from outside, and its anchor is quoted.
    return markupsafe.Markup("".join(written))  # noqa: S704


def job_row(system, row, picked):
    """The row of a CI's job: its head, and its cells, each of which leads to the log.

    :param system: the CI's name; ``picked``: the rows that are selected.
    """
    before, after = _job_head(system, row.name, f"{system}/{row.name}" in picked)
    written = [
        "<td>" if build is None else f"{(around := _AROUND[said[1]][build])[0]}{said[0]}{around[1]}"
        for build, said in zip(row.builds, row.reports, strict=True)
    ]
    # The names are escaped; the rest is states, numbers and marks of ours.
    return markupsafe.Markup(f"{before}{tally(row)}{after}{''.join(written)}")  # noqa: S704


@functools.lru_cache(maxsize=4096)
def _job_head(system, job, is_picked):
    """What is written before and after the tally."""
    name = markupsafe.escape(job)
    return (
        f'<tr class="job"><th scope="row"><div class="row"><a class="name" title="{name}"'
        f' href="{rendering.path("ci", system, "job", job)}">{name}</a>',
        f"{_pick(f'{system}/{job}', name, is_picked)}</div></th>",
    )


def _raised(number):
    return str(number).translate(_RAISED)


def tally(row):
    """How many passed of those judged."""
    return markupsafe.Markup(f'<span class="n">{row.passed}/{row.judged}</span>')  # noqa: S704


def pick(value, title, picked):
    """The box that selects a row for comparison."""
    return _pick(value, title, value in picked)


def _pick(value, title, is_picked):
    checked = " checked" if is_picked else ""
    return markupsafe.Markup(  # noqa: S704
        f'<input type="checkbox" class="pick" form="filters" name="row" value="{markupsafe.escape(value)}"'
        f'{checked} aria-label="Select {markupsafe.escape(title)}">'
    )


class _AroundState(dict):
    """(State, attempts) -> what is written before and after the place that a CI's cell leads to."""

    def __missing__(self, cell):
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        state, attempts = cell
        mark, css = rendering.MARKS[state]
        if attempts > 1:
            mark, css = f"{mark}{_raised(attempts)}", f'"{css} a"'
        self[cell] = found = f"<td class={css}><a href=/change/", f' title="{state}">{mark}</a>'
        return found


class _Around(dict):
    """Build -> what is written before and after its report's number in a cell: few are different."""

    def __init__(self, attempt):
        self._attempt = attempt

    def __missing__(self, build):
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        self[build] = found = _around(build, self._attempt)
        return found


class _Attempts(dict):
    """The n-th attempt -> :class:`_Around`."""

    def __missing__(self, attempt):
        if len(self) > _MOST_ATTEMPTS:
            self.clear()
        self[attempt] = found = _Around(attempt)
        return found


_MOST_REMEMBERED, _MOST_ATTEMPTS = 20_000, 50
_AROUND, _AROUND_STATE = _Attempts(), _AroundState()


def _around(build, attempt):
    mark, css = _JOB_MARKS[build.result]
    if attempt > 1:
        mark, css = f"{mark}{_raised(attempt)}", f"{css} a"
    if not build.voting:
        css = f'"{css} v" title=non-voting'
    elif attempt > 1:
        css = f'"{css}"'
    if build.has_log:
        return f"<td class={css}><a href=/log/", f"/{build.position}>{mark}</a>"
    # The number is for whoever asks for more of the cell.
    return f"<td class={css}><b data-report=", f">{mark}</b>"
