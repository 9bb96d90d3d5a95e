"""A month of a project with two CIs and a gate, written as Gerrit would send it."""

import datetime
import hashlib

from ciwatch.registry import model
from ciwatch.rollup import updater
from tests import base
from tests import databases

#: When the month begins.
START = datetime.datetime(2026, 10, 1, 8, 0, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR


def upload(at, change, patch_set=1):
    """A new patch set."""
    event = base.comment_event("", 0, change=change, patch_set=patch_set)
    for key in ("author", "comment"):
        del event[key]
    event["patchSet"]["createdOn"] = _seconds(at)
    return {**event, "type": "patchset-created", "eventCreatedOn": _seconds(at)}


def comment(text, at, account, change, patch_set=1, name=None):
    """A comment; a person's where the account is one."""
    event = base.comment_event(
        f"Patch Set {patch_set}: {text}", _seconds(at), account, name, change, patch_set
    )
    del event["patchSet"]["createdOn"]
    return event


def results(at, account, change, patch_set=1, host="logs.example", vote=True, **words):
    """A CI's results; *words* are those of its jobs."""
    failed = any(word != "SUCCESS" for word in words.values())
    lines = "\n".join(
        f"- {job} https://{host}/{change}/{job} : {word} in 5m 00s" for job, word in words.items()
    )
    header = f"Verified{'-1' if failed else '+1'}" if vote else ""
    return comment(
        f"{header}\n\nBuild {'failed' if failed else 'succeeded'} (check pipeline).\n\n{lines}",
        at,
        account,
        change,
        patch_set,
    )


def _seconds(at):
    return int(at.timestamp())


def month(start=START):
    """Thirty days of a change each, on which all pass, but basalt's *flaky* on each fifth at first."""
    for day in range(30):
        at, change = start + day * DAY, 100 + day
        yield upload(at, change)
        yield results(at + HOUR, "zuul", change, unit="SUCCESS")
        yield results(at + HOUR, "delta-ci", change, nfs="SUCCESS")
        is_bad = day % 5 == 0
        word = "FAILURE" if is_bad else "SUCCESS"
        yield results(at + 2 * HOUR, "basalt-ci", change, steady="SUCCESS", flaky=word)
        if is_bad:
            yield comment("\n\nrecheck", at + 3 * HOUR, "ada", change)
            yield results(at + 4 * HOUR, "basalt-ci", change, steady="SUCCESS", flaky="SUCCESS")


def record(test, events, as_of=None, registry=None, database="ciwatch.sqlite"):
    """An engine of a database that holds *events*; with figures where a moment is given."""
    lines = list(map(base.line, events))

    def fill(store):
        test.make_recorder(store).record(lines)
        if as_of is not None:
            list(updater.Updater(store, registry or model.Registry()).update(as_of))

    if registry is None and databases.engine_name() != "sqlite":
        # Many tests tell one story, and a server copies it sooner than anybody records it again.
        digest = hashlib.blake2b(repr((lines, as_of)).encode(), digest_size=8).hexdigest()
        return test.make_engine(database, databases.prepared(f"story_{digest}", fill))
    store = test.make_engine(database)
    fill(store)
    return store
