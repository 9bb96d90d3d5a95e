<%inherit file="layout.mako"/>
<%def name="title()">A log</%def>
<h1>A log</h1>
<p class="about">A CI gave this address in its comment. It is not part of CI Watch.</p>
<p>
% if h.safe_url(url):
<a href="${url}">${url}</a>
% else:
<code>${url}</code>
% endif
</p>
