<%inherit file="layout.mako"/>
<%def name="title()">${change.number}</%def>
<%def name="head()"><link rel="stylesheet" href="${request.static_path('ciwatch.web:static/change.css')}"></%def>
<h1><a href="${gerrit_url}">${change.number}</a> ${change.subject}</h1>
<p class="about"><a href="${h.path('project', change.project)}">${change.project}</a> · ${change.branch or 'branch unknown'} · ${(change.status or 'status unknown').lower()}${' · topic ' + change.topic if change.topic else ''}</p>
% for patch_set in change.patch_sets:
<h2 id="ps-${patch_set.number}">Patch set ${patch_set.number}</h2>
<p class="about">
% if patch_set.created_at:
Uploaded ${self.when(patch_set.created_at)}\
% else:
First heard of ${self.when(patch_set.seen_at)}\
% endif
${' · ' + patch_set.kind.lower().replace('_', ' ') if patch_set.kind not in ('', 'REWORK') else ''}
% if patch_set.revision:
 · <code>${patch_set.revision[:10]}</code>
% endif
</p>
% if not patch_set.systems and not patch_set.strangers:
<p class="quiet">No CI said anything.</p>
% endif
% for system in patch_set.systems:
<section class="system" id="${patch_set.number}-${h.anchor(system.name)}">
<h3><a href="${h.path('ci', system.name)}">${system.title}</a>${' (gate)' if system.is_gate else ''}
% if system.state:
${self.word(system.state)}
% endif
% if system.attempts > 1:
<span class="quiet">${system.attempts} attempts</span>
% endif
</h3>
<% newest = next((report for report in reversed(system.reports) if report.kind == 'finished' or report.parser is None or report.builds), None) %>\
% for report in reversed(system.reports):
${self.report(report, report is newest)}
% endfor
</section>
% endfor
% for stranger in patch_set.strangers:
<section class="system">
<h3>${stranger.name} <span class="word u">not known as a CI</span></h3>
<details><summary>voted Verified ${'%+d' % stranger.vote} ${self.when(stranger.posted_at)}</summary><pre>${h.bounded(stranger.text)}</pre></details>
</section>
% endfor
% if patch_set.rechecks:
<section class="system">
<h3>Asked for a re-run</h3>
% for recheck in patch_set.rechecks:
<p class="line"><code>${recheck.phrase}</code> ${recheck.name} ${self.when(recheck.posted_at)}</p>
% endfor
</section>
% endif
% endfor
<%def name="foot()"> <a href="/api/v1/changes/${change.number}">API of this view</a></%def>
<%def name="report(report, newest)">
% if report.kind == 'started' and report.builds and report.attempt is None:
<details${' open' if newest else ''}><summary>${self.word('running')} ${report.pipeline} ${self.when(report.posted_at)}</summary>
${self.jobs(report)}
</details>
% elif report.kind == 'started':
<p class="line"><span class="quiet">began ${report.pipeline}</span> ${self.when(report.posted_at)}</p>
% elif report.parser is None:
<details${' open' if newest else ''}><summary>${self.word('unread', 'unread')} ${self.when(report.posted_at)} <span class="quiet">no parser knows this wording</span></summary><pre>${h.bounded(report.text)}</pre></details>
% elif report.kind == 'other':
<p class="line"><span class="quiet">${'says ' + report.verdict + ' again' if report.verdict else 'understood, and no result'}</span> ${self.when(report.posted_at)}</p>
% else:
<details${' open' if newest else ''}>
<summary>\
% if report.verdict:
${self.word(report.verdict)} \
% else:
<span class="word">no verdict</span> \
% endif
${report.pipeline} attempt ${report.attempt}
% if report.verdict_source and report.verdict_source != 'builds':
<span class="quiet">by its ${report.verdict_source}</span>
% endif
% if report.vote is not None:
<span class="quiet">voted ${'%+d' % report.vote if report.vote else 0}</span>
% endif
% if report.headline and report.verdict and report.headline != report.verdict:
<span class="quiet">its headline says ${report.headline}</span>
% endif
${self.when(report.posted_at)}</summary>
${self.jobs(report)}
</details>
% if report.explanation:
${self.explanation(report.explanation)}
% endif
% endif
</%def>
<%def name="explanation(told)">
<p class="line quiet">About this patch? <bdi>${told.sentence}</bdi>
% if told.contact:
Ask ${h.bounded(told.contact, 200)}.
% endif
% if told.recheck:
Type <code>${h.bounded(told.recheck, 80)}</code> for a re-run.
% endif
${self.link(told.log_url)}</p>
</%def>
<%def name="jobs(report)">
% if report.builds:
<table class="list">
<caption>Jobs of this attempt</caption>
<thead><tr><th scope="col">Job</th><th scope="col">Result</th><th scope="col" class="n">Ran for</th><th scope="col">Log</th></tr></thead>
<tbody>
% for build in report.builds:
<tr><th scope="row">${build.job}</th><td>${self.word(build.result_class, h.bounded(build.result, 80))}${'' if build.voting else ' non-voting'}
% if build.detail:
<span class="quiet">${h.bounded(build.detail, 300)}</span>
% endif
</td><td class="n">${'' if build.duration_s is None else h.duration(build.duration_s)}</td><td>${self.link(build.log_url)}</td></tr>
% endfor
</tbody>
</table>
% endif
</%def>
