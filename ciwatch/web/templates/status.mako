<%inherit file="layout.mako"/>
<%namespace name="unread" file="unread.mako"/>
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
% if status.faults:
<h2 id="faults">Parser plugins that failed</h2>
<p class="about">The next parser got the comment each time, and nothing is lost: once a plugin is mended, <code>ciwatch reparse</code> reads all again and clears this table.</p>
<div class="scroll"><table class="list">
<caption>Parser plugins that failed</caption>
<thead><tr><th scope="col">Parser</th><th scope="col">What</th><th scope="col" class="n">Times</th><th scope="col">The last time</th><th scope="col">What it said then</th></tr></thead>
<tbody>
% for fault in status.faults:
<tr><th scope="row">${fault.parser}</th><td>${fault.kind}</td><td class="n">${f'{fault.count:,}'}</td><td>${self.when(fault.last_at)}</td><td><code>${h.bounded(fault.reason, 300)}</code></td></tr>
% endfor
</tbody>
</table></div>
% endif
<h2 id="unread">Unread comments of CI systems</h2>
% if status.unread:
<p class="about">Comments that no parser knows, counted by what they look like. A parser for one is a few lines; the manual's page "Your CI on CI Watch in ten minutes" shows how.</p>
${unread.shapes(status.unread, True)}
% else:
<p class="quiet">None.</p>
% endif
<h2 id="words">Unknown result words</h2>
% if status.unknown_words:
<p class="about">Words that stand where a result does, and that no class is known for.</p>
${unread.words(status.unknown_words, True)}
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
