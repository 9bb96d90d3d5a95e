"""Every configuration option of CI Watch, with its type, bounds and help.

``etc/ciwatch/ciwatch.conf.sample`` is generated from this module (``tox -e genconfig``) and a test
compares the two, so an option cannot exist without being documented.
"""

import os

from oslo_config import cfg
from oslo_config import types

_STATE_HOME = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")

DEFAULT = [
    cfg.StrOpt(
        "state_path",
        default=os.path.join(_STATE_HOME, "ciwatch"),
        sample_default="/var/lib/ciwatch",
        help="The folder in which CI Watch keeps what it must remember: the SQLite database, unless "
        "[database] connection names another one.",
    ),
]

GERRIT = [
    cfg.URIOpt(
        "url",
        schemes=["http", "https"],
        default="https://review.opendev.org",
        help="The web address of the Gerrit whose events are recorded. Pages link their changes there "
        "when an event did not say where its change lives.",
    ),
    cfg.ListOpt(
        "gate_accounts",
        item_type=types.String(max_length=255),
        default=["zuul", "jenkins"],
        help="Usernames of the project's own CI, the gate, whose rows stand on top of every matrix. "
        "All other CI systems are third parties.",
    ),
]

LISTENER = [
    cfg.ListOpt(
        "ci_accounts",
        item_type=types.String(max_length=255),
        default=[],
        help="Usernames, or full names, of accounts that are CI systems although nothing in their "
        "name says so. They are recognised from their first comment on.",
    ),
    cfg.ListOpt(
        "ignored_accounts",
        item_type=types.String(max_length=255),
        default=[],
        help="Usernames, or full names, of accounts that are never CI systems, whatever they are "
        "called and whatever they write: bots that welcome, remind or rebase.",
    ),
    cfg.IntOpt(
        "batch_size",
        default=2000,
        min=1,
        max=10000,
        help="How many events are recorded in one database transaction while reading a file.",
    ),
]

DATABASE = [
    cfg.StrOpt(
        "connection",
        secret=True,
        default="sqlite:///$state_path/ciwatch.sqlite",
        help="The SQLAlchemy URL of the database, such as sqlite:////var/lib/ciwatch/ciwatch.sqlite. "
        "An absolute path has four slashes.",
    ),
]

PARSERS = [
    cfg.ListOpt(
        "disabled",
        item_type=types.String(max_length=64),
        default=[],
        help="Names of parser plugins that are not to be used; 'ciwatch parsers list' shows all.",
    ),
]

WEB = [
    cfg.HostAddressOpt(
        "host",
        default="127.0.0.1",
        help="The address on which 'ciwatch serve' answers.",
    ),
    cfg.PortOpt(
        "port",
        default=8080,
        help="The TCP port on which 'ciwatch serve' answers; 0 takes any free one.",
    ),
    cfg.IntOpt(
        "threads",
        default=4,
        min=1,
        max=64,
        help="How many requests 'ciwatch serve' answers at the same time.",
    ),
]

GROUPS = {
    "DEFAULT": DEFAULT,
    "gerrit": GERRIT,
    "listener": LISTENER,
    "database": DATABASE,
    "parsers": PARSERS,
    "web": WEB,
}


def list_opts():
    """All options by group, as oslo-config-generator and the Sphinx extension want them.

    :returns: a list of ``(group name, list of options)``.
    """
    return list(GROUPS.items())


def register_opts(conf):
    """Registers every option on *conf*, an :class:`oslo_config.cfg.ConfigOpts`."""
    for group, options in GROUPS.items():
        conf.register_opts(options, group=None if group == "DEFAULT" else group)
