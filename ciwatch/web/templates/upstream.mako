<%inherit file="layout.mako"/>
<%namespace name="figures" file="figures.mako"/>
<%!
from ciwatch.web.plots import interval
here = "/upstream"
%>
<%def name="title()">Upstream${' of ' + upstream.project if upstream.project else ''}</%def>
<%def name="head()"><link rel="stylesheet" href="${self.static('tables.css')}"></%def>
<%def name="foot()"><a href="${h.address('/api/v1/upstream', given)}">API of this view</a></%def>
<%def name="span(days)">${h.day(days.first)} to ${h.day(days.last)}</%def>
<%def name="answer(headline)"><p class="answer ${headline.css}"><b>${headline.word}.</b> <span>${headline.sentence}</span></p></%def>
<%def name="health(of, caption)">
<div class="scroll"><table role="table" class="list stack groups">
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Figure</th><th role="columnheader" scope="col" class="n">Last 7 days</th><th role="columnheader" scope="col" class="n">Four weeks before</th><th role="columnheader" scope="col"><a href="${h.about('trend')}">Now</a></th></tr></thead>
<tbody role="rowgroup">
<tr role="row"><th role="rowheader" scope="row"><a href="${h.about('passed-of-judged')}">Patch sets passed</a>, of those judged</th>${compared(of.passed, "patch sets")}</tr>
<tr role="row"><th role="rowheader" scope="row"><a href="${h.about('infrastructure-share')}">Infrastructure failures</a>, of all reported on</th>${compared(of.infrastructure, "patch sets")}</tr>
${waits("From patch set to verdict", of.time_to_verdict)}
${waits("From recheck to the next verdict", of.time_to_recheck)}
</tbody>
</table></div>
</%def>
<%def name="compared(figure, what)"><td role="cell" class="n" data-label="Last 7 days">${bar(figure.now, what)}</td><td role="cell" class="n" data-label="Four weeks before">${bar(figure.before, what)}</td><td role="cell" data-label="Now">${trend(figure.trend)}</td></%def>
<%def name="trend(word)"><a class="word ${ {'better': 'p', 'worse': 'f'}.get(word, 'n')}" href="${h.about(word)}">${word}</a></%def>
<%def name="bar(rate, what)"><span class="rate">${figures.rate(rate)}\
% if rate.of:
<span aria-hidden="true">${interval.draw(rate, rate.tell(what)) | n}</span>\
% endif
</span></%def>
<%def name="waits(what, times)">
% for name, share in (("p50_s", "half"), ("p90_s", "90 %"), ("p99_s", "99 %")):
<tr role="row"${'' if loop.first else ' class="more"' | n}><th role="rowheader" scope="row">\
% if loop.first:
<a href="${h.about('latency')}">${what}</a>, \
% else:
<span class="heard">${what}, </span>\
% endif
${share} within</th><td role="cell" class="n" data-label="Last 7 days"><span>${wait(times.now, name)}</span></td><td role="cell" class="n" data-label="Four weeks before"><span>${wait(times.before, name)}</span></td><td role="cell"></td></tr>
% endfor
</%def>
<%def name="wait(times, name)">
% if times.count >= 10:
${h.duration(getattr(times, name))} <span class="quiet">of ${f'{times.count:,}'}</span>
% elif times.count:
<span class="quiet">${times.count}: too few</span>
% else:
<span class="quiet">none</span>
% endif
</%def>
<%def name="quotient(value)">
% if value is None:
<span class="quiet">too few</span>
% else:
${'%.2f' % value}
% endif
</%def>
<h1>Upstream${' of ' + upstream.project if upstream.project else ''}</h1>
<p class="about">Is it me, or is it upstream? How the gate did in the last 7 days, ${span(upstream.now)}, against the four weeks before, ${span(upstream.before)}; and what fails for all. As of ${self.when(upstream.as_of)}.</p>
${answer(headline)}
% if upstream.gates:
<ul class="told" aria-label="In a sentence">
% for gate in upstream.gates:
<li><a href="${h.path('ci', gate.name)}"><b><bdi>${gate.title}</bdi></b></a> ${gate_told(gate.health)}</li>
% endfor
</ul>
% endif
<form class="filters" action="/upstream">
<label>Project <input name="project" value="${upstream.project or ''}" placeholder="all" maxlength="255"></label>
<label>Until <input name="until" value="${given.get('until', '')}" placeholder="now"></label>
<button>Show</button>
% if upstream.project:
<a href="${h.address('/upstream', given, project='')}">All projects</a>
% endif
</form>
${self.pruned(upstream.before.first)}\
% if upstream.waiting:
<p class="note"><b>${upstream.waiting} days wait to be counted;</b> these figures are behind.</p>
% endif
<h2 id="breakages">Fails for all</h2>
% if upstream.breakages:
<p class="about">A <a href="${h.about('shared-breakage')}">shared breakage</a>: at these times most CI systems failed one change after the other: it is not you, and probably not the patch.</p>
<div class="scroll"><table role="table" class="list stack">
<caption>Shared breakages</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Since</th><th role="columnheader" scope="col">Until</th><th role="columnheader" scope="col">Projects</th><th role="columnheader" scope="col">CI systems that failed</th><th role="columnheader" scope="col">Changes that failed</th></tr></thead>
<tbody role="rowgroup">
% for each in upstream.breakages:
<tr role="row"><th role="rowheader" scope="row">${self.when(each.since)}</th>
<td role="cell" data-label="Until"><span>
% if each.until:
${self.when(each.until)}
% else:
<span class="word f">lasts</span>
% endif
</span></td>
<td role="cell" data-label="Projects"><span>
% for project in each.projects:
<a href="${h.path('project', project)}"><bdi>${project}</bdi></a>
% endfor
</span></td>
<td role="cell" data-label="CI systems"><ul class="glances">
% for system in each.systems:
<li><a href="${h.path('ci', system.name)}" title="${system.why}"><bdi>${h.bounded(system.title, 60)}</bdi></a>${' (gate)' if system.is_gate else ''}</li>
% endfor
</ul></td>
<td role="cell" data-label="Changes"><span>${len(each.changes)}:
% for change in each.changes[:6]:
<a href="/change/${change}">${change}</a>
% endfor
${'…' if len(each.changes) > 6 else ''}</span></td></tr>
% endfor
</tbody>
</table></div>
% else:
<p class="quiet">No shared breakage lasts, and none ended in the last 7 days.</p>
% endif
<h2 id="gate">The gate</h2>
% if upstream.health is None:
<div class="note"><b>No gate is known.</b> None of the accounts that <code>[gerrit] gate_accounts</code> names, nor a CI that the registry calls the gate, has reported yet.</div>
% else:
<p class="about">\
% for gate in upstream.gates:
<a href="${h.path('ci', gate.name)}"><bdi>${gate.title}</bdi></a>${'' if loop.last else ', '}\
% endfor
. Worse and better are said where chance would hardly do it, and the shares are at least 3 points apart; of times, both are shown.</p>
${health(upstream.health, "How the gate did" if len(upstream.gates) == 1 else "How all gates did together")}
% if len(upstream.gates) > 1:
% for gate in upstream.gates:
<h3 class="part"><a href="${h.path('ci', gate.name)}">${gate.title}</a></h3>
${health(gate.health, "How " + gate.title + " did")}
% endfor
% endif
<h2 id="rechecks">Rechecks</h2>
<p class="about">How often people asked for a <a href="${h.about('recheck')}">re-run</a> of the patch sets that came in these days. The younger ones had less time to be merged, so the last days' rechecks per merged change read high; rechecks per patch set do not.</p>
<div class="scroll"><table role="table" class="list stack">
<caption>Patch sets, merges and rechecks</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Figure</th><th role="columnheader" scope="col" class="n">Last 7 days</th><th role="columnheader" scope="col" class="n">Four weeks before</th></tr></thead>
<tbody role="rowgroup">
% for what, name in (("Patch sets", "patch_sets"), ("Merged so far", "merged"), ("Rechecks", "rechecks")):
<tr role="row"><th role="rowheader" scope="row">${what}</th><td role="cell" class="n" data-label="Last 7 days">${f'{getattr(upstream.traffic_now, name):,}'}</td><td role="cell" class="n" data-label="Four weeks before">${f'{getattr(upstream.traffic_before, name):,}'}</td></tr>
% endfor
% for what, name in (("Rechecks per merged change", "rechecks_per_merged"), ("Rechecks per patch set", "rechecks_per_patch_set")):
<tr role="row"><th role="rowheader" scope="row">${what}</th><td role="cell" class="n" data-label="Last 7 days">${quotient(getattr(upstream.traffic_now, name))}</td><td role="cell" class="n" data-label="Four weeks before">${quotient(getattr(upstream.traffic_before, name))}</td></tr>
% endfor
</tbody>
</table></div>
<h2 id="jobs">Its flakiest jobs</h2>
% if upstream.jobs:
<p class="about">On how many of the patch sets that a job judged it both passed and failed: a <a href="${h.about('flake')}">flake</a>. ${'The %d that flaked most, of %d that flaked at all.' % (len(upstream.jobs), upstream.flaked_jobs) if upstream.flaked_jobs > len(upstream.jobs) else ''}</p>
<div class="scroll"><table role="table" class="list stack">
<caption>Jobs of the gate that flaked</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Job</th>${'<th role="columnheader" scope="col">Gate</th>' if len(upstream.gates) > 1 else '' | n}<th role="columnheader" scope="col" class="n">Flaked, last 7 days</th><th role="columnheader" scope="col" class="n">Four weeks before</th><th role="columnheader" scope="col"><a href="${h.about('trend')}">Now</a></th><th role="columnheader" scope="col"><a href="${h.about('unstable-job')}">Unstable</a></th></tr></thead>
<tbody role="rowgroup">
% for job in upstream.jobs:
<tr role="row"><th role="rowheader" scope="row"><bdi>${job.name}</bdi></th>\
% if len(upstream.gates) > 1:
<td role="cell" data-label="Gate"><bdi>${job.gate}</bdi></td>\
% endif
${compared(job.flaked, "patch sets")}<td role="cell" data-label="Unstable">\
% if job.is_unstable:
<a class="word i" href="${h.about('unstable-job')}">unstable</a>\
% endif
</td></tr>
% endfor
</tbody>
</table></div>
% else:
<p class="quiet">None of its jobs both passed and failed on one patch set.</p>
% endif
% endif
