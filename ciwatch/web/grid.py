"""The cells of the matrix as HTML: the one place of the site where thousands of elements are written."""

import markupsafe

from ciwatch.web import rendering


def day_groups(columns):
    """Neighbouring columns of one day (UTC): a list of (a moment of the day, number of columns)."""
    groups = []
    for column in columns:
        if groups and groups[-1][0].date() == column.seen_at.date():
            groups[-1][1] += 1
        else:
            groups.append([column.seen_at, 1])
    return groups


def system_cells(row, columns):
    """A CI's cells; each leads to the change, at this CI."""
    anchor = rendering.anchor(row.name)
    written = []
    for cell, column in zip(row.cells, columns, strict=True):
        if cell is None:
            written.append("<td>")
            continue
        state, attempts = cell
        mark, css = rendering.MARKS[state]
        again = f"<sup>{attempts}</sup>" if attempts > 1 else ""
        written.append(
            f"<td class={css}><a href=/change/{column.change}#{column.patch_set}-{anchor}"
            f' title="{state}">{mark}{again}</a>'
        )
    # The name of the CI is all that came from outside, and its anchor is quoted.
    return markupsafe.Markup("".join(written))  # noqa: S704


def job_cells(row):
    """A job's cells; each leads to the log, where it has an address that may be followed."""
    marks = {str(state): mark for state, mark in rendering.MARKS.items()}
    written = []
    write = written.append
    for build, runs, report in zip(row.builds, row.runs, row.reports, strict=True):
        if build is None:
            write("<td>")
            continue
        _, state, voting, has_log, position = build
        mark, css = marks[state]
        if not voting:
            css = f'"{css} v" title=non-voting'
        if runs > 1:
            mark = f"{mark}<sup>{runs}</sup>"
        if has_log:
            write(f"<td class={css}><a href=/log/{report}/{position}>{mark}</a>")
        else:
            write(f"<td class={css}><b>{mark}</b>")
    # Nothing of a comment is in here: states, numbers and marks of ours.
    return markupsafe.Markup("".join(written))  # noqa: S704
