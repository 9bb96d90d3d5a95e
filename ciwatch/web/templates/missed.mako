<%inherit file="layout.mako"/>
<%! here = "/ci" %>
<%def name="title()">Missed by ${system.title}</%def>
<%
base = h.path('ci', system.name)
shown = given.get('standing', 'missed')
kept = {name: value for name, value in given.items() if name != 'page'}
%>\
<h1>Patch sets without an answer of <a href="${base}?${h.query({name: value for name, value in kept.items() if name != 'standing'})}">${system.title}</a></h1>
<p class="about">On which it was expected and has not answered, the newest first, as of ${self.when(as_of)}. <em>Missed</em> are those whose time has passed, <em>pending</em> those whose time has not, <em>superseded</em> those that a newer patch set, or the end of the change, came to before.</p>
<p class="choice">\
% for word in standings:
<a href="${base}/missed?${h.query(kept, standing=word)}"${' aria-current="true"' if word == shown else '' | n}>${word.replace('_', ' ')}</a>\
% endfor
</p>
% if listed.items:
<div class="scroll"><table class="list">
<caption>Patch sets without an answer</caption>
<thead><tr><th scope="col">Patch set</th><th scope="col">Subject</th><th scope="col">Standing</th><th scope="col">Project</th><th scope="col">Branch</th><th scope="col">Uploaded</th><th scope="col">Due</th></tr></thead>
<tbody>
% for each in listed.items:
<tr><th scope="row"><a href="/change/${each.change}#ps-${each.patch_set}">${each.change},${each.patch_set}</a></th><td><bdi>${each.subject}</bdi></td><td>${each.standing}</td><td><a href="${h.path('project', each.project)}?${h.query({'until': h.iso(each.due_at)})}">${each.project}</a></td><td>${each.branch}</td><td>${self.when(each.uploaded_at)}</td><td>${self.when(each.due_at)}</td></tr>
% endfor
</tbody>
</table></div>
% else:
<div class="note"><b>None${'' if listed.page == 1 else ' on this page'}.</b></div>
% endif
% if listed.page > 1 or listed.has_more:
<p class="pages">\
% if listed.page > 1:
<a href="${base}/missed?${h.query(kept, page=listed.page - 1)}" rel="prev">Newer</a> \
% endif
Page ${listed.page} \
% if listed.has_more:
<a href="${base}/missed?${h.query(kept, page=listed.page + 1)}" rel="next">Older</a>\
% endif
</p>
% endif
<%def name="foot()"> <a href="${h.path('api/v1/ci', system.name, 'missed')}?${h.query(given)}">API of this view</a> <a href="${h.path('api/v1/ci', system.name, 'missed')}?${h.query(given, format='csv')}">CSV</a></%def>
