"""What templates use beside their values: times in words, marks, addresses that may be followed."""

import datetime
import functools
import types
import urllib.parse

import markupsafe
import msgspec
from pyramid import events

from ciwatch.insight import status
from ciwatch.queries import cells
from ciwatch.web import glossary

#: Mark and CSS class of each state: the mark and the form around it tell, the colour says it again.
MARKS = {
    cells.State.PASSED: ("✓", "p"),
    cells.State.FAILED: ("✗", "f"),
    cells.State.INFRASTRUCTURE: ("!", "i"),
    cells.State.RUNNING: ("…", "r"),
    cells.State.PENDING: ("○", "w"),
    cells.State.MISSED: ("∅", "m"),
    cells.State.SUPERSEDED: ("»", "s"),
    cells.State.NOT_EXPECTED: ("·", "e"),
    cells.State.UNKNOWN: ("?", "u"),
    cells.State.NOT_RUN: ("–", "k"),
    cells.State.UNREAD: ("≡", "x"),
}

#: CSS class of each status word.
STATUS_CSS = {
    status.Word.HEALTHY: "p",
    status.Word.UNSTABLE: "i",
    status.Word.REGRESSED: "f",
    status.Word.SICK: "f",
    status.Word.SILENT: "m",
    status.Word.NEW: "n",
    status.Word.RETIRED: "n",
}

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def includeme(config):
    """Adds the helpers to every template, and the renderer of the API."""
    config.add_subscriber(_add_helpers, events.BeforeRender)
    config.add_renderer("msgspec", "ciwatch.web.rendering.json_renderer")


def json_renderer(info):
    """Renders structs, dicts and lists as JSON; times are ISO 8601 with Z."""

    def render(value, system):
        system["request"].response.content_type = "application/json"
        return msgspec.json.encode(value)

    return render


def _add_helpers(event):
    request = event["request"]
    if event.get("renderer_name", "").endswith(".mako"):
        event["h"] = HELPERS
        event["now"] = request.now if request else None


def page(request, **values):
    """The values of a page, with what all pages show."""
    return {"newest": request.newest, "silence": request.silence, **values}


def escape(value):
    """What a template shows of a value, safe in HTML."""
    kind = type(value)
    # Whole comments are not worth the memory.
    if kind is str and len(value) <= _LONGEST_KEPT:
        return _escape_text(value)
    return str(value) if kind is int else markupsafe.escape(value)


_LONGEST_KEPT = 256


# A page shows thousands, most of them again and again. Markup, which stays as it is, never comes here.
@functools.lru_cache(maxsize=4096)
def _escape_text(text):
    return str(markupsafe.escape(text))


def safe_url(url):
    """*url* where it is an http or https address, else None: all else came from a comment, too."""
    if not url:
        return None
    # Up to its host: the same for most logs of a CI.
    return url if _is_safe("/".join(url.split("/", 3)[:3])) else None


@functools.lru_cache(maxsize=4096)
def _is_safe(origin):
    try:
        parts = urllib.parse.urlsplit(origin)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def absolute(moment):
    """A moment with its zone: Mon 23 Nov 2026 14:05 UTC."""
    return f"{day(moment)} {moment.year} {moment.hour:02d}:{moment.minute:02d} UTC"


def day(moment):
    """A day in English, whatever the server's locale: Mon 23 Nov."""
    return f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]}"


def iso(moment):
    """A moment for machines."""
    # A page has hundreds: this takes a fifth of what strftime does.
    return (
        f"{moment.year:04d}-{moment.month:02d}-{moment.day:02d}"
        f"T{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d}Z"
    )


def relative(moment, now):
    """How long ago: 4 s ago, 12 min ago, 3 h ago, 5 days ago, 2 years ago."""
    seconds = int((now - moment).total_seconds())
    if seconds < 0:
        return "just now" if seconds > -120 else "in the future"
    for limit, size, unit in (
        (90, 1, "s"),
        (5400, 60, "min"),
        (48 * 3600, 3600, "h"),
        (100 * 86400, 86400, "days"),
        (730 * 86400, 30.44 * 86400, "months"),
    ):
        if seconds < limit:
            return f"{round(seconds / size)} {unit} ago"
    return f"{int(seconds / (365.25 * 86400))} years ago"


def when(moment, now):
    """A moment and how long ago it was, as HTML."""
    # None of the three has anything to escape.
    return markupsafe.Markup(  # noqa: S704
        f'<time datetime="{iso(moment)}">{absolute(moment)}</time>'
        f' <span class="quiet when">({relative(moment, now)})</span>'
    )


def word(state, text=None):
    """The word of a state as HTML, with its mark and a link to what it means; or *text* in its place."""
    return markupsafe.Markup(f"{_before_word(state)}{markupsafe.escape(text or state)}</a>")  # noqa: S704


@functools.lru_cache(maxsize=256)
def _before_word(state):
    return f'<a class="word {css(state)}" href="{markupsafe.escape(about(state))}">{mark(state)} '


def age(moment, now):
    """How long ago, in few letters: 4s, 12m, 3h, 5d."""
    seconds = max(int((now - moment).total_seconds()), 0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def duration(seconds):
    """A length of time: 42 s, 3 min 02 s, 1 h 05 min."""
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"


def size(count):
    """A number of bytes: 812 B, 14.2 KiB, 3.0 MiB."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024 or unit == "MiB":
            return f"{count} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return None


def query(base, **changes):
    """A query string of the dict *base* with some values changed; empty values are left out.

    A value may be a list: the parameter is then said so many times.
    """
    written = []
    for name, value in {**base, **changes}.items():
        if value not in (None, ""):
            for each in value if isinstance(value, (list, tuple)) else (value,):
                written.append(f"{_plus(name)}={_plus(str(each))}")
    return "&".join(written)


# A page has hundreds of addresses that differ in one value.
_plus = functools.lru_cache(maxsize=16384)(urllib.parse.quote_plus)


def address(place, base, **changes):
    """An address of ours with its :func:`query`; without a question mark where it asks nothing."""
    asks = query(base, **changes)
    return f"{place}?{asks}" if asks else place


def path(*parts):
    """An address of ours: parts quoted, slashes inside a part kept."""
    return "/" + "/".join(map(_part, parts))


@functools.lru_cache(maxsize=16384)
def _part(part):
    return urllib.parse.quote(str(part), safe="/~")


def quote(text):
    """*text* percent-encoded as UTF-8."""
    return urllib.parse.quote(text, safe="")


# Each line of a list leads to the same CI.
@functools.lru_cache(maxsize=1024)
def anchor(name):
    """A name as a fragment, safe in an address and as an id."""
    return urllib.parse.quote(name, safe="").replace("%", "_")


def places(evidence, name, most):
    """Links to what a CI said of *most* of some patch sets, and how many more there are, as HTML."""
    fragment = anchor(name)
    links = [
        f'<a href="/change/{each.change}#{each.patch_set}-{fragment}">{each.change},{each.patch_set}</a> '
        for each in evidence[:most]
    ]
    more = f"and {len(evidence) - most} more" if len(evidence) > most else ""
    # Of numbers, and of a name that is made safe for an address.
    return markupsafe.Markup("".join(links) + more)  # noqa: S704


def bounded(text, length=2000):
    """*text* cut to *length* characters, with an ellipsis where it was longer."""
    return text if len(text) <= length else text[:length] + "…"


def about(word):
    """Where a word is explained: its place on the page about us."""
    return "/about#" + glossary.place_of(word)


def mark(state):
    """The mark of a state; nothing for none."""
    return MARKS[state][0] if state else ""


def css(state):
    """The CSS class of a state; nothing for none."""
    return MARKS[state][1] if state else ""


# An interval of fewer points than these is told in tenths.
_NARROW = 2


def interval(rate):
    """Within what the share behind a rate is: 73 to 82 %; or too few, or none."""
    if not rate.is_enough:
        return "too few" if rate.of else "none"
    low, high = 100 * rate.low, 100 * rate.high
    # What is nearly none, or nearly all, is neither by rounding; and both ends are told as exactly.
    if 0 < low < 0.5 or 99.5 <= high < 100 or high - low < _NARROW:
        return f"{_tenths(low)} to {_tenths(high)} %"
    return f"{low:.0f} to {high:.0f} %"


def _tenths(percent):
    if percent in (0, 100):
        return f"{percent:.0f}"
    return f"{min(max(percent, 0.1), 99.9):.1f}"


def span(told):
    """How long something took: half within 42 s, 90 % within 5 min 10 s; or unknown."""
    if not told.count:
        return "unknown"
    return (
        f"half within {duration(told.p50_s)}, 90 % within {duration(told.p90_s)}, 99 % within"
        f" {duration(told.p99_s)}"
    )


HELPERS = types.SimpleNamespace(
    MARKS=MARKS,
    STATUS_CSS=STATUS_CSS,
    about=about,
    absolute=absolute,
    address=address,
    age=age,
    anchor=anchor,
    bounded=bounded,
    css=css,
    day=day,
    duration=duration,
    interval=interval,
    iso=iso,
    mark=mark,
    path=path,
    places=places,
    query=query,
    relative=relative,
    safe_url=safe_url,
    size=size,
    span=span,
    timedelta=datetime.timedelta,
    when=when,
    word=word,
)
