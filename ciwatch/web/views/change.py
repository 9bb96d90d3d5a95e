"""A change."""

from pyramid import httpexceptions
from pyramid.view import view_config

from ciwatch.queries import change as changes
from ciwatch.web import params
from ciwatch.web import rendering
from ciwatch.web import said
from ciwatch.web import systems
from ciwatch.web import verdicts

# Where the newest patch sets have no result yet, what was said of the one before is still what is known.
_MOST_OPENED = 2

# Of those before so many, a line tells how it went; hundreds would make one change the slowest page of all.
_MOST_SHOWN = 40


def find(request):
    """The change that the address names.

    :raises pyramid.httpexceptions.HTTPNotFound: where there is none.
    """
    number = request.matchdict["number"]
    found = None
    if number.isascii() and number.isdigit() and len(number) < 10:
        found = changes.read(request.db, int(number), request.now, systems.registry(request))
    if found is None:
        sentence = f"No event spoke of a change {rendering.bounded(number, 40)!r} yet."
        if request.kept_from:
            sentence = (
                f"There is no change {rendering.bounded(number, 40)!r}: no event spoke of it yet, or it is"
                f" from before {request.kept_from}, of which only what was counted is kept."
            )
        raise httpexceptions.HTTPNotFound(sentence)
    return found


@view_config(route_name="change", renderer="ciwatch.web:templates/change.mako", live="change")
def change(request):
    """Every attempt of every CI on every patch set."""
    asked = params.read(request, (params.PATCH_SET,))["patch_set"]
    found = find(request)
    gerrit = request.registry["conf"].gerrit.url.rstrip("/")
    url = rendering.safe_url(found.url) or gerrit + rendering.path("c", found.project, "+", found.number)
    opened = _opened(found) | {asked}
    return rendering.page(
        request,
        change=found,
        gerrit_url=url,
        opened=opened,
        shown=opened.union(patch_set.number for patch_set in found.patch_sets[:_MOST_SHOWN]),
        said=said,
        verdicts=verdicts,
    )


def _opened(found):
    """The numbers of the patch sets that are not folded: the newest, and down to the first with a result."""
    opened = set()
    for patch_set in found.patch_sets[:_MOST_OPENED]:
        opened.add(patch_set.number)
        if any(system.attempts for system in patch_set.systems):
            break
    return opened
