<%inherit file="layout.mako"/>
<%! here = "/ci" %>
<%def name="title()">CI systems</%def>
<%def name="head()"><link rel="stylesheet" href="${self.static('system.css')}"></%def>
<h1>CI systems</h1>
<p class="about">Every account that reports test results: how each does, and what it did in the ${days} days until ${self.when(as_of)}. How it was known to be one: <a href="/about#who">who is a CI</a>.</p>
<form class="filters" action="/ci">
<label>Name <input type="search" name="ci" value="${given.get('ci', '')}" maxlength="255"></label>
% for name in ('until', 'order'):
% if name in given:
<input type="hidden" name="${name}" value="${given[name]}">
% endif
% endfor
<button>Show</button>
% if 'ci' in given:
<a class="button" href="${h.address('/ci', given, ci='')}">All</a>
% endif
<span class="choice">\
% for word, label in (('worst', 'Worst first'), ('name', 'By name')):
<a href="${h.address('/ci', given, order=word)}"${' aria-current="true"' if word == order else '' | n}>${label}</a>\
% endfor
</span>
</form>
% if systems:
<ul class="facts counts">
% for word, count in counts:
<li>${count} ${self.status(word)}</li>
% endfor
</ul>
<div class="scroll"><table role="table" class="list stack">
<caption>CI systems</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">CI system</th><th role="columnheader" scope="col">Status</th><th role="columnheader" scope="col">Since</th><th role="columnheader" scope="col">Last report</th><th role="columnheader" scope="col" class="n">Reported on</th><th role="columnheader" scope="col" class="n"><a href="/about#passed-of-judged">Passed/judged</a></th><th role="columnheader" scope="col" class="n"><a href="/about#answered">Answered</a></th><th role="columnheader" scope="col" class="n"><a href="/about#trust">Trust in its -1</a></th><th role="columnheader" scope="col">Found by</th></tr></thead>
<tbody role="rowgroup">
% for system in systems:
<tr role="row">
<th role="rowheader" scope="row" class="name"><a href="${h.address(h.path('ci', system.name), until)}"><bdi>${system.title}</bdi></a>${' (gate)' if system.is_gate else ''}</th>
<td role="cell" data-label="Status">${self.status(system.status)}</td>
<td role="cell" data-label="Since">${short(system.since)}</td>
<td role="cell" data-label="Last report">${short(system.last_report_at)}</td>
<td role="cell" data-label="Reported on" class="n">${f'{system.reported:,}'}</td>
<td role="cell" data-label="Passed/judged" class="n">${self.n(system.passed)}</td>
<td role="cell" data-label="Answered" class="n">${self.n(system.answered)}</td>
<td role="cell" data-label="Trust in its -1" class="n">${self.n(system.trust)}</td>
<td role="cell" data-label="Found by" class="short"><span>
% for account in system.accounts:
<span title="${account.username}">${account.found_by}</span>
% endfor
</span></td>
</tr>
% endfor
</tbody>
</table></div>
% elif 'ci' in given:
<div class="note"><b>No CI system has this in its name.</b></div>
% else:
<div class="note"><b>No CI system has commented yet.</b></div>
% endif
<%def name="short(moment)">
% if moment:
<time datetime="${h.iso(moment)}" title="${h.absolute(moment)}">${h.relative(moment, now)}</time>\
% else:
<span class="quiet">unknown</span>\
% endif
</%def>
<%def name="n(rate)">
% if rate.of:
<span>${f'{rate.n:,}/{rate.of:,}'} <span class="quiet">${h.interval(rate)}</span></span>\
% else:
<span class="quiet">none</span>\
% endif
</%def>
<%def name="foot()"> <a href="${h.address('/api/v1/ci', until)}">API of this view</a> <a href="${h.address('/api/v1/ci', until, format='csv')}">CSV</a></%def>
