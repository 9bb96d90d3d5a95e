<%inherit file="layout.mako"/>
<%!
here = "/ci"
# Kind of list -> its address, what it is called, and what it holds.
KINDS = {
    "standing": ("missed", "Without an answer", "Patch sets on which it was expected and has not answered."),
    "outcome": ("trust", "What became of its -1", "Patch sets that it failed, and what became of that."),
    "counted": ("patchsets", "What its figures count", ""),
}
SAY = {
    "missed": "Their time has passed.",
    "pending": "Their time has not passed yet.",
    "superseded": "A newer patch set, or the end of the change, came before their time had passed.",
    "unknown_files": "Whether it was expected depends on files that Gerrit did not tell.",
    "confirmed": "The gate or half of its peers failed the same patch set, or a re-run failed again.",
    "refuted": "A later attempt on the same patch set passed, or it was merged as it stood.",
    "open": "Neither confirmed nor refuted.",
    "set_aside": "Said while the CI was sick, or while all failed.",
    "all": "",
}
%>
<%def name="title()">${KINDS[kind][1]}: ${system.title}</%def>
<%
address, label, about = KINDS[kind]
base = h.path('ci', system.name)
kept = {name: value for name, value in given.items() if name not in (kind, 'page')}
says = figures[chosen][1] if kind == 'counted' else SAY[chosen]
%>\
<p class="crumb"><a href="${h.address(base, kept)}"><bdi>${system.title}</bdi></a></p>
<h1>${label}</h1>
<nav class="lists" aria-label="Lists of this CI">
% for each, (place, words, _) in KINDS.items():
<a href="${h.address(f'{base}/{place}', kept)}"${' aria-current="true"' if each == kind else '' | n}>${words}</a>
% endfor
</nav>
<p class="about">${about} The newest first, of ${days} days as of ${self.when(as_of)}.</p>
${self.pruned(as_of.date() - h.timedelta(days=days - 1))}\
<p class="choices">
% for word in choices:
<a class="button" href="${h.address(f'{base}/{address}', kept, **{kind: word})}"${' aria-current="true"' if word == chosen else '' | n}>${named(word)}</a>
% endfor
</p>
% if says:
<p class="about"><b>${named(chosen)}</b>: ${says}</p>
% endif
% if listed.items:
<div class="scroll"><table role="table" class="list stack counted">
<caption>${label}: ${named(chosen)}</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Patch set</th><th role="columnheader" scope="col">Subject</th>\
% for head in {'standing': ('Standing', 'Due'), 'outcome': ('Outcome', 'Why', 'Failed'), 'counted': ('This CI', 'The gate', 'First answer')}[kind]:
<th role="columnheader" scope="col">${head}</th>\
% endfor
<th role="columnheader" scope="col">Uploaded</th><th role="columnheader" scope="col">Project, branch</th></tr></thead>
<tbody role="rowgroup">
% for each in listed.items:
<tr role="row"><th role="rowheader" scope="row"><a href="/change/${each.change}#${'ps-%d' % each.patch_set if kind == 'standing' else '%d-%s' % (each.patch_set, h.anchor(system.name))}">${each.change},${each.patch_set}</a></th><td role="cell"><bdi>${h.bounded(each.subject, 160)}</bdi></td>\
% if kind == 'standing':
<td role="cell" data-label="Standing">${self.word(each.standing) if each.standing in h.MARKS else each.standing}</td><td role="cell" data-label="Due">${brief(each.due_at)}</td>\
% elif kind == 'outcome':
<td role="cell" data-label="Outcome"><span class="word ${'f' if each.outcome == 'confirmed' else 'i' if each.outcome == 'refuted' else 'n'}">${each.outcome}</span></td><td role="cell" data-label="Why">${each.why}</td><td role="cell" data-label="Failed">${brief(each.failed_at)}</td>\
% else:
<td role="cell" data-label="This CI"><span>${verdict(each.verdict)}${f' attempt {each.attempts}' if each.attempts > 1 else ''}</span></td><td role="cell" data-label="The gate">${verdict(each.gate)}</td><td role="cell" data-label="First answer">\
% if each.answered_at:
<span class="when">after ${h.duration(int((each.answered_at - each.uploaded_at).total_seconds()))}</span>\
% endif
</td>\
% endif
<td role="cell" data-label="Uploaded">${brief(each.uploaded_at)}</td><td role="cell" data-label="Project, branch"><span><a href="${h.address(h.path('project', each.project), {'until': h.iso(each.uploaded_at + h.timedelta(days=1)), 'ci': system.name})}">${each.project}</a> <span class="quiet">${each.branch}</span></span></td></tr>
% endfor
</tbody>
</table></div>
% else:
<div class="note"><b>None${'' if listed.page == 1 else ' on this page'}.</b></div>
% endif
% if listed.page > 1 or listed.has_more:
<p class="pages">
% if listed.page > 1:
<a class="button" href="${h.address(f'{base}/{address}', given, page=listed.page - 1)}" rel="prev">Newer</a>
% endif
<span>Page ${listed.page}</span>
% if listed.has_more:
<a class="button" href="${h.address(f'{base}/{address}', given, page=listed.page + 1)}" rel="next">Older</a>
% endif
</p>
% endif
<%def name="named(word)">${word.replace('_ci_', '_it_').replace('_', ' ')}</%def>
<%def name="brief(moment)"><time datetime="${h.iso(moment)}" title="${h.absolute(moment)}">${h.absolute(moment)[4:]}</time></%def>
<%def name="verdict(word)">
% if word:
${self.word(word)}\
% else:
<span class="quiet">nothing</span>\
% endif
</%def>
<%def name="head()"><link rel="stylesheet" href="${self.static('system.css')}">
</%def>
<%def name="foot()"><% api = h.path('api/v1/ci', system.name, KINDS[kind][0]) %> <a href="${h.address(api, given)}">API of this view</a> <a href="${h.address(api, given, format='csv')}">CSV</a></%def>
