"""The card of a cell: what a matrix shows of it where the pointer or the focus is."""

from pyramid import httpexceptions
from pyramid.view import view_config

from ciwatch.queries import card as cards
from ciwatch.web import params
from ciwatch.web import systems


@view_config(route_name="card", renderer="ciwatch.web:templates/card.mako")
def card(request):
    """A part of a page, for the matrix to put beside a cell."""
    numbers = request.matchdict["change"], request.matchdict["patch_set"]
    name, job = _row(request)
    found = None
    if all(number.isascii() and number.isdigit() and len(number) < 10 for number in numbers):
        found = cards.read(request.db, systems.registry(request), *map(int, numbers), name, job, request.now)
    if found is None:
        raise httpexceptions.HTTPNotFound("No event spoke of that patch set, or that CI, yet.")
    return {"card": found}


def _row(request):
    """(name of the CI, name of the job), as a matrix names its rows; None where it is not given."""
    row = params.read(request, (params.ROWS,))["row"]
    if not row:
        return None, None
    name = params.text(request, "ci")
    if name and row[0].startswith(name + "/"):
        return name, row[0][len(name) + 1 :]
    return row[0], None
