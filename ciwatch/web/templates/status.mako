<%inherit file="layout.mako"/>
<%namespace name="unread" file="unread.mako"/>
<%!
here = "/status"
live = True
%>
<%def name="title()">Status</%def>
<%def name="head()"><link rel="stylesheet" href="${self.static('tables.css')}"></%def>
<%def name="foot()"><a href="/api/v1/status">API of this view</a> <a href="/metrics">Metrics</a></%def>
<%def name="moment(moment)">
% if moment:
${self.when(moment)}
% else:
<span class="quiet">not yet</span>
% endif
</%def>
<h1>Status</h1>
<p class="about">Is it running, current, complete? Who listens, what was recorded, what was rejected, and what nobody could read.</p>
<p class="answer ${headline.css}"><b>${headline.word}.</b> <span>${headline.sentence}</span></p>
<ul class="sums" aria-label="Recorded">
% for name, count in status.counts.items():
<li><b>${f'{count:,}'}</b>${name.replace('_', ' ').replace('ci ', 'CI ')}</li>
% endfor
<li${' class="bad"' if status.open_gaps else '' | n}><b>${f'{status.open_gaps:,}'}</b>${'<a href="#gaps">gaps to be filled</a>' if status.gaps else 'gaps to be filled' | n}</li>
<li><b>${f'{status.rejected_count:,}'}</b><a href="#rejected">lines rejected</a></li>
<li><b>${f'{sum(word.builds for word in status.unknown_words):,}'}</b><a href="#words">builds with unknown words</a></li>
<li><b>${f'{sum(shape.comments for shape in status.unread):,}'}</b><a href="#unread">unread comments</a></li>
</ul>
% if status.uncounted_days:
<p class="note">Figures of ${'a day of a branch wait' if status.uncounted_days == 1 else f'{status.uncounted_days:,} days of branches wait'} to be counted. A listener does it within a minute; where none runs, <code>ciwatch rollup</code> does.</p>
% endif
% if status.kept_from:
<p class="note pruned">Of patch sets from before ${status.kept_from} only what was counted is kept; the rest was deleted with <code>ciwatch prune</code>.</p>
% endif
% if status.registry:
<p id="registry" class="silence" role="status"><b>The registry of CI systems cannot be used; the last one that could holds.</b> <span class="quiet">registry: ${h.bounded(status.registry, 400)}. <code>ciwatch registry validate</code> tells all that is wrong.</span></p>
% endif
<h2 id="listeners">Listeners</h2>
% if status.listeners:
<div class="scroll" tabindex="0" role="region" aria-label="Processes that listen to Gerrit"><table role="table" class="list stack">
<caption>Processes that listen to Gerrit</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Listener</th><th role="columnheader" scope="col">Source</th><th role="columnheader" scope="col">State</th><th role="columnheader" scope="col">Last event</th><th role="columnheader" scope="col">Asked for what was missed</th><th role="columnheader" scope="col" class="n">A minute</th><th role="columnheader" scope="col" class="n">Recorded</th><th role="columnheader" scope="col" class="n">Rejected</th><th role="columnheader" scope="col" class="n">Waiting on disk</th></tr></thead>
<tbody role="rowgroup">
% for listener in status.listeners:
<%
here = waiting.get(listener.name)
spooled, size = (here.events, here.bytes) if here else (listener.spooled, listener.spool_bytes)
%>
<tr role="row"><th role="rowheader" scope="row">${h.bounded(listener.name, 60)}</th><td role="cell" data-label="Source">${listener.source}</td>
<td role="cell" data-label="State"><span>\
% if not listener.is_alive(now):
<span class="word f">not seen</span> since ${self.when(listener.seen_at)}\
% elif listener.state == "listening":
<span class="word p">listening</span> since ${self.when(listener.state_since)}\
% else:
<span class="word i">${listener.state}</span> since ${self.when(listener.state_since)}\
% endif
% if listener.detail:
<br><span class="quiet">${h.bounded(listener.detail, 300)}</span>\
% endif
% if size > listener.spool_limit / 2:
<br><b>More than half of the room on disk is taken.</b> <span class="quiet">Without room the newest are not kept, and Gerrit is asked for them afterwards.</span>\
% endif
</span></td>
<td role="cell" data-label="Last event"><span>${self.moment(listener.heard_at)}</span></td><td role="cell" data-label="Asked for what was missed"><span>${self.moment(listener.caught_up_at)}</span></td>
<td role="cell" class="n" data-label="A minute">${f'{listener.per_minute:.1f}'}</td><td role="cell" class="n" data-label="Recorded">${f'{listener.recorded:,}'}</td><td role="cell" class="n" data-label="Rejected">${f'{listener.rejected:,}'}</td>
<td role="cell" class="n" data-label="Waiting on disk"><span>\
% if spooled:
<span class="word ${'f' if size > listener.spool_limit / 2 else 'i'}">${f'{spooled:,}'}</span><br><span class="quiet">${h.size(size)} of ${h.size(listener.spool_limit)}</span>\
% else:
0\
% endif
</span></td></tr>
% endfor
</tbody>
</table></div>
% else:
<p class="quiet">Nobody listens. <code>ciwatch listen</code> does; <code>ciwatch check</code> tells beforehand what is missing.</p>
% endif
% if status.gaps:
<h2 id="gaps">Gaps</h2>
<p class="about">Stretches of time in which Gerrit was not heard. Gerrit is asked for what happened in them; what was known already is not counted.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Gaps"><table role="table" class="list stack">
<caption>Gaps, the open ones first</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">From</th><th role="columnheader" scope="col">To</th><th role="columnheader" scope="col">Source</th><th role="columnheader" scope="col">Why</th><th role="columnheader" scope="col">Filled by</th><th role="columnheader" scope="col" class="n">Events</th></tr></thead>
<tbody role="rowgroup">
% for gap in status.gaps:
<tr role="row"><th role="rowheader" scope="row">${self.when(gap.started_at)}</th><td role="cell" data-label="To"><span>${self.when(gap.ended_at)}</span></td><td role="cell" data-label="Source">${gap.source}</td><td role="cell" data-label="Why">${gap.reason}</td><td role="cell" data-label="Filled by"><span>${gap.filled_by or ''}\
% if gap.filled_by is None:
<span class="word i">to be filled</span>\
% endif
</span></td><td role="cell" class="n" data-label="Events">${'' if gap.event_count is None else f'{gap.event_count:,}'}</td></tr>
% endfor
</tbody>
</table></div>
% endif
<h2 id="sources">Sources</h2>
% if status.sources:
<div class="scroll"><table class="list">
<caption>Sources of events</caption>
<thead><tr><th scope="col">Source</th><th scope="col">Newest event recorded</th></tr></thead>
<tbody>
% for source in status.sources:
<tr><th scope="row">${source.name}</th><td><span>${self.when(source.position_at)}</span></td></tr>
% endfor
</tbody>
</table></div>
% else:
<p class="quiet">No event was recorded yet.</p>
% endif
<h2 id="rejected">Rejected</h2>
% if status.rejected_count:
<p class="about">${f'{status.rejected_count:,}'} lines were no events; the newest:</p>
<div class="scroll" tabindex="0" role="region" aria-label="Lines that were rejected"><table role="table" class="list stack">
<caption>Lines that were rejected</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Received</th><th role="columnheader" scope="col">Reason</th><th role="columnheader" scope="col" class="n">Bytes</th><th role="columnheader" scope="col">Begins with</th></tr></thead>
<tbody role="rowgroup">
% for rejected in status.rejected:
<tr role="row"><th role="rowheader" scope="row">${self.when(rejected.received_at)}</th><td role="cell" data-label="Reason">${rejected.reason}</td><td role="cell" class="n" data-label="Bytes">${rejected.length}</td><td role="cell"><code>${h.bounded(rejected.text, 120)}</code></td></tr>
% endfor
</tbody>
</table></div>
% else:
<p class="quiet">Nothing.</p>
% endif
<h2 id="words">Unknown result words</h2>
% if status.unknown_words:
<p class="about">Words that stand where a result does, and that no class is known for.</p>
${unread.words(status.unknown_words, True)}
% else:
<p class="quiet">None.</p>
% endif
<h2 id="unread">Unread comments of CI systems</h2>
% if status.unread:
<p class="about">Comments that no parser knows, counted by what they look like. A parser for one is a few lines; the manual's page "Your CI on CI Watch in ten minutes" shows how.</p>
${unread.shapes(status.unread, True)}
% else:
<p class="quiet">None.</p>
% endif
% if status.faults:
<h2 id="faults">Parser plugins that failed</h2>
<p class="about">The next parser got the comment each time, and nothing is lost: once a plugin is mended, <code>ciwatch reparse</code> reads all again and clears this table.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Parser plugins that failed"><table role="table" class="list stack">
<caption>Parser plugins that failed</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Parser</th><th role="columnheader" scope="col">What</th><th role="columnheader" scope="col" class="n">Times</th><th role="columnheader" scope="col">The last time</th><th role="columnheader" scope="col">What it said then</th></tr></thead>
<tbody role="rowgroup">
% for fault in status.faults:
<tr role="row"><th role="rowheader" scope="row">${fault.parser}</th><td role="cell" data-label="What">${fault.kind}</td><td role="cell" class="n" data-label="Times">${f'{fault.count:,}'}</td><td role="cell" data-label="The last time"><span>${self.when(fault.last_at)}</span></td><td role="cell"><code>${h.bounded(fault.reason, 300)}</code></td></tr>
% endfor
</tbody>
</table></div>
% endif
<h2 id="parsers">Parsers</h2>
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
