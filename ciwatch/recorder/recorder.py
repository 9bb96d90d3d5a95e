"""Records raw lines of a stream: one transaction a batch, and the same rows however often and in whatever
order the same events are recorded."""

import contextlib
import dataclasses
import datetime
import gc
import hashlib
import itertools
import logging

from ciwatch.db import models
from ciwatch.db import upsert
from ciwatch.gerrit import events
from ciwatch.parsers import header
from ciwatch.recorder import comments
from ciwatch.recorder import corrections
from ciwatch.recorder import dirty
from ciwatch.recorder import entities
from ciwatch.recorder import faults
from ciwatch.recorder import horizon
from ciwatch.recorder import matching
from ciwatch.recorder import members
from ciwatch.recorder import positions
from ciwatch.recorder import reading as readings
from ciwatch.recorder import registration
from ciwatch.recorder import rows
from ciwatch.recorder import systems
from ciwatch.recorder import versions

LOG = logging.getLogger(__name__)

REJECTED = models.RejectedEvent.__table__

#: How much of a rejected line is kept, in characters.
KEPT_OF_REJECTED = 65536


@dataclasses.dataclass
class Counts:
    """What became of the lines that were read.

    Each line is one of: recorded (it told something new), duplicate (all of it was known), ignored (a
    well-formed event of a type that is not recorded, or a notice of Gerrit's own, or it is of a patch set of
    which only figures are kept), rejected (no event).

    :ivar pruned: how many of the ignored ones are of such a patch set.
    :ivar news: places of the lines of a batch that were recorded. Not added up.
    :ivar telling: these, and those that told something better: a more exact time, a tag. Not added up.
    """

    read: int = 0
    recorded: int = 0
    duplicate: int = 0
    ignored: int = 0
    rejected: int = 0
    pruned: int = 0
    news: tuple = ()
    telling: tuple = ()

    def __add__(self, other):
        """The sums."""
        names = ("read", "recorded", "duplicate", "ignored", "rejected", "pruned")
        return Counts(*(getattr(self, name) + getattr(other, name) for name in names))


class Recorder:
    """Writes what a source says into the database."""

    def __init__(self, engine, parsers, identity, source):
        """Takes what it needs.

        :param engine: the SQLAlchemy engine.
        :param parsers: a :class:`~ciwatch.parsers.manager.ParserManager`.
        :param identity: the :class:`~ciwatch.recorder.identity.Identity` rules.
        :param source: the name under which the position of the stream is kept.
        """
        self._engine = engine
        self._parsers = parsers
        self._identity = identity
        self._source = source
        self._rows = rows.Rows()
        self._registration = registration.Registration(identity, parsers)
        self._horizon = horizon.NEVER
        self._is_new = True

    def record(self, lines, also=None):
        """Records a batch in one transaction.

        :param lines: bytes objects, each one line of a stream.
        :param also: called with the connection, in the same transaction.
        :returns: the :class:`Counts` of this batch.
        :raises sqlalchemy.exc.DBAPIError: where the database fails; nothing of the batch is there then.
        """
        with _collector_paused():
            return self._record(lines, also)

    def reject(self, lines, reason):
        """Keeps *lines* among the rejected ones, for a *reason* that shows only when they are recorded."""
        with self._engine.begin() as connection:
            self._reject(connection, [(line, reason) for line in lines])

    def _record(self, lines, also):
        counts = Counts(read=len(lines))
        batch, places, rejected = [], [], []
        for place, line in enumerate(lines):
            try:
                event = events.read_event(line)
            except events.RejectedError as error:
                rejected.append((line, str(error)))
                continue
            if event is None:
                counts.ignored += 1
            else:
                batch.append(event)
                places.append(place)
        counts.rejected = len(rejected)
        newest = max((event.at for event in batch), default=None)
        try:
            with self._engine.begin() as connection:
                if is_other := self._rows.begin(connection):
                    self._identity.set_members(members.read(connection))
                    self._horizon = horizon.read(connection)
                kept = [not horizon.is_before(self._horizon, event) for event in batch]
                batch, places = (list(itertools.compress(each, kept)) for each in (batch, places))
                notices = {number for number, event in enumerate(batch) if _is_notice(event)}
                self._registration.refresh(connection, self._rows, is_other)
                news, better = self._record_events(connection, batch, notices) if batch else (set(), set())
                if newest:
                    positions.move(connection, self._source, newest)
                self._reject(connection, rejected)
                self._store_faults(connection)
                if also:
                    also(connection)
        except BaseException:
            self._rows.forget()
            self._registration.forget()
            raise
        counts.recorded = len(news)
        counts.pruned = kept.count(False)
        counts.ignored += len(notices - news) + counts.pruned
        counts.duplicate = len(batch) - len(news | notices)
        counts.news = tuple(places[number] for number in sorted(news))
        counts.telling = tuple(places[number] for number in sorted(news | better))
        return counts

    def _record_events(self, connection, batch, notices):
        """Records typed events; returns the numbers of those that told something new, and those better."""
        project_ids = entities.record_projects(self._rows, batch)
        changes, news, homes = entities.record_changes(self._rows, batch, project_ids)
        patch_sets, more, better, bare, moved = entities.record_patch_sets(self._rows, batch, changes)
        entities.move_patch_sets(connection, changes, homes)
        self._mark(connection, batch, changes, more | better, moved, homes)
        news |= more
        said = [
            number
            for number, event in enumerate(batch)
            if event.type == "comment-added" and event.account.key and number not in notices
        ]
        if said:
            ids = [
                patch_sets[changes[event.change.number]["id"], event.patch_set.number]["id"]
                for event in (batch[number] for number in said)
            ]
            stored, improving = self._record_comments(
                connection, [batch[number] for number in said], ids, bare
            )
            news |= {said[number] for number in stored}
            better |= {said[number] for number in improving}
        left = {project_id for _, project_id, _ in homes}
        told = {batch[number].change.number for number in news | better}
        versions.move(connection, left | {changes[number]["project_id"] for number in told})
        return news, better

    def _mark(self, connection, batch, changes, touched, moved, homes):
        """Marks the days on which the figures of what was *touched* count.

        :param touched: numbers of the events that told something of a patch set.
        :param moved: (change id, day) that patch sets have left.
        :param homes: (change id, project id, branch) that changes have left.
        """
        by_id = {row["id"]: row for row in changes.values()}
        events = [batch[number] for number in touched]
        dirty.mark_touched(
            connection, {(changes[each.change.number]["id"], each.patch_set.number) for each in events}
        )
        dirty.mark_changes(connection, {change_id for change_id, _, _ in homes})
        dirty.mark_days(
            connection,
            [(by_id[change_id]["project_id"], by_id[change_id]["branch"], day) for change_id, day in moved],
        )
        for change_id, project_id, branch in homes:
            days = dirty.places(connection, dirty.PATCH_SETS.c.change_id == change_id).values()
            dirty.mark_days(connection, [(project_id, branch, place.day) for place in days])

    def _record_comments(self, connection, said, patch_set_ids, bare):
        accounts = entities.record_accounts(self._rows, said, self._identity)
        for account in accounts.values():
            systems.settle(connection, self._rows, account, self._identity, self._parsers)
        items = [
            readings.posted(event, patch_set_id, accounts[event.account.key]["id"])
            for event, patch_set_id in zip(said, patch_set_ids, strict=True)
        ]
        numbers, fresh, better, improving = matching.match(connection, items, bare)
        by_id = {account["id"]: account for account in accounts.values()}
        corrections.apply(connection, self._rows, better, by_id, self._parsers)
        comments.store(connection, self._rows, [same.whole() for same in fresh], by_id, self._parsers)
        new_at = {number: same.posted_at for number, same in zip(numbers, fresh, strict=True)}
        names = {key: account["name"] for key, account in by_id.items()}
        entities.name_accounts(
            accounts,
            [
                (event, new_at.get(number, event.at), number in new_at)
                for number, event in enumerate(said)
                if number in new_at or event.is_exact
            ],
        )
        for account in accounts.values():
            systems.settle(connection, self._rows, account, self._identity, self._parsers)
        self._rows.update(entities.ACCOUNTS, accounts.values())
        systems.retitle(connection, accounts.values(), self._identity)
        versions.move_accounts(
            connection, {key for key, account in by_id.items() if account["name"] != names[key]}
        )
        return numbers, improving

    def _store_faults(self, connection):
        if self._is_new:
            faults.forget_not_loaded(connection)
            self._is_new = False
        faults.store(connection, self._parsers.take_faults())

    def _reject(self, connection, rejected):
        if not rejected:
            return
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        connection.execute(
            upsert.insert_missing(connection, REJECTED, ["digest"]),
            [
                {
                    "digest": hashlib.blake2b(line, digest_size=16).hexdigest(),
                    "received_at": now,
                    "reason": readings.bounded(reason, 255),
                    "length": len(line),
                    "text": _kept(line),
                }
                for line, reason in rejected
            ],
        )
        for _, reason in rejected:
            LOG.info("Rejected an event: %s", reason)


@contextlib.contextmanager
def _collector_paused():
    """Keeps the garbage collector from looking through a batch again and again while it grows.

    A batch makes some hundred thousand objects without cycles and drops them together: a fifth of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _is_notice(event):
    return event.type == "comment-added" and header.is_notice(event.comment, event.tag)


def _kept(line):
    text = line[:KEPT_OF_REJECTED].decode(errors="backslashreplace")
    return text.replace("\0", "�")[:KEPT_OF_REJECTED]
