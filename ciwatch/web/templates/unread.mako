<%! from ciwatch.queries import unread %>
<%def name="shapes(found, with_ci)">
<div class="scroll"><table role="table" class="list stack">
<caption>Unread comments by what they look like</caption>
<thead role="rowgroup"><tr role="row">${ci_head(with_ci)}<th role="columnheader" scope="col" class="n">Comments</th><th role="columnheader" scope="col">They look like</th><th role="columnheader" scope="col">An example</th></tr></thead>
<tbody role="rowgroup">
% for shape in found:
<tr role="row">${ci_cell(shape, with_ci)}<td role="cell" class="n" data-label="Comments">${f'{shape.comments:,}'}</td><td role="cell"><code>${shape.shape}</code></td><td role="cell"><details><summary><a href="/change/${shape.change}">${shape.change},${shape.patch_set}</a> ${h.absolute(shape.posted_at)}</summary><pre>${h.bounded(shape.text)}</pre></details></td></tr>
% endfor
</tbody>
</table></div>
% if len(found) == unread.MOST:
<p class="quiet">Only the ${unread.MOST} most frequent are shown.</p>
% endif
</%def>
<%def name="words(found, with_ci)">
<div class="scroll"><table role="table" class="list stack">
<caption>Result words that no class is known for</caption>
<thead role="rowgroup"><tr role="row">${ci_head(with_ci)}<th role="columnheader" scope="col">Word</th><th role="columnheader" scope="col" class="n">Builds</th><th role="columnheader" scope="col">An example</th><th role="columnheader" scope="col">Job there</th></tr></thead>
<tbody role="rowgroup">
% for word in found:
<tr role="row">${ci_cell(word, with_ci)}<td role="cell" data-label="Word"><code>${word.word}</code></td><td role="cell" class="n" data-label="Builds">${f'{word.builds:,}'}</td><td role="cell" data-label="An example"><a href="/change/${word.change}">${word.change},${word.patch_set}</a></td><td role="cell" data-label="Job there"><bdi>${word.job}</bdi></td></tr>
% endfor
</tbody>
</table></div>
% if len(found) == unread.MOST:
<p class="quiet">Only the ${unread.MOST} most frequent are shown.</p>
% endif
</%def>
<%def name="ci_head(with_ci)">
% if with_ci:
<th role="columnheader" scope="col">CI system</th>
% endif
</%def>
<%def name="ci_cell(row, with_ci)">
% if with_ci:
<th role="rowheader" scope="row"><a href="${h.path('ci', row.ci)}"><bdi>${row.title}</bdi></a></th>
% endif
</%def>
