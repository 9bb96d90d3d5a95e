"""Projects, changes, patch sets and accounts: what an event tells of each, and who wins.

The newest event wins, whatever the order in which events arrive; so the result is a function of the set of
events, and recording one of them again changes nothing. A change that Gerrit was asked for is as new as
Gerrit says; a stream tells when it sent an event, which is up to some seconds later, so an event of just
after that is taken to be the same news.
"""

import datetime

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db.models import FoundBy
from ciwatch.recorder.matching import SAME_WITHIN
from ciwatch.recorder.rows import CORRECTED

PROJECTS = models.Project.__table__
CHANGES = models.Change.__table__
PATCH_SETS = models.PatchSet.__table__
ACCOUNTS = models.Account.__table__

# When two events of one second tell different states, the later step of a change's life is true.
_STATUS_RANK = {"NEW": 0, "SUBMITTED": 1, "ABANDONED": 2, "MERGED": 3}
# What is true of a patch set from a moment on.
_EARLIEST_TOLD = ("created_at", "seen_at", "merged_at", "abandoned_at")
_NEVER = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_FOUND_BY_RANK = {kind: rank for rank, kind in enumerate(FoundBy)}


def record_projects(rows, events):
    """Makes sure that every project is there; returns name -> id."""
    items = [((name,), name) for name in sorted({event.change.project for event in events})]
    found, _, _ = rows.merge(PROJECTS, ["name"], items, lambda name: {"name": name}, lambda row, name: False)
    return {name: found[name,]["id"] for _, name in items}


def record_changes(rows, events, project_ids):
    """Merges what *events* tell of their changes.

    :returns: (number -> row, numbers of the events that brought something new, (change id, project id,
        branch) that changes have left: they can be moved).
    """
    items, numbers, said, homes = [], [], {}, set()
    for number, event in reversed(list(enumerate(events))):
        later = said.get(event.change.number)
        # Most comments repeat what the next event says of the change, and are news by themselves.
        if event.type == "comment-added" and later and later.change is event.change and later.at >= event.at:
            continue
        said[event.change.number] = event
        items.append(((event.change.number,), event))
        numbers.append(number)
    # Back in the order of the stream, in which each of a change's steps is news.
    items.reverse()
    numbers.reverse()

    def fresh(event):
        at = event.change.updated_at or event.at
        return {
            "number": event.change.number,
            "updated_at": at,
            **_change_state(event, project_ids),
            "status": event.change.status,
            "status_at": at if event.change.status else None,
            "exact": event.is_exact,
        }

    def merge(row, event):
        home = row["project_id"], row["branch"]
        changed = merge_state(row, event)
        if "id" in row and home != (row["project_id"], row["branch"]):
            homes.add((row["id"], *home))
        return changed

    def merge_state(row, event):
        if event.is_exact:
            return _take_exact(row, event, _change_state(event, project_ids))
        if row["exact"]:
            if event.at <= row["updated_at"]:
                return False
            if event.at <= row["updated_at"] + SAME_WITHIN:
                # Not in doubt: that a change was merged since Gerrit was asked.
                if not _later_status(event.change.status, row["status"]):
                    return False
                row["status"] = event.change.status
                return True
            row["exact"] = False
        changed = _newer(event, row)
        if changed:
            row.update(_change_state(event, project_ids), updated_at=event.at)
        status = event.change.status
        if status and (
            row["status_at"] is None
            or event.at > row["status_at"]
            or (event.at == row["status_at"] and _later_status(status, row["status"]))
        ):
            row.update(status=status, status_at=event.at)
            changed = True
        return changed

    found, news, _ = rows.merge(CHANGES, ["number"], items, fresh, merge)
    return {number: found[number,] for number in said}, {numbers[number] for number in news}, homes


def _take_exact(row, event, state):
    """Puts into *row* what Gerrit said when it was asked, unless an event has told newer things since."""
    at, status = event.change.updated_at, event.change.status or row["status"]
    if at < row["updated_at"] and (row["exact"] or at < row["updated_at"] - SAME_WITHIN):
        return False
    if not row["exact"] and at < row["updated_at"] and _later_status(row["status"], status):
        status = row["status"]
    if row["exact"] and at == row["updated_at"]:
        # Two answers of one second: the greater, so that it does not matter which came first.
        if _texts(state) < _texts(row):
            state = {}
        if _later_status(row["status"], status):
            status = row["status"]
    state["status"] = status
    is_news = any(row[name] != value for name, value in state.items())
    state.update(updated_at=at, status_at=at if status else None, exact=True)
    if all(row[name] == value for name, value in state.items()):
        return False
    row.update(state)
    return True if is_news else CORRECTED


def _texts(state):
    # Not the project's id: it depends on the order of arrival and must not decide.
    return tuple(state[name] for name in ("branch", "subject", "topic", "url", "owner"))


def _change_state(event, project_ids):
    change = event.change
    return {
        "project_id": project_ids[change.project],
        "branch": change.branch,
        "subject": change.subject,
        "topic": change.topic,
        "url": change.url,
        "owner": change.owner,
    }


def _newer(event, row):
    """Whether *event* is later than the state in *row*; of one second, the greater text is."""
    if event.at != row["updated_at"]:
        return event.at > row["updated_at"]
    change = event.change
    return (change.branch, change.subject, change.topic, change.url, change.owner) > _texts(row)


def _later_status(status, other):
    return (_STATUS_RANK.get(status, -1), status or "") > (_STATUS_RANK.get(other, -1), other or "")


def move_patch_sets(connection, changes, homes):
    """Takes the patch sets of changes that moved along with them.

    :param changes: number -> row, of :func:`record_changes`, and ``homes`` what it says has moved.
    """
    moved = {change_id for change_id, _, _ in homes}
    for row in changes.values():
        if row["id"] in moved:
            connection.execute(
                sa.update(PATCH_SETS)
                .where(PATCH_SETS.c.change_id == row["id"])
                .values(project_id=row["project_id"])
            )


def record_patch_sets(rows, events, changes):
    """Merges what *events* tell of their patch sets.

    :param changes: number -> row, of :func:`record_changes`.
    :returns: ((change id, number) -> row, numbers of the events that brought something new, those of the ones
        that told something better, ids of the patch sets that nothing was known of before, (change id, day)
        of those that turned out to be older).
    """
    items, numbers, said, better, moved = [], [], {}, set(), set()
    for number, event in enumerate(events):
        key = changes[event.change.number]["id"], event.patch_set.number
        before = said.get(key)
        # Most comments repeat what the event before them said of the patch set.
        if (
            event.type == "comment-added"
            and before
            and before.patch_set is event.patch_set
            and before.patch_set.created_at
            and before.at <= event.at
        ):
            continue
        said[key] = event
        items.append((key, (number, event)))
        numbers.append(number)

    def fresh(item):
        _, event = item
        created = _creation(event)
        return {
            "change_id": changes[event.change.number]["id"],
            "project_id": changes[event.change.number]["project_id"],
            "number": event.patch_set.number,
            "revision": event.patch_set.revision,
            "kind": event.patch_set.kind,
            "created_at": created,
            "seen_at": min(created or event.at, event.at),
            "merged_at": event.at if event.type == "change-merged" else None,
            "abandoned_at": event.at if event.type == "change-abandoned" else None,
            "is_unready": event.type == "patchset-created" and event.change.is_unready,
            "files": None if event.patch_set.files is None else list(event.patch_set.files),
        }

    def merge(row, item):
        new = fresh(item)
        # Of a change that moved all are written at once; of this one it may be remembered otherwise.
        row["project_id"] = new["project_id"]
        # A patch set never changes, so any difference is something that one event did not say; and what
        # befell it did when that is told of it first.
        merged = {
            "revision": max(row["revision"], new["revision"]),
            "kind": max(row["kind"], new["kind"]),
            **{name: _earliest(row[name], new[name]) for name in _EARLIEST_TOLD},
            "is_unready": row["is_unready"] or new["is_unready"],
            "files": new["files"] if row["files"] is None else row["files"],
        }
        changed = {name for name, value in merged.items() if row[name] != value}
        if not changed:
            return False
        if "seen_at" in changed:
            moved.add((row["change_id"], row["seen_at"].date()))
        is_better = all(_is_detail(name, row[name], merged[name]) for name in changed)
        row.update(merged)
        if is_better:
            better.add(item[0])
        return CORRECTED if is_better else True

    found, news, made = rows.merge(PATCH_SETS, ["change_id", "number"], items, fresh, merge)
    news = {numbers[number] for number in news}
    return found, news, better - news, {found[key]["id"] for key in made}, moved


def _is_detail(name, before, now):
    """Whether Gerrit, asked for it, only tells more exactly what was known of a patch set."""
    if name == "files":
        return True
    return name in _EARLIEST_TOLD and before is not None and before - now <= SAME_WITHIN


def _earliest(*moments):
    return min(filter(None, moments), default=None)


def _creation(event):
    created = event.patch_set.created_at
    if event.type == "patchset-created":
        return min(created or event.at, event.at)
    return created


def record_accounts(rows, events, identity):
    """Makes sure that the authors of comments are there, with the surest sign of a CI.

    :returns: username -> row. Their counts and CI system are the caller's to bring up to date; their names
        are those that :func:`name_accounts` gives.
    """
    latest = {}
    for event in events:
        before = latest.get((event.account, event.tag))
        if before is None or event.at > before.at:
            latest[event.account, event.tag] = event
    items = [((event.account.key,), event) for event in latest.values()]

    def fresh(event):
        username, name = event.account.key, event.account.name or event.account.key
        sign = identity.evidence(event.account, event.tag)
        return {
            "username": username,
            "name": name,
            "ci_system_id": None,
            "found_by": identity.found_by(username, name, sign),
            "sign": sign,
            "comment_count": 0,
            "read_count": 0,
            "result_count": 0,
            "pruned_read_count": 0,
            "pruned_result_count": 0,
            "updated_at": _NEVER,
        }

    def merge(row, event):
        username, name = row["username"], row["name"]
        sign = surest(row["sign"], identity.evidence(event.account, event.tag))
        if identity.is_ignored(username, name):
            sign = None
        now = {"sign": sign, "found_by": identity.found_by(username, name, sign)}
        changed = any(row[column] != value for column, value in now.items())
        row.update(now)
        return changed

    found, _, _ = rows.merge(ACCOUNTS, ["username"], items, fresh, merge)
    return {event.account.key: found[event.account.key,] for event in events}


def surest(*signs):
    """The surest of some :class:`~ciwatch.db.models.FoundBy`; None for none."""
    return min(filter(None, signs), key=_FOUND_BY_RANK.get, default=None)


def name_accounts(accounts, told):
    """Gives accounts the names that they bear now.

    :param accounts: username -> row, of :func:`record_accounts`.
    :param told: (event, when its comment was posted, whether that is a new one) of comments.
    """
    for event, posted_at, is_new in told:
        row = accounts[event.account.key]
        name = event.account.name or event.account.key
        if is_new and (posted_at, name) > (row["updated_at"], row["name"]):
            row.update(name=name, updated_at=posted_at)
        elif event.is_exact and posted_at >= row["updated_at"] - SAME_WITHIN:
            # Who Gerrit is asked for bears the name of today.
            row["name"] = name
