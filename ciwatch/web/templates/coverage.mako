<%inherit file="layout.mako"/>
<%namespace name="figures" file="figures.mako"/>
<%! here = "/coverage" %>
<%
only, rules = given.get('project', ''), given.get('rules', '')
served = coverage.states.get('served', 0)
components = sum(coverage.states.values())
registered = [project for project in coverage.projects if project.components]
learned = [project for project in coverage.projects if not project.components]
%>
<%def name="title()">Coverage${' of ' + given.get('project', '') if given.get('project', '') else ''}</%def>
<%def name="head()"><link rel="stylesheet" href="${self.static('tables.css')}"></%def>
<%def name="foot()"><a href="${h.address('/api/v1/coverage', given)}">API of this view</a> <a href="${h.address('/api/v1/coverage', given, format='csv')}">CSV</a></%def>
<%def name="state(word)"><a class="word ${h.STATUS_CSS.get(word) or {'no CI': 'f', 'never reported': 'f', 'no recent report': 'i', 'served': 'p'}[word]}" href="${h.about(word)}">${word}</a></%def>
<%def name="columns(first)">
<thead role="rowgroup"><tr role="row">${'<th role="columnheader" scope="col">%s</th>' % first if first else '' | n}<th role="columnheader" scope="col">CI system</th><th role="columnheader" scope="col">Status</th><th role="columnheader" scope="col">Last report here</th><th role="columnheader" scope="col" class="n"><a href="${h.about('answered')}">Answered</a>, of <a href="${h.about('expected')}">expected</a></th><th role="columnheader" scope="col" class="n"><a href="${h.about('trust')}">Trust in its -1</a></th><th role="columnheader" scope="col"><a href="${h.about('policy')}">Policy</a></th></tr></thead>
</%def>
<%def name="named(of)"><a href="${h.path('ci', of.name)}"><bdi>${h.bounded(of.title, 80)}</bdi></a>${' (gate)' if of.is_gate else ''}</%def>
<%def name="glances(systems, told=None)"><ul class="glances">\
% for of in systems:
<li>${named(of)}${' ' if of.status != told else ''}\
% if of.status != told:
${state(of.status)}\
% endif
</li>\
% endfor
</ul></%def>
<%def name="service(of, is_first=False)">
% if is_first:
<th role="rowheader" scope="row">${named(of)}</th>\
% else:
<td role="cell" data-label="CI system"><span>${named(of)}</span></td>\
% endif
% if of.status == 'never reported':
<td role="cell" colspan="5" data-label="Status"><span>${state(of.status)}</span></td>\
<% return "" %>
% endif
<td role="cell" data-label="Status"><span>${state(of.status)}\
% if of.status != 'healthy':
<span class="rule">${h.bounded(of.rule, 300)}</span>\
% endif
</span></td><td role="cell" data-label="Last report here">\
% if of.last_report_at:
<span>${self.when(of.last_report_at)}</span>\
% else:
<span class="quiet">none</span>\
% endif
</td><td role="cell" class="n" data-label="Answered"><span>${figures.rate(of.answered)}</span></td><td role="cell" class="n" data-label="Trust in its -1"><span>${figures.rate(of.trust)}</span></td><td role="cell" data-label="Policy"><span>\
% if of.rules is None:
<a href="${h.path('ci', of.name, 'policy')}">rules<span class="heard"> of ${of.title}</span></a>\
% elif of.rules.broken:
<a href="${h.path('ci', of.name, 'policy')}">breaks ${len(of.rules.broken)}</a>: ${", ".join(of.rules.broken)} <span class="quiet">· keeps ${len(of.rules.kept)}</span>\
% else:
<a href="${h.path('ci', of.name, 'policy')}">keeps ${len(of.rules.kept)}</a>\
% endif
</span></td>\
</%def>
<%def name="group(name, link, systems)">
% for of in systems:
<tr role="row"${'' if loop.first else ' class="more"' | n}>\
% if loop.first:
<th role="rowheader" scope="${'rowgroup' if len(systems) > 1 else 'row'}"${' rowspan="%d"' % len(systems) if len(systems) > 1 else '' | n}${' id="%s"' % h.anchor(name) if link else '' | n}>\
% if link:
<a href="${h.address('/coverage', given, project=name)}"><bdi>${name}</bdi></a>\
% else:
<bdi>${name}</bdi>\
% endif
</th>\
% endif
${service(of)}</tr>
% endfor
</%def>
<%def name="others(systems, caption)">
<div class="scroll"><table role="table" class="list stack groups">
<caption>${caption}</caption>
${columns(None)}
<tbody role="rowgroup">
% for of in systems:
<tr role="row">${service(of, True)}</tr>
% endfor
</tbody>
</table></div>
</%def>
<h1>${self.title()}</h1>
<p class="about">Who has a CI, and who has none. Figures are of the ${(coverage.last - coverage.first).days + 1} days from ${h.day(coverage.first)} to ${h.day(coverage.last)}, of each project by itself; the status word is the CI's, of all projects. As of ${self.when(coverage.as_of)}.</p>
<form class="filters" action="/coverage">
<label>Project <input name="project" value="${only}" placeholder="all" list="projects" maxlength="255"></label>
<datalist id="projects">
% for project in coverage.projects:
<option value="${project.name}"></option>
% endfor
</datalist>
<label>Until <input name="until" value="${given.get('until', '')}" placeholder="now"></label>
% if rules:
<input type="hidden" name="rules" value="yes">
% endif
<button>Show</button>
% if only:
<a href="${h.address('/coverage', given, project='', rules='')}">All projects</a>
% endif
</form>
<ul class="sums" aria-label="In all">
% if not only:
<li><b>${f'{len(coverage.projects):,}'}</b>project${'' if len(coverage.projects) == 1 else 's'}</li>
% endif
<li><b>${f'{coverage.reporting:,}'}</b>CI system${'' if coverage.reporting == 1 else 's'} that reported</li>
% if components:
<li><b>${f'{components:,}'}</b>component${'' if components == 1 else 's'}, ${f'{served:,}'} <a href="${h.about('served')}">served</a></li>
<li${' class="bad"' if components > served else '' | n}><b>${f'{components - served:,}'}</b>without a CI that reports</li>
% for word, count in coverage.states.items():
% if word != 'served':
<li><b>${f'{count:,}'}</b><a href="${h.about(word)}">${word}</a></li>
% endif
% endfor
% endif
</ul>
% if coverage.waiting:
<p class="note"><b>${coverage.waiting} days wait to be counted;</b> these figures are behind.</p>
% endif
% if not coverage.has_components:
<div class="note"><b>No components are registered,</b> so nobody can tell which of them have no CI. Name the parts of a project that need one, and who tests each, under <code>projects</code> in the file that <code>[insight] registry_file</code> names. Until then, here are the CI systems that report on each project.</div>
% endif
% if only and coverage.reporting:
<p><a class="button" href="${h.address('/coverage', given, rules='' if rules else 'yes')}"${' aria-current="true"' if rules else '' | n}>Which rules does each break?</a></p>
% if rules:
<p class="about">A CI keeps or breaks a <a href="${h.about('policy')}">rule of third-party testing</a> with all that it said in 30 days, on whatever project. Rules with too few cases are not counted.</p>
% endif
% endif
% if len(registered) > 1:
<nav class="jumps many" aria-label="Projects"><details${' open' if len(registered) <= 40 else ''}><summary>${f'{len(registered):,}'} projects with registered components</summary><ul>
% for project in registered:
<% lacking = sum(component.state != 'served' for component in project.components) %>
<li><a href="${h.address('/coverage', given, project=project.name) if is_brief else '#' + h.anchor(project.name)}"><bdi>${project.name}</bdi></a> <span class="lacks">\
% if lacking:
<b>${lacking}</b> of ${len(project.components)} without\
% else:
all ${len(project.components)} served\
% endif
</span></li>
% endfor
% if learned:
<li><a href="#learned">Projects without registered components</a> <span class="lacks">${f'{len(learned):,}'}</span></li>
% endif
</ul></details></nav>
% endif
% if is_brief:
% if components:
<h2 id="lacking">Without a CI that reports</h2>
% if components > served:
<p class="about">The page of a project has all its components, and how each CI does there.</p>
<div class="scroll"><table role="table" class="list stack groups">
<caption>Components without a CI that reports</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Project</th><th role="columnheader" scope="col">Component</th><th role="columnheader" scope="col">Why</th><th role="columnheader" scope="col">CI systems that are registered for it</th></tr></thead>
<tbody role="rowgroup">
% for project in registered:
<% lacking = [component for component in project.components if component.state != 'served'] %>
% for component in lacking:
<tr role="row"${'' if loop.first else ' class="more"' | n}>\
% if loop.first:
<th role="rowheader" scope="rowgroup" rowspan="${len(lacking)}"><a href="${h.address('/coverage', given, project=project.name)}"><bdi>${project.name}</bdi></a></th>\
% endif
<td role="cell"><bdi>${component.name}</bdi></td><td role="cell">${state(component.state)}</td><td role="cell">\
% if component.systems:
${glances(component.systems, component.state)}\
% endif
</td></tr>
% endfor
% endfor
</tbody>
</table></div>
% else:
<p class="quiet">None.</p>
% endif
% endif
% if learned:
<h2 id="learned">${'Projects without registered components' if registered else 'Projects'}</h2>
<div class="scroll"><table role="table" class="list stack groups">
<caption>CI systems that report on each project</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Project</th><th role="columnheader" scope="col">CI systems that report on it</th></tr></thead>
<tbody role="rowgroup">
% for project in learned:
<tr role="row"><th role="rowheader" scope="row"><a href="${h.address('/coverage', given, project=project.name)}"><bdi>${project.name}</bdi></a></th><td role="cell">${glances(project.others)}</td></tr>
% endfor
</tbody>
</table></div>
% endif
% else:
% for project in registered:
<%
without = sum(component.state != 'served' for component in project.components)
count = len(project.components)
%>
<h2 id="${h.anchor(project.name)}">\
% if only:
<a href="${h.path('project', project.name)}"><bdi>${project.name}</bdi></a>\
% else:
<a href="${h.address('/coverage', given, project=project.name)}"><bdi>${project.name}</bdi></a>\
% endif
</h2>
<p class="about">${count} component${'' if count == 1 else 's'}, ${count - without} of them with a CI that reports.</p>
<div class="scroll"><table role="table" class="list stack groups">
<caption>Components of ${project.name}</caption>
${columns('Component')}
<tbody role="rowgroup">
% for component in project.components:
% if component.systems:
${group(component.name, False, component.systems)}
% else:
<tr role="row"><th role="rowheader" scope="row"><bdi>${component.name}</bdi></th><td role="cell" colspan="6" data-label="CI system"><span>${state(component.state)}</span></td></tr>
% endif
% endfor
</tbody>
</table></div>
% if project.others:
<h3 class="part">Other CI systems here</h3>
${others(project.others, "Other CI systems that report on " + project.name)}
% endif
% endfor
% if learned and not (only and not learned[0].others):
% if registered:
<h2 id="learned">Projects without registered components</h2>
% endif
<div class="scroll"><table role="table" class="list stack groups">
<caption>CI systems that report on each project</caption>
${columns('Project')}
<tbody role="rowgroup">
% for project in learned:
${group(project.name, True, project.others)}
% endfor
</tbody>
</table></div>
% elif learned:
<p class="quiet">No CI reports on it.</p>
% endif
% endif
% if not coverage.projects:
<div class="note"><b>No CI has reported yet.</b></div>
% endif
