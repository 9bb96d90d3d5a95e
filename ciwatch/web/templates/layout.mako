<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${self.title()} · CI Watch</title>
<link rel="stylesheet" href="${request.static_path('ciwatch.web:static/ciwatch.css')}">
<link rel="icon" href="${request.static_path('ciwatch.web:static/icon.svg')}" type="image/svg+xml">
${self.head()}\
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<a class="brand" href="/">CI Watch</a>
<nav aria-label="Pages">
% for address, label in (("/", "Projects"), ("/ci", "CI systems"), ("/coverage", "Coverage"), ("/upstream", "Upstream"), ("/status", "Status"), ("/about", "About")):
<a href="${address}"${' aria-current="page"' if self.attr.here == address else '' | n}>${label}</a>
% endfor
</nav>
% if newest:
<span class="age">Newest event ${self.when(newest)}</span>
% endif
</header>
% if silence:
<p class="silence" role="status"><b>Nothing new comes in.</b> What you see ends ${self.when(silence.newest)}.
% if silence.listener is None:
Nobody listens to Gerrit.
% elif silence.is_alive:
The listener ${h.bounded(silence.listener.name, 60)} cannot hear Gerrit since ${self.when(silence.listener.state_since)}.
% else:
The listener ${h.bounded(silence.listener.name, 60)} was last seen ${self.when(silence.listener.seen_at)}.
% endif
<a href="/status">Status</a></p>
% endif
<main id="main">
${next.body()}
</main>
<footer>All times are UTC.${self.foot()}</footer>
</body>
</html>
<%! here = "" %>
<%def name="foot()"></%def>
<%def name="head()"></%def>
<%def name="when(moment)"><time datetime="${h.iso(moment)}">${h.absolute(moment)}</time> <span class="quiet when">(${h.relative(moment, now)})</span></%def>
<%def name="word(state, text=None)"><span class="word ${h.css(state)}">${h.mark(state)} ${text or state}</span></%def>
<%def name="status(word)"><span class="word ${h.STATUS_CSS.get(word, 'n')}">${word}</span></%def>
<%def name="mark(state)">
% if state:
<span class="mark ${h.css(state)}" role="img" aria-label="${state}" title="${state}">${h.mark(state)}</span>
% endif
</%def>
<%def name="rate(passed, judged)">${passed}/${judged}</%def>
<%def name="link(url)">
% if h.safe_url(url):
<a href="${url}">log</a>
% elif url:
<code>${h.bounded(url, 120)}</code>
% endif
</%def>
