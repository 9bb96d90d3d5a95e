<%inherit file="layout.mako"/>
<%namespace name="figures" file="figures.mako"/>
<%! here = "/upstream" %>
<%def name="title()">Upstream${' of ' + upstream.project if upstream.project else ''}</%def>
<%def name="foot()"> <a href="/api/v1/upstream${'?' + h.query(given) if given else ''}">API of this view</a></%def>
<%def name="span(days)">${h.day(days.first)} to ${h.day(days.last)}</%def>
<%def name="health(of, caption)">
<div class="scroll"><table class="list">
<caption>${caption}</caption>
<thead><tr><th scope="col">Figure</th><th scope="col" class="n">Last 7 days</th><th scope="col" class="n">Four weeks before</th><th scope="col">Now</th></tr></thead>
<tbody>
<tr><th scope="row">Patch sets passed, of those judged</th>${compared(of.passed)}</tr>
<tr><th scope="row">Infrastructure failures, of all reported on</th>${compared(of.infrastructure)}</tr>
${waits("From patch set to verdict", of.time_to_verdict)}
${waits("From recheck to the next verdict", of.time_to_recheck)}
</tbody>
</table></div>
</%def>
<%def name="compared(figure)"><td class="n">${figures.rate(figure.now)}</td><td class="n">${figures.rate(figure.before)}</td><td>${figures.trend(figure.trend)}</td></%def>
<%def name="waits(what, times)">
% for name, share in (("p50_s", "half"), ("p90_s", "90 %"), ("p99_s", "99 %")):
<tr><th scope="row">${what}: ${share} within</th><td class="n">${wait(times.now, name)}</td><td class="n">${wait(times.before, name)}</td><td></td></tr>
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
<form class="filters" action="/upstream">
<label>Project <input name="project" value="${upstream.project or ''}" placeholder="all"></label>
<label>Until <input name="until" value="${given.get('until', '')}" placeholder="now"></label>
<button>Show</button>
</form>
% if upstream.waiting:
<p class="note"><b>${upstream.waiting} days wait to be counted;</b> these figures are behind.</p>
% endif
<h2 id="breakages">Fails for all</h2>
% if upstream.breakages:
<p class="about">At these times most CI systems failed one change after the other: it is not you, and probably not the patch.</p>
<div class="scroll"><table class="list">
<caption>Shared breakages</caption>
<thead><tr><th scope="col">Since</th><th scope="col">Until</th><th scope="col">Projects</th><th scope="col">CI systems that failed</th><th scope="col">Changes that failed</th></tr></thead>
<tbody>
% for each in upstream.breakages:
<tr><th scope="row">${self.when(each.since)}</th>
<td>
% if each.until:
${self.when(each.until)}
% else:
<span class="word f">lasts</span>
% endif
</td>
<td>
% for project in each.projects:
<a href="${h.path('project', project)}">${project}</a>
% endfor
</td>
<td><ul class="glances">
% for system in each.systems:
<li><a href="${h.path('ci', system.name)}" title="${system.why}">${h.bounded(system.title, 60)}</a>${' (gate)' if system.is_gate else ''}</li>
% endfor
</ul></td>
<td>${len(each.changes)}:
% for change in each.changes[:6]:
<a href="/change/${change}">${change}</a>
% endfor
${'…' if len(each.changes) > 6 else ''}</td></tr>
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
<a href="${h.path('ci', gate.name)}">${gate.title}</a>${'' if loop.last else ', '}\
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
<p class="about">Of the patch sets that came in these days. The younger ones had less time to be merged, so the last days' rechecks per merged change read high; rechecks per patch set do not.</p>
<div class="scroll"><table class="list">
<caption>Patch sets, merges and rechecks</caption>
<thead><tr><th scope="col">Figure</th><th scope="col" class="n">Last 7 days</th><th scope="col" class="n">Four weeks before</th></tr></thead>
<tbody>
% for what, name in (("Patch sets", "patch_sets"), ("Merged so far", "merged"), ("Rechecks", "rechecks")):
<tr><th scope="row">${what}</th><td class="n">${f'{getattr(upstream.traffic_now, name):,}'}</td><td class="n">${f'{getattr(upstream.traffic_before, name):,}'}</td></tr>
% endfor
% for what, name in (("Rechecks per merged change", "rechecks_per_merged"), ("Rechecks per patch set", "rechecks_per_patch_set")):
<tr><th scope="row">${what}</th><td class="n">${quotient(getattr(upstream.traffic_now, name))}</td><td class="n">${quotient(getattr(upstream.traffic_before, name))}</td></tr>
% endfor
</tbody>
</table></div>
<h2 id="jobs">Its flakiest jobs</h2>
% if upstream.jobs:
<p class="about">On how many of the patch sets that a job judged it both passed and failed. ${'The %d that flaked most, of %d that flaked at all.' % (len(upstream.jobs), upstream.flaked_jobs) if upstream.flaked_jobs > len(upstream.jobs) else ''}</p>
<div class="scroll"><table class="list">
<caption>Jobs of the gate that flaked</caption>
<thead><tr><th scope="col">Job</th>${'<th scope="col">Gate</th>' if len(upstream.gates) > 1 else '' | n}<th scope="col" class="n">Flaked, last 7 days</th><th scope="col" class="n">Four weeks before</th><th scope="col">Now</th><th scope="col">Unstable</th></tr></thead>
<tbody>
% for job in upstream.jobs:
<tr><th scope="row">${job.name}</th>\
% if len(upstream.gates) > 1:
<td>${job.gate}</td>\
% endif
${compared(job.flaked)}<td>\
% if job.is_unstable:
<span class="word i">unstable</span>\
% endif
</td></tr>
% endfor
</tbody>
</table></div>
% else:
<p class="quiet">None of its jobs both passed and failed on one patch set.</p>
% endif
% endif
