<%inherit file="layout.mako"/>
<%! from ciwatch.parsers.results import ResultClass %>
<%def name="title()">${matrix.project}</%def>
<%def name="head()"><link rel="stylesheet" href="${request.static_path('ciwatch.web:static/matrix.css')}"></%def>
<%
base = h.path('project', matrix.project)
columns = matrix.columns
shown = f"{(asked.page - 1) * asked.columns + 1}–{(asked.page - 1) * asked.columns + len(columns)}" if columns else "none"
%>
<h1>${matrix.project}</h1>
<p class="about">Every CI on every patch set, ${h.absolute(asked.window.since)} – ${h.absolute(asked.window.until)}.</p>
<form class="filters" action="${base}">
<span class="choice">
% for choice in windows:
<a href="${base}?${h.query(given, window=choice, page='')}"${' aria-current="true"' if choice == window else '' | n}>${choice[:-1]} ${choice[-1]}</a>
% endfor
</span>
<input type="hidden" name="window" value="${window}">
% for name in ("until", "columns"):
% if name in given:
<input type="hidden" name="${name}" value="${given[name]}">
% endif
% endfor
<select name="branch" aria-label="Branch">
<option value="">all branches</option>
% for branch in filter(None, matrix.branches):
<option${' selected' if branch == asked.branch else ''}>${branch}</option>
% endfor
</select>
<select name="result" aria-label="Verdict of any CI">
<option value="">any verdict</option>
% for result in ResultClass:
<option${' selected' if result == asked.result else ''}>${result}</option>
% endfor
</select>
<input name="ci" placeholder="CI system" aria-label="CI system" value="${asked.ci}" maxlength="255">
<input name="job" placeholder="Job" aria-label="Job" value="${asked.job}" maxlength="255">
<button>Show</button>
% if set(given) - {"window", "until"}:
<a href="${base}?${h.query({name: given.get(name) for name in ('window', 'until')})}">All CIs and jobs</a>
% endif
<a href="/api/v1/projects${base[len('/project'):]}/matrix?${h.query(given, page=asked.page if asked.page > 1 else '')}">API of this view</a>
</form>
% if columns:
<div class="scroll grid" tabindex="0" role="region" aria-label="Matrix of CI systems and patch sets"><table class="matrix">
<caption>CI systems and their jobs in rows, patch sets of ${matrix.project} in columns, newest first</caption>
<thead>
<tr><th scope="col">${len(matrix.systems)} CI system${'' if len(matrix.systems) == 1 else 's'} · patch sets ${shown} of ${matrix.total}</th>\
% for day, width in grid.day_groups(columns):
<th class="day" colspan="${width}" scope="colgroup" title="${h.day(day)}"><span>${h.day(day) if width > 3 else day.day}</span></th>\
% endfor
</tr>
<tr><th scope="col"><div class="row"><span>CI system, job</span><span class="n">passed/judged</span></div></th>\
% for column in columns:
<th class="ps" scope="col"><a href="/change/${column.change}" title="${column.subject} (${column.branch}, ${column.status or 'status unknown'}, ${h.absolute(column.seen_at)})">${column.change},${column.patch_set}</a>\
% if column.gate:
<span class="mark ${h.css(column.gate)}" role="img" aria-label="gate ${column.gate}" title="gate: ${column.gate}">${h.mark(column.gate)}</span>\
% else:
<span class="mark"></span>\
% endif
</th>\
% endfor
</tr>
</thead>
% for system in matrix.systems:
<tbody>
<tr><th scope="row"><div class="row">\
% if system.jobs:
<input type="checkbox" class="open" checked aria-label="Jobs of ${system.title}">\
% endif
<a class="name" href="${h.path('ci', system.row.name)}" title="${system.title}">${system.title}</a>${' (gate)' if system.is_gate else ''}<span class="n">${self.rate(system.row.passed, system.row.judged)}</span></div></th>${grid.system_cells(system.row, columns)}
% for job in system.jobs:
<tr class="job"><th scope="row"><div class="row"><span class="name" title="${job.name}">${job.name}</span><span class="n">${self.rate(job.passed, job.judged)}</span></div></th>${grid.job_cells(job)}
% endfor
</tbody>
% endfor
</table></div>
<ul class="legend">
% for state, (mark, css) in h.MARKS.items():
<li><span class="mark ${css}">${mark}</span>${state}</li>
% endfor
<li>an empty cell: the CI said nothing</li>
<li>a small number: so many attempts in one pipeline</li>
<li>pale: the job does not vote</li>
<li><a href="/about">what the words mean</a></li>
</ul>
% elif newest_patch_set:
<div class="note"><b>No patch set is in this window${', with these filters' if set(given) - {'window', 'until'} else ''}.</b>
The newest of this project is of ${self.when(newest_patch_set)}:
<a href="${base}?${h.query({'window': given.get('window'), 'until': h.iso(newest_patch_set)})}">show the window that ends there</a>.</div>
% else:
<div class="note"><b>Nothing was recorded of this project yet.</b></div>
% endif
% if pages > 1:
<nav class="pages" aria-label="Pages of patch sets">
% if asked.page > 1:
<a href="${base}?${h.query(given, page=asked.page - 1 if asked.page > 2 else '')}" rel="prev">← newer</a>
% endif
<span>page ${asked.page} of ${pages}</span>
% if asked.page < pages:
<a href="${base}?${h.query(given, page=asked.page + 1)}" rel="next">older →</a>
% endif
</nav>
% endif
