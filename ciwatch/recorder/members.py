"""Who is a CI because Gerrit says so: the members of its groups."""

import sqlalchemy as sa

from ciwatch.db import models
from ciwatch.db.models import FoundBy
from ciwatch.recorder import entities
from ciwatch.recorder import rows as remembered
from ciwatch.recorder import systems

MEMBERS = models.GroupMember.__table__
ACCOUNTS = models.Account.__table__


def read(connection):
    """Username -> by what it is known to be a CI, the surest sign."""
    found = {}
    for username, found_by in connection.execute(sa.select(MEMBERS.c.username, MEMBERS.c.found_by)):
        found[username] = entities.surest(found.get(username), found_by)
    return found


def refresh(connection, group, usernames, identity, parsers):
    """Puts *usernames* in the place of the members that were known of *group*.

    An account that is among them and has commented becomes a CI with all that it wrote. Whoever leaves the
    group stays one: its reports were a CI's.

    :param identity: the :class:`~ciwatch.recorder.identity.Identity` rules.
    :returns: the usernames of the accounts that became a CI.
    """
    usernames = sorted({name for name in usernames if name and len(name) <= 255})
    connection.execute(sa.delete(MEMBERS).where(MEMBERS.c.group_name == group))
    if usernames:
        connection.execute(
            sa.insert(MEMBERS),
            [{"username": name, "group_name": group, "found_by": FoundBy.GROUP} for name in usernames],
        )
    rows = remembered.Rows()
    rows.begin(connection)
    became = []
    for part in remembered.chunks(usernames):
        statement = sa.select(ACCOUNTS).where(ACCOUNTS.c.username.in_(part))
        for row in connection.execute(statement).mappings().all():
            account = dict(row)
            sign = entities.surest(account["sign"], FoundBy.GROUP)
            if identity.is_ignored(account["username"], account["name"]) or sign == account["sign"]:
                continue
            account["sign"] = sign
            if account["ci_system_id"] is None:
                became.append(account["username"])
            systems.settle(connection, rows, account, identity, parsers)
            rows.update(entities.ACCOUNTS, [account])
    return became
