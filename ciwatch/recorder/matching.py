"""Which comments are known already, whatever source told of them, and what a source adds to a known one.

A stream says when an event was sent, and neither its tag nor, sometimes, what was typed; Gerrit, asked for
the change, says all of that. So the same comment comes in two versions, and the better of each part is kept:
the earlier time, the tag, the typed text.
"""

import datetime

import msgspec
import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.recorder import reading as readings
from ciwatch.recorder.rows import chunks

COMMENTS = models.Comment.__table__
REPORTS = models.Report.__table__

#: Stream, query and REST round the time of a comment differently and name no common id: the same text of
#: the same account on the same patch set within this time is the same comment.
SAME_WITHIN = datetime.timedelta(seconds=5)

#: What two versions of a comment may tell differently.
TOLD = ("posted_at", "digest", "log_digest", "tag", "votes")


class Known:
    """A comment that is known: stored, or about to be.

    :ivar patch_set_id: of which patch set.
    :ivar account_id: by whom.
    :ivar table: where it is stored, or None.
    :ivar id: its id there, or None.
    :ivar told: the best of what is known of it, name -> value of :data:`TOLD`.
    :ivar posted: the :class:`~ciwatch.recorder.reading.Posted` whose text is the best; None for the stored.
    """

    def __init__(self, item, table=None, stored=None):
        """Takes the *item*, a Posted that is new, or the *stored* columns of a row of *table*, a mapping."""
        self.patch_set_id = item.patch_set_id if item else stored["patch_set_id"]
        self.account_id = item.account_id if item else stored["account_id"]
        self.table = table
        self.id = stored and stored["id"]
        self.posted = item
        self._stored = stored
        columns = stored or item.columns
        self.told = {name: columns[name] for name in TOLD}

    def improve(self, item):
        """Takes from *item*, another version of the comment, what it says better; returns whether it did."""
        other, told = item.columns, self.told
        before = dict(told)
        if item.log_digest and not told["log_digest"]:
            # What was typed, or the proof that this is it.
            told["log_digest"] = item.log_digest
            if item.digest != told["digest"]:
                told["digest"] = item.digest
                told["votes"] = other["votes"]
                self.posted = item
        told["posted_at"] = min(told["posted_at"], item.posted_at)
        told["tag"] = max(filter(None, (told["tag"], item.comment.tag)), default=None)
        if item.digest == told["digest"]:
            told["votes"] = told["votes"] or other["votes"]
        return told != before

    def whole(self, row=None):
        """The best :class:`~ciwatch.recorder.reading.Posted` of it.

        :param row: the stored row, a mapping, where it is stored.
        """
        if row is None and all(self.posted.columns[name] == self.told[name] for name in ("tag", "votes")):
            return msgspec.structs.replace(
                self.posted, posted_at=self.posted_at, log_digest=self.told["log_digest"]
            )
        text = self.posted.comment.text if self.posted else row["text"]
        author = self.posted.comment.author if self.posted else row["username"]
        places = {"patch_set_id": self.patch_set_id, "account_id": self.account_id}
        return readings.posted_of_row({**self.told, **places, "text": text}, author)

    @property
    def posted_at(self):
        """When it was posted, UTC."""
        return self.told["posted_at"]

    @property
    def stored_at(self):
        """The time under which it is stored."""
        return self._stored["posted_at"]

    @property
    def moved(self):
        """Whether its time is known better than it is stored."""
        return self.posted_at != self.stored_at

    @property
    def is_better(self):
        """Whether more is known of it than is stored."""
        return any(self.told[name] != self._stored[name] for name in TOLD)

    @property
    def reads_differently(self):
        """Whether what is known better is more than a time: then it must be read again."""
        return any(self.told[name] != self._stored[name] for name in ("digest", "tag", "votes"))


def match(connection, items, bare):
    """Finds which of *items*, a list of Posted, are known, or are said before in the same list.

    :param bare: ids of patch sets that have no comment yet.
    :returns: (numbers of the new items, a :class:`Known` for each of these, the stored :class:`Known` that
        became better, numbers of the items that told what is better).
    """
    known = _stored(connection, {item.patch_set_id for item in items} - bare)
    numbers, fresh, touched, improving = [], [], {}, []
    for number, item in enumerate(items):
        same = _same(known, item)
        if same is None:
            same = Known(item)
            numbers.append(number)
            fresh.append(same)
        else:
            if same.improve(item):
                improving.append(number)
            if same.table is not None:
                touched[same.table, same.id] = same
        _enter(known, same, {item.digest, item.log_digest})
    return numbers, fresh, [same for same in touched.values() if same.is_better], improving


def _same(known, item):
    """The nearest version of *item* that is known, or None."""
    found = [
        same
        for digest in {item.digest, item.log_digest} - {None}
        for same in known.get((item.patch_set_id, item.account_id, digest), ())
        if abs(same.posted_at - item.posted_at) <= SAME_WITHIN and _is_version(same.told, item)
    ]
    return min(found, key=lambda same: (abs(same.posted_at - item.posted_at), same.posted_at), default=None)


def _is_version(told, item):
    """Whether *item* says what is *told*, or one of them is what the log has in place of the other.

    Two typed texts are two comments, though the log says "(1 comment)" of both.
    """
    return item.digest in (told["digest"], told["log_digest"]) or item.log_digest == told["digest"]


def _enter(known, same, digests):
    for digest in digests - {None}:
        entries = known.setdefault((same.patch_set_id, same.account_id, digest), [])
        if same not in entries:
            entries.append(same)


def _stored(connection, patch_set_ids):
    """(patch set id, account id, digest) -> the stored :class:`Known` of it."""
    columns = ("id", "patch_set_id", "account_id", *TOLD)
    known = {}
    for part in chunks(sorted(patch_set_ids)):
        for table in (REPORTS, COMMENTS):
            statement = sa.select(*(table.c[name] for name in columns)).where(table.c.patch_set_id.in_(part))
            for row in connection.execute(statement).mappings():
                _enter(known, Known(None, table, row), {row["digest"], row["log_digest"]})
    return known
