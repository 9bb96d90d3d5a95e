"""Which accounts the registry joins into a CI: brought about whenever it says something else than before.

What is recorded with a registry equals what is recorded without and then joined, and the way back is the
same: accounts are joined, split, renamed, become CIs and people again, with all that they ever wrote.
"""

import sqlalchemy as sa

from ciwatch.db import bulk
from ciwatch.db import models
from ciwatch.db import summary
from ciwatch.db import upsert
from ciwatch.recorder import attempts
from ciwatch.recorder import dirty
from ciwatch.recorder import entities
from ciwatch.recorder import horizon
from ciwatch.recorder import reports
from ciwatch.recorder import systems
from ciwatch.recorder import versions
from ciwatch.recorder.rows import chunks

ACCOUNTS = models.Account.__table__
SYSTEMS = systems.SYSTEMS
JOBS = reports.JOBS
BUILDS = reports.BUILDS
REPORTS = reports.REPORTS
POSITIONS = models.TaskPosition.__table__

_TASK = "registry"


class Registration:
    """What one recorder knows of the registry that its database is in agreement with."""

    def __init__(self, identity, parsers):
        """Takes the :class:`~ciwatch.recorder.identity.Identity` rules and the parsers."""
        self._identity = identity
        self._parsers = parsers
        self._digest = None

    def forget(self):
        """Forgets what it knows: the transaction failed."""
        self._digest = None

    def refresh(self, connection, rows, is_other):
        """Brings the database into agreement with the registry; at the begin of each transaction.

        :param rows: the recorder's :class:`~ciwatch.recorder.rows.Rows`, which has begun.
        :param is_other: whether another recorder recorded since the last time.
        """
        digest = self._identity.take_registry().accounts_digest
        if digest == self._digest and not is_other:
            return
        of_task = POSITIONS.c.task == _TASK
        stored = connection.scalar(sa.select(POSITIONS.c.fingerprint).where(of_task))
        if digest != (stored or ""):
            _apply(connection, rows, self._identity, self._parsers)
            versions.move_all(connection)
            # The rows that it remembers are other ones now.
            rows.forget()
            connection.execute(sa.delete(POSITIONS).where(of_task))
            if digest:
                row = {"task": _TASK, "fingerprint": digest, "position": 0, "counts": {}}
                connection.execute(upsert.insert_missing(connection, POSITIONS, ["task"]), row)
        self._digest = digest


def _apply(connection, rows, identity, parsers):
    accounts = _concerned(connection, identity.registry)
    members, moves, others = {}, {}, []
    for account in accounts:
        was_ci = account["ci_system_id"] is not None
        systems.weigh(account, identity)
        if was_ci:
            members.setdefault(account["ci_system_id"], set()).add(account["id"])
        if was_ci and account["found_by"]:
            name = identity.system_of(account["username"], account["name"])[0]
            moves.setdefault((account["ci_system_id"], name), []).append(account)
        elif was_ci or account["found_by"]:
            others.append(account)
    for (system_id, name), moved in sorted(moves.items(), key=lambda move: move[0]):
        _move(connection, rows, members, system_id, name, moved)
    # Whoever becomes a person leaves alone; whoever becomes a CI comes where it belongs.
    for account in others:
        systems.settle(connection, rows, account, identity, parsers)
    rows.update(entities.ACCOUNTS, accounts)
    _describe(connection, identity, [account for account in accounts if account["ci_system_id"] is not None])


def _concerned(connection, registry):
    """The accounts that are CIs, or that the registry says are: their rows, dicts."""
    found = {}
    conditions = [ACCOUNTS.c.ci_system_id.is_not(None)]
    conditions += [ACCOUNTS.c.username.in_(part) for part in chunks(sorted(registry.accounts))]
    for condition in conditions:
        for row in connection.execute(sa.select(ACCOUNTS).where(condition)).mappings():
            found[row["id"]] = dict(row)
    return sorted(found.values(), key=lambda account: account["username"])


def _move(connection, rows, members, system_id, name, accounts):
    """Makes *accounts* of one CI those of the CI called *name*.

    :param members: id of a CI -> ids of its accounts; brought up to date.
    """
    here = connection.scalar(sa.select(SYSTEMS.c.name).where(SYSTEMS.c.id == system_id))
    if here == name:
        return
    target = connection.scalar(sa.select(SYSTEMS.c.id).where(SYSTEMS.c.name == name))
    ids = {account["id"] for account in accounts}
    is_whole = members[system_id] == ids
    if is_whole and target is None:
        connection.execute(sa.update(SYSTEMS).where(SYSTEMS.c.id == system_id).values(name=name))
        return
    if target is None:
        (target,) = rows.new_ids(SYSTEMS, 1)
        new = {"id": target, "name": name, "title": name, "is_gate": False}
        connection.execute(sa.insert(SYSTEMS), new)
    left = members[system_id] - ids
    shared = _shared(connection, ids, left | members.get(target, set()))
    connection.execute(sa.update(ACCOUNTS).where(ACCOUNTS.c.id.in_(ids)).values(ci_system_id=target))
    for account in accounts:
        account["ci_system_id"] = target
    members[system_id] = left
    members.setdefault(target, set()).update(ids)
    _move_jobs(connection, rows, ids, system_id, target, is_whole)
    if is_whole:
        for table in (models.DailySystem.__table__, models.DailyRule.__table__):
            _move_kept(connection, table, "ci_system_id", system_id, target)
        connection.execute(sa.delete(SYSTEMS).where(SYSTEMS.c.id == system_id))
    for part in chunks(shared):
        attempts.number_stored(connection, set(part))
    _mark(connection, ids)


def _shared(connection, ids, others):
    """The ids of the patch sets of which accounts spoke of both: only their attempts are numbered anew."""
    if not others:
        return []
    spoke = sa.select(REPORTS.c.patch_set_id).where(REPORTS.c.account_id.in_(ids))
    statement = (
        sa.select(REPORTS.c.patch_set_id)
        .where(REPORTS.c.account_id.in_(others), REPORTS.c.patch_set_id.in_(spoke))
        .distinct()
        .order_by(REPORTS.c.patch_set_id)
    )
    return list(connection.scalars(statement))


def _move_jobs(connection, rows, ids, source, target, is_whole):
    """Makes jobs of the CI *source* those of the CI *target*: all of them, or those of some accounts.

    A job which the target has already takes over the builds.
    """
    mine = sa.select(REPORTS.c.id).where(REPORTS.c.account_id.in_(ids))
    statement = sa.select(JOBS.c.id, JOBS.c.name).where(JOBS.c.ci_system_id == source)
    if not is_whole:
        used = sa.select(BUILDS.c.job_id).where(BUILDS.c.report_id.in_(mine))
        statement = statement.where(JOBS.c.id.in_(used))
    names = dict(map(tuple, connection.execute(statement.order_by(JOBS.c.name))))
    rows.forget(JOBS)
    if is_whole:
        known = set(connection.scalars(sa.select(JOBS.c.name).where(JOBS.c.ci_system_id == target)))
        for part in chunks(job_id for job_id, name in names.items() if name not in known):
            connection.execute(sa.update(JOBS).where(JOBS.c.id.in_(part)).values(ci_system_id=target))
        names = {job_id: name for job_id, name in names.items() if name in known}
    new_ids = reports.job_ids(rows, [(target, name) for name in names.values()])
    mapping = {job_id: new_ids[target, name] for job_id, name in names.items()}
    for job_id, new_id in mapping.items():
        update = sa.update(BUILDS).where(BUILDS.c.job_id == job_id).values(job_id=new_id)
        connection.execute(update if is_whole else update.where(BUILDS.c.report_id.in_(mine)))
    _rewrite_summaries(connection, ids, mapping)
    if is_whole:
        for job_id, new_id in mapping.items():
            _move_kept(connection, models.DailyJob.__table__, "job_id", job_id, new_id)
        for part in chunks(mapping):
            connection.execute(sa.delete(JOBS).where(JOBS.c.id.in_(part)))
    else:
        systems.delete_unused_jobs(connection, JOBS.c.ci_system_id == source)


def _move_kept(connection, table, name, source, target):
    """Makes daily figures of one id those of another, of the days that nobody can count anew.

    Where both have some, those of the other one stay: they cannot be added up, since both may have spoken of
    one patch set.
    """
    day, owner = table.c.day, table.c[name]
    keys = [column for column in table.primary_key if column.name != name]
    is_kept = day < horizon.read(connection)
    taken = set(map(tuple, connection.execute(sa.select(*keys).where(owner == target, is_kept))))
    found = set(map(tuple, connection.execute(sa.select(*keys).where(owner == source, is_kept))))
    for part in chunks(sorted(found - taken), 200):
        connection.execute(
            sa.update(table).where(owner == source, sa.tuple_(*keys).in_(part)).values({name: target})
        )


def _rewrite_summaries(connection, ids, mapping):
    """Puts the new ids of jobs into the short lines of the accounts' reports."""
    if not mapping:
        return
    statement = sa.select(REPORTS.c.id, REPORTS.c.summary).where(
        REPORTS.c.account_id.in_(ids), REPORTS.c.summary.is_not(None)
    )
    for part in chunks(connection.execute(statement).all()):
        changed = [
            {"id": report_id, "summary": now}
            for report_id, line in part
            if (now := summary.replace_jobs(line, mapping)) != line
        ]
        bulk.update(connection, REPORTS, changed, ["summary"])


def _mark(connection, ids):
    """Marks the days on which what accounts said counts, or on which they are expected."""
    spoke = sa.select(REPORTS.c.patch_set_id).where(REPORTS.c.account_id.in_(ids)).distinct()
    dirty.mark_patch_sets(connection, connection.scalars(spoke).all())
    table = reports.ACCOUNT_PROJECTS.c
    first = (
        sa.select(table.project_id, sa.func.min(table.first_at))
        .where(table.account_id.in_(ids))
        .group_by(table.project_id)
    )
    for project_id, first_at in connection.execute(first).all():
        dirty.mark_project(connection, project_id, first_at)


def _describe(connection, identity, accounts):
    """Gives CIs the titles and roles that they have by what is known now."""
    known = {row.id: row for row in connection.execute(sa.select(SYSTEMS))}
    for account in accounts:
        system = known[account["ci_system_id"]]
        _, title, is_gate = identity.system_of(account["username"], account["name"])
        if (system.title, system.is_gate) != (title, is_gate):
            connection.execute(
                sa.update(SYSTEMS).where(SYSTEMS.c.id == system.id).values(title=title, is_gate=is_gate)
            )
        if system.is_gate != is_gate:
            _mark(connection, [account["id"]])
