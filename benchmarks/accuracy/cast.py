"""Fifteen CIs of known character, and the gate; two months of them.

Days count back from the end of the story, a Monday: 3 is a Friday, 4 a Thursday.
"""

import dataclasses
import math

from ciwatch.demo import characters
from ciwatch.demo.characters import Character
from ciwatch.demo.characters import Job

#: Times at which the main project's master is broken: (how many days ago, from which hour UTC, hours long).
BROKEN = ((25, 9, 10), (11, 10, 10))

#: The job's name ends with the chance, in per cent, that it fails for no reason.
_FLAKES = (8, 12, 20)


def _jobs(prefix, *names):
    return tuple(Job(f"{prefix}-{name}") for name in names)


_GATE = dataclasses.replace(
    characters.GATE,
    jobs=_jobs("gate", "linters", "unit", "functional", "tempest", "upgrade"),
)
_STEADY = (
    Character(
        "onyx-volume-ci", "Onyx Volume CI", "steady", "zuul3", "zuul.onyx.example",
        _jobs("onyx", "iscsi", "fc", "nvme", "backup"), noise=0.03,
    ),
    Character(
        "quarry-build", "Quarry Build Service", "steady, everywhere", "gerrit_trigger",
        "jenkins.quarry.example", _jobs("quarry", "verify", "integration", "package"), latency_s=5000,
        everywhere=True,
    ),
)  # fmt: skip
_ILL = (
    # An afternoon's three hours are five or six changes.
    Character(
        "pebble-store-ci", "Pebble Store CI", "sick, shortly", "zuul2", "logs.pebble.example",
        _jobs("pebble", "iscsi", "nfs", "snapshots", "quota"),
        sick=((47, 12, 3), (39, 13, 3), (31, 12, 3), (19, 13, 3)), latency_s=6000,
    ),
    Character(
        "ridge-array-ci", "Ridge Array CI", "sick, for long", "zuul2", "logs.ridge.example",
        _jobs("ridge", "iscsi", "fc", "multipath", "upgrade"), sick=((40, 9, 30), (18, 11, 9)),
        latency_s=9000,
    ),
    Character(
        "tundra-disk-ci", "Tundra Disk CI", "silent", "zuul3", "zuul.tundra.example",
        _jobs("tundra", "iscsi", "fc", "qos"), silent=((6.2, math.inf),), latency_s=7000,
    ),
    Character(
        "umber-block-ci", "Umber Block CI", "silent, came back", "zuul2", "logs.umber.example",
        _jobs("umber", "thin", "thick", "clone"), silent=((41.3, 3.0), (20.6, 3.5)),
    ),
    Character(
        "flint-nvme-ci", "Flint NVMe CI", "got 15 points worse", "zuul2", "logs.flint.example",
        _jobs("flint", "tcp", "rdma", "fc", "hotplug"), noise=0.03, worse=(10.0, 0.22),
    ),
)  # fmt: skip
_ODD = (
    Character(
        "vale-filer-ci", "Vale Filer CI", "flaky jobs", "zuul2", "logs.vale.example",
        (*(Job(f"vale-flaky-{chance}", flake=chance / 100) for chance in _FLAKES),
         *_jobs("vale", "quota", "migrate")), noise=0.03,
    ),
    Character(
        "wharf-san-ci", "Wharf SAN CI", "slow", "zuul2", "logs.wharf.example",
        _jobs("wharf", "tempest", "stress", "failover"), latency_s=30000, spread=0.5, phrase="",
    ),
    Character(
        "xenon-cloud-ci", "Xenon Cloud CI", "always green", "zuul2", "logs.xenon.example",
        _jobs("xenon", "thin", "thick", "clone"), always_green=True, phrase="",
    ),
    Character(
        "yarrow-nfs-ci", "Yarrow NFS CI", "infrastructure", "zuul3", "zuul.yarrow.example",
        _jobs("yarrow", "nfs3", "nfs4", "pnfs", "kerberos"), infra=0.22,
    ),
    Character(
        "zephyr-lvm-ci", "Zephyr LVM CI", "newcomer", "zuul3", "zuul.zephyr.example",
        _jobs("zephyr", "thin", "thick", "raid"), joined_days=24.5, noise=0.12,
    ),
    Character(
        "beacon-iscsi-ci", "Beacon iSCSI CI", "posts twice", "zuul2", "logs.beacon.example",
        _jobs("beacon", "chap", "ipv6", "boot"), twice=0.4,
    ),
    Character(
        "comet-fc-ci", "Comet FC CI", "only votes", "vote", "comet.example", latency_s=10000, phrase="",
    ),
    Character(
        "dune-backup-ci", "Dune Backup CI", "forgets some", "zuul3", "zuul.dune.example",
        _jobs("dune", "full", "incremental", "restore"), misses=0.1, phrase="run-dune-ci",
    ),
)  # fmt: skip

#: The gate first.
CAST = (_GATE, *_STEADY, *_ILL, *_ODD)
