"""Tells whoever holds a page that nothing is new, before the page is made: an ETag, and 304.

A page is a function of what is recorded, of the registry, of this release, of its address, and of the time:
ages are told, windows end now, pending becomes missed. Of the first there is a version of each project
(:mod:`ciwatch.queries.versions`), and of the last the five minutes in which we are: so much later than what
is told of the time a page may say it.

A view takes part by ``live="project"``, ``"change"`` or ``"all"``: of what it tells.
"""

import hashlib
import importlib.metadata
import pathlib

from pyramid import response as responses

from ciwatch.queries import versions
from ciwatch.web import rendering
from ciwatch.web import systems

#: So long a page may be told to be the same while only the time has passed, in seconds.
BUCKET_S = 300

#: A browser asks before it shows again what it holds; a cache that many share, in front of us, every 10 s, so that
#: a crowd costs no more than one reader does.
CACHE_CONTROL = "public, max-age=0, s-maxage=10, must-revalidate"

#: When the newest event happened that was recorded, of any project; "none" in an empty database. Every page
#: tells it, and it moves with the events of projects that the page is not of.
NEWEST = "CI-Watch-Newest"

_TEMPLATES = pathlib.Path(__file__).parent / "templates"


def includeme(config):
    """Adds the view option ``live``, and ``request.validator``: the ETag of the page that is being made."""
    config.registry["release"] = _release(config.registry["static_digest"])
    config.add_view_deriver(_derive, "live")
    config.add_request_method(lambda request: None, "validator", reify=True)


def _derive(view, info):
    scope = info.options.get("live")
    if scope is None:
        return view
    read, release = _SCOPES[scope], info.registry["release"]

    def answer(context, request):
        # Read before the page is: where something is recorded in between, the page is newer than its tag.
        version = read(request)
        if version is None or request.method not in ("GET", "HEAD"):
            return view(context, request)
        request.validator = _tag(request, release, version)
        headers = {
            "ETag": f'W/"{request.validator}"',
            "Cache-Control": CACHE_CONTROL,
            NEWEST: rendering.iso(request.newest) if request.newest else "none",
        }
        if _is_held(request):
            return responses.Response(status=304, headerlist=list(headers.items()))
        response = view(context, request)
        if response.status_int == 200:
            response.headers.update(headers)
        return response

    return answer


_derive.options = ("live",)


def _of_project(request):
    name = request.matchdict["name"]
    # No database is asked for what it may not even take.
    return versions.of_project(request.db, name) if len(name) <= 255 and "\0" not in name else None


def _of_change(request):
    number = request.matchdict["number"]
    is_number = number.isascii() and number.isdigit() and len(number) < 10
    return versions.of_change(request.db, int(number)) if is_number else None


def _of_all(request):
    return versions.of_all(request.db)


_SCOPES = {"project": _of_project, "change": _of_change, "all": _of_all}


def _tag(request, release, version):
    silence = request.silence
    parts = (
        release,
        systems.registry(request).content_digest,
        version,
        int(request.now.timestamp()) // BUCKET_S,
        # Not what a listener counts, which moves with every line.
        silence and (silence.newest, silence.is_alive, silence.listener and silence.listener.name),
        request.environ.get("PATH_INFO"),
        request.environ.get("QUERY_STRING"),
    )
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def _is_held(request):
    """Whether the one who asks holds the page.

    Compared by how a tag begins: some servers in front of us add to it how they compressed the page.
    """
    asked = request.environ.get("HTTP_IF_NONE_MATCH", "")
    tags = (each.strip().removeprefix("W/") for each in asked.split(","))
    return any(each.startswith('"' + request.validator) for each in tags)


def _release(static_digest):
    """What tells one release from another: its version, its files under ``static``, its templates."""
    digest = hashlib.sha256(f"{importlib.metadata.version('ciwatch')} {static_digest}".encode())
    for path in sorted(_TEMPLATES.glob("*.mako")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
