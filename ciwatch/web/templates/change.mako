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
% if request.kept_from and change.patch_sets and change.patch_sets[-1].number > 1:
<p class="note pruned"><b>Patch sets from before ${request.kept_from} were deleted</b>, and all that was said of them; only what was counted of them is kept.</p>
% endif
% for patch_set in change.patch_sets:
% if patch_set.number in opened:
<section class="ps" aria-labelledby="ps-${patch_set.number}">
<h2 id="ps-${patch_set.number}">Patch set ${patch_set.number}</h2>
<p class="about">${self.born(patch_set)}</p>
${self.told(patch_set)}
</section>
% elif patch_set.number in shown:
<details class="ps" id="ps-${patch_set.number}">
<summary>${self.line(patch_set)}</summary>
${self.told(patch_set)}
</details>
% else:
<div class="ps" id="ps-${patch_set.number}">${self.line(patch_set, f'?patch_set={patch_set.number}#ps-{patch_set.number}')}\
## Where other pages lead to.
% for system in patch_set.systems:
<i id="${patch_set.number}-${h.anchor(system.name)}"></i>\
% endfor
</div>
% endif
% endfor
<%def name="line(patch_set, address='')"><h2>\
% if address:
<a href="${address}">Patch set ${patch_set.number}</a>\
% else:
Patch set ${patch_set.number}\
% endif
</h2> <span class="tally">\
% for state, count in patch_set.tally:
% if state:
<span>${self.mark(state)} ${count} ${state}</span>\
% endif
% endfor
</span> <span class="quiet">${self.born(patch_set)}</span></%def>
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
<thead role="rowgroup"><tr role=row><th role=columnheader scope=col>CI system<th role=columnheader scope=col>Verdict<th role=columnheader scope=col>Is it about this patch?<th role=columnheader scope=col class=n>Attempts<th role=columnheader scope=col class=n>Answered after
<tbody role="rowgroup">${verdicts.rows(patch_set)}</table></div>
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
${said.systems(patch_set, now)}
% for stranger in patch_set.strangers:
<details>
<summary><b><bdi>${h.bounded(stranger.name, 80)}</bdi></b> <span class="word">not known as a CI</span> <span class="quiet">voted Verified ${'%+d' % stranger.vote}, ${self.when(stranger.posted_at)}</span></summary>
<pre>${h.bounded(stranger.text)}</pre>
</details>
% endfor
</div>
% endif
</%def>
