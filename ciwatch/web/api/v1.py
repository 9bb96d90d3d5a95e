"""The views of version 1 that are not of one CI; ``endpoints.py`` has their addresses and parameters."""

from ciwatch.queries import ci
from ciwatch.queries import home as homes
from ciwatch.queries import matrix
from ciwatch.queries import search as searches
from ciwatch.queries import status as statuses
from ciwatch.queries import story
from ciwatch.web import params
from ciwatch.web import systems
from ciwatch.web.api import answers
from ciwatch.web.views import change as changes
from ciwatch.web.views import coverage as coverage_views
from ciwatch.web.views import project as project_views
from ciwatch.web.views import status as status_views
from ciwatch.web.views import upstream as upstream_views


def list_projects(request, until):
    """All projects with their CIs at a glance; what changed in 24 hours; the gate; and what fails for all."""
    return homes.read(request.db, systems.registry(request), until)


def project_matrix(request, **values):
    """The matrix of a project: every CI, and every job, on every patch set of a window."""
    found = project_views.find(request, request.matchdict["name"])
    filters = params.filters_of(**values)
    read = matrix.read(request.db, systems.registry(request), found, filters, request.now)
    grid = answers.Grid(
        read.project,
        read.branches,
        read.total,
        read.columns,
        [_system(system) for system in read.systems],
        read.breakages,
    )
    return answers.Matrix(filters, grid)


def list_systems(request, until):
    """All CI systems, the gate first, each with its status word."""
    words = story.words(request.db, until)
    return answers.Systems(
        until,
        [
            answers.ListedSystem(
                *(getattr(system, name) for name in system.__struct_fields__),
                words.get(system.name, story.UNCOUNTED),
            )
            for system in ci.list_systems(request.db, until=until)
        ],
    )


def coverage(request, project, until, rules):
    """Who has a CI and who has none: projects, their components, and how each CI does there in 30 days."""
    return coverage_views.find(request, project, until, rules)


def upstream(request, project, until):
    """How the gate does, the last 7 days against the 28 before these, and what fails for all."""
    return upstream_views.find(request, project, until)


def search(request, q):
    """What is called like what was typed: projects, CI systems, jobs; and changes by their numbers."""
    return searches.read(request.db, q)


def status(request):
    """Who listens, what was recorded, rejected, and not understood."""
    return statuses.read(request.primary, request.now, status_views.registry_fault(request))


def change(request):
    """A change with every attempt of every CI on each of its patch sets."""
    return changes.find(request)


def _system(system):
    """A CI's row and its jobs' with cells that tell what they are."""
    return answers.SystemRow(
        system.row.name,
        system.title,
        system.is_gate,
        system.status,
        system.row.passed,
        system.row.judged,
        [answers.Cell(*cell) for cell in system.row.cells],
        [
            answers.JobRow(job.name, job.passed, job.judged, list(map(_job_cell, job.builds, job.reports)))
            for job in system.jobs
        ],
    )


def _job_cell(build, said):
    if build is None:
        return None
    report, attempt = said
    log = f"/log/{report}/{build.position}" if build.has_log else None
    return answers.JobCell(build.result, attempt, build.voting, log)
