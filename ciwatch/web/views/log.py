"""The way to a log.

A matrix has tens of thousands of cells; with the logs' own addresses in it, it would be several times as big.
"""

from pyramid import httpexceptions
from pyramid.view import view_config

from ciwatch.queries import change as changes
from ciwatch.web import rendering


@view_config(route_name="log", renderer="ciwatch.web:templates/log.mako")
def log(request):
    """Leads to the log of a build.

    Only whoever comes from one of our pages is sent on at once. To all others the address is shown: else this
    would be a way to hide any address behind ours.
    """
    numbers = request.matchdict["report"], request.matchdict["position"]
    url = None
    if all(number.isascii() and number.isdigit() and len(number) < 10 for number in numbers):
        url = changes.read_log_url(request.db, *map(int, numbers))
    if url is None:
        raise httpexceptions.HTTPNotFound("No such log is known.")
    safe = rendering.safe_url(url)
    if safe and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin":
        return httpexceptions.HTTPFound(location=_ascii(safe))
    return rendering.page(request, url=url)


def _ascii(url):
    """*url* as a header may bear it."""
    return "".join(mark if "!" <= mark <= "~" else rendering.quote(mark) for mark in url)
