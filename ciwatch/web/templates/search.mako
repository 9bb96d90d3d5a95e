<%inherit file="layout.mako"/>
<%def name="title()">${h.bounded(found.text, 60) + ' · ' if found.text else ''}Search</%def>
<%def name="head()"><link rel="stylesheet" href="${self.static('home.css')}">
</%def>
<%def name="asked()">${found.text}</%def>
<%def name="foot()"> <a href="${h.address('/api/v1/search', {'q': found.text})}">API of this view</a></%def>
<%def name="group(label, id, count, shown)">
<section class="found" aria-labelledby="${id}">
<h2 id="${id}">${label} <span class="quiet">${f'{count:,}'}</span></h2>
<ul>
${caller.body()}
</ul>
% if count > shown:
<p class="quiet">and ${f'{count - shown:,}'} more: another word would tell them apart.</p>
% endif
</section>
</%def>
<h1>Search</h1>
<form class="filters" action="/search">
<input name="q" type="search" aria-label="Project, CI system, job or change" value="${found.text}" maxlength="255">
<button>Search</button>
</form>
% if not found.text:
<p class="about">Type a part of a name, or the number of a change, or its address in Gerrit.</p>
% elif not found.count:
<p class="note"><b>Nothing is called <bdi>${h.bounded(found.text, 80)}</bdi>.</b> Searched are the names of projects, of CI systems and of their jobs, and the numbers of changes that were recorded here.</p>
% endif
% if found.projects:
<%self:group label="Projects" id="projects" count="${found.project_count}" shown="${len(found.projects)}">
% for project in found.projects:
<li><a href="${h.path('project', project.name)}">${project.name}</a></li>
% endfor
</%self:group>
% endif
% if found.systems:
<%self:group label="CI systems" id="systems" count="${found.system_count}" shown="${len(found.systems)}">
% for system in found.systems:
<li><a href="${h.path('ci', system.name)}"><bdi>${h.bounded(system.title, 120)}</bdi></a>${' (gate)' if system.is_gate else ''}
% if system.name != system.title:
<span class="quiet">${h.bounded(system.name, 120)}</span>
% endif
</li>
% endfor
</%self:group>
% endif
% if found.jobs:
<%self:group label="Jobs" id="jobs" count="${found.job_count}" shown="${len(found.jobs)}">
% for job in found.jobs:
<li><a href="${h.path('ci', job.ci, 'job', job.name)}"><bdi>${job.name}</bdi></a> <span class="quiet">of <bdi>${h.bounded(job.title, 120)}</bdi></span></li>
% endfor
</%self:group>
% endif
% if found.changes:
<%self:group label="Changes" id="changes" count="${found.change_count}" shown="${len(found.changes)}">
% for change in found.changes:
<li><a href="/change/${change.number}">${change.number}</a> <bdi>${change.subject}</bdi> <span class="quiet">${change.project} · ${(change.status or 'status unknown').lower()}</span></li>
% endfor
</%self:group>
% endif
