<%inherit file="layout.mako"/>
<%def name="title()">${change.number}</%def>
<%def name="head()"><link rel="stylesheet" href="${self.static('change.css')}">
</%def>
<%def name="foot()"> <a href="/api/v1/changes/${change.number}">API of this view</a></%def>
<h1><a href="${gerrit_url}">${change.number}</a> <bdi>${change.subject}</bdi></h1>
<p class="about"><a href="${h.path('project', change.project)}">${change.project}</a> · <bdi>${change.branch or 'branch unknown'}</bdi> · ${(change.status or 'status unknown').lower()}\
% if change.topic:
 · topic <bdi>${change.topic}</bdi>\
% endif
 · ${self.counted(len(change.patch_sets), 'patch set')}</p>
% for patch_set in change.patch_sets:
% if patch_set.number in opened:
<section class="ps" aria-labelledby="ps-${patch_set.number}">
<h2 id="ps-${patch_set.number}">Patch set ${patch_set.number}</h2>
<p class="about">${self.born(patch_set)}</p>
${self.told(patch_set)}
</section>
% else:
<details class="ps" id="ps-${patch_set.number}">
<summary><h2>Patch set ${patch_set.number}</h2> <span class="tally">\
% for state, count in patch_set.tally:
% if state:
<span>${self.mark(state)} ${count} ${state}</span>\
% endif
% endfor
</span> <span class="quiet">${self.born(patch_set)}</span></summary>
${self.told(patch_set)}
</details>
% endif
% endfor
<%def name="uploaded(patch_set)">\
% if patch_set.created_at:
uploaded ${self.when(patch_set.created_at)}\
% else:
first heard of ${self.when(patch_set.seen_at)}\
% endif
</%def>
<%def name="born(patch_set)">${self.uploaded(patch_set)}${' · ' + patch_set.kind.lower().replace('_', ' ') if patch_set.kind not in ('', 'REWORK') else ''}\
% if patch_set.revision:
 · <code>${patch_set.revision[:10]}</code>\
% endif
</%def>
<%def name="told(patch_set)">
% if patch_set.systems:
<div class="panel rows"><table role="table" class="list verdicts">
<caption>What the CI systems say of patch set ${patch_set.number}</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">CI system</th><th role="columnheader" scope="col">Verdict</th><th role="columnheader" scope="col">Is it about this patch?</th><th role="columnheader" scope="col" class="n">Attempts</th><th role="columnheader" scope="col" class="n">Answered after</th></tr></thead>
<tbody role="rowgroup">
% for system in patch_set.systems:
${self.row(patch_set, system)}
% endfor
</tbody>
</table></div>
% elif not patch_set.strangers:
<p class="quiet">No CI said anything, and none is known to be expected.</p>
% endif
% if patch_set.rechecks:
<h3 class="part">Re-runs asked for</h3>
<ul class="lines">
% for recheck in patch_set.rechecks:
<li><code>${recheck.phrase}</code> <bdi>${recheck.name}</bdi>, ${self.when(recheck.posted_at)}</li>
% endfor
</ul>
% endif
% if any(system.reports for system in patch_set.systems) or patch_set.strangers:
<h3 class="part">Every attempt</h3>
<div class="panel said">
% for system in patch_set.systems:
% if system.reports:
<details id="all-${patch_set.number}-${h.anchor(system.name)}">
<summary><b><bdi>${h.bounded(system.title, 80)}</bdi></b> <span class="quiet">${self.counted(len(system.reports), 'comment')}, ${self.counted(sum(len(report.current) for report in system.reports), 'build')}</span></summary>
${said.reports(system, now)}
</details>
% endif
% endfor
% for stranger in patch_set.strangers:
<details>
<summary><b><bdi>${h.bounded(stranger.name, 80)}</bdi></b> <span class="word">not known as a CI</span> <span class="quiet">voted Verified ${'%+d' % stranger.vote}, ${self.when(stranger.posted_at)}</span></summary>
<pre>${h.bounded(stranger.text)}</pre>
</details>
% endfor
</div>
% endif
</%def>
<%def name="row(patch_set, system)">
<% stance, anchor = system.stance, f'{patch_set.number}-{h.anchor(system.name)}' %>\
<tr role="row" id="${anchor}">
<th role="rowheader" scope="row"><a href="${h.path('ci', system.name)}"><bdi>${h.bounded(system.title, 120)}</bdi></a>${' (gate)' if system.is_gate else ''}
% if stance and stance.status == 'healthy':
<span class="quiet">healthy</span>
% elif stance and stance.status:
${self.status(stance.status)}
% endif
</th>
<td role="cell">
% if system.state:
${self.word(system.state)}
% else:
<span class="quiet">no result</span>
% endif
</td>
<td role="cell" class="why">
% if system.state == 'running' and system.deciding:
Runs again, after it ${self.word(system.deciding.verdict)}.
% endif
% if system.deciding and system.deciding.explanation:
${said.explanation(system.deciding.explanation)} ${self.next_steps(system)}
${self.logs(system.deciding)}
% elif stance and stance.note:
<bdi>${stance.note}</bdi>
% if system.state == 'missed':
${self.next_steps(system)}
% endif
% elif system.state == 'unread':
<span class="quiet">no parser knows this wording</span>
% endif
</td>
<td role="cell" class="n" data-label="attempts">\
% if system.reports:
<a href="#all-${anchor}">${system.attempts}</a>\
% else:
0\
% endif
</td>
<td role="cell" class="n" data-label="answered after">\
% if stance and stance.answered_after_s is not None:
${h.duration(stance.answered_after_s)}${', late' if stance.is_late else ''}\
% endif
</td>
</tr>
</%def>
<%def name="next_steps(system)">\
% if system.contact:
Ask ${self.contact(system.contact)}. \
% endif
% if system.recheck:
Type <code>${h.bounded(system.recheck, 80)}</code> for a re-run.\
% endif
</%def>
<%def name="contact(text)">\
% if h.safe_url(text):
its <a href="${text}">contact</a>\
% else:
<bdi>${h.bounded(text, 200)}</bdi>\
% endif
</%def>
<%def name="logs(report)">
<% bad = [build for build in report.faults if h.safe_url(build.log_url)] %>\
% if bad:
<span class="logs">Logs: \
% for build in bad[:4]:
<a href="${build.log_url}"><bdi>${h.bounded(build.job, 60)}</bdi></a>${'' if loop.last else ', '}\
% endfor
${f' and {len(bad) - 4} more' if len(bad) > 4 else ''}</span>
% elif h.safe_url(report.explanation.log_url):
<a href="${report.explanation.log_url}">Log</a>
% endif
</%def>
