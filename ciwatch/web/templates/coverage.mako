<%inherit file="layout.mako"/>
<%namespace name="figures" file="figures.mako"/>
<%! here = "/coverage" %>
<% only = given.get('project', '') %>
<%def name="title()">Coverage${' of ' + given.get('project', '') if given.get('project', '') else ''}</%def>
<%def name="foot()"> <a href="${address('/api/v1/coverage')}">API of this view</a> <a href="${address('/api/v1/coverage', format='csv')}">CSV</a></%def>
<%def name="address(path, **changes)"><% query = h.query(given, **changes) %>${path}${'?' + query if query else ''}</%def>
<%def name="columns(first)">
<thead><tr>${first | n}<th scope="col">CI system</th><th scope="col">Status</th><th scope="col">Last report here</th><th scope="col" class="n">Answered, of expected</th><th scope="col" class="n">Trust in its -1</th>\
% if given.get('rules', ''):
<th scope="col">Rules</th>\
% endif
</tr></thead>
</%def>
<%def name="service(of)">
<td><a href="${h.path('ci', of.name)}">${h.bounded(of.title, 80)}</a>${' (gate)' if of.is_gate else ''}</td>
<td title="${of.rule}">${figures.status(of.status)}</td>
<td>\
% if of.last_report_at:
${self.when(of.last_report_at)}\
% else:
<span class="quiet">none</span>\
% endif
</td>
<td class="n">${figures.rate(of.answered)}</td>
<td class="n">${figures.rate(of.trust)}</td>
% if given.get('rules', ''):
<td>\
% if of.rules is None:
<span class="quiet">none</span>\
% elif of.rules.broken:
<span class="word f">breaks ${len(of.rules.broken)}</span> ${", ".join(of.rules.broken)} <span class="quiet">· keeps ${len(of.rules.kept)}</span>\
% else:
keeps ${len(of.rules.kept)}\
% endif
</td>
% endif
</%def>
<h1>${self.title()}</h1>
<p class="about">Who has a CI, and who has none. Figures are of the 30 days from ${h.day(coverage.first)} to ${h.day(coverage.last)}, of each project by itself; the status word is the CI's, of all projects. As of ${self.when(coverage.as_of)}.</p>
<form class="filters" action="/coverage">
<label>Project <input name="project" value="${only}" placeholder="all"></label>
<label>Until <input name="until" value="${given.get('until', '')}" placeholder="now"></label>
% if given.get('rules', ''):
<input type="hidden" name="rules" value="yes">
% endif
<button>Show</button>
</form>
% if only and not given.get('rules', ''):
<p><a href="${address('/coverage', rules='yes')}">Which of them keep the rules of third-party testing?</a></p>
% elif only:
<p class="about">A CI keeps or breaks a rule of third-party testing with all that it said in 30 days, on whatever project. Rules with too few cases are not counted.</p>
% endif
% if coverage.waiting:
<p class="note"><b>${coverage.waiting} days wait to be counted;</b> these figures are behind.</p>
% endif
% if not coverage.has_components:
<div class="note"><b>No components are registered,</b> so nobody can tell which of them have no CI. Name the parts of a project that need one, and who tests each, under <code>projects</code> in the file that <code>[insight] registry_file</code> names. Until then, here are the CI systems that report on each project.</div>
% endif
% for project in coverage.projects:
<h2 id="${h.anchor(project.name)}"><a href="${address('/coverage', project=project.name)}">${project.name}</a></h2>
% if project.components:
<%
without = sum(component.state != 'served' for component in project.components)
%>
<p class="about">${len(project.components)} component${'' if len(project.components) == 1 else 's'}, ${len(project.components) - without} of them with a CI that reports.</p>
<div class="scroll"><table class="list">
<caption>Components of ${project.name}</caption>
${columns('<th scope="col">Component</th>')}
<tbody>
% for component in project.components:
% for of in component.systems:
<tr${'' if loop.first else ' class="more"' | n}>\
% if loop.first:
<th scope="row"${' rowspan="%d"' % len(component.systems) if len(component.systems) > 1 else '' | n}>${component.name}</th>\
% endif
${service(of)}</tr>
% endfor
% if not component.systems:
<tr><th scope="row">${component.name}</th><td colspan="${6 if given.get('rules', '') else 5}">${figures.status(component.state)}</td></tr>
% endif
% endfor
</tbody>
</table></div>
% endif
% if project.others:
% if project.components:
<h3 class="part">Other CI systems here</h3>
% endif
<div class="scroll"><table class="list">
<caption>${'Other CI systems' if project.components else 'CI systems'} that report on ${project.name}</caption>
${columns('')}
<tbody>
% for of in project.others:
<tr>${service(of)}</tr>
% endfor
</tbody>
</table></div>
% elif not project.components:
<p class="quiet">No CI reports on it.</p>
% endif
% endfor
% if not coverage.projects:
<div class="note"><b>No CI has reported yet.</b></div>
% endif
