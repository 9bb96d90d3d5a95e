"""The CI systems of the simulated world: who they are, and how they behave."""

import dataclasses
import math

MAIN_PROJECT = "openstack/lantern"
SIDE_PROJECTS = ("openstack/lantern-ui", "openstack/python-lanternclient", "openstack/wick")


@dataclasses.dataclass(frozen=True)
class Job:
    """A job of a CI.

    :ivar median_s: the median of its run time in seconds.
    :ivar voting: whether its result counts for the verdict.
    :ivar flake: the chance, in each run, that it fails for no reason.
    :ivar needs: the name of a job without whose success it is skipped; empty where it needs none.
    """

    name: str
    median_s: int = 1800
    voting: bool = True
    flake: float = 0.0
    needs: str = ""


@dataclasses.dataclass(frozen=True)
class Character:
    """A CI system. Chances are per run unless said otherwise; days count back from the end of the history.

    :ivar trait: in a word, what there is to find out about it.
    :ivar style: the format of its comments: zuul3, zuul2, gerrit_trigger or vote.
    :ivar host: where its logs are.
    :ivar pipelines: check, and for the gate also gate.
    :ivar votes: whether its results bear a Verified vote.
    :ivar latency_s: the median time in seconds from the request (upload, re-run, approval) to the result;
        ``spread`` is the sigma of its logarithm.
    :ivar catches: the chance that its tests cover what a bad patch in its area breaks. They do or do not,
        however often it runs them, and the same jobs find it each time.
    :ivar noise: the chance that one voting job fails although nothing is wrong with patch or job.
    :ivar infra: the chance that the infrastructure breaks one of its jobs.
    :ivar misses: the chance that it does not answer a patch set, or a request for a re-run.
    :ivar drops: the chance that it reports nothing when a newer patch set came, or the change was
        abandoned, before it was done.
    :ivar always_green: it never reports a failure, whatever it tested.
    :ivar sick: spells in which nearly all fails: (how many days ago, from which hour UTC, hours long). One
        that would begin at a weekend, when little happens, begins on the Friday before.
    :ivar silent: spells in which it says nothing: (how many days ago, days long), inf for one that lasts.
    :ivar worse: (how many days ago, the noise since then): something of its own broke, a little.
    :ivar joined_days: for so long it has been there; the newcomer.
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
    pipelines: tuple[str, ...] = ("check",)
    votes: bool = True
    latency_s: float = 7200.0
    spread: float = 0.35
    catches: float = 0.9
    noise: float = 0.05
    infra: float = 0.01
    misses: float = 0.02
    drops: float = 0.6
    always_green: bool = False
    sick: tuple[tuple[float, float, float], ...] = ()
    silent: tuple[tuple[float, float], ...] = ()
    worse: tuple[float, float] | None = None
    joined_days: float | None = None
    twice: float = 0.0
    phrase: str = "recheck"
    everywhere: bool = False

    @property
    def is_gate(self):
        """Whether changes pass through it to be merged."""
        return "gate" in self.pipelines


def _jobs(prefix, *names, non_voting=(), flake=None, needs=None, median_s=3600):
    flake, needs = flake or {}, needs or {}
    return tuple(
        Job(
            f"{prefix}-{name}",
            median_s=median_s + 120 * number,
            voting=name not in non_voting,
            flake=flake.get(name, 0.0),
            needs=f"{prefix}-{needs[name]}" if name in needs else "",
        )
        for number, name in enumerate(names)
    )


GATE = Character(
    "zuul", "Zuul", "gate", "zuul3", "zuul.lantern.example",
    _jobs(
        "lantern",
        *("linters", "docs", "unit-py311", "unit-py312", "functional", "tempest-smoke", "tempest-full"),
        *("tempest-slow", "tempest-lvm", "tempest-nfs", "grenade", "grenade-skip-level", "multinode"),
        *("migrations", "api-ref", "release-notes", "rally", "fips", "arm64", "next-python"),
        non_voting=("rally", "fips", "arm64", "next-python"), flake={"multinode": 0.02},
        needs={"tempest-slow": "tempest-smoke", "grenade-skip-level": "grenade", "rally": "tempest-smoke"},
        median_s=600,
    ),
    pipelines=("check", "gate"), latency_s=4800, noise=0.03, misses=0.0, drops=1.0, everywhere=True,
)  # fmt: skip

THIRD_PARTIES = (
    Character(
        "basalt-array-ci", "Basalt Array CI", "sick", "zuul2", "logs.basalt.example",
        _jobs("basalt", "iscsi-tempest", "fc-tempest", "nvme-tempest", "multipath", "upgrade"),
        sick=((2, 12, 7),), latency_s=9000,
    ),
    Character(
        "cobalt-flash-ci", "Cobalt Flash CI", "silent", "zuul3", "zuul.cobalt.example",
        _jobs("cobalt", "iscsi", "fc", "replication", "qos"), silent=((4.6, math.inf),), latency_s=7000,
    ),
    Character(
        "delta-filer-ci", "Delta Filer CI", "flaky job", "zuul2", "logs.delta.example",
        _jobs("delta", "nfs-tempest", "cifs-tempest", "snapshots", "quota", "migrate",
              flake={"cifs-tempest": 0.22}), noise=0.03,
    ),
    Character(
        "ember-san-ci", "Ember SAN CI", "slow", "zuul2", "logs.ember.example",
        _jobs("ember", "svc-tempest", "svc-stress", "svc-failover", "mirror", "upgrade", "soak",
              non_voting=("soak",), median_s=14000), latency_s=30000, spread=0.5, phrase="",
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
        "harbor-build", "Harbor Build Service", "steady, known by behaviour only", "gerrit_trigger",
        "jenkins.harbor.example",
        _jobs("harbor", "verify", "integration", "package", "docs", non_voting=("docs",)),
        latency_s=5000, everywhere=True,
    ),
    Character(
        "iris-nvme-ci", "Iris NVMe CI", "steady, re-runs on run-iris-ci", "zuul2", "logs.iris.example",
        _jobs("iris", "nvme-tcp", "nvme-rdma", "nvme-fc", "hotplug"), phrase="run-iris-ci",
    ),
    Character(
        "jasper-lvm-ci", "Jasper LVM CI", "newcomer", "zuul3", "zuul.jasper.example",
        _jobs("jasper", "lvm-thin", "lvm-thick", "lvm-raid", "lvm-cache", "lvm-vdo", "lvm-shared"),
        joined_days=3.5, noise=0.12,
    ),
    Character(
        "kestrel-iscsi-ci", "Kestrel iSCSI CI", "posts twice", "zuul2", "logs.kestrel.example",
        _jobs("kestrel", "iscsi-chap", "iscsi-ipv6", "iscsi-boot", "iscsi-mcs"), twice=0.4,
    ),
    Character(
        "lumen-nfs-ci", "Lumen NFS CI", "infrastructure", "zuul3", "zuul.lumen.example",
        _jobs("lumen", "nfs3", "nfs4", "nfs41", "pnfs", "kerberos", non_voting=("kerberos",),
              needs={"kerberos": "nfs4"}), infra=0.22,
    ),
    Character(
        "mistral-fc-ci", "Mistral FC CI", "only votes", "vote", "mistral.example", latency_s=10000, phrase="",
    ),
)  # fmt: skip

#: The gate and twelve third-party CIs; together they have 72 jobs in the main project.
CAST = (GATE, *THIRD_PARTIES)
