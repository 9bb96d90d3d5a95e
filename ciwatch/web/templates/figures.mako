<%def name="rate(rate)">
% if not rate.of:
<span class="quiet">none</span>
% else:
${f'{rate.n:,}/{rate.of:,}'} <span class="quiet">${h.interval(rate)}</span>
% endif
</%def>
<%def name="trend(word)"><span class="word${ {'better': ' p', 'worse': ' f'}.get(word, '')}">${word}</span></%def>
<%def name="status(word)"><span class="word${ {'healthy': ' p', 'sick': ' f', 'silent': ' f', 'never reported': ' f', 'no CI': ' f', 'regressed': ' i', 'unstable': ' i', 'no recent report': ' i'}.get(word, '')}">${word}</span></%def>
