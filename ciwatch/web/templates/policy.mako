<%inherit file="layout.mako"/>
<%! here = "/ci" %>
<%def name="title()">Rules and ${policy.title}</%def>
<p class="crumb"><a href="${h.address(h.path('ci', policy.name), given)}"><bdi>${policy.title}</bdi></a></p>
<h1>How it keeps the rules</h1>
<p class="about">The rules of third-party testing that a program can check, from ${self.when(policy.window.since)} to ${self.when(policy.window.until)}. A rule is kept where at least 95 of 100 cases keep it.</p>
% if policy.waiting:
<p class="note warn"><b>${policy.waiting} days are recorded and not counted yet.</b></p>
% endif
${self.pruned(policy.window.since.date())}\
<div class="scroll"><table role="table" class="list stack rules">
<caption>Rules of third-party testing</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Rule</th><th role="columnheader" scope="col">Is it kept?</th><th role="columnheader" scope="col" class="n">n/N</th><th role="columnheader" scope="col" class="n">Interval</th><th role="columnheader" scope="col">What is asked for</th><th role="columnheader" scope="col" class="n">Exceptions</th></tr></thead>
<tbody role="rowgroup">
% for rule in policy.rules:
<tr role="row"><th role="rowheader" scope="row">${rule.name}</th><td role="cell" data-label="Is it kept?"><span class="word ${'p' if rule.verdict == 'kept' else 'f' if rule.verdict == 'broken' else 'n'}">${rule.verdict}</span></td><td role="cell" data-label="n/N" class="n">${rule.kept.n}/${rule.kept.of}</td><td role="cell" data-label="Interval" class="n">${h.interval(rule.kept)}</td><td role="cell" data-label="Asked for">${rule.rule}</td><td role="cell" data-label="Exceptions" class="n">\
% if rule.breaches:
<a href="#${h.anchor(rule.name)}">${rule.breach_count}</a>\
% else:
${rule.breach_count}\
% endif
</td></tr>
% endfor
</tbody>
</table></div>
% for rule in policy.rules:
% if rule.breaches:
<h2 id="${h.anchor(rule.name)}">Exceptions to: ${rule.name}</h2>
% if rule.breach_count > len(rule.breaches):
<p class="about">The newest ${len(rule.breaches)} of ${rule.breach_count}.</p>
% endif
<div class="scroll"><table role="table" class="list stack counted">
<caption>Exceptions to: ${rule.name}</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Patch set</th><th role="columnheader" scope="col">When</th><th role="columnheader" scope="col">What</th></tr></thead>
<tbody role="rowgroup">
% for breach in rule.breaches:
<tr role="row"><th role="rowheader" scope="row">\
% if breach.change is None:
the account\
% else:
<a href="/change/${breach.change}#${breach.patch_set}-${h.anchor(policy.name)}">${breach.change},${breach.patch_set}</a>\
% endif
</th><td role="cell">\
% if breach.at:
${self.when(breach.at)}\
% endif
</td><td role="cell"><bdi>${breach.what}</bdi></td></tr>
% endfor
</tbody>
</table></div>
% endif
% endfor
<%def name="head()"><link rel="stylesheet" href="${self.static('system.css')}">
<link rel="stylesheet" href="${self.static('tables.css')}">
</%def>
<%def name="foot()"> <a href="${h.address(h.path('api/v1/ci', policy.name, 'policy'), given)}">API of this view</a> <a href="${h.address(h.path('api/v1/ci', policy.name, 'policy'), given, format='csv')}">CSV</a></%def>
