"""Column types that mean the same in every database."""

import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import mysql


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
        if value.tzinfo is not datetime.UTC:
            if value.tzinfo is None:
                raise ValueError(f"a datetime without zone: {value!r}")
            value = value.astimezone(datetime.UTC)
        return value.replace(tzinfo=None, microsecond=0)

    def process_result_value(self, value, dialect):
        """Aware UTC, from the database."""
        return None if value is None else value.replace(tzinfo=datetime.UTC)

    def bind_processor(self, dialect):
        """SQLite has no datetimes: text, written at once and not by a chain of conversions."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)

        def process(value):
            if value is None:
                return None
            return self.process_bind_param(value, dialect).isoformat(" ", "seconds")

        return process

    def result_processor(self, dialect, coltype):
        """SQLite has no datetimes: text, read at once."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)

        read = datetime.datetime.fromisoformat

        def process(value):
            return None if value is None else read(value + "+00:00")

        return process


class KeptMoment(UTCDateTime):
    """A moment as the database has it, for thousands that are compared, where few are told.

    Text in SQLite, elsewhere a datetime without zone: comparable with others of the same database, and with
    what :func:`kept` gives. :func:`moment` reads it.
    """

    cache_ok = True

    def result_processor(self, dialect, coltype):
        """Nothing is done with it."""
        return None


def kept(moment, dialect):
    """A moment, aware, in the form of :class:`KeptMoment`."""
    return UTCDateTime().bind_processor(dialect)(moment)


def moment(kept, dialect):
    """The moment, aware UTC, that a value of :class:`KeptMoment` is."""
    return UTCDateTime().result_processor(dialect, None)(kept)


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
    """Text of up to 16 MB; a plain TEXT of MySQL ends at 64 kB, and PostgreSQL's takes no length."""
    return sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
