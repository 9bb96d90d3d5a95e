"""A better parser reads again what is stored: reports of CIs, and comments of accounts not known as CIs.

A chunk is one transaction in which it is this recorder's turn, so a listener may record between two of them.
How far it came is moved in the same transaction: whoever is interrupted goes on from there.
"""

import dataclasses
import functools
import hashlib
import inspect
import sys

import sqlalchemy as sa

from ciwatch.db import bulk
from ciwatch.db import models
from ciwatch.db import upsert
from ciwatch.parsers import base
from ciwatch.recorder import attempts
from ciwatch.recorder import comments
from ciwatch.recorder import comparison
from ciwatch.recorder import entities
from ciwatch.recorder import evidence
from ciwatch.recorder import faults
from ciwatch.recorder import reading as readings
from ciwatch.recorder import registration
from ciwatch.recorder import reports
from ciwatch.recorder import rows
from ciwatch.recorder import systems
from ciwatch.recorder import versions

REPORTS = reports.REPORTS
COMMENTS = comments.COMMENTS
ACCOUNTS = models.Account.__table__
SYSTEMS = models.CISystem.__table__
POSITIONS = models.TaskPosition.__table__

_CHUNK = 500
_TASK = "reparse"


@dataclasses.dataclass
class Changes:
    """What becomes of one CI's reports.

    :ivar read: how many were read again.
    :ivar changed: how many of them say something else now.
    :ivar newly_read: how many of these no parser could read before.
    :ivar no_longer_read: how many of these no parser reads now.
    :ivar verdicts: how many of these have another verdict now.
    """

    read: int = 0
    changed: int = 0
    newly_read: int = 0
    no_longer_read: int = 0
    verdicts: int = 0


class Reparser:
    """Reads stored comments again.

    :ivar changes: name of a CI -> its :class:`Changes`.
    :ivar became: username -> True where the account is found to be a CI now, False where it no longer is.
    """

    def __init__(self, engine, parsers, identity, only=None, since=None, dry_run=False):
        """Takes what it needs.

        :param only: the name of a parser: only comments that it reads, or those asked after it, or none.
        :param since: a moment, UTC: only comments posted then or later.
        :param dry_run: whether to leave all as it is.
        """
        self._engine = engine
        self._parsers = parsers
        self._identity = identity
        self._only = only
        self._since = since
        self.dry_run = dry_run
        self._rows = rows.Rows()
        self._registration = registration.Registration(identity, parsers)
        self._deltas = {}
        self.changes = {}
        self.became = {}

    @functools.cached_property
    def fingerprint(self):
        """What the task does: the same parsers, down to their source, on the same comments."""
        digest = hashlib.blake2b(digest_size=16)
        for parser in self._parsers.parsers:
            digest.update(f"{parser.name} {parser.version} {parser.priority} {parser.strict}\n".encode())
            try:
                digest.update(inspect.getsource(inspect.getmodule(type(parser))).encode())
            except (OSError, TypeError):
                # Without its source a plugin has only its version to tell.
                continue
        digest.update(f"{self._only} {self._since}".encode())
        return digest.hexdigest()

    def run(self):
        """Reads all; yields (done, total) after each chunk, at first with what an interrupted run did."""
        with self._engine.begin() as connection:
            total = sum(self._count(connection, table) for table in (REPORTS, COMMENTS))
            position, done = self._begin(connection)
        yield done, total
        for place, (table, work) in enumerate(((REPORTS, self._reports), (COMMENTS, self._comments))):
            if position // _PLACE > place:
                continue
            after = position % _PLACE if position // _PLACE == place else 0
            while True:
                with self._transaction() as connection:
                    found = self._next(connection, table, after)
                    if not found:
                        break
                    work(connection, found)
                    after = found[-1]["id"]
                    done += len(found)
                    self._move(connection, place * _PLACE + after, done)
                yield done, total
        self._settle()

    def _transaction(self):
        return self._engine.connect() if self.dry_run else _Turn(self._engine, self._rows, self._registration)

    def _begin(self, connection):
        """(position, number of comments done) of an interrupted run that did the same, else zeros."""
        if self.dry_run:
            return 0, 0
        statement = sa.select(POSITIONS).where(POSITIONS.c.task == _TASK)
        row = connection.execute(statement).mappings().one_or_none()
        if row and row["fingerprint"] == self.fingerprint:
            self.changes = {name: Changes(**counts) for name, counts in row["counts"]["changes"].items()}
            return row["position"], row["counts"]["done"]
        connection.execute(sa.delete(POSITIONS).where(POSITIONS.c.task == _TASK))
        faults.forget(connection)
        return 0, 0

    def _move(self, connection, position, done):
        if self.dry_run:
            return
        counts = {
            "done": done,
            "changes": {name: dataclasses.asdict(changes) for name, changes in self.changes.items()},
        }
        values = {"fingerprint": self.fingerprint, "position": position, "counts": counts}
        connection.execute(upsert.insert_missing(connection, POSITIONS, ["task"]), {"task": _TASK, **values})
        connection.execute(sa.update(POSITIONS).where(POSITIONS.c.task == _TASK).values(**values))
        faults.store(connection, self._parsers.take_faults())

    def _conditions(self, table):
        conditions = []
        if self._since:
            conditions.append(table.c.posted_at >= self._since)
        if self._only and table is REPORTS:
            names = [parser.name for parser in self._parsers.parsers]
            before = names[: names.index(self._only)]
            conditions.append(sa.or_(REPORTS.c.parser.is_(None), REPORTS.c.parser.not_in(before)))
        return conditions

    def _count(self, connection, table):
        statement = sa.select(sa.func.count()).select_from(table).where(*self._conditions(table))
        return connection.scalar(statement)

    def _next(self, connection, table, after):
        statement = (
            sa.select(table, ACCOUNTS.c.username, ACCOUNTS.c.ci_system_id, SYSTEMS.c.name.label("system"))
            .join(ACCOUNTS, ACCOUNTS.c.id == table.c.account_id)
            .outerjoin(SYSTEMS, SYSTEMS.c.id == ACCOUNTS.c.ci_system_id)
            .where(table.c.id > after, *self._conditions(table))
            .order_by(table.c.id)
            .limit(_CHUNK)
        )
        return connection.execute(statement).mappings().all()

    def _reports(self, connection, found):
        """Reads reports again, and rewrites those that say something else now."""
        stored = comparison.stored_builds(connection, [row["id"] for row in found])
        items, ids, upgraded, without_start = [], [], [], set()
        for row in found:
            posted = readings.posted_of_row(row, row["username"])
            reading = self._parsers.parse(posted.comment)
            now = readings.report_columns(posted.comment, reading)
            tally = self.changes.setdefault(row["system"], Changes())
            tally.read += 1
            self._weigh(row, evidence.of_report(row, self._parsers), reading)
            if comparison.is_same(row, now) and stored.get(row["id"], []) == comparison.builds_of(reading):
                if now["parser_version"] != row["parser_version"]:
                    upgraded.append({"row_id": row["id"], "version": now["parser_version"]})
                continue
            if row["parser"] is not None or now["parser"] is not None:
                tally.changed += 1
                tally.newly_read += row["parser"] is None
                tally.no_longer_read += now["parser"] is None
                tally.verdicts += now["verdict"] != row["verdict"]
            items.append((posted, reading))
            ids.append(row["id"])
            if row["kind"] is base.Kind.STARTED:
                without_start.add(row["patch_set_id"])
        if self.dry_run:
            return
        ci_of_account = {row["account_id"]: row["ci_system_id"] for row in found}
        reports.rewrite(connection, self._rows, items, ids, ci_of_account)
        versions.move_patch_sets(connection, {posted.patch_set_id for posted, _ in items})
        if without_start:
            self._infer_again(connection, without_start)
        if upgraded:
            connection.execute(
                sa.update(REPORTS)
                .where(REPORTS.c.id == sa.bindparam("row_id"))
                .values(parser_version=sa.bindparam("version")),
                upgraded,
            )

    def _infer_again(self, connection, patch_set_ids):
        """Takes back the pipelines that a start told which may be none any more, and infers them anew."""
        statement = (
            sa.select(REPORTS, ACCOUNTS.c.username)
            .join(ACCOUNTS, ACCOUNTS.c.id == REPORTS.c.account_id)
            .where(
                REPORTS.c.patch_set_id.in_(patch_set_ids),
                REPORTS.c.pipeline_source == base.PipelineSource.START,
            )
        )
        said = []
        for row in connection.execute(statement).mappings():
            comment = readings.posted_of_row(row, row["username"]).comment
            columns = readings.report_columns(comment, self._parsers.parse(comment))
            said.append({name: columns[name] for name in ("pipeline", "pipeline_source")} | {"id": row["id"]})
        bulk.update(connection, REPORTS, said, ["pipeline", "pipeline_source"])
        attempts.number_stored(connection, patch_set_ids)

    def _comments(self, connection, found):
        """Reads comments of people again: whether a strict parser does."""
        changed = []
        for row in found:
            posted = readings.posted_of_row(row, row["username"])
            reading = self._parsers.parse(posted.comment, strict_only=True)
            now = evidence.of_reading(reading)
            self._weigh(row, (row["strict"], row["result"]), reading)
            if now != (row["strict"], row["result"]):
                changed.append({"row_id": row["id"], "is_strict": now[0], "is_result": now[1]})
        if changed and not self.dry_run:
            connection.execute(
                sa.update(COMMENTS)
                .where(COMMENTS.c.id == sa.bindparam("row_id"))
                .values(strict=sa.bindparam("is_strict"), result=sa.bindparam("is_result")),
                changed,
            )

    def _weigh(self, row, before, reading):
        """Adds up by how much the evidence that an account is a CI differs from what was known."""
        delta = self._deltas.setdefault(row["account_id"], [0, 0])
        now = evidence.of_reading(reading)
        delta[0] += now[0] - before[0]
        delta[1] += now[1] - before[1]

    def _settle(self):
        """Brings each account into agreement with the evidence: some are CIs now, some no longer."""
        if self.dry_run:
            with self._engine.connect() as connection:
                for account in connection.execute(sa.select(ACCOUNTS)).mappings():
                    read, result = self._deltas.get(account["id"], (0, 0))
                    if self._may_be_found(account):
                        self._note(
                            account,
                            {
                                **account,
                                "read_count": account["read_count"] + read,
                                "result_count": account["result_count"] + result,
                            },
                        )
            return
        with self._transaction() as connection:
            # All of them, since an interrupted run no longer knows whose evidence it changed.
            counted = evidence.count_all(connection, self._parsers)
            for account in connection.execute(sa.select(ACCOUNTS)).mappings().all():
                now = {**account, **counted.get(account["id"], {"read_count": 0, "result_count": 0})}
                if self._may_be_found(account):
                    self._note(account, now)
                if now != dict(account):
                    systems.settle(connection, self._rows, now, self._identity, self._parsers)
                    self._rows.update(entities.ACCOUNTS, [now])
            systems.delete_unused_jobs(connection)
            connection.execute(sa.delete(POSITIONS).where(POSITIONS.c.task == _TASK))
            faults.store(connection, self._parsers.take_faults())
            self._rows.forget()

    def _may_be_found(self, account):
        """Whether nothing but what it writes says what an account is."""
        return account["found_by"] in (None, models.FoundBy.BEHAVIOUR)

    def _note(self, account, now):
        behaves = self._identity.behaves_like_ci(
            now["username"], now["name"], now["comment_count"], now["read_count"], now["result_count"]
        )
        if behaves != (account["found_by"] is not None):
            self.became[account["username"]] = behaves


#: Positions of reports are below it, those of comments above.
_PLACE = 2**40


class _Turn:
    """A transaction in which it is this recorder's turn."""

    def __init__(self, engine, remembered, registered):
        self._context = engine.begin()
        self._remembered = remembered
        self._registered = registered

    def __enter__(self):
        connection = self._context.__enter__()
        try:
            is_other = self._remembered.begin(connection)
            self._registered.refresh(connection, self._remembered, is_other)
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return connection

    def __exit__(self, kind, *error):
        if kind:
            self._remembered.forget()
            self._registered.forget()
        return self._context.__exit__(kind, *error)
