<%!
from ciwatch.web.plots import interval as intervals
from ciwatch.web.plots import strip as strips
from ciwatch.web.plots import svg
from ciwatch.web.plots import times as lengths
%>
## Once on a page that has plots, before them.
<%def name="patterns()">${svg.patterns() | n}</%def>

<%def name="interval(rate, what)">${intervals.draw(rate, f"{what}: {rate.tell('cases')}") | n}</%def>

<%def name="swatch(css)"><svg class="plot swatch" width="14" height="14" aria-hidden="true"><rect class="${css}" width="14" height="14" fill="url(#pattern-${css})"/></svg></%def>

## A strip of days with its legend and, behind it, its values; a day leads to the page of that day.
<%def name="strip(days, spells, first, last, until, title, base)">
<%
bars = strips.bars(days, first, last)
kinds = [kind for kind in strips.KINDS if any(spell.kind == kind for spell in spells)]
is_by_day = bars[0].first == bars[0].last
%>
<div class="room sided">${strips.draw(bars, spells, until, title) | n}</div>
<ul class="legend">
% for part in strips.PARTS:
<li>${swatch(part)}<a href="${h.about(part)}">${part}</a></li>
% endfor
% for kind in kinds:
<li>${swatch(kind)}<a href="${h.about(kind)}">${kind}</a></li>
% endfor
% if not is_by_day:
<li>Each bar is ${(bars[0].last - bars[0].first).days + 1} days.</li>
% endif
</ul>
<details class="values"><summary>These days as a table</summary>
<div class="scroll"><table class="list">
<caption>${title}</caption>
<thead><tr><th scope="col">${'Day' if is_by_day else 'Days'}</th>\
% for part in strips.PARTS:
<th scope="col" class="n">${part.capitalize()}</th>\
% endfor
</tr></thead>
<tbody>
% for bar in reversed(bars):
% if any(bar.counts):
<tr><th scope="row"><a href="${h.address(base, {'until': bar.last.isoformat(), 'window': f'{(bar.last - bar.first).days + 1}d'})}">${bar.words}</a></th>\
% for count in bar.counts:
<td class="n">${count}</td>\
% endfor
</tr>
% endif
% endfor
</tbody>
</table></div>
<p class="quiet">On all other days there was nothing. A day is that of its patch sets.</p>
</details>
</%def>

## How long something took, and behind it its values.
<%def name="times(histogram, limits, title)">
<% total = histogram.total %>\
<div class="room">${lengths.draw(histogram, limits, title) | n}</div>
<details class="values"><summary>These times as a table</summary>
<div class="scroll" role="region" aria-label="${title}" tabindex="0"><table class="list">
<caption>${title}</caption>
<thead><tr><th scope="col">It took</th><th scope="col" class="n">How many</th><th scope="col" class="n">So long or less</th></tr></thead>
<tbody>
% for bar in lengths.bars(histogram):
<tr><th scope="row">${lengths.words_of(bar)}</th><td class="n">${bar.count}</td><td class="n">${bar.until_then}/${total}</td></tr>
% endfor
</tbody>
</table></div>
</details>
</%def>
