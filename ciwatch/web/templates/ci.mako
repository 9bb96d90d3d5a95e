<%inherit file="layout.mako"/>
<%namespace name="plots" file="plots.mako"/>
<%namespace name="unread" file="unread.mako"/>
<%! here = "/ci" %>
<%def name="title()">${portrait.told.title}</%def>
<%
told, of = portrait.told, portrait.told.figures
base, api = h.path('ci', told.name), h.path('api/v1/ci', told.name)
known = told.registered
until = {'until': given.get('until')}
%>\
${plots.patterns()}
<h1><bdi>${told.title}</bdi> ${self.status(told.status.word)}</h1>
<p class="about lead">${'The gate. ' if told.is_gate else ''}${told.status.word.capitalize()} since ${self.when(told.status.since)}: <bdi>${told.status.rule}</bdi></p>
% if shown_by:
<details class="shown"><summary>The ${len(shown_by.evidence)} patch sets that show it</summary>
<p>${h.places(shown_by.evidence, told.name, 100)}</p></details>
% elif told.status.word == 'unstable':
<p class="about"><a href="#jobs">The jobs, and how often each flips</a></p>
% endif
<ul class="facts">
% if known.organization:
<li>${h.bounded(known.organization, 200)}</li>
% endif
% if known.contact:
<li>Contact <bdi>${h.bounded(known.contact, 200)}</bdi></li>
% endif
% if known.recheck:
<li>Re-run with <code>${h.bounded(known.recheck, 200)}</code></li>
% endif
% if h.safe_url(known.page):
<li><a href="${known.page}">Its own page</a></li>
% elif known.page:
<li>Its page <code>${h.bounded(known.page, 120)}</code></li>
% endif
<li><a href="${h.address(f'{base}/policy', given)}">Rules of third-party testing</a></li>
<li><a href="${base}/feed.atom">Atom feed</a></li>
<li><a href="#badge">Badge</a></li>
<li><a href="${h.address(api, given)}">API of this view</a></li>
</ul>
<form class="filters" action="${base}">
<span class="choice">\
% for each in windows:
<a href="${h.address(base, given, window=f'{each}d')}"${' aria-current="true"' if each == days else '' | n}>${each} days</a>\
% endfor
</span>
<input type="hidden" name="window" value="${days}d">
<label>until the end of <input type="date" name="until" value="${told.last.isoformat()}" required></label>
<button>Show</button>
% if 'until' in given:
<a class="button" href="${h.address(base, given, until='')}">Until now</a>
% endif
</form>
% if told.waiting:
<p class="note warn"><b>${told.waiting} days are recorded and not counted yet.</b></p>
% endif
${self.pruned(told.first)}\
% if not told.last_report_at:
<p class="note"><b>It has not reported a result ${'until then' if 'until' in given else 'yet'}.</b></p>
% elif told.last_report_at.date() < told.first:
<p class="note"><b>It reported nothing in these days.</b> The last: ${self.when(told.last_report_at)}. <a href="${h.address(base, given, until=h.iso(told.last_report_at))}">As of its last report</a>.</p>
% endif
<section class="panel" aria-labelledby="days">
<h2 id="days">${h.day(told.first)}${f' {told.first.year}' if told.first.year != told.last.year else ''} to ${h.day(told.last)} ${told.last.year}</h2>
<p class="about">Patch sets by their day, as of ${self.when(told.as_of)}.\
% if told.last_report_at:
 Its last report: ${self.when(told.last_report_at)}.\
% endif
</p>
${plots.strip(told.days, told.spells, told.first, told.last, told.as_of, f"What became of the patch sets of each day, {told.title}", base)}
</section>
<h2 class="heard">Figures</h2>
<ul class="figures">
<%self:figure label="Passed" place="passed-of-judged" rate="${of.passed}">${counted(of.passed.n, 'passed')}, ${counted(of.passed.of - of.passed.n, 'failed')}</%self:figure>
<%self:figure label="Trust in its -1" place="trust" rate="${of.trust}"><a href="${h.address(f'{base}/trust', given, outcome='confirmed')}">${of.trust.n} confirmed</a>, <a href="${h.address(f'{base}/trust', given, outcome='refuted')}">${of.trust.of - of.trust.n} refuted</a>, <a href="${h.address(f'{base}/trust', given, outcome='open')}">${of.open} open</a>, <a href="${h.address(f'{base}/trust', given, outcome='set_aside')}">${of.set_aside} set aside</a></%self:figure>
<%self:figure label="Answered" place="answered" rate="${of.answered}">${counted(of.answered.n, 'answered')}, <a href="${h.address(f'{base}/missed', given)}">${of.missed} missed</a>, <a href="${h.address(f'{base}/missed', given, standing='pending')}">${of.pending} pending</a>, <a href="${h.address(f'{base}/missed', given, standing='superseded')}">${of.superseded} superseded</a>\
% if of.unknown_files:
, <a href="${h.address(f'{base}/missed', given, standing='unknown_files')}">${of.unknown_files} of unknown files</a>\
% endif
</%self:figure>
<%self:figure label="Answered in time" place="in_time" rate="${of.in_time}">\
${counted(of.in_time.of - of.in_time.n, 'late')}; ${' and '.join(words for _, words in limits) or 'no limit known'}\
% if of.time_to_answer.count:
; half within ${h.duration(of.time_to_answer.p50_s)}\
% endif
</%self:figure>
<%self:figure label="Agrees with the gate" place="agreement" rate="${of.agreed}">\
% if of.agreed.of:
${counted(of.agreed.n, 'agreed')}, ${counted(of.against_gate.only_ci_failed, 'only_ci_failed', 'failed only here')}, ${counted(of.against_gate.only_gate_failed, 'only_gate_failed', 'only at the gate')}\
% else:
no patch set that both judged\
% endif
</%self:figure>
<%self:figure label="Passed wrongly" place="passed-wrongly" rate="${of.wrongly_passed}">${counted(of.wrongly_passed.n, 'wrongly_passed', 'passed here')} of ${counted(of.wrongly_passed.of, 'surely_broken', 'that nearly all others failed')}${'; suspiciously green: it never fails where others do' if of.is_suspiciously_green else ''}</%self:figure>
<%self:figure label="Infrastructure" place="infrastructure-share" rate="${of.infrastructure}">${counted(of.infrastructure.n, 'infrastructure', 'could not be tested')}, of all that it reported on; ${counted(of.unjudged, 'unjudged')}</%self:figure>
<li><h3><a href="/about#latency">After a recheck</a></h3>
<p class="v">${h.duration(of.time_to_recheck.p50_s) if of.time_to_recheck.count else 'none'} \
% if of.time_to_recheck.count:
<small>half of ${of.time_to_recheck.count}</small></p>
<p class="d">90 % within ${h.duration(of.time_to_recheck.p90_s)}, 99 % within ${h.duration(of.time_to_recheck.p99_s)}</p></li>
% else:
</p>
<p class="d">Nobody asked for a re-run that it answered.</p></li>
% endif
</ul>
<details class="values"><summary>These figures as a table</summary>
<div class="scroll"><table role="table" class="list stack">
<caption>Figures of this CI</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Figure</th><th role="columnheader" scope="col" class="n">n/N</th><th role="columnheader" scope="col" class="n">Interval</th></tr></thead>
<tbody role="rowgroup">
% for label, rate in (('Passed', of.passed), ('Trust in its -1', of.trust), ('Answered', of.answered), ('Answered in time', of.in_time), ('Agrees with the gate', of.agreed), ('Passed wrongly', of.wrongly_passed), ('Infrastructure', of.infrastructure)):
<tr role="row"><th role="rowheader" scope="row">${label}</th><td role="cell" data-label="n/N" class="n">${rate.n}/${rate.of}</td><td role="cell" data-label="Interval" class="n">${h.interval(rate)}</td></tr>
% endfor
</tbody>
</table></div>
<p class="quiet">Each is n/N with the interval in which the share behind it is, 95 times in 100. Below ten cases: too few.</p>
</details>
<div class="halves">
<div>
<section class="panel" aria-labelledby="latency">
<h2 id="latency"><a href="/about#latency">Time to answer</a></h2>
% if of.time_to_answer.count:
${plots.times(portrait.counted.answer_times, limits, "From the upload of a patch set to the first report")}
% else:
<p class="quiet">It answered nothing of which the time is known.</p>
% endif
% if of.time_to_recheck.count:
<h3 class="part">After a recheck</h3>
${plots.times(portrait.counted.recheck_times, (), "From a request for a re-run to the next report")}
% endif
</section>
<section class="panel" aria-labelledby="missed">
<h2 id="missed"><a href="${h.about('missed')}">Missed</a></h2>
% if portrait.missed:
<table role="table" class="list stack tight">
<caption>The newest patch sets that it missed</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Patch set</th><th role="columnheader" scope="col">Subject</th><th role="columnheader" scope="col">Uploaded</th></tr></thead>
<tbody role="rowgroup">
% for each in portrait.missed:
<tr role="row"><th role="rowheader" scope="row"><a href="/change/${each.change}#ps-${each.patch_set}">${each.change},${each.patch_set}</a></th><td role="cell"><bdi>${h.bounded(each.subject, 90)}</bdi></td><td role="cell" data-label="Uploaded"><time datetime="${h.iso(each.uploaded_at)}" title="${h.absolute(each.uploaded_at)}">${h.day(each.uploaded_at)}</time></td></tr>
% endfor
</tbody>
</table>
<p class="more"><a href="${h.address(f'{base}/missed', given)}">All ${of.missed}</a> <a href="${h.address(f'{api}/missed', given, format='csv')}">CSV</a></p>
% else:
<p class="quiet">None in these days. <a href="${h.address(f'{base}/missed', given, standing='all')}">Pending and superseded ones</a></p>
% endif
</section>
</div>
<div>
<section class="panel" aria-labelledby="jobs">
<h2 id="jobs"><a href="/about#unstable-job">Unstable jobs</a></h2>
% if told.unstable_jobs:
<table role="table" class="list stack tight">
<caption>Jobs that pass and fail on the same patch set, in 28 days</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Job</th><th role="columnheader" scope="col" class="n">Flaked/judged</th><th role="columnheader" scope="col" class="n">Interval</th></tr></thead>
<tbody role="rowgroup">
% for job in told.unstable_jobs:
<tr role="row"><th role="rowheader" scope="row"><a href="${h.address(h.path('ci', told.name, 'job', job.name), given)}">${job.name}</a></th><td role="cell" data-label="Flaked/judged" class="n">${job.flaked.n}/${job.flaked.of}</td><td role="cell" data-label="Interval" class="n">${h.interval(job.flaked)}</td></tr>
% endfor
</tbody>
</table>
% else:
<p class="quiet">None: no voting job of it flips often enough to be called so.</p>
% endif
% if portrait.jobs:
<details class="values"><summary>${'The job' if len(portrait.jobs) == 1 else f'All {len(portrait.jobs)} jobs'} of these days</summary>
<div class="scroll"><table role="table" class="list stack">
<caption>Jobs of this CI</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Job</th><th role="columnheader" scope="col" class="n">Builds passed/judged</th><th role="columnheader" scope="col" class="n">Infrastructure</th><th role="columnheader" scope="col" class="n">Flaked/judged</th></tr></thead>
<tbody role="rowgroup">
% for job in portrait.jobs:
<tr role="row"><th role="rowheader" scope="row"><a href="${h.address(h.path('ci', told.name, 'job', job.name), given)}">${job.name}</a></th><td role="cell" data-label="Builds passed/judged" class="n">${self.n(job.passed)}</td><td role="cell" data-label="Infrastructure" class="n">${job.infrastructure}</td><td role="cell" data-label="Flaked/judged" class="n">${self.n(job.flaked)}</td></tr>
% endfor
</tbody>
</table></div>
</details>
% endif
</section>
<section class="panel" aria-labelledby="gate">
<h2 id="gate"><a href="/about#agreement">Against the gate, on the same patch set</a></h2>
% if told.is_gate:
<p class="quiet">It is the gate.</p>
% else:
<table class="two">
<caption>How it and the gate judged the same patch sets</caption>
<thead><tr><td></td><th scope="col">gate passed</th><th scope="col">gate failed</th></tr></thead>
<tbody>
<tr><th scope="row">this CI passed</th><td class="same">${counted(of.against_gate.both_passed, 'both_passed', '')}</td><td>${counted(of.against_gate.only_gate_failed, 'only_gate_failed', '')}</td></tr>
<tr><th scope="row">this CI failed</th><td>${counted(of.against_gate.only_ci_failed, 'only_ci_failed', '')}</td><td class="same">${counted(of.against_gate.both_failed, 'both_failed', '')}</td></tr>
</tbody>
</table>
<p class="quiet">\
% if of.agreed.of:
They said the same on ${of.agreed.tell('patch sets')}.\
% else:
There are no patch sets that both of them judged.\
% endif
</p>
% endif
</section>
<section class="panel" aria-labelledby="badge">
<h2 id="badge">Badge</h2>
<p class="badges"><img src="${h.address(f'{base}/badge.svg', until)}" height="20" alt="${told.title}: ${told.status.word}"> <img src="${h.address(f'{base}/badge.svg', until, show='trust')}" height="20" alt="${told.title}: trust in its -1"></p>
% for label, text in snippets:
<details class="values"><summary>${label}</summary><pre tabindex="0">${text}</pre></details>
% endfor
<p class="quiet">With <code>?show=trust</code> it tells trust in place of the status word.</p>
</section>
</div>
</div>
% if told.spells:
<h2 id="spells">Spells</h2>
<div class="scroll"><table role="table" class="list stack">
<caption>Times in which this CI was not well, the newest first</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">What</th><th role="columnheader" scope="col">Since</th><th role="columnheader" scope="col">Until</th><th role="columnheader" scope="col">Why, and the patch sets that show it</th></tr></thead>
<tbody role="rowgroup">
% for spell in reversed(told.spells):
<tr role="row"><th role="rowheader" scope="row"><a href="${h.about(spell.kind)}">${spell.kind}</a></th><td role="cell" data-label="Since"><span>${self.when(spell.since)}</span></td><td role="cell" data-label="Until"><span>\
% if spell.until:
${self.when(spell.until)}\
% else:
it lasts\
% endif
</span></td><td role="cell" class="subject"><bdi>${spell.why}</bdi>
% if spell.evidence:
<details><summary>${len(spell.evidence)} patch sets</summary><p>${h.places(spell.evidence, told.name, 10)}</p></details>
% endif
</td></tr>
% endfor
</tbody>
</table></div>
% endif
% if told.projects:
<h2 id="projects">Projects</h2>
<div class="scroll"><table role="table" class="list stack">
<caption>How it does on each project in these days</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Project</th><th role="columnheader" scope="col" class="n">Passed/judged</th><th role="columnheader" scope="col" class="n">Answered</th><th role="columnheader" scope="col" class="n">In time</th><th role="columnheader" scope="col" class="n">Limit</th><th role="columnheader" scope="col" class="n">Trust</th></tr></thead>
<tbody role="rowgroup">
% for each in told.projects:
<tr role="row"><th role="rowheader" scope="row"><a href="${h.address(h.path('project', each.project), {'ci': told.name, 'until': h.iso(told.as_of)})}">${each.project}</a></th><td role="cell" data-label="Passed/judged" class="n">${self.n(each.figures.passed)}</td><td role="cell" data-label="Answered" class="n">${self.n(each.figures.answered)}</td><td role="cell" data-label="In time" class="n">${self.n(each.figures.in_time)}</td><td role="cell" data-label="Limit" class="n">${h.duration(each.limit_s)}</td><td role="cell" data-label="Trust" class="n">${self.n(each.figures.trust)}</td></tr>
% endfor
</tbody>
</table></div>
% endif
% if portrait.reports:
<h2 id="latest">Its newest results</h2>
<div class="scroll"><table role="table" class="list stack brief">
<caption>The newest results of this CI</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Patch set</th><th role="columnheader" scope="col">Subject</th><th role="columnheader" scope="col">Verdict</th><th role="columnheader" scope="col">Pipeline</th><th role="columnheader" scope="col" class="n">Attempt</th><th role="columnheader" scope="col" class="n">Vote</th><th role="columnheader" scope="col">Posted</th></tr></thead>
<tbody role="rowgroup">
% for report in portrait.reports:
<tr role="row"><th role="rowheader" scope="row"><a href="/change/${report.change}#${report.patch_set}-${h.anchor(told.name)}">${report.change},${report.patch_set}</a></th><td role="cell" class="subject"><bdi>${h.bounded(report.subject, 160)}</bdi> <span class="quiet">${report.project}</span></td><td role="cell" data-label="Verdict">\
% if report.verdict:
${self.word(report.verdict)}\
% else:
<span class="quiet">no result</span>\
% endif
</td><td role="cell" data-label="Pipeline">${report.pipeline}</td><td role="cell" data-label="Attempt" class="n">${report.attempt or ''}</td><td role="cell" data-label="Vote" class="n">${'' if report.vote is None else '%+d' % report.vote}</td><td role="cell" data-label="Posted"><span>${self.when(report.posted_at)}</span></td></tr>
% endfor
</tbody>
</table></div>
% endif
% if portrait.disagreement.count:
<h2 id="disagree">Where it disagrees with itself</h2>
<p class="about">In ${portrait.disagreement.count} of ${portrait.disagreement.results} results of the 28 days before the headline, the vote and the job lines do not say the same. The job lines that vote decide.</p>
<div class="scroll"><table role="table" class="list stack">
<caption>Results whose headline, vote and job lines disagree</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Patch set</th><th role="columnheader" scope="col">Subject</th><th role="columnheader" scope="col">Job lines</th><th role="columnheader" scope="col" class="n">Vote</th><th role="columnheader" scope="col">Headline</th><th role="columnheader" scope="col">Posted</th></tr></thead>
<tbody role="rowgroup">
% for line in portrait.disagreement.newest:
<tr role="row"><th role="rowheader" scope="row"><a href="/change/${line.change}#${line.patch_set}-${h.anchor(told.name)}">${line.change},${line.patch_set}</a></th><td role="cell" class="subject"><bdi>${h.bounded(line.subject, 160)}</bdi></td><td role="cell" data-label="Job lines">${voice(line.lines)}</td><td role="cell" data-label="Vote" class="n">${'–' if line.vote is None else '%+d' % line.vote}</td><td role="cell" data-label="Headline">${voice(line.headline)}</td><td role="cell" data-label="Posted"><span>${self.when(line.posted_at)}</span></td></tr>
% endfor
</tbody>
</table></div>
% endif
% if portrait.unread:
<h2 id="unread">What could not be read</h2>
<p class="about">No parser knows the wording of these comments, counted by what they look like. A parser for it is a few lines; the manual's page "Your CI on CI Watch in ten minutes" shows how.</p>
${unread.shapes(portrait.unread, False)}
% endif
% if portrait.unknown_words:
<h2 id="words">Unknown result words</h2>
<p class="about">Words that stand where a result does, and that no class is known for: they neither pass nor fail an attempt.</p>
${unread.words(portrait.unknown_words, False)}
% endif
<h2 id="accounts">Accounts</h2>
<ul class="facts">
% for account in told.accounts:
<li>Account <code>${account.username}</code>, known as a CI by <a href="/about#who">${account.found_by}</a>.</li>
% endfor
</ul>

<%def name="counted(number, name, words=None)"><a href="${h.address(h.path('ci', portrait.told.name) + '/patchsets', given, counted=name)}">${f'{number:,}'}${' ' if words != '' else ''}${name if words is None else words}</a></%def>
<%def name="voice(state)">
% if state:
${self.word(state)}\
% else:
<span class="quiet">–</span>\
% endif
</%def>
<%def name="n(rate)">
% if rate.of:
<span>${f'{rate.n:,}/{rate.of:,}'} <span class="quiet">${h.interval(rate)}</span></span>\
% else:
<span class="quiet">none</span>\
% endif
</%def>
<%def name="figure(label, place, rate)">
<li><h3><a href="/about#${place}">${label}</a></h3>
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
<link rel="alternate" type="application/atom+xml" title="${portrait.told.title}" href="${h.path('ci', portrait.told.name)}/feed.atom">
</%def>
<%def name="foot()"> <a href="${h.address(h.path('api/v1/ci', portrait.told.name), given)}">API of this view</a> <a href="${h.address(h.path('api/v1/ci', portrait.told.name), given, format='csv')}">CSV by day</a> <a href="${h.path('ci', portrait.told.name)}/feed.atom">Feed</a> <a href="${h.path('ci', portrait.told.name)}/badge.svg">Badge</a></%def>
