<%inherit file="layout.mako"/>
<%! here = "/status" %>
<%def name="title()">Status</%def>
<h1>Status</h1>
<p class="about">What was recorded, what was rejected, and what nobody could read.</p>
<h2>Sources</h2>
% if status.sources:
<div class="scroll"><table class="list">
<caption>Sources of events</caption>
<thead><tr><th scope="col">Source</th><th scope="col">Newest event recorded</th></tr></thead>
<tbody>
% for source in status.sources:
<tr><th scope="row">${source.name}</th><td>${self.when(source.position_at)}</td></tr>
% endfor
</tbody>
</table></div>
% else:
<p class="quiet">No event was recorded yet.</p>
% endif
<h2>Recorded</h2>
<div class="scroll"><table class="list">
<caption>Rows in the database</caption>
<thead><tr>
% for name in status.counts:
<th scope="col" class="n">${name.replace('_', ' ').replace('ci ', 'CI ')}</th>
% endfor
</tr></thead>
<tbody><tr>
% for count in status.counts.values():
<td class="n">${f'{count:,}'}</td>
% endfor
</tr></tbody>
</table></div>
<h2>Parsers</h2>
<div class="scroll"><table class="list">
<caption>Parser plugins in the order in which they are asked</caption>
<thead><tr><th scope="col">Parser</th><th scope="col" class="n">Version</th><th scope="col">State</th></tr></thead>
<tbody>
% for parser in parsers.parsers:
<tr><th scope="row">${parser.name}</th><td class="n">${parser.version}</td><td>in use${'' if parser.strict else '; what it takes people write, too'}</td></tr>
% endfor
% for name, reason in parsers.failures:
<tr><th scope="row">${name}</th><td></td><td><span class="word f">cannot be used</span> ${h.bounded(reason, 300)}</td></tr>
% endfor
</tbody>
</table></div>
<h2>Unread comments of CI systems</h2>
% if status.unread:
<div class="scroll"><table class="list">
<caption>Comments that no parser could read, by CI system</caption>
<thead><tr><th scope="col">CI system</th><th scope="col" class="n">Comments</th></tr></thead>
<tbody>
% for unread in status.unread:
<tr><th scope="row"><a href="${h.path('ci', unread.name)}#unread">${unread.title}</a></th><td class="n">${unread.comments}</td></tr>
% endfor
</tbody>
</table></div>
% else:
<p class="quiet">None.</p>
% endif
<h2>Unknown result words</h2>
% if status.unknown_words:
<div class="scroll"><table class="list">
<caption>Result words that no class is known for</caption>
<thead><tr><th scope="col">Word</th><th scope="col">CI system</th><th scope="col" class="n">Builds</th></tr></thead>
<tbody>
% for word in status.unknown_words:
<tr><th scope="row">${word.word}</th><td><a href="${h.path('ci', word.ci)}">${word.ci}</a></td><td class="n">${word.builds}</td></tr>
% endfor
</tbody>
</table></div>
% else:
<p class="quiet">None.</p>
% endif
<h2>Rejected</h2>
% if status.rejected_count:
<p class="about">${status.rejected_count} lines were no events; the newest:</p>
<div class="scroll"><table class="list">
<caption>Lines that were rejected</caption>
<thead><tr><th scope="col">Received</th><th scope="col">Reason</th><th scope="col" class="n">Bytes</th><th scope="col">Begins with</th></tr></thead>
<tbody>
% for rejected in status.rejected:
<tr><td>${self.when(rejected.received_at)}</td><td>${rejected.reason}</td><td class="n">${rejected.length}</td><td><code>${h.bounded(rejected.text, 120)}</code></td></tr>
% endfor
</tbody>
</table></div>
% else:
<p class="quiet">Nothing.</p>
% endif
