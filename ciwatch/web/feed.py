"""What happened to a CI as an Atom feed (RFC 4287).

The standard library writes it: there is one feed of a few elements, and what could make it ill-formed is only
what strangers wrote, which is looked at here in any case.
"""

import re
from xml.etree import ElementTree

from ciwatch.queries import behind
from ciwatch.web import rendering

CONTENT_TYPE = "application/atom+xml"

_NAMESPACE = "http://www.w3.org/2005/Atom"

# What no XML 1.0 may hold, however it is written.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# The year in which the names below began to mean what they mean, as RFC 4151 has it.
_MINTED = "2026"


def write(site, system, happenings, as_of):
    """The feed, UTF-8.

    :param site: the address of the site, without a slash at its end.
    :param system: the row (name, title, ...) of a CI.
    :param happenings: what :func:`ciwatch.queries.happenings.read` gives.
    :param as_of: the moment of which it is; what the feed was updated at, where nothing happened, is its day.
    """
    page = site + rendering.path("ci", system.name)
    names = f"tag:{_host(site)},{_MINTED}:" + rendering.quote(system.name)
    feed = ElementTree.Element("feed", {"xmlns": _NAMESPACE})
    _text(feed, "id", names)
    _text(feed, "title", f"{system.title} on CI Watch")
    updated = happenings[0][0] if happenings else as_of.replace(hour=0, minute=0, second=0, microsecond=0)
    _text(feed, "updated", rendering.iso(updated))
    ElementTree.SubElement(feed, "link", {"rel": "self", "type": CONTENT_TYPE, "href": f"{page}/feed.atom"})
    ElementTree.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": page})
    _text(ElementTree.SubElement(feed, "author"), "name", system.title)
    for moment, happening in happenings:
        entry = ElementTree.SubElement(feed, "entry")
        make = _verdict if isinstance(happening, behind.Judged) else _transition
        kind, name, title, summary, link = make(system, happening)
        _text(entry, "id", f"{names}/{name}")
        _text(entry, "title", title)
        _text(entry, "updated", rendering.iso(moment))
        _text(entry, "summary", summary)
        ElementTree.SubElement(entry, "category", {"term": kind})
        ElementTree.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": site + link})
    return ElementTree.tostring(feed, "utf-8", xml_declaration=True)


def _transition(system, period):
    moment = rendering.iso(period.since)
    link = rendering.path("ci", system.name) + "?" + rendering.query({"until": moment})
    return "status", f"status/{moment}/{period.word}", f"{system.title} is {period.word}", period.rule, link


def _verdict(system, judged):
    place = f"{judged.change},{judged.patch_set}"
    link = rendering.path("change", judged.change) + f"#{judged.patch_set}-{rendering.anchor(system.name)}"
    outcome = judged.outcome
    return (
        "failed",
        f"failed/{judged.change}/{judged.patch_set}",
        f"{system.title} failed {place}: {judged.subject}",
        f"{outcome[:1].upper()}{outcome[1:]}: {judged.why}. {judged.project}, {judged.branch}.",
        link,
    )


def _text(parent, name, text):
    ElementTree.SubElement(parent, name).text = _FORBIDDEN.sub("\ufffd", text)


def _host(site):
    """The host of an address without its port, as a name may bear it."""
    host = site.partition("://")[2].partition("/")[0].rpartition("@")[2]
    return re.sub(r"[^A-Za-z0-9.-]", "-", re.sub(r":\d*$", "", host)).lower() or "localhost"
