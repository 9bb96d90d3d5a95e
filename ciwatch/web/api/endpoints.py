"""Every address of the API: its view, what it answers, its parameters, and its lists that can be had as CSV.

This is the one place where they are declared: the views are made of it, and so is the document.
"""

import typing

from ciwatch.queries import behind
from ciwatch.queries import change
from ciwatch.queries import coverage
from ciwatch.queries import figures
from ciwatch.queries import home
from ciwatch.queries import job
from ciwatch.queries import jobs
from ciwatch.queries import overview
from ciwatch.queries import policy
from ciwatch.queries import search
from ciwatch.queries import status
from ciwatch.queries import story
from ciwatch.queries import upstream
from ciwatch.web import params
from ciwatch.web.api import answers
from ciwatch.web.api import openapi
from ciwatch.web.api import rows
from ciwatch.web.api import systems
from ciwatch.web.api import v1
from ciwatch.web.api.endpoint import Endpoint
from ciwatch.web.tables import Table

_WINDOW = (params.AS_OF, params.DAYS)

ENDPOINTS = (
    Endpoint(
        "api_projects",
        v1.list_projects,
        home.Home,
        (params.AS_OF,),
        {
            "projects": Table(rows.ProjectRow, rows.projects),
            "happenings": Table(home.Happening, lambda answer: answer.happenings),
        },
    ),
    Endpoint(
        "api_matrix",
        v1.project_matrix,
        answers.Matrix,
        params.MATRIX,
        {"cells": Table(rows.CellRow, rows.cells)},
        live="project",
    ),
    Endpoint(
        "api_ci_list",
        v1.list_systems,
        answers.Systems,
        (params.AS_OF,),
        {"systems": Table(rows.SystemRow, rows.systems)},
    ),
    Endpoint(
        "api_ci",
        systems.system,
        overview.Overview,
        _WINDOW,
        {
            "days": Table(figures.Day, lambda answer: answer.days),
            "projects": Table(figures.ProjectFigures, lambda answer: answer.projects),
            "statuses": Table(story.Period, lambda answer: answer.statuses),
            "spells": Table(rows.SpellRow, rows.spells),
        },
    ),
    Endpoint(
        "api_ci_missed",
        systems.missed,
        answers.Missed,
        (*_WINDOW, params.STANDING, params.PAGE),
        {"missed": Table(behind.Unanswered, lambda answer: answer.items)},
    ),
    Endpoint(
        "api_ci_jobs",
        systems.jobs,
        answers.Jobs,
        _WINDOW,
        {"jobs": Table(jobs.JobFigures, lambda answer: answer.jobs)},
    ),
    Endpoint(
        "api_ci_job",
        systems.job,
        job.JobHistory,
        (*_WINDOW, params.RESULT, params.PAGE),
        {"builds": Table(job.JobBuild, lambda answer: answer.items)},
    ),
    Endpoint(
        "api_ci_trust",
        systems.trust,
        answers.Trust,
        (*_WINDOW, params.OUTCOME, params.PAGE),
        {"trust": Table(behind.Judged, lambda answer: answer.items)},
    ),
    Endpoint(
        "api_ci_patch_sets",
        systems.patch_sets,
        answers.PatchSets,
        (*_WINDOW, params.COUNTED, params.PAGE),
        {"patchsets": Table(behind.Counted, lambda answer: answer.items)},
    ),
    Endpoint(
        "api_ci_policy",
        systems.policy,
        policy.Policy,
        (params.AS_OF, params.RULES_DAYS),
        {
            "rules": Table(rows.RuleRow, rows.rules),
            "breaches": Table(rows.BreachRow, rows.breaches),
        },
    ),
    Endpoint(
        "api_change",
        v1.change,
        change.Change,
        tables={"builds": Table(rows.BuildRow, rows.builds)},
        live="change",
    ),
    Endpoint(
        "api_coverage",
        v1.coverage,
        coverage.Coverage,
        (params.PROJECT, params.AS_OF, params.RULES),
        {"coverage": Table(rows.CoverageRow, rows.coverage)},
    ),
    Endpoint(
        "api_search",
        v1.search,
        search.Search,
        (params.SEARCHED,),
        {"found": Table(rows.FoundRow, rows.found)},
    ),
    Endpoint("api_upstream", v1.upstream, upstream.Upstream, (params.PROJECT, params.AS_OF)),
    Endpoint("api_status", v1.status, status.Status, live=None),
    Endpoint("api_openapi", openapi.view, dict[str, typing.Any], live=None),
)


def includeme(config):
    """Adds their views, and writes the document."""
    for endpoint in ENDPOINTS:
        config.add_view(endpoint, route_name=endpoint.route, renderer="msgspec", live=endpoint.live)
    config.registry["openapi"] = openapi.document(ENDPOINTS)
