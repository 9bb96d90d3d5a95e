"""Deletes what was recorded of old patch sets; what was counted of them stays.

First all that is old is counted, then the horizon moves, and only then rows are deleted, some patch sets at a
time, each with all that was said of it in one transaction, in which it is this one's turn: so a listener
records in between, and whoever is interrupted, at whatever moment, leaves nothing half deleted, and goes on
with what is left.
"""

import contextlib
import time
import typing

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.insight.facts import midnight
from ciwatch.recorder import evidence
from ciwatch.recorder import horizon
from ciwatch.recorder import rows
from ciwatch.recorder import versions
from ciwatch.rollup import kept

ACCOUNTS = models.Account.__table__
BUILDS = models.Build.__table__
CHANGES = models.Change.__table__
COMMENTS = models.Comment.__table__
PATCH_SETS = models.PatchSet.__table__
RECHECKS = models.Recheck.__table__
REJECTED = models.RejectedEvent.__table__
REPORTS = models.Report.__table__
RULES = models.DailyRule.__table__

#: No younger patch set is deleted: spells and status words look back at what was said in these days.
LEAST_AGE = 2 * kept.LOOKS_BACK

# So many patch sets are deleted in one transaction, in which no recorder records.
_PATCH_SETS_AT_ONCE = 100
_ROWS_AT_ONCE = 500

# Between two transactions others have their turn for as long as the last one took.
_LEAST_PAUSE_S, _MOST_PAUSE_S = 0.005, 1.0


class Count(typing.NamedTuple):
    """How many rows of a *table* would be deleted, and how many would stay."""

    table: str
    deleted: int
    kept: int


class UncountedError(Exception):
    """What is old is still to be counted."""


class Pruner:
    """Deletes what is of patch sets from before a day.

    :ivar day: the first day of which all is kept, a date; that of an earlier run, where this is later.
    """

    def __init__(self, engine, parsers, day):
        """Takes what it needs.

        :param parsers: the :class:`~ciwatch.parsers.manager.ParserManager`.
        :param day: the first day of which all is to be kept.
        """
        self._engine = engine
        self._parsers = parsers
        self._rows = rows.Rows()
        with engine.connect() as connection:
            self.day = max(day, horizon.read(connection))

    def plan(self):
        """The :class:`Count` of each table of which something may be deleted, before anything is."""
        is_old = PATCH_SETS.c.seen_at < midnight(self.day)
        old, count = sa.select(PATCH_SETS.c.id).where(is_old), sa.func.count()
        young = sa.exists().where(PATCH_SETS.c.change_id == CHANGES.c.id, sa.not_(is_old))
        said = REPORTS.join(PATCH_SETS, PATCH_SETS.c.id == REPORTS.c.patch_set_id)
        of = {
            CHANGES: sa.select(count).select_from(CHANGES).where(~young),
            PATCH_SETS: sa.select(count).select_from(PATCH_SETS).where(is_old),
            COMMENTS: sa.select(count).where(COMMENTS.c.patch_set_id.in_(old)),
            RECHECKS: sa.select(count).where(RECHECKS.c.patch_set_id.in_(old)),
            REPORTS: sa.select(count).select_from(said).where(is_old),
            BUILDS: sa.select(count)
            .select_from(BUILDS.join(said, REPORTS.c.id == BUILDS.c.report_id))
            .where(is_old),
            REJECTED: sa.select(count).where(REJECTED.c.received_at < midnight(self.day)),
        }
        with self._engine.connect() as connection:
            found = []
            for table, statement in of.items():
                deleted = connection.scalar(statement)
                total = connection.scalar(sa.select(count).select_from(table))
                found.append(Count(table.name, deleted, total - deleted))
            return found

    def begin(self):
        """Moves the horizon. From then on the days before have the figures that they have now.

        :raises UncountedError: where something of them is still to be counted.
        """
        with self._turn() as connection:
            if horizon.read(connection) == self.day:
                return
            for table, until in (
                (models.DirtyDay, self.day),
                (models.DirtySystem, self.day + kept.LOOKS_BACK),
            ):
                waiting = sa.select(table.day).where(table.day < until)
                if connection.execute(waiting.limit(1)).first():
                    raise UncountedError
            horizon.move(connection, self.day)
            versions.move_all(connection)

    def run(self):
        """Deletes; yields (patch sets deleted, those to delete in all) after each part."""
        self._forget_breaches()
        with self._engine.connect() as connection:
            is_old = PATCH_SETS.c.seen_at < midnight(self.day)
            total = connection.scalar(sa.select(sa.func.count()).select_from(PATCH_SETS).where(is_old))
        done = 0
        yield done, total
        while count := self._part(self._delete_patch_sets):
            done += count
            yield done, max(done, total)
        while self._part(self._delete_rejected):
            yield done, max(done, total)

    @contextlib.contextmanager
    def _turn(self):
        """A transaction in which no recorder records; each forgets then what it remembers of the rows."""
        with self._engine.begin() as connection:
            self._rows.begin(connection)
            yield connection

    def _part(self, work, *arguments):
        begun = time.monotonic()
        with self._turn() as connection:
            found = work(connection, *arguments)
        time.sleep(min(max(time.monotonic() - begun, _LEAST_PAUSE_S), _MOST_PAUSE_S))
        return found

    def _forget_breaches(self):
        """Forgets which comments broke rules: their ids are given to others one day."""
        with self._engine.connect() as connection:
            statement = sa.select(RULES.c.ci_system_id).where(RULES.c.day < self.day, RULES.c.broken != "")
            found = connection.scalars(statement.distinct()).all()
        for system_id in found:
            self._part(self._forget_breaches_of, system_id)

    def _forget_breaches_of(self, connection, system_id):
        of_system = RULES.c.ci_system_id == system_id
        connection.execute(
            sa.update(RULES)
            .where(of_system, RULES.c.day < self.day, RULES.c.broken != "")
            .values(broken="")
        )

    def _delete_patch_sets(self, connection):
        """Deletes some of the oldest, with all that was said of them; says how many."""
        statement = (
            sa.select(PATCH_SETS.c.id, PATCH_SETS.c.change_id)
            .where(PATCH_SETS.c.seen_at < midnight(self.day))
            .order_by(PATCH_SETS.c.seen_at)
            .limit(_PATCH_SETS_AT_ONCE)
        )
        found = connection.execute(statement).all()
        ids = [patch_set_id for patch_set_id, _ in found]
        if not ids:
            return 0
        versions.move_patch_sets(connection, ids)
        self._keep_evidence(connection, ids)
        reports = connection.scalars(sa.select(REPORTS.c.id).where(REPORTS.c.patch_set_id.in_(ids))).all()
        for part in rows.chunks(reports):
            connection.execute(sa.delete(BUILDS).where(BUILDS.c.report_id.in_(part)))
        for table in (REPORTS, COMMENTS, RECHECKS):
            connection.execute(sa.delete(table).where(table.c.patch_set_id.in_(ids)))
        connection.execute(sa.delete(PATCH_SETS).where(PATCH_SETS.c.id.in_(ids)))
        changes = sorted({change_id for _, change_id in found})
        has_more = sa.exists().where(PATCH_SETS.c.change_id == CHANGES.c.id)
        connection.execute(sa.delete(CHANGES).where(CHANGES.c.id.in_(changes), ~has_more))
        return len(ids)

    def _keep_evidence(self, connection, patch_set_ids):
        """Counts on accounts what proved them CIs, which 'ciwatch reparse' counts from what is stored."""
        counted = evidence.count(connection, self._parsers, patch_set_ids)
        for account_id, counts in sorted(counted.items()):
            connection.execute(
                sa.update(ACCOUNTS)
                .where(ACCOUNTS.c.id == account_id)
                .values(
                    pruned_read_count=ACCOUNTS.c.pruned_read_count + counts["read_count"],
                    pruned_result_count=ACCOUNTS.c.pruned_result_count + counts["result_count"],
                )
            )

    def _delete_rejected(self, connection):
        """Deletes some of the lines that were no events; says how many."""
        statement = sa.select(REJECTED.c.id).where(REJECTED.c.received_at < midnight(self.day))
        ids = connection.scalars(statement.order_by(REJECTED.c.id).limit(_ROWS_AT_ONCE)).all()
        if ids:
            connection.execute(sa.delete(REJECTED).where(REJECTED.c.id.in_(ids)))
        return len(ids)


def free_bytes(engine):
    """How much of an SQLite file is free, for whatever is recorded next; 0 of any other database."""
    if engine.url.get_backend_name() != "sqlite":
        return 0
    with engine.connect() as connection:
        free, size = (
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("freelist_count", "page_size")
        )
    return free * size
