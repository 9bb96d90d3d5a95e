"""What the simulator's tests share: one story, told once, and simple ways to read it."""

import datetime
import functools
import re

from ciwatch.demo import world

#: A Monday afternoon, so that all days of the week lie before it.
UNTIL = datetime.datetime(2026, 11, 23, 15, 0, tzinfo=datetime.UTC)
END = int(UNTIL.timestamp())
DAY_S = 86400

_ZUUL_LINE = re.compile(r"^- (?P<job>\S+) \S+ : (?P<result>[A-Z_]+)\b.*$", re.MULTILINE)
_TRIGGER_LINE = re.compile(r"^\S+/job/(?P<job>[^/]+)/\d+/ : (?P<result>[A-Z_]+)\b.*$", re.MULTILINE)


@functools.cache
def story(seed=1):
    """(World, its events) of a fortnight; nobody may change them."""
    play = world.World(seed=seed, until=UNTIL)
    return play, list(play.history())


def comments_of(username, events):
    """The comment events of an account."""
    return [
        event
        for event in events
        if event["type"] == "comment-added" and event["author"]["username"] == username
    ]


def results_of(username, events):
    """Those of an account that hold job lines."""
    return [event for event in comments_of(username, events) if job_lines(event["comment"])]


def job_lines(text):
    """(job, result, whether it votes) of each job line of a CI's comment."""
    return [
        (line["job"], line["result"], not line[0].endswith(("(non-voting)", "(skipped)")))
        for pattern in (_ZUUL_LINE, _TRIGGER_LINE)
        for line in pattern.finditer(text)
    ]


def vote_of(event):
    """The Verified vote of a comment event, or None."""
    return next(
        (int(vote["value"]) for vote in event.get("approvals", ()) if vote["type"] == "Verified"), None
    )


def key(event):
    """(change, patch set) of an event."""
    return event["change"]["number"], event["patchSet"]["number"]
