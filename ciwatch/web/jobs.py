"""Which job of which CI an address names: both names may hold slashes, and the words between them, too."""

from pyramid import httpexceptions

from ciwatch.queries import job as jobs

_LONGEST = 255


class NamesJob:
    """Whether a route that ends in ``{name}``, a word, and ``{job}`` names a job that there is.

    Else the address is that of a CI, or of nothing. What was found becomes ``request.named``.
    """

    def __init__(self, word, config):
        """Takes the word."""
        self._word = f"/{word}/"

    def text(self):
        """What Pyramid calls it."""
        return f"names_job = {self._word}"

    phash = text

    def __call__(self, info, request):
        """Looks for it, wherever the word stands in the address."""
        match = info["match"]
        parts = f"{match['name']}{self._word}{match['job']}".split(self._word)
        pairs = [
            (self._word.join(parts[:place]), self._word.join(parts[place:])) for place in range(1, len(parts))
        ]
        # No database is asked for what it may not even take.
        pairs = [pair for pair in pairs if all(len(name) <= _LONGEST and "\0" not in name for name in pair)]
        found = jobs.find(request.db, pairs) if pairs else None
        request.named = found
        if found is not None:
            is_own = (found.system, found.name) in pairs
            match.update(name=found.system if is_own else None, job=found.name)
        return found is not None


def find(request):
    """The :class:`~ciwatch.queries.job.Named` of the address.

    :raises pyramid.httpexceptions.HTTPFound: where it names an account that the registry joined into another
        CI, so that links to an account lead there.
    """
    named = request.named
    if request.matchdict["name"] is None:
        route, query = request.matched_route.name, dict(request.GET) or None
        raise httpexceptions.HTTPFound(
            request.route_path(route, name=named.system, job=named.name, _query=query)
        )
    return named
