<%inherit file="layout.mako"/>
<%! here = "/" %>
<%def name="title()">Projects</%def>
<%def name="head()"><link rel="stylesheet" href="${self.static('home.css')}">
</%def>
<%def name="foot()"> <a href="${h.address('/api/v1/projects', given)}">API of this view</a></%def>
<%def name="share(rate)">${f'{rate.n:,}/{rate.of:,}'} <span class="quiet">(${h.interval(rate)})</span></%def>
<%def name="system(each)"><a href="${h.path('ci', each.name)}"><bdi>${h.bounded(each.title, 60)}</bdi></a>${' (gate)' if each.is_gate else ''}</%def>
<% busy = [project for project in home.projects if project.patch_sets]
idle = [project for project in home.projects if not project.patch_sets]
old = home.newest is not None and home.as_of - home.newest > lately %>\
<h1>Projects</h1>
% if given:
<p class="about">As of ${self.when(home.as_of)}. <a href="/">As of now</a></p>
% endif
${self.pruned((home.as_of - h.timedelta(days=1)).date())}\
% if not home.projects:
<div class="note"><b>Nothing was recorded yet.</b> Events come in with <code>ciwatch replay FILE</code>; <code>ciwatch demo</code> shows a simulated project.</div>
% else:
% if old:
<p class="note"><b>Nothing was recorded since ${self.when(home.newest)}.</b> This is as of ${h.absolute(home.as_of)}. <a href="${h.address('/', {'until': h.iso(home.newest)})}">As it was then</a></p>
% endif
% for each in home.breakages:
<p class="note warn"><b>All fail since ${self.when(each.since)}:</b> most CI systems failed ${self.counted(len(each.changes), 'change')} of <bdi>${', '.join(each.projects[:5])}${' and others' if len(each.projects) > 5 else ''}</bdi>. It is not one CI, and probably not your patch. <a href="${h.address('/upstream', given)}#breakages">What fails for all</a></p>
% endfor
<p class="gate">\
% if home.gate is None:
<b>Gate:</b> none is known. <a href="/upstream">Why</a>\
% else:
<b>Gate:</b>
% for each in home.gate.systems:
<a href="${h.path('ci', each.name)}"><bdi>${h.bounded(each.title, 60)}</bdi></a> ${self.status(each.status)}${'' if loop.last else ','}
% endfor
% if home.gate.now.of:
passed ${self.share(home.gate.now)} of the patch sets that it judged in 7 days\
% if home.gate.before.of:
, in the four weeks before ${self.share(home.gate.before)}: ${home.gate.trend}\
% endif
.\
% else:
judged no patch set in 7 days.\
% endif
 <a href="${h.address('/upstream', given)}">Upstream</a>\
% endif
</p>
<h2 id="lately">Since yesterday</h2>
% if home.happenings:
<div class="panel lately"><table role="table" class="list">
<caption>Status words that changed in the last 24 hours</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">CI system</th><th role="columnheader" scope="col">Now</th><th role="columnheader" scope="col">Before</th><th role="columnheader" scope="col">Since</th><th role="columnheader" scope="col">Why</th></tr></thead>
<tbody role="rowgroup">
% for each in home.happenings[:most_happenings]:
<tr role="row"><th role="rowheader" scope="row">${self.system(each)}</th><td role="cell">${self.status(each.status)}${' again' if each.kind == 'recovered' else ''}</td><td role="cell">${each.before or 'not known'}</td><td role="cell">${self.when(each.since)}</td><td role="cell" class="why"><bdi>${h.bounded(each.rule, 300)}</bdi></td></tr>
% endfor
</tbody>
</table></div>
% if len(home.happenings) > most_happenings:
<p class="quiet">and ${len(home.happenings) - most_happenings} more: <a href="/ci">all CI systems</a></p>
% endif
% else:
<p class="quiet">No status word changed in the 24 hours before ${h.absolute(home.as_of)}.</p>
% endif
<h2 id="projects">By project</h2>
% if busy:
<div class="panel projects"><table role="table" class="list">
<caption>Projects with patch sets in the last 7 days, and their CI systems: those that do worst first</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Project</th><th role="columnheader" scope="col">CI systems that are not well</th><th role="columnheader" scope="col">All others</th><th role="columnheader" scope="col" class="n">Patch sets, 7 days</th><th role="columnheader" scope="col">The newest</th></tr></thead>
<tbody role="rowgroup">
% for project in busy:
<tr role="row">
<th role="rowheader" scope="row"><a href="${h.address(h.path('project', project.name), given)}">${project.name}</a></th>
<td role="cell">
% if project.not_well:
<ul class="glances">
% for each in project.not_well[:most_named]:
<li>${self.status(each.status)} ${self.system(each)}</li>
% endfor
% if len(project.not_well) > most_named:
<li><a href="${h.address('/coverage', {**given, 'project': project.name})}">and ${len(project.not_well) - most_named} more</a></li>
% endif
</ul>
% else:
<span class="quiet">none</span>
% endif
</td>
<td role="cell">\
% if project.systems or project.long_silent:
<a href="${h.address('/coverage', {**given, 'project': project.name})}" aria-label="CI systems of ${project.name}: ${self.others(project).strip()}">${self.others(project)}</a>\
% else:
<span class="quiet">no CI reported</span>\
% endif
</td>
<td role="cell" class="n" data-label="patch sets in 7 days:">${f'{project.patch_sets:,}'}</td>
<td role="cell">${self.when(project.active_at)}</td>
</tr>
% endfor
</tbody>
</table></div>
% else:
<p class="quiet">No project had a patch set in the 7 days before ${h.absolute(home.as_of)}.</p>
% endif
% if idle:
<details class="idle"${'' if busy else ' open' | n}>
<summary>${len(idle)} ${'project' if len(idle) == 1 else 'projects'} without a patch set in these 7 days</summary>
<ul>
% for project in idle:
<li><a href="${h.address(h.path('project', project.name), {'until': h.iso(project.active_at) if project.active_at else None})}">${project.name}</a>\
% if project.active_at:
 <span class="quiet">${h.relative(project.active_at, now)}</span>\
% endif
</li>
% endfor
</ul>
</details>
% endif
% endif
<%def name="others(project)"><% parts = [f'{count} {word}' for word, count in project.others]
if project.long_silent: parts.append(f'{project.long_silent} silent for more than 90 days') %>${', '.join(parts) or 'none'}</%def>
