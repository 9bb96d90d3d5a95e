"""Column types that mean the same in every database."""

import datetime

import sqlalchemy as sa


class UTCDateTime(sa.types.TypeDecorator):
    """A moment: aware UTC in Python, stored as UTC without a zone, to the second.

    Refuses a naive datetime, since nobody could say which moment it is.
    """

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value, dialect):
        """UTC without zone, for the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a datetime without zone: {value!r}")
        return value.astimezone(datetime.UTC).replace(tzinfo=None)

    def process_result_value(self, value, dialect):
        """Aware UTC, from the database."""
        return None if value is None else value.replace(tzinfo=datetime.UTC)


def enum_column(kind):
    """A column type for a StrEnum *kind*: its values as VARCHAR(32), so that they stay readable in SQL."""
    return sa.Enum(
        kind,
        native_enum=False,
        length=32,
        create_constraint=False,
        values_callable=lambda members: [member.value for member in members],
    )


def long_text():
    """Text of up to 16 MB; a plain TEXT of MySQL ends at 64 kB."""
    return sa.Text(2**24 - 1)
