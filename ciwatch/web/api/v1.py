"""Version 1 of the API. Each address gives what the page of the same view shows."""

import msgspec
from pyramid.view import view_config

from ciwatch.queries import ci
from ciwatch.queries import matrix
from ciwatch.queries import projects
from ciwatch.queries import status as statuses
from ciwatch.web import params
from ciwatch.web.views import change as changes
from ciwatch.web.views import project as project_views
from ciwatch.web.views import status as status_views


@view_config(route_name="api_projects", renderer="msgspec")
def list_projects(request):
    """All projects, with their CIs at a glance."""
    return {"projects": projects.glance(request.db, request.now)}


@view_config(route_name="api_matrix", renderer="msgspec")
def project_matrix(request):
    """The matrix of a project; takes the parameters of its page."""
    found = project_views.find(request, request.matchdict["name"])
    filters = params.matrix_filters(request)
    read = matrix.read(request.db, found, filters)
    return {
        "filters": filters,
        "matrix": msgspec.structs.replace(read, systems=[_system(s) for s in read.systems]),
    }


def _system(system):
    """A CI's row and its jobs' with cells that tell what they are."""
    return {
        "name": system.row.name,
        "title": system.title,
        "is_gate": system.is_gate,
        "passed": system.row.passed,
        "judged": system.row.judged,
        "cells": [cell and {"state": cell[0], "attempts": cell[1]} for cell in system.row.cells],
        "jobs": [
            {
                "name": job.name,
                "passed": job.passed,
                "judged": job.judged,
                "cells": list(map(_job_cell, job.builds, job.runs, job.reports)),
            }
            for job in system.jobs
        ],
    }


def _job_cell(build, runs, report):
    if build is None:
        return None
    _, state, voting, has_log, position = build
    log = f"/log/{report}/{position}" if has_log else None
    return {"state": state, "attempts": runs, "voting": voting, "log": log}


@view_config(route_name="api_ci_list", renderer="msgspec")
def list_systems(request):
    """All CI systems."""
    return {"systems": ci.list_systems(request.db)}


@view_config(route_name="api_status", renderer="msgspec")
def status(request):
    """Who listens, what was recorded, rejected, and not understood."""
    return statuses.read(request.db, request.now, status_views.registry_fault(request))


@view_config(route_name="api_change", renderer="msgspec")
def change(request):
    """A change with every attempt of every CI."""
    return changes.find(request)
