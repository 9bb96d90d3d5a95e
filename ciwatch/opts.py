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
        "[database] connection names another one, and the events that wait while the database is away.",
    ),
]

GERRIT = [
    cfg.URIOpt(
        "url",
        schemes=["http", "https"],
        default="https://review.opendev.org",
        help="The web address of the Gerrit whose events are recorded. Its REST API is asked for what was "
        "missed, and pages link changes there when an event did not say where its change lives.",
    ),
    cfg.StrOpt(
        "username",
        help="The account with which to listen over ssh; Gerrit must give it the capability Stream Events. "
        "Not needed for [listener] source = rest.",
    ),
    cfg.HostAddressOpt(
        "ssh_host",
        help="The host of Gerrit's ssh, where it is not that of url.",
    ),
    cfg.PortOpt(
        "ssh_port",
        min=1,
        default=29418,
        help="The port of Gerrit's ssh.",
    ),
    cfg.StrOpt(
        "key_file",
        help="The private key of username, readable by the listener only. Without it the keys of the ssh "
        "agent and of ~/.ssh are tried.",
    ),
    cfg.StrOpt(
        "known_hosts_file",
        default="~/.ssh/known_hosts",
        help="The file with Gerrit's host key, as ssh-keyscan prints it. A host with another key, or with "
        "none there, is refused.",
    ),
    cfg.StrOpt(
        "http_password",
        secret=True,
        help="The HTTP password of username, for a Gerrit that answers nobody over REST without one.",
    ),
    cfg.ListOpt(
        "ci_groups",
        item_type=types.String(max_length=255),
        default=["Third-Party CI"],
        help="Groups of Gerrit whose members are CI systems, whatever they are called.",
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
    cfg.StrOpt(
        "source",
        max_length=64,
        default="ssh",
        help="Where 'ciwatch listen' has its events from, a plugin of the group ciwatch.sources: ssh, the "
        "stream, which needs an account; rest, which asks every poll_interval seconds and needs none; kafka "
        "or mqtt, a broker to which somebody hands Gerrit's events, described in the group of that name.",
    ),
    cfg.StrOpt(
        "name",
        max_length=255,
        help="The name of this listener on the status page; by default that of the host. Two listeners "
        "on one host need two names.",
    ),
    cfg.IntOpt(
        "poll_interval",
        default=60,
        min=1,
        max=3600,
        help="How long the source rest waits after one question before the next, in seconds.",
    ),
    cfg.IntOpt(
        "spool_limit",
        default=1024,
        min=1,
        max=1048576,
        help="How many MiB of events may wait on disk while the database is away. The status page tells how "
        "many do; above the limit the newest are not kept, and Gerrit is asked for them afterwards.",
    ),
    cfg.StrOpt(
        "archive_dir",
        help="A folder for a copy of every raw event, one gzip file of JSON lines a day, which 'ciwatch "
        "replay' reads. Without it there is none.",
    ),
    cfg.IntOpt(
        "archive_days",
        default=0,
        min=0,
        max=36500,
        help="Files of archive_dir that are older than so many days are removed by 'ciwatch prune'; 0 keeps "
        "all.",
    ),
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


def _access(broker):
    """The options by which one gets into a *broker*."""
    return [
        cfg.BoolOpt(
            "tls",
            default=False,
            help=f"Whether to speak TLS with {broker}. Its certificate is verified then, always.",
        ),
        cfg.StrOpt(
            "ca_file",
            help="The certificates, PEM, of which one must have signed that of the broker. Without it those "
            "of the system count.",
        ),
        cfg.StrOpt(
            "cert_file",
            help="The certificate of the listener, PEM, for a broker that asks for one. It needs key_file.",
        ),
        cfg.StrOpt(
            "key_file",
            help="The private key of cert_file, PEM without a passphrase, readable by the listener only.",
        ),
        cfg.StrOpt(
            "username",
            help="The account with which to sign in. Without it nobody does.",
        ),
        cfg.StrOpt(
            "password",
            secret=True,
            help="The password of username. Without tls it may travel in the clear.",
        ),
    ]


KAFKA = [
    cfg.ListOpt(
        "servers",
        item_type=types.String(max_length=255),
        default=[],
        sample_default=["kafka1.example.org:9092", "kafka2.example.org:9092"],
        help="Brokers of the Kafka cluster, each HOST:PORT, of which one that answers is enough to find the "
        "others. Needed for [listener] source = kafka.",
    ),
    cfg.StrOpt(
        "topic",
        max_length=249,
        default="gerrit",
        help="The topic to which Gerrit's plugin events-kafka writes its stream; gerrit is that plugin's own "
        "default.",
    ),
    cfg.StrOpt(
        "group",
        max_length=255,
        default="ciwatch",
        help="The consumer group. Listeners of one group share the partitions of the topic and record into "
        "one database; another database needs another group. Kafka remembers for a group how far it is.",
    ),
    *_access("Kafka"),
    cfg.StrOpt(
        "sasl_mechanism",
        default="SCRAM-SHA-512",
        choices=["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"],
        help="How username signs in. PLAIN sends the password itself: only with tls.",
    ),
]

MQTT = [
    cfg.HostAddressOpt(
        "host",
        help="The host of the MQTT broker. Needed for [listener] source = mqtt.",
    ),
    cfg.PortOpt(
        "port",
        min=1,
        default=1883,
        help="The port of the broker: 1883 as a rule, 8883 with tls.",
    ),
    cfg.StrOpt(
        "topic",
        max_length=1024,
        default="gerrit/#",
        help="The topics to hear, as an MQTT filter: + stands for one level, # at the end for all that "
        "follow. germqtt publishes an event under gerrit/PROJECT/TYPE, where PROJECT may have several "
        "levels: so gerrit/openstack/# is what happens in the projects of openstack.",
    ),
    *_access("the MQTT broker"),
]

DATABASE = [
    cfg.StrOpt(
        "connection",
        secret=True,
        default="sqlite:///$state_path/ciwatch.sqlite",
        help="The SQLAlchemy URL of the database, such as sqlite:////var/lib/ciwatch/ciwatch.sqlite. "
        "An absolute path has four slashes.",
    ),
    cfg.StrOpt(
        "replica_connection",
        secret=True,
        help="The SQLAlchemy URL of a replica of that database, from which pages are read then, so that "
        "visitors are no load for the one that records. What tells of the collecting, the status page and "
        "what monitors ask for, is read from connection all the same. Without it, everything is.",
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

INSIGHT = [
    cfg.StrOpt(
        "registry_file",
        default="/etc/ciwatch/systems.yaml",
        help="The file that describes the CI systems: their accounts, whom to ask, on what each is expected. "
        "The default one is used where it exists; without one, what a CI covers is learned from what it "
        "does. 'ciwatch registry validate' checks it, and a running process reads it again when it changes.",
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
    "kafka": KAFKA,
    "mqtt": MQTT,
    "database": DATABASE,
    "parsers": PARSERS,
    "insight": INSIGHT,
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
