<!doctype html>
<html lang="en"${f' data-etag="{request.validator}"' if request.validator else '' | n}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${self.title()} · CI Watch</title>
<link rel="stylesheet" href="${static('ciwatch.css')}">
<link rel="icon" href="${static('icon.svg')}" type="image/svg+xml">
<script src="${static('theme.js')}"></script>
<script type="module" src="${static('keys.js')}"></script>
<script type="module" src="${static('times.js')}"></script>
% if request.validator or self.attr.live:
<script type="module" src="${static('live.js')}"></script>
% endif
${self.head()}\
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<a class="brand" href="/">CI Watch</a>
<nav aria-label="Site">
% for address, label in (("/", "Projects"), ("/ci", "CI systems"), ("/coverage", "Coverage"), ("/upstream", "Upstream"), ("/status", "Status"), ("/about", "About")):
<a href="${address}"${' aria-current="page"' if self.attr.here == address else '' | n}>${label}</a>
% endfor
</nav>
<form class="search" role="search" action="/search"><input type="search" name="q" placeholder="Project, CI, job, change   /" aria-label="Search projects, CI systems, jobs and changes" aria-keyshortcuts="/" maxlength="255" value="${self.asked()}"></form>
<div class="ages">
<span id="live" role="status"><span aria-hidden="true"></span><span class="heard"></span></span>
% if newest:
<span>Newest event <time id="newest" class="age" datetime="${h.iso(newest)}" title="${h.absolute(newest)}">${h.relative(newest, now)}</time></span>
% endif
<button type="button" id="theme" hidden>Colours</button>
</div>
</header>
<div id="silence" role="status">
% if silence:
<p class="silence"><b>Nothing new comes in.</b> What you see ends ${self.when(silence.newest)}.
% if silence.listener is None:
Nobody listens to Gerrit.
% elif silence.is_alive:
The listener ${h.bounded(silence.listener.name, 60)} cannot hear Gerrit since ${self.when(silence.listener.state_since)}.
% else:
The listener ${h.bounded(silence.listener.name, 60)} was last seen ${self.when(silence.listener.seen_at)}.
% endif
<a href="/status">Status</a></p>
% endif
</div>
<main id="main" tabindex="-1">
${next.body()}
</main>
<footer><span>All times are UTC.</span> ${self.foot()}</footer>
<dialog id="keys" aria-labelledby="keys-title">
<h2 id="keys-title">Keys</h2>
<dl>
<dt><kbd>/</kbd></dt><dd>search</dd>
<dt><kbd>←</kbd> <kbd>→</kbd> <kbd>↑</kbd> <kbd>↓</kbd></dt><dd>move in a matrix; <kbd>Home</kbd> and <kbd>End</kbd> to the newest and the oldest patch set</dd>
<dt><kbd>Enter</kbd></dt><dd>opens the log or the change of the cell</dd>
<dt><kbd>Esc</kbd></dt><dd>closes what is open</dd>
<dt><kbd>?</kbd></dt><dd>these keys</dd>
</dl>
<form method="dialog"><button>Close</button></form>
</dialog>
</body>
</html>
<%!
here = ""
# Whether it is asked for again although it has no validator.
live = False
%>
<%def name="foot()"></%def>
<%def name="head()"></%def>
<%def name="asked()"></%def>
<%def name="static(name)">${request.registry['static_paths'][name] | n}</%def>
<%def name="when(moment)">${h.when(moment, now) | n}</%def>
<%def name="word(state, text=None)">${h.word(state, text)}</%def>
<%def name="counted(number, what)">${number} ${what}${'' if number == 1 else 's'}</%def>
<%def name="status(word)"><a class="word ${h.STATUS_CSS.get(word, 'n')}" href="${h.about(word)}">${word}</a></%def>
<%def name="mark(state)">
% if state:
<span class="mark ${h.css(state)}" role="img" aria-label="${state}" title="${state}">${h.mark(state)}</span>
% endif
</%def>
<%def name="pruned(first)">
% if request.kept_from and first < request.kept_from:
<p class="note pruned"><b>Of patch sets from before ${request.kept_from} only what was counted is kept.</b> Their builds and comments were deleted, so lists of that time are empty.</p>
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
