"""Plays worlds, and checks them."""

import pathlib
import tempfile

from benchmarks.accuracy import answers
from benchmarks.accuracy import jobs
from benchmarks.accuracy import spells
from benchmarks.accuracy import story

CHECKS = (
    spells.sick,
    spells.silent,
    spells.healthy,
    spells.broken,
    spells.regressed,
    answers.standings,
    answers.trusts,
    jobs.flaky,
)


def play(seed, days):
    """The cases of one world."""
    with tempfile.TemporaryDirectory(prefix="ciwatch-accuracy-") as folder:
        told = story.Story(seed, days, pathlib.Path(folder) / "accuracy.sqlite")
        try:
            return [case for check in CHECKS for case in check(told)]
        finally:
            told.close()
