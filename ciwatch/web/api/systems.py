"""The views of version 1 that are of one CI; ``endpoints.py`` has their addresses and parameters."""

from ciwatch.queries import behind
from ciwatch.queries import figures
from ciwatch.queries import job as job_query
from ciwatch.queries import jobs as job_queries
from ciwatch.queries import overview
from ciwatch.queries import policy as policies
from ciwatch.rollup import window as windows
from ciwatch.web import jobs as job_names
from ciwatch.web import systems
from ciwatch.web.api import answers


def system(request, until, window):
    """How a CI does, and by which rule; its figures in all, by project and by day; what befell it.

    As CSV it is one of its lists.
    """
    found = systems.find(request)
    return overview.read(request.db, systems.registry(request), found, until, window)


def missed(request, until, window, standing, page):
    """The patch sets on which a CI was expected and has not answered, the newest first."""
    found = systems.find(request)
    told = behind.unanswered(request.db, systems.registry(request), found.id, until, window, standing, page)
    return answers.Missed(*_head(found, until, window), told.items, told.page, told.has_more)


def trust(request, until, window, outcome, page):
    """A CI's failed verdicts, the newest first, each with what became of it, and why that is said."""
    found = systems.find(request)
    registry = systems.registry(request)
    told = behind.failed(request.db, registry, found.id, until, window, outcome, page)
    whole = figures.read(request.db, registry, found.id, until, window).figures
    return answers.Trust(
        *_head(found, until, window),
        whole.trust,
        whole.open,
        whole.set_aside,
        told.items,
        told.page,
        told.has_more,
    )


def patch_sets(request, until, window, counted, page):
    """The patch sets that a figure of a CI counts, the newest first."""
    found = systems.find(request)
    told = behind.counted(request.db, systems.registry(request), found.id, until, window, counted, page)
    return answers.PatchSets(*_head(found, until, window), told.items, told.page, told.has_more)


def jobs(request, until, window):
    """A CI's jobs, each with its figures: those that are unstable first, then by name."""
    found = systems.find(request)
    told = job_queries.read(request.db, systems.registry(request), found.id, until, window)
    return answers.Jobs(*_head(found, until, window), told)


def job(request, until, window, result, page):
    """A job of a CI: what came of its builds, how long they took, and where it flips."""
    named = job_names.find(request)
    return job_query.read(request.db, systems.registry(request), named, until, window, result, page)


def policy(request, until, window):
    """The rules of third-party testing, in how many cases a CI kept each, and the newest exceptions."""
    found = systems.find(request)
    return policies.read(request.db, found.name, until, systems.registry(request), window)


def _head(found, until, window):
    return found.name, found.title, until, *windows.ending(until, window)
