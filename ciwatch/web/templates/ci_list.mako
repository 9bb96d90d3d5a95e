<%inherit file="layout.mako"/>
<%! here = "/ci" %>
<%def name="title()">CI systems</%def>
<h1>CI systems</h1>
<p class="about">Every Gerrit account that reports test results, and by what it was known to be one. Those found by <em>behaviour</em> alone have nothing in their name that says so: most of what they wrote is what only a CI writes. <a href="/about#who">More on that</a>.</p>
% if systems:
<div class="scroll"><table class="list">
<caption>CI systems</caption>
<thead><tr><th scope="col">CI system</th><th scope="col">Status</th><th scope="col">Accounts, found by</th><th scope="col" class="n">Comments</th><th scope="col" class="n">Unread</th><th scope="col">Last report</th></tr></thead>
<tbody>
% for system in systems:
<tr>
<th scope="row"><a href="${h.path('ci', system.name)}${'?' + h.query(given) if given else ''}">${system.title}</a>${' (gate)' if system.is_gate else ''}</th>
<td>${self.status(words.get(system.name, uncounted))}</td>
<td>
% for account in system.accounts:
<code>${account.username}</code> <span class="word${' u' if account.found_by == 'behaviour' else ''}">${account.found_by}</span>
% endfor
</td>
<td class="n">${system.report_count}</td>
<td class="n">${system.unread_count or ''}</td>
<td>
% if system.last_report_at:
${self.when(system.last_report_at)}
% else:
<span class="quiet">none yet</span>
% endif
</td>
</tr>
% endfor
</tbody>
</table></div>
% else:
<div class="note"><b>No CI system has commented yet.</b></div>
% endif
<%def name="foot()"> <a href="/api/v1/ci${'?' + h.query(given) if given else ''}">API of this view</a> <a href="/api/v1/ci?${h.query(given, format='csv')}">CSV</a></%def>
