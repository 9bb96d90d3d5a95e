"""Types of command-line arguments."""

import argparse
import datetime
import re

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def moment(text):
    """A type for argparse: ``30d``, ``12h`` or ``2w`` before now, a date, or a date and time in UTC."""
    if match := re.fullmatch(r"(\d{1,5})([hdw])", text):
        ago = datetime.timedelta(**{_UNITS[match[2]]: int(match[1])})
        return datetime.datetime.now(datetime.UTC).replace(microsecond=0) - ago
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no moment; say 30d, 12h, 2014-05-06 or 2014-05-06T21:30:00"
        ) from None
    return found.replace(tzinfo=datetime.UTC) if found.tzinfo is None else found.astimezone(datetime.UTC)


def positive(kind):
    """A type for argparse: a number of *kind*, int or float, above zero."""

    def convert(text):
        value = kind(text)
        if not 0 < value < 1e9:
            raise argparse.ArgumentTypeError(f"{text} is not above zero")
        return value

    convert.__name__ = kind.__name__
    return convert
