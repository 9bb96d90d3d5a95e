<%inherit file="layout.mako"/>
<%namespace name="unread" file="unread.mako"/>
<%! here = "/ci" %>
<%def name="title()">${ci.summary.title}</%def>
<h1>${ci.summary.title}${' (gate)' if ci.summary.is_gate else ''}</h1>
<p class="about">
% for account in ci.summary.accounts:
Account <code>${account.username}</code>, known as a CI by ${account.found_by}.
% endfor
${ci.summary.report_count} comments\
% if ci.summary.unread_count:
, of which <a href="#unread">${ci.summary.unread_count} could not be read</a>\
% endif
.
% if ci.until:
The last: ${self.when(ci.until)}.
% endif
</p>
<%
base = h.path('ci', told.name)
api = h.path('api/v1/ci', told.name)
of = told.figures
%>\
<p>${self.status(told.status.word)} since ${self.when(told.status.since)}. <bdi>${told.status.rule}</bdi></p>
% for label, text in (('Organization', told.registered.organization), ('Contact', told.registered.contact), ('Re-run with', told.registered.recheck)):
% if text:
<p class="line">${label}: <bdi>${h.bounded(text, 200)}</bdi></p>
% endif
% endfor
% if told.registered.page:
<p class="line">Its page: \
% if h.safe_url(told.registered.page):
<a href="${told.registered.page}">${h.bounded(told.registered.page, 120)}</a>\
% else:
<code>${h.bounded(told.registered.page, 120)}</code>\
% endif
</p>
% endif
<h2 id="figures">Figures of ${told.first} to ${told.last}</h2>
<p class="about">As of ${self.when(told.as_of)}. Each is n/N with the interval in which the share behind it is, 95 times in 100.
% if told.waiting:
<b>${told.waiting} days are recorded and not counted yet.</b>
% endif
% if not ci.until or ci.until.date() < told.first:
It reported nothing in these days.
% if ci.until:
<a href="${base}?${h.query(given, until=h.iso(ci.until))}">As of its last report</a>.
% endif
% endif
</p>
<div class="scroll"><table class="list">
<caption>Figures of this CI</caption>
<thead><tr><th scope="col">Figure</th><th scope="col" class="n">n/N</th><th scope="col" class="n">Interval</th><th scope="col">Patch sets</th></tr></thead>
<tbody>
${figure('Answered', of.answered)}<a href="${base}/missed?${h.query(given)}">${of.missed} missed</a>, <a href="${base}/missed?${h.query(given, standing='pending')}">${of.pending} pending</a>, <a href="${base}/missed?${h.query(given, standing='superseded')}">${of.superseded} superseded</a>\
% if of.unknown_files:
, <a href="${base}/missed?${h.query(given, standing='unknown_files')}">${of.unknown_files} of unknown files</a>\
% endif
</td></tr>
${figure('Answered in time', of.in_time)}<a href="${base}/policy?${h.query(given)}">Rules</a>; ${h.span(of.time_to_answer)}</td></tr>
${figure('Passed', of.passed)}<a href="${api}/trust?${h.query(given)}">${of.passed.of - of.passed.n} failed</a></td></tr>
${figure('Infrastructure', of.infrastructure)}${of.unjudged} unjudged</td></tr>
${figure('Trust in a -1', of.trust)}<a href="${api}/trust?${h.query(given, outcome='confirmed')}">${of.trust.n} confirmed</a>, <a href="${api}/trust?${h.query(given, outcome='refuted')}">${of.trust.of - of.trust.n} refuted</a>, <a href="${api}/trust?${h.query(given, outcome='open')}">${of.open} open</a>, <a href="${api}/trust?${h.query(given, outcome='set_aside')}">${of.set_aside} set aside</a></td></tr>
${figure('Agrees with the gate', of.agreed)}${of.against_gate.only_ci_failed} failed only here, ${of.against_gate.only_gate_failed} only at the gate</td></tr>
${figure('Passed wrongly', of.wrongly_passed)}of those that nearly all others failed${'; suspiciously green: it never fails where others do' if of.is_suspiciously_green else ''}</td></tr>
</tbody>
</table></div>
% if told.unstable_jobs:
<p>Unstable jobs: \
% for job in told.unstable_jobs:
<bdi>${job.name}</bdi> flipped on ${job.flaked.n}/${job.flaked.of} patch sets (${h.interval(job.flaked)})${'' if loop.last else ', '}\
% endfor
.</p>
% endif
% if told.spells:
<h2 id="spells">Spells</h2>
<div class="scroll"><table class="list">
<caption>Times in which this CI was not well, the newest first</caption>
<thead><tr><th scope="col">What</th><th scope="col">Since</th><th scope="col">Until</th><th scope="col">Why</th><th scope="col">Patch sets</th></tr></thead>
<tbody>
% for spell in reversed(told.spells):
<tr><th scope="row">${spell.kind}</th><td>${self.when(spell.since)}</td><td>\
% if spell.until:
${self.when(spell.until)}\
% else:
it lasts\
% endif
</td><td><bdi>${spell.why}</bdi></td><td>\
% for place in spell.evidence[:10]:
<a href="/change/${place.change}#${place.patch_set}-${h.anchor(told.name)}">${place.change},${place.patch_set}</a> \
% endfor
${f'and {len(spell.evidence) - 10} more' if len(spell.evidence) > 10 else ''}</td></tr>
% endfor
</tbody>
</table></div>
% endif
% if ci.projects:
<h2>Projects, 30 days before its last report</h2>
<div class="scroll"><table class="list">
<caption>Projects that this CI judged</caption>
<thead><tr><th scope="col">Project</th><th scope="col">Latest</th><th scope="col" class="n">Patch sets passed/judged</th></tr></thead>
<tbody>
% for project in ci.projects:
<tr><th scope="row"><a href="${h.path('project', project.name)}?${h.query({'ci': ci.summary.name, 'until': h.iso(ci.until)})}">${project.name}</a></th><td>${self.mark(project.latest)}</td><td class="n">${self.rate(project.passed, project.judged)}</td></tr>
% endfor
</tbody>
</table></div>
% endif
% if ci.jobs:
<h2>Jobs, the same 30 days</h2>
<div class="scroll"><table class="list">
<caption>Jobs of this CI</caption>
<thead><tr><th scope="col">Job</th><th scope="col">Latest</th><th scope="col" class="n">Builds passed/judged</th><th scope="col" class="n">All builds</th></tr></thead>
<tbody>
% for job in ci.jobs:
<tr><th scope="row">${job.name}</th><td>${self.word(job.latest)}</td><td class="n">${self.rate(job.passed, job.judged)}</td><td class="n">${job.builds}</td></tr>
% endfor
</tbody>
</table></div>
% endif
% if ci.unread:
<h2 id="unread">What could not be read</h2>
<p class="about">No parser knows the wording of these comments, counted by what they look like. A parser for it is a few lines; the manual's page "Your CI on CI Watch in ten minutes" shows how.</p>
${unread.shapes(ci.unread, False)}
% endif
% if ci.unknown_words:
<h2 id="words">Unknown result words</h2>
<p class="about">Words that stand where a result does, and that no class is known for: they neither pass nor fail an attempt.</p>
${unread.words(ci.unknown_words, False)}
% endif
% if ci.summary.disagree_count:
<h2 id="disagree">Where it disagrees with itself</h2>
<p class="about">In ${ci.disagreement.count} of ${ci.disagreement.results} results of the same 30 days, and ${f'{ci.summary.disagree_count:,}'} ever, the headline, the vote and the job lines do not say the same. The job lines that vote decide.</p>
% endif
% if ci.disagreement and ci.disagreement.count:
<div class="scroll"><table class="list">
<caption>Results whose headline, vote and job lines disagree</caption>
<thead><tr><th scope="col">Patch set</th><th scope="col">Subject</th><th scope="col">Job lines</th><th scope="col" class="n">Vote</th><th scope="col">Headline</th><th scope="col">Posted</th></tr></thead>
<tbody>
% for line in ci.disagreement.newest:
<tr><th scope="row"><a href="/change/${line.change}#${line.patch_set}-${h.anchor(ci.summary.name)}">${line.change},${line.patch_set}</a></th><td>${line.subject}</td><td>${voice(line.lines)}</td><td class="n">${'–' if line.vote is None else '%+d' % line.vote}</td><td>${voice(line.headline)}</td><td>${self.when(line.posted_at)}</td></tr>
% endfor
</tbody>
</table></div>
% endif
% if ci.reports:
<h2>Its newest results</h2>
<div class="scroll"><table class="list">
<caption>The newest results of this CI</caption>
<thead><tr><th scope="col">Patch set</th><th scope="col">Subject</th><th scope="col">Verdict</th><th scope="col">Pipeline</th><th scope="col" class="n">Attempt</th><th scope="col" class="n">Vote</th><th scope="col">Posted</th></tr></thead>
<tbody>
% for report in ci.reports:
<tr><th scope="row"><a href="/change/${report.change}#${report.patch_set}-${h.anchor(ci.summary.name)}">${report.change},${report.patch_set}</a></th><td>${report.subject} <span class="quiet">${report.project}</span></td><td>\
% if report.verdict:
${self.word(report.verdict)}\
% else:
<span class="quiet">no result</span>\
% endif
</td><td>${report.pipeline}</td><td class="n">${report.attempt or ''}</td><td class="n">${'' if report.vote is None else '%+d' % report.vote}</td><td>${self.when(report.posted_at)}</td></tr>
% endfor
</tbody>
</table></div>
% endif
% if not ci.until:
<div class="note"><b>It has not commented yet.</b></div>
% endif
<%def name="voice(state)">
% if state:
${self.word(state)}\
% else:
<span class="quiet">–</span>\
% endif
</%def>
<%def name="figure(label, rate)">
<tr><th scope="row">${label}</th><td class="n">${rate.n}/${rate.of}</td><td class="n">${h.interval(rate)}</td><td>\
</%def>
<%def name="head()"><link rel="alternate" type="application/atom+xml" title="${told.title}" href="${h.path('ci', told.name)}/feed.atom">
</%def>
<%def name="foot()"> <a href="${h.path('api/v1/ci', told.name)}?${h.query(given)}">API of this view</a> <a href="${h.path('api/v1/ci', told.name)}?${h.query(given, format='csv')}">CSV by day</a> <a href="${h.path('ci', told.name)}/feed.atom">Feed</a> <a href="${h.path('ci', told.name)}/badge.svg">Badge</a></%def>
