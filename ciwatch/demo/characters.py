"""The CI systems of the simulated world: who they are, and how they behave."""

import dataclasses

MAIN_PROJECT = "openstack/lantern"
SIDE_PROJECTS = ("openstack/lantern-ui", "openstack/python-lanternclient", "openstack/wick")


@dataclasses.dataclass(frozen=True)
class Job:
    """A job: its usual run time in seconds, whether it votes, how often it fails for no reason."""

    name: str
    median_s: int = 1800
    voting: bool = True
    flake: float = 0.0


@dataclasses.dataclass(frozen=True)
class Character:
    """A CI system. Chances are per report unless said otherwise; days count back from the end.

    :ivar trait: in a word, what there is to find out about it.
    :ivar style: the format of its comments: zuul3, zuul2, gerrit_trigger or vote.
    :ivar latency_s: the median time from upload to result; ``spread`` is the sigma of its logarithm.
    :ivar catches: the chance that it notices a bad patch in its area.
    :ivar noise: the chance that a voting job fails without a reason in the patch.
    :ivar infra: the chance that a job fails before it tests anything.
    :ivar misses: the chance that it does not answer a patch set.
    :ivar sick: spells, (days before the end, length in days), in which nearly all fails.
    :ivar silent_days: it said nothing since then.
    :ivar joined_days: it said nothing before then.
    :ivar twice: the chance that it posts a result twice.
    :ivar phrase: what to type for a re-run; empty where it never re-runs.
    :ivar everywhere: whether it tests the side projects too.
    """

    username: str
    name: str
    trait: str
    style: str
    host: str
    jobs: tuple[Job, ...] = ()
    is_gate: bool = False
    votes: bool = True
    latency_s: float = 7200.0
    spread: float = 0.35
    catches: float = 0.9
    noise: float = 0.05
    infra: float = 0.01
    misses: float = 0.02
    always_green: bool = False
    sick: tuple[tuple[float, float], ...] = ()
    silent_days: float | None = None
    joined_days: float | None = None
    twice: float = 0.0
    phrase: str = "recheck"
    everywhere: bool = False


def _jobs(prefix, *names, non_voting=(), flaky=(), flake=0.0, median_s=3600):
    return tuple(
        Job(
            f"{prefix}-{name}",
            median_s=median_s + 240 * number,
            voting=name not in non_voting,
            flake=flake if name in flaky else 0.0,
        )
        for number, name in enumerate(names)
    )


GATE = Character(
    "zuul",
    "Zuul",
    "gate",
    "zuul3",
    "zuul.lantern.example",
    _jobs(
        "lantern",
        *("linters", "docs", "unit-py311", "unit-py312", "functional", "tempest-smoke", "tempest-full"),
        *("tempest-slow", "tempest-lvm", "tempest-nfs", "grenade", "grenade-skip-level", "multinode"),
        *("migrations", "api-ref", "release-notes", "rally", "fips", "arm64", "next-python"),
        non_voting=("rally", "fips", "arm64", "next-python"),
        flaky=("multinode",),
        flake=0.02,
        median_s=600,
    ),
    is_gate=True,
    latency_s=4800,
    noise=0.03,
    misses=0.0,
    everywhere=True,
)

THIRD_PARTIES = (
    Character(
        "basalt-array-ci", "Basalt Array CI", "sick", "zuul2", "logs.basalt.example",
        _jobs("basalt", "iscsi-tempest", "fc-tempest", "nvme-tempest", "multipath", "upgrade"),
        sick=((2.3, 0.3),), latency_s=9000,
    ),
    Character(
        "cobalt-flash-ci", "Cobalt Flash CI", "silent", "zuul3", "zuul.cobalt.example",
        _jobs("cobalt", "iscsi", "fc", "replication", "qos"), silent_days=4.6, latency_s=7000,
    ),
    Character(
        "delta-filer-ci", "Delta Filer CI", "flaky job", "zuul2", "logs.delta.example",
        _jobs("delta", "nfs-tempest", "cifs-tempest", "snapshots", "quota", "migrate",
              flaky=("cifs-tempest",), flake=0.22), noise=0.03,
    ),
    Character(
        "ember-san-ci", "Ember SAN CI", "slow", "zuul2", "logs.ember.example",
        _jobs("ember", "svc-tempest", "svc-stress", "svc-failover", "mirror", "upgrade", "soak",
              non_voting=("soak",)), latency_s=30000, spread=0.5,
    ),
    Character(
        "fjord-disk-ci", "Fjord Disk CI", "steady", "zuul3", "zuul.fjord.example",
        _jobs("fjord", "block", "file", "object", "backup"), noise=0.03, everywhere=True,
    ),
    Character(
        "granite-block-ci", "Granite Block CI", "always green", "zuul2", "logs.granite.example",
        _jobs("granite", "iscsi", "fc", "thin", "thick", "clone"), always_green=True, phrase="",
    ),
    Character(
        "harbor-build", "Harbor Build Service", "known by behaviour", "gerrit_trigger",
        "jenkins.harbor.example",
        _jobs("harbor", "verify", "integration", "package", "docs", non_voting=("docs",)),
        latency_s=5000, everywhere=True,
    ),
    Character(
        "iris-nvme-ci", "Iris NVMe CI", "answers run-iris-ci", "zuul2", "logs.iris.example",
        _jobs("iris", "nvme-tcp", "nvme-rdma", "nvme-fc", "hotplug"), phrase="run-iris-ci", noise=0.08,
    ),
    Character(
        "jasper-lvm-ci", "Jasper LVM CI", "newcomer", "zuul3", "zuul.jasper.example",
        _jobs("jasper", "lvm-thin", "lvm-thick", "lvm-raid", "lvm-cache", "lvm-vdo", "lvm-shared"),
        joined_days=2.5, noise=0.15,
    ),
    Character(
        "kestrel-iscsi-ci", "Kestrel iSCSI CI", "posts twice", "zuul2", "logs.kestrel.example",
        _jobs("kestrel", "iscsi-chap", "iscsi-ipv6", "iscsi-boot", "iscsi-mcs"), twice=0.4,
    ),
    Character(
        "lumen-nfs-ci", "Lumen NFS CI", "infrastructure", "zuul3", "zuul.lumen.example",
        _jobs("lumen", "nfs3", "nfs4", "nfs41", "pnfs", "kerberos", non_voting=("kerberos",)), infra=0.2,
    ),
    Character(
        "mistral-fc-bot", "Mistral FC Bot", "only votes", "vote", "mistral.example", latency_s=10000,
    ),
)  # fmt: skip

CAST = (GATE, *THIRD_PARTIES)
