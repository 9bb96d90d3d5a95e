<%inherit file="layout.mako"/>
<%! from ciwatch.parsers.results import ResultClass %>
<%def name="title()">${matrix.project}</%def>
<%def name="head()"><link rel="stylesheet" href="${self.static('matrix.css')}">
<script type="module" src="${self.static('matrix.js')}"></script>
<script type="module" src="${self.static('filters.js')}"></script>
</%def>
<%
base = h.path('project', matrix.project)
api = h.path('api/v1/projects', matrix.project, 'matrix')
columns = matrix.columns
shown = f"{(asked.page - 1) * asked.columns + 1}–{(asked.page - 1) * asked.columns + len(columns)}" if columns else "none"
is_filtered = bool(given.keys() - look.keys() - {'window', 'since', 'until', 'columns', 'order'})
%>
<h1>${matrix.project}</h1>
<p class="about">Every CI on every patch set, newest first: ${h.absolute(asked.window.since)} – ${h.absolute(asked.window.until)}.</p>
<form class="filters" id="filters" action="${base}">
<span class="choice">
% for choice in windows:
<a href="${h.address(base, given, window=choice, since='')}"${' aria-current="true"' if choice == window else '' | n}>${choice[:-1]} ${choice[-1]}</a>
% endfor
</span>
% for name in ("window", "columns", "order", "density", "gate"):
% if name in given:
<input type="hidden" name="${name}" value="${given[name]}">
% endif
% endfor
% if not can_fold:
% for name, value in [('jobs', 'open')] * look['jobs'] + [('unfold', each) for each in look['unfold']]:
<input type="hidden" name="${name}" value="${value}">
% endfor
% endif
<select name="branch" aria-label="Branch">
<option value="">all branches</option>
% for branch in sorted({*filter(None, matrix.branches), *filter(None, [asked.branch])}):
<option${' selected' if branch == asked.branch else ''}>${branch}</option>
% endfor
</select>
<select name="result" aria-label="Result of any of these CI systems">
<option value="">any result</option>
% for result in ResultClass:
<option${' selected' if result == asked.result else ''}>${result}</option>
% endfor
</select>
<input name="ci" placeholder="CI system" aria-label="CI system" value="${asked.ci}" maxlength="255">
<input name="job" placeholder="Job" aria-label="Job" value="${asked.job}" maxlength="255">
<label class="check"><input type="checkbox" name="open" value="yes"${' checked' if asked.open else ''}> open changes only</label>
<label>from <input name="since" placeholder="2026-11-20" value="${given.get('since', '')}" maxlength="40" class="date"></label>
<label>to <input name="until" placeholder="now" value="${given.get('until', '')}" maxlength="40" class="date"></label>
<button>Show</button>
% if is_filtered:
<a class="button" href="${h.address(base, {name: given.get(name) for name in ('window', 'since', 'until', 'columns', *look)})}">Clear</a>
% endif
</form>
${self.pruned(asked.window.since.date())}\
% for each in matrix.breakages:
<p class="note warn"><b>Shared breakage \
% if each.until:
from ${self.when(each.since)} to ${self.when(each.until)}:</b> \
% else:
since ${self.when(each.since)}:</b> \
% endif
most CI systems${', the gate among them,' if any(system.is_gate for system in each.systems) else ''} failed ${self.counted(len(each.changes), 'change')}${', one after the other' if len(each.changes) > 1 else ''}. Not your CI, probably not your patch. <a href="/upstream">Upstream</a></p>
% endfor
% if columns:
<div class="looks">
<span>Highlight</span>
${toggle('gate', 'failed', 'Gate said −1', look['gate'])}
${toggle('gate', 'passed', 'Gate said +1', look['gate'])}
<button form="filters" id="compare">Compare the selected rows</button>
% if asked.rows:
<a class="button" href="${h.address(base, given, row='')}">All rows</a>
% endif
<a class="button"${' aria-current="true"' if look['jobs'] else '' | n} href="${h.address(base, given, jobs='' if look['jobs'] else 'open', unfold='')}">All jobs</a>
<noscript>To see a CI's jobs, tick it and press Show.</noscript>
<span class="choice" role="group" aria-label="Order">
${option('order', '', 'worst first', asked.order == 'status')}
${option('order', 'name', 'by name', asked.order == 'name')}
</span>
<span class="choice" role="group" aria-label="Density">
% for density in ('compact', 'normal', 'roomy'):
${option('density', '' if density == 'normal' else density, density, look['density'] == density)}
% endfor
</span>
</div>
<div class="scroll grid ${look['density']}" tabindex="0" role="region" aria-label="Matrix of CI systems and patch sets"><table class="matrix${' said-' + look['gate'] if look['gate'] else ''}">
<caption>CI systems and their jobs in rows, patch sets of ${matrix.project} in columns, newest first</caption>
<colgroup>${grid.gate_columns(columns)}</colgroup>
<thead>
<tr><th scope="col">${self.counted(len(matrix.systems), 'CI system')} · patch sets ${shown} of ${matrix.total}</th>\
% for day, width in grid.day_groups(columns):
<th class="day" colspan="${width}" scope="colgroup" title="${h.day(day)}"><span>${h.day(day) if width > 3 else day.day}</span></th>\
% endfor
</tr>
<tr><th scope="col"><div class="row"><span>CI system, job</span><span class="n">passed/judged</span></div></th>${grid.heads(columns, now)}</tr>
</thead>
% for system in matrix.systems:
<tbody${' class="gate"' if system.is_gate else '' | n}>
<tr><th scope="row"><div class="row">\
% if system.has_jobs and can_fold:
<input type="checkbox" class="open" form="filters" name="unfold" value="${system.row.name}"${' checked' if system.jobs else ''} aria-label="Jobs of ${system.title}">\
% else:
<span class="open"></span>\
% endif
<a class="name" href="${h.path('ci', system.row.name)}" title="${system.title}">${system.title}</a>${' (gate)' if system.is_gate else ''} <a class="word ${h.STATUS_CSS.get(system.status, 'n')}" href="${h.about(system.status)}" title="${system.rule}">${system.status}</a>${grid.tally(system.row)}${grid.pick(system.row.name, system.title, asked.rows)}</div></th>${grid.system_cells(system.row, columns)}
% for job in system.jobs:
${grid.job_row(system.row.name, job, asked.rows)}
% endfor
</tbody>
% endfor
</table></div>
<ul class="legend">
% for state, (mark, css) in h.MARKS.items():
<li><span class="mark ${css}" aria-hidden="true">${mark}</span><a href="${h.about(state)}">${state}</a></li>
% endfor
<li><span class="mark again" aria-hidden="true">²</span>second attempt</li>
<li><span class="mark v" aria-hidden="true">✓</span>the job does not vote</li>
</ul>
<div id="card" role="tooltip" hidden></div>
% elif newest_patch_set:
<div class="note"><b>No patch set is in this window${', with these filters' if is_filtered else ''}.</b>
The newest of this project is of ${self.when(newest_patch_set)}:
<a href="${h.address(base, {'window': given.get('window'), 'until': h.iso(newest_patch_set)})}">show the window that ends there</a>.</div>
% elif request.kept_from:
<div class="note"><b>No patch set of this project is kept.</b> Of those from before ${request.kept_from} only what was counted is.</div>
% else:
<div class="note"><b>Nothing was recorded of this project yet.</b></div>
% endif
% if pages > 1:
<nav class="pages" aria-label="Pages of patch sets">
% if asked.page > 1:
<a href="${h.address(base, given, page=asked.page - 1 if asked.page > 2 else '')}" rel="prev">← newer</a>
% endif
<span>page ${asked.page} of ${pages}</span>
% if asked.page < pages:
<a href="${h.address(base, given, page=asked.page + 1)}" rel="next">older →</a>
% endif
</nav>
% endif
<%def name="foot()">
<%
address = h.path('api/v1/projects', matrix.project, 'matrix')
page = asked.page if asked.page > 1 else ''
%>
<a href="${h.address(address, of_api, page=page)}">API of this view</a> <a href="${h.address(address, of_api, page=page, format='csv')}">CSV</a></%def>
<%def name="toggle(name, value, text, now_is)"><a class="button"${' aria-current="true"' if now_is == value else '' | n} href="${h.address(h.path('project', matrix.project), given, **{name: '' if now_is == value else value})}">${text}</a></%def>
<%def name="option(name, value, text, is_now)"><a href="${h.address(h.path('project', matrix.project), given, **{name: value})}"${' aria-current="true"' if is_now else '' | n}>${text}</a></%def>
