"""Who works in the simulated world, on what, and when."""

PEOPLE = tuple(
    {"name": f"{tree} Reviewer", "username": f"dev-{tree.lower()}"}
    for tree in (
        *("Alder", "Aspen", "Beech", "Birch", "Cedar", "Chestnut", "Elm", "Fir"),
        *("Larch", "Linden", "Maple", "Oak", "Pine", "Poplar", "Spruce"),
    )
)

#: One of them, who now and then shares what it found in a CI's comment.
PASTER = PEOPLE[-1]

_VERBS = (
    *("Fix", "Refactor", "Cover with tests:", "Drop leftovers of", "Speed up", "Document", "Simplify"),
    *("Do not leak connections in", "Handle errors of", "Log less in", "Retry", "Type-annotate"),
)
_THINGS = (
    *("the wick manager", "the NFS wick driver", "snapshot removal", "the quota counter", "backup restore"),
    *("the scheduler's filters", "shared attachment", "image caching", "the replication API", "live growth"),
    *("the iSCSI target helper", "policy defaults", "the capacity notifier", "online migrations"),
)
TOPICS = ("", "", "", "", "tidy-up", "bug-fixes", "wick-drivers")

# What reviewers say: (label, value) or None, the line on inline comments, and the words.
REVIEWS = (
    (None, "", "Looks reasonable so far, I want to read the tests once more."),
    (("Code-Review", 1), "", "Nice, and the commit message says why."),
    (("Code-Review", 1), "", ""),
    (("Code-Review", -1), "(2 comments)", "A nit and a real question inline."),
    (None, "(1 comment)", ""),
    (("Code-Review", 2), "", "Thanks!"),
)

# How much work is begun in each hour of the day, UTC; two continents overlap in the afternoon.
_HOURS = (2, 2, 2, 3, 3, 3, 4, 6, 8, 9, 9, 8, 8, 10, 12, 12, 11, 9, 8, 7, 6, 5, 4, 3)
# The same for all 168 hours of a week, Monday first, as shares of the busiest hour.
_WEEK = [hour / max(_HOURS) * (0.25 if weekday >= 5 else 1.0) for weekday in range(7) for hour in _HOURS]
#: What :func:`busy` says on the average of a week.
MEAN_BUSY = sum(_WEEK) / len(_WEEK)
# 1970 began on a Thursday.
_EPOCH_HOUR = 3 * 24


def busy(seconds):
    """How much is going on at a time (seconds since 1970), between 0 and 1."""
    return _WEEK[(int(seconds // 3600) + _EPOCH_HOUR) % 168]


def is_weekend(seconds):
    """Whether a time (seconds since 1970) is on a Saturday or Sunday in UTC."""
    return (int(seconds // 86400) + 3) % 7 >= 5


def subject(rng):
    """A subject line."""
    return f"{rng.choice(_VERBS)} {rng.choice(_THINGS)}"
