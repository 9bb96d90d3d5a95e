<%inherit file="layout.mako"/>
<%! here = "/" %>
<%def name="title()">Projects</%def>
<h1>Projects</h1>
<p class="about">How each project's CI systems do: the mark of the newest patch set that a CI judged, and how many it passed of those it judged in the last 7 days. Where a project's newest patch set is older than that, the 7 days before it.</p>
% if projects:
<div class="scroll"><table class="list">
<caption>Projects with their CI systems</caption>
<thead><tr><th scope="col">Project</th><th scope="col">CI systems: passed/judged</th><th scope="col" class="n">Patch sets, 7 days</th><th scope="col">Newest patch set</th></tr></thead>
<tbody>
% for project in projects:
<% ended = project.until == project.newest %>
<tr>
<th scope="row"><a href="${h.path('project', project.name)}${'?' + h.query(dict(until=h.iso(project.until))) if ended else ''}">${project.name}</a></th>
<td>
% if project.systems:
<ul class="glances">
% for system in project.systems:
<li>${self.mark(system.latest)}<a href="${h.path('ci', system.name)}">${h.bounded(system.title, 60)}</a>${' (gate)' if system.is_gate else ''} <span class="quiet">${self.rate(system.passed, system.judged) if system.judged else 'no verdict'}</span></li>
% endfor
</ul>
% else:
<span class="quiet">no CI reported</span>
% endif
</td>
<td class="n">${project.patch_sets}</td>
<td>${self.when(project.newest)}</td>
</tr>
% endfor
</tbody>
</table></div>
% else:
<div class="note"><b>Nothing was recorded yet.</b> Events come in with <code>ciwatch replay FILE</code>; <code>ciwatch demo</code> shows a simulated project.</div>
% endif
<%def name="foot()"> <a href="/api/v1/projects">API of this view</a></%def>
