"""The cells of the matrix as HTML: the one place of the site where thousands of elements are written."""

import html

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
        mark, css = rendering.MARKS[cell.state]
        again = f"<sup>{cell.attempts}</sup>" if cell.attempts > 1 else ""
        written.append(
            f"<td class={css}><a href=/change/{column.change}#{column.patch_set}-{anchor}"
            f' title="{cell.state}">{mark}{again}</a>'
        )
    return markupsafe.Markup("".join(written))


def job_cells(row):
    """A job's cells; each leads to the log, where its address may be followed."""
    marks = rendering.MARKS
    escape = html.escape
    written = []
    for cell in row.cells:
        if cell is None:
            written.append("<td>")
            continue
        mark, css = marks[cell.state]
        if not cell.voting:
            css += " v"
            mark = f'<i title="non-voting">{mark}</i>'
        again = f"<sup>{cell.attempts}</sup>" if cell.attempts > 1 else ""
        url = cell.log_url
        classes = f'"{css}"' if " " in css else css
        if url and url.startswith(("http://", "https://")) and rendering.safe_url(url):
            written.append(f'<td class={classes}><a href="{escape(url)}">{mark}{again}</a>')
        else:
            title = f' title="{escape(url)}"' if url else ""
            written.append(f"<td class={classes}{title}><b>{mark}{again}</b>")
    return markupsafe.Markup("".join(written))
