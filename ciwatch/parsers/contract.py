"""What a parser must keep to, checked: a well-formed report, or a fault with its reason."""

import enum

from ciwatch.parsers import base
from ciwatch.parsers.results import ResultClass

#: The longest duration that is stored, in seconds.
MAX_DURATION_S = 2**31 - 1


class FaultKind(enum.StrEnum):
    """How a parser plugin failed."""

    NOT_LOADED = "not loaded"
    RAISED = "raised"
    RUBBISH = "returned rubbish"


class ContractError(Exception):
    """A parser returned something that is no report; the message says what is wrong with it."""


def check_report(report):
    """Raises :class:`ContractError` unless *report* is a well-formed report."""
    if type(report) is not base.Report:
        raise ContractError(f"a {type(report).__name__}, which is no Report")
    if type(report.kind) is not base.Kind:
        raise ContractError(f"kind {report.kind!r} is no Kind")
    if type(report.pipeline) is not str:
        raise ContractError(f"pipeline {report.pipeline!r} is no text")
    if type(report.pipeline_source) is not base.PipelineSource:
        raise ContractError(f"pipeline_source {report.pipeline_source!r} is no PipelineSource")
    if report.headline is not None and type(report.headline) is not ResultClass:
        raise ContractError(f"headline {report.headline!r} is no ResultClass")
    if type(report.builds) is not tuple:
        raise ContractError(f"builds is a {type(report.builds).__name__}, not a tuple")
    for build in report.builds:
        _check_build(build)


def _check_build(build):
    if type(build) is not base.Build:
        raise ContractError(f"a {type(build).__name__} among the builds, which is no Build")
    if type(build.job) is not str or not build.job:
        raise ContractError(f"job {build.job!r} is no name")
    if type(build.result) is not str or not build.result:
        raise ContractError(f"result {build.result!r} is no word")
    if type(build.voting) is not bool:
        raise ContractError(f"voting {build.voting!r} is neither True nor False")
    if type(build.result_class) is not ResultClass:
        raise ContractError(f"result_class {build.result_class!r} is no ResultClass")
    duration = build.duration_s
    if duration is not None and (type(duration) is not int or not 0 <= duration <= MAX_DURATION_S):
        raise ContractError(f"duration_s {duration!r} is no number of seconds")
    for name in ("log_url", "detail"):
        value = getattr(build, name)
        if value is not None and type(value) is not str:
            raise ContractError(f"{name} {value!r} is no text")
