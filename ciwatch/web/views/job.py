"""A job of a CI."""

import itertools

from pyramid.view import view_config

from ciwatch.queries import job as jobs
from ciwatch.web import jobs as names
from ciwatch.web import params
from ciwatch.web import rendering
from ciwatch.web import systems

_ASKED = (params.AS_OF, params.DAYS, params.RESULT, params.PAGE)


@view_config(route_name="ci_job", renderer="ciwatch.web:templates/job.mako", live="all")
def job(request):
    """What came of a job's builds, how long they took, and where it flips."""
    asked = params.read(request, _ASKED)
    told = jobs.read(request.db, systems.registry(request), names.find(request), *asked.values())
    return rendering.page(
        request,
        told=told,
        patch_sets=_by_patch_set(told.items),
        days=asked["window"],
        windows=params.OFFERED_DAYS,
        results=params.RESULT.schema["enum"],
        chosen=asked["result"],
        given=params.given(request, _ASKED),
    )


def _by_patch_set(builds):
    """The builds of each patch set that follow one another, the newest first."""
    groups = itertools.groupby(builds, key=lambda build: (build.change, build.patch_set))
    return [list(group) for _, group in groups]
