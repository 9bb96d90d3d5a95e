<p><b>${card.change},${card.patch_set}</b> <bdi>${h.bounded(card.subject, 200)}</bdi></p>
<p class="quiet">\
% if card.author:
<bdi>${h.bounded(card.author, 60)}</bdi> · \
% endif
<bdi>${card.branch or 'branch unknown'}</bdi> · ${(card.status or 'status unknown').lower()} · uploaded ${h.absolute(card.uploaded_at)} (${h.relative(card.uploaded_at, now)})</p>
% if card.title:
<p><b><bdi>${h.bounded(card.title, 80)}</bdi></b>\
% if card.job:
 · <bdi>${h.bounded(card.job, 120)}</bdi>\
% endif
</p>
% endif
% if card.state:
<p><span class="word ${h.css(card.state)}">${h.mark(card.state)} ${card.state}</span> \
% if card.began_at:
since ${h.absolute(card.began_at)} (${h.relative(card.began_at, now)})\
% elif card.why:
${card.why}\
% elif card.state == 'pending':
an answer is expected until ${h.absolute(card.due_at)}\
% elif card.state == 'missed':
no answer came until ${h.absolute(card.due_at)}\
% elif card.state == 'superseded':
a newer patch set came, or the change was closed, before an answer\
% endif
</p>
% endif
% if card.attempts:
<ol>
% for each in card.attempts:
<li><span class="word ${h.css(each.state)}">${h.mark(each.state)} ${each.result or each.state}</span>\
% if card.count > 1:
 attempt ${each.number}\
% endif
${' in ' + each.pipeline if each.pipeline else ''}\
% if each.duration_s is not None:
, took ${h.duration(each.duration_s)}\
% elif not card.job:
, after ${h.duration(max(int((each.posted_at - card.uploaded_at).total_seconds()), 0))}\
% endif
<br><span class="quiet">${h.absolute(each.posted_at)} (${h.relative(each.posted_at, now)})</span></li>
% endfor
</ol>
% if card.count > len(card.attempts):
<p class="quiet">and ${card.count - len(card.attempts)} before</p>
% endif
% endif
