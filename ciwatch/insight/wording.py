"""Numbers, moments and names in a sentence."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_LONGEST_NAME = 60


def name(text):
    """A name that a stranger gave, in one short line: what cannot be seen, or turns the line, is a �."""
    shown = "".join(each if each.isprintable() else "�" for each in text[:_LONGEST_NAME])
    return shown if len(text) <= _LONGEST_NAME else shown[:-1] + "…"


def share(rate):
    """97 % (188/194): a per cent with what it is made of, and neither 0 nor 100 by rounding."""
    if not rate.of:
        return "none of none"
    per_cent = round(100 * rate.n / rate.of)
    if 0 < rate.n < rate.of:
        per_cent = min(99, max(1, per_cent))
    return f"{per_cent} % ({rate.n}/{rate.of})"


def count(number, what, many=None):
    """1 change, 2 changes.

    :param many: what several are called, where that is not with an s.
    """
    return f"{number} {what}" if number == 1 else f"{number} {many or what + 's'}"


def moment(at, as_of):
    """A moment as short as it can be told at another: 09:12 UTC, Tue 17 Nov 09:12 UTC, with the year."""
    time = f"{at.hour:02d}:{at.minute:02d} UTC"
    if at.date() == as_of.date():
        return time
    day = f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]}"
    return f"{day} {time}" if at.year == as_of.year else f"{day} {at.year} {time}"


def stretch(started_at, ended_at, as_of):
    """Since 09:12 UTC; from 09:12 UTC until 11:40 UTC."""
    since = moment(started_at, as_of)
    if ended_at is None or ended_at > as_of:
        return f"since {since}"
    return f"from {since} until {moment(ended_at, as_of)}"
