<%inherit file="layout.mako"/>
<%namespace name="plots" file="plots.mako"/>
<%!
here = "/ci"
from ciwatch.web.plots import durations
%>
<%def name="title()">${told.name}: ${told.title}</%def>
<%
system, base = h.path('ci', told.system), h.path('ci', told.system, 'job', told.name)
api = h.path('api/v1/ci', told.system, 'jobs', told.name)
kept = {name: value for name, value in given.items() if name in ('until', 'window')}
failed = told.passed.of - told.passed.n
%>\
<p class="crumb"><a href="${h.address(system, kept)}"><bdi>${told.title}</bdi></a></p>
<h1><bdi>${told.name}</bdi>\
% if told.is_unstable:
 ${self.status('unstable')}\
% endif
</h1>
<p class="about lead">${told.rule}</p>
<form class="filters" action="${base}">
<span class="choice">\
% for each in windows:
<a href="${h.address(base, given, window=f'{each}d', page='')}"${' aria-current="true"' if each == days else '' | n}>${each} days</a>\
% endfor
</span>
<input type="hidden" name="window" value="${days}d">
% if chosen:
<input type="hidden" name="result" value="${chosen}">
% endif
<label>until the end of <input type="date" name="until" value="${told.last.isoformat()}" required></label>
<button>Show</button>
% if 'until' in given:
<a class="button" href="${h.address(base, given, until='', page='')}">Until now</a>
% endif
</form>
% if told.waiting:
<p class="note warn"><b>${told.waiting} days are recorded and not counted yet.</b></p>
% endif
${self.pruned(told.first)}\
<h2 class="heard">Figures</h2>
<ul class="figures">
<%self:figure label="Builds passed" rate="${told.passed}"><a href="${h.address(base, kept, result='failed')}#builds">${failed} failed</a>, <a href="${h.address(base, kept, result='passed')}#builds">${told.passed.n} passed</a></%self:figure>
<%self:figure label="Consistent" rate="${told.consistent}">patch sets on which it did not both pass and fail</%self:figure>
% if told.flips:
<%self:figure label="Flips in 28 days" rate="${told.flips}">${'<a href="#flips">' if told.flips.n else '' | n}${told.flips.n} patch sets${'</a>' if told.flips.n else '' | n}, of those that it judged</%self:figure>
% endif
<li><h3>No judgement</h3>
<p class="v">${told.infrastructure + told.not_run + told.unknown} <small>builds</small></p>
<p class="d"><a href="${h.address(base, kept, result='infrastructure')}#builds">${told.infrastructure} infrastructure</a>, <a href="${h.address(base, kept, result='not run')}#builds">${told.not_run} not run</a>, <a href="${h.address(base, kept, result='unknown')}#builds">${told.unknown} unknown</a></p></li>
</ul>
<section class="panel" aria-labelledby="took">
<h2 id="took">How long it ran</h2>
% if told.took:
<% told_days = durations.by_day(told.took) %>\
<div class="room sided">${durations.draw(told.took, f'How long the newest {len(told.took)} builds of {told.name} ran') | n}</div>
<ul class="legend">
<li><svg class="plot swatch durations" width="14" height="14" aria-hidden="true"><circle class="passed" cx="7" cy="7" r="3"/></svg>passed</li>
<li><svg class="plot swatch durations" width="14" height="14" aria-hidden="true"><rect class="failed" x="4" y="4" width="6" height="6"/></svg>failed</li>
<li><svg class="plot swatch durations" width="14" height="14" aria-hidden="true"><line class="neither" x1="7" x2="7" y1="2" y2="12"/></svg>neither</li>
<li>The newest ${len(told.took)} builds that say it.</li>
</ul>
<details class="values"><summary>These times as a table</summary>
<div class="scroll"><table role="table" class="list stack">
<caption>How long the newest builds ran, by day</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Day</th><th role="columnheader" scope="col" class="n">Builds</th><th role="columnheader" scope="col" class="n">Half within</th><th role="columnheader" scope="col" class="n">Longest</th></tr></thead>
<tbody role="rowgroup">
% for each in told_days:
<tr role="row"><th role="rowheader" scope="row">${h.day(each.day)}</th><td role="cell" data-label="Builds" class="n">${each.count}</td><td role="cell" data-label="Half within" class="n">${h.duration(each.half_s)}</td><td role="cell" data-label="Longest" class="n">${h.duration(each.longest_s)}</td></tr>
% endfor
</tbody>
</table></div></details>
% else:
<p class="quiet">It does not say how long its builds ran.</p>
% endif
</section>
% if told.flips and told.flips.n:
<h2 id="flips">Where it flips</h2>
<p class="about">Patch sets on which it both passed and failed in 28 days, the newest first; ${f'{told.flips.n} of {told.flips.of}'} that it judged.
% if told.flips.n > len(told.flipped):
The newest ${len(told.flipped)} are shown.
% endif
</p>
<div class="scroll"><table role="table" class="list stack counted">
<caption>Patch sets on which this job flipped</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Patch set</th><th role="columnheader" scope="col">Subject</th><th role="columnheader" scope="col">What it said, in order</th><th role="columnheader" scope="col">Last</th></tr></thead>
<tbody role="rowgroup">
% for flip in told.flipped:
<tr role="row"><th role="rowheader" scope="row"><a href="/change/${flip.change}#${flip.patch_set}-${h.anchor(told.system)}">${flip.change},${flip.patch_set}</a></th><td role="cell"><bdi>${h.bounded(flip.subject, 160)}</bdi> <span class="quiet">${flip.project}</span></td><td role="cell"><span class="said">\
% for said in flip.said:
${self.mark(said.result)}\
% endfor
</span></td><td role="cell" data-label="Last"><span>${self.when(flip.said[-1].at)}</span></td></tr>
% endfor
</tbody>
</table></div>
% endif
<h2 id="builds">${'Builds' if not chosen else f'Builds: {chosen}'}</h2>
<p class="choices">
% for word in results:
<a class="button" href="${h.address(base, kept, result=word)}#builds"${' aria-current="true"' if word == chosen else '' | n}>${word or 'all'}</a>
% endfor
</p>
% if told.items:
<ol class="history" aria-label="What it said of each patch set, the newest first">
% for builds in patch_sets:
<li>\
% if builds[0].log:
<a href="${builds[0].log}" aria-label="${builds[0].change},${builds[0].patch_set}: ${builds[0].result_class}${f', attempt {builds[0].attempt}' if builds[0].attempt > 1 else ''}"${' class="again"' if len(builds) > 1 else '' | n} title="${builds[0].change},${builds[0].patch_set}: ${', then '.join(build.result_class for build in reversed(builds))}"><span class="mark ${h.css(builds[0].result_class)}" aria-hidden="true">${h.mark(builds[0].result_class)}</span></a>\
% else:
<span${' class="again"' if len(builds) > 1 else '' | n} title="${builds[0].change},${builds[0].patch_set}: ${', then '.join(build.result_class for build in reversed(builds))}">${self.mark(builds[0].result_class)}</span>\
% endif
</li>
% endfor
</ol>
<div class="scroll"><table role="table" class="list stack brief counted">
<caption>Builds of this job, the newest first</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Patch set</th><th role="columnheader" scope="col">Subject</th><th role="columnheader" scope="col">Result</th><th role="columnheader" scope="col">Log</th><th role="columnheader" scope="col" class="n">Ran for</th><th role="columnheader" scope="col">Pipeline</th><th role="columnheader" scope="col" class="n">Attempt</th><th role="columnheader" scope="col">Posted</th></tr></thead>
<tbody role="rowgroup">
% for build in told.items:
<tr role="row"><th role="rowheader" scope="row"><a href="/change/${build.change}#${build.patch_set}-${h.anchor(told.system)}">${build.change},${build.patch_set}</a></th><td role="cell"><bdi>${h.bounded(build.subject, 160)}</bdi> <span class="quiet">${build.project}</span></td><td role="cell" data-label="Result"><span>${self.word(build.result_class, h.bounded(build.result, 40))}${'' if build.voting else ' non-voting'}</span></td><td role="cell" data-label="Log">\
% if build.log:
<a href="${build.log}">log</a>\
% endif
</td><td role="cell" data-label="Ran for" class="n">${'' if build.duration_s is None else h.duration(build.duration_s)}</td><td role="cell" data-label="Pipeline">${build.pipeline}</td><td role="cell" data-label="Attempt" class="n">${build.attempt}</td><td role="cell" data-label="Posted"><time datetime="${h.iso(build.posted_at)}" title="${h.absolute(build.posted_at)}">${h.absolute(build.posted_at)[4:]}</time></td></tr>
% endfor
</tbody>
</table></div>
% else:
<div class="note"><b>None${'' if told.page == 1 else ' on this page'}.</b></div>
% endif
% if told.page > 1 or told.has_more:
<p class="pages">
% if told.page > 1:
<a class="button" href="${h.address(base, given, page=told.page - 1)}#builds" rel="prev">Newer</a>
% endif
<span>Page ${told.page}</span>
% if told.has_more:
<a class="button" href="${h.address(base, given, page=told.page + 1)}#builds" rel="next">Older</a>
% endif
</p>
% endif
<%def name="figure(label, rate)">
<li><h3>${label}</h3>
<p class="v">\
% if not rate.of:
none\
% elif rate.is_enough:
${rate.percent} <small>${f'{rate.n:,}/{rate.of:,}'}</small>\
% else:
${rate.n}/${rate.of} <small>too few</small>\
% endif
</p>
${plots.interval(rate, label)}
<p class="d">\
% if rate.is_enough:
<span class="of">${h.interval(rate)}</span> \
% endif
${caller.body()}</p></li>
</%def>
<%def name="head()"><link rel="stylesheet" href="${self.static('system.css')}">
</%def>
<%def name="foot()"><% api = h.path('api/v1/ci', told.system, 'jobs', told.name) %> <a href="${h.address(api, given)}">API of this view</a> <a href="${h.address(api, given, format='csv')}">CSV</a></%def>
