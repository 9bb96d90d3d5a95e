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
