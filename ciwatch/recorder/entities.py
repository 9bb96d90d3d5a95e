"""Projects, changes, patch sets and accounts: what an event tells of each, and who wins."""

from ciwatch.db import models
from ciwatch.db.models import FoundBy
from ciwatch.recorder import rows

PROJECTS = models.Project.__table__
CHANGES = models.Change.__table__
PATCH_SETS = models.PatchSet.__table__
ACCOUNTS = models.Account.__table__

# When two events of one second tell different states, the later step of a change's life is true.
_STATUS_RANK = {"NEW": 0, "SUBMITTED": 1, "ABANDONED": 2, "MERGED": 3}
_FOUND_BY_RANK = {kind: rank for rank, kind in enumerate(FoundBy)}


def record_projects(connection, events):
    """Makes sure that every project is there; returns name -> id."""
    items = [((name,), name) for name in sorted({event.change.project for event in events})]
    found, _ = rows.merge_all(
        connection, PROJECTS, ["name"], items, lambda name: {"name": name}, lambda row, name: False
    )
    return {name: row["id"] for (name,), row in found.items()}


def record_changes(connection, events, project_ids):
    """Merges what *events* tell of their changes.

    :returns: (number -> row, numbers of the events that brought something new).
    """
    items = [((event.change.number,), event) for event in events]

    def fresh(event):
        return {
            "number": event.change.number,
            "updated_at": event.at,
            **_change_state(event, project_ids),
            "status": event.change.status,
            "status_at": event.at if event.change.status else None,
        }

    def merge(row, event):
        changed = False
        state = _change_state(event, project_ids)
        if _newer(event.at, state, row):
            row.update(state, updated_at=event.at)
            changed = True
        status = event.change.status
        if status and (
            row["status_at"] is None
            or (event.at, _STATUS_RANK.get(status, -1), status)
            > (row["status_at"], _STATUS_RANK.get(row["status"], -1), row["status"])
        ):
            row.update(status=status, status_at=event.at)
            changed = True
        return changed

    found, news = rows.merge_all(connection, CHANGES, ["number"], items, fresh, merge)
    return {number: row for (number,), row in found.items()}, news


def _change_state(event, project_ids):
    change = event.change
    return {
        "project_id": project_ids[change.project],
        "branch": change.branch,
        "subject": change.subject,
        "topic": change.topic,
        "url": change.url,
    }


def _newer(at, state, row):
    """Whether *state* is from a later moment than *row*; equal moments fall to the greater text."""
    if at != row["updated_at"]:
        return at > row["updated_at"]
    # Ids depend on the order of arrival and must not decide.
    names = [name for name in state if name != "project_id"]
    return [state[name] for name in names] > [row[name] for name in names]


def record_patch_sets(connection, events, changes):
    """Merges what *events* tell of their patch sets.

    :param changes: number -> row, of :func:`record_changes`.
    :returns: ((change number, number) -> row, numbers of the events that brought something new).
    """
    items = [
        ((changes[event.change.number]["id"], event.patch_set.number), event) for event in events
    ]

    def fresh(event):
        created = _creation(event)
        return {
            "change_id": changes[event.change.number]["id"],
            "number": event.patch_set.number,
            "revision": event.patch_set.revision,
            "kind": event.patch_set.kind,
            "created_at": created,
            "seen_at": min(created or event.at, event.at),
        }

    def merge(row, event):
        new = fresh(event)
        # A patch set never changes, so any difference is something that one event did not say; and its
        # creation is the earliest that is told.
        merged = {
            "revision": max(row["revision"], new["revision"]),
            "kind": max(row["kind"], new["kind"]),
            "created_at": min(filter(None, (row["created_at"], new["created_at"])), default=None),
            "seen_at": min(row["seen_at"], new["seen_at"]),
        }
        if all(row[name] == value for name, value in merged.items()):
            return False
        row.update(merged)
        return True

    found, news = rows.merge_all(
        connection, PATCH_SETS, ["change_id", "number"], items, fresh, merge
    )
    return found, news


def _creation(event):
    created = event.patch_set.created_at
    if event.type == "patchset-created":
        return min(created or event.at, event.at)
    return created


def record_accounts(connection, events, identity):
    """Merges what comments tell of their authors: the newest name, the surest sign of a CI.

    :returns: username -> row. Their counts and CI system are the caller's to bring up to date.
    """
    items = [((event.account.key,), event) for event in events]

    def fresh(event):
        return {
            "username": event.account.key,
            "name": event.account.name or event.account.key,
            "ci_system_id": None,
            "found_by": identity.evidence(event.account, event.tag),
            "comment_count": 0,
            "read_count": 0,
            "updated_at": event.at,
        }

    def merge(row, event):
        new = fresh(event)
        changed = False
        if (new["updated_at"], new["name"]) > (row["updated_at"], row["name"]):
            changed = new["name"] != row["name"] or new["updated_at"] != row["updated_at"]
            row.update(name=new["name"], updated_at=new["updated_at"])
        if identity.is_ignored(row["username"], row["name"]):
            changed = changed or row["found_by"] is not None
            row["found_by"] = None
        elif new["found_by"] and (
            row["found_by"] is None
            or _FOUND_BY_RANK[new["found_by"]] < _FOUND_BY_RANK[row["found_by"]]
        ):
            row["found_by"] = new["found_by"]
            changed = True
        return changed

    found, _ = rows.merge_all(connection, ACCOUNTS, ["username"], items, fresh, merge)
    return {username: row for (username,), row in found.items()}
