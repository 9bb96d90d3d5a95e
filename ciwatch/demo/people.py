"""Who works in the simulated world, on what, and when."""

import datetime

PEOPLE = tuple(
    {"name": f"{tree} Example", "username": f"dev-{tree.lower()}"}
    for tree in (
        *("Alder", "Aspen", "Birch", "Cedar", "Cherry", "Elm", "Hazel", "Juniper"),
        *("Larch", "Linden", "Maple", "Oak", "Rowan", "Spruce", "Willow"),
    )
)

#: Reads logs with an editor, and shares what it finds.
PASTER = {"name": "Acacia Example", "username": "dev-acacia"}

_VERBS = (
    *("Fix", "Refactor", "Add a test for", "Remove the dead code of", "Speed up", "Document", "Simplify"),
    *("Do not leak connections in", "Handle errors of", "Log less in", "Retry", "Type-annotate"),
)
_THINGS = (
    *("the volume manager", "the NFS driver", "snapshot deletion", "the quota engine", "backup restore"),
    *("the scheduler filters", "multi-attach", "image caching", "the replication API", "extend in use"),
    *("the iSCSI target helper", "policy defaults", "the capacity notifier", "online migrations"),
)

REVIEWS = (
    ("", "Looks reasonable to me so far, I want to read the tests once more."),
    ("Code-Review+1", "Nice, and the commit message says why."),
    ("Code-Review+1", ""),
    ("Code-Review-1", "(2 comments)\n\nA nit and a real question inline."),
    ("", "(1 comment)"),
    ("Code-Review+2", "Thanks!"),
)

# The share of a day's work that is done in each hour, UTC; two continents overlap in the afternoon.
_HOURS = (2, 2, 2, 3, 3, 3, 4, 6, 8, 9, 9, 8, 8, 10, 12, 12, 11, 9, 8, 7, 6, 5, 4, 3)
BUSIEST = max(_HOURS)


def busy(seconds):
    """How much is going on at a time (seconds since 1970), between 0 and 1."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    weekend = 0.25 if moment.weekday() >= 5 else 1.0
    return _HOURS[moment.hour] / BUSIEST * weekend


def subject(rng):
    """A subject line."""
    return f"{rng.choice(_VERBS)} {rng.choice(_THINGS)}"
