"""Tells whoever holds a page that nothing is new, before the page is made: an ETag, and 304.

A page is a function of what is recorded, of the registry, of this release, of its address, and of the time:
ages are told, windows end now, pending becomes missed. Of the first there is a version of each project
(:mod:`ciwatch.queries.versions`), and of the last the five minutes in which we are: so much later than what
is told of the time a page may say it.

For those who hold a page, what is recorded is looked at once in a second, and not for each: of a thousand
screens that ask in the same second one costs the database something.

A view takes part by ``live="project"``, ``"change"`` or ``"all"``: of what it tells.
"""

import datetime
import hashlib
import importlib.metadata
import pathlib
import typing

from pyramid import response as responses

from ciwatch.queries import versions
from ciwatch.web import rendering
from ciwatch.web import systems

#: So long a page may be told to be the same while only the time has passed, in seconds.
BUCKET_S = 300

#: A browser asks before it shows again what it holds; a cache that many share, in front of us, every 10 s, so
#: that a crowd costs no more than one reader does.
CACHE_CONTROL = "public, max-age=0, s-maxage=10, must-revalidate"

#: When the newest event happened that was recorded, of any project; "none" in an empty database. Every page
#: tells it, and it moves with the events of projects that the page is not of.
NEWEST = "CI-Watch-Newest"

_TEMPLATES = pathlib.Path(__file__).parent / "templates"


class _State(typing.NamedTuple):
    """What of the data a tag is made of.

    :ivar version: that of :mod:`~ciwatch.queries.versions`.
    :ivar silence: what a page tells of a listener: not what it counts, which moves with every line.
    """

    version: tuple
    newest: datetime.datetime | None
    silence: tuple | None


class _Seen:
    """The states that were seen in a second, by what they are of; those of another second are forgotten.

    Threads may lose each other's: then the database is asked once more.
    """

    def __init__(self):
        self._second, self._states = None, {}

    def of(self, now):
        """The states, a dict, of the second in which *now* is."""
        second, states = int(now.timestamp()), self._states
        if second != self._second:
            self._second, self._states = second, (states := {})
        return states


def includeme(config):
    """Adds the view option ``live``."""
    config.registry["release"] = _release(config.registry["static_digest"])
    config.registry["seen"] = _Seen()
    config.add_view_deriver(_derive, "live")


def _derive(view, info):
    scope = info.options.get("live")
    if scope is None:
        return view
    scope = _SCOPES[scope]
    release, seen = info.registry["release"], info.registry["seen"]

    def answer(context, request):
        if request.method not in ("GET", "HEAD"):
            return view(context, request)
        states, key = seen.of(request.now), scope.key(request)
        if "HTTP_IF_NONE_MATCH" in request.environ and (state := states.get(key)):
            tag = _tag(request, release, state)
            if _is_held(request, tag):
                return _unchanged(_headers(tag, state))
        # Read before the page is: where something is recorded in between, the page is newer than its tag.
        version = scope.read(request.db, key) if key is not None else None
        if version is None:
            return view(context, request)
        silence = request.silence
        silence = silence and (silence.newest, silence.is_alive, silence.listener and silence.listener.name)
        states[key] = state = _State(version, request.newest, silence)
        request.validator = tag = _tag(request, release, state)
        if _is_held(request, tag):
            return _unchanged(_headers(tag, state))
        response = view(context, request)
        if response.status_int == 200:
            response.headers.update(_headers(tag, state))
        return response

    return answer


_derive.options = ("live",)


class _Scope(typing.NamedTuple):
    """What a page is of.

    :ivar key: gives what names it, of a request; None where there is no such page.
    :ivar read: gives its version.
    """

    key: typing.Callable
    read: typing.Callable


def _project_of(request):
    name = request.matchdict["name"]
    # No database is asked for what it may not even take.
    return name if len(name) <= 255 and "\0" not in name else None


def _change_of(request):
    number = request.matchdict["number"]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None


_SCOPES = {
    "project": _Scope(_project_of, versions.of_project),
    "change": _Scope(_change_of, versions.of_change),
    "all": _Scope(lambda request: (), lambda connection, key: versions.of_all(connection)),
}


def _tag(request, release, state):
    parts = (
        release,
        systems.registry(request).content_digest,
        state.version,
        int(request.now.timestamp()) // BUCKET_S,
        state.silence,
        request.environ.get("PATH_INFO"),
        request.environ.get("QUERY_STRING"),
    )
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def _is_held(request, tag):
    """Whether the one who asks holds the page.

    Compared by how a tag begins: some servers in front of us add to it how they compressed the page.
    """
    asked = request.environ.get("HTTP_IF_NONE_MATCH", "")
    tags = (each.strip().removeprefix("W/") for each in asked.split(","))
    return any(each.startswith('"' + tag) for each in tags)


def _headers(tag, state):
    return {
        "ETag": f'W/"{tag}"',
        "Cache-Control": CACHE_CONTROL,
        NEWEST: rendering.iso(state.newest) if state.newest else "none",
    }


def _unchanged(headers):
    return responses.Response(status=304, headerlist=list(headers.items()))


def _release(static_digest):
    """What tells one release from another: its version, its files under ``static``, its templates."""
    digest = hashlib.sha256(f"{importlib.metadata.version('ciwatch')} {static_digest}".encode())
    for path in sorted(_TEMPLATES.glob("*.mako")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
