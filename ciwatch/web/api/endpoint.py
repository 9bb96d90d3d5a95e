"""An address of the API: what it takes, what it answers, and which of its lists can be had as CSV."""

import re
import typing

import msgspec

from ciwatch.web import params
from ciwatch.web import rendering


class Endpoint(msgspec.Struct, frozen=True):
    """One of them, and its view: it reads the parameters, and writes the answer in the format asked for.

    :ivar route: the name of its route.
    :ivar view: takes the request, and the values of the parameters by their names; its docstring is what the
        document says of the address.
    :ivar answer: the Struct that it gives.
    :ivar parameters: a tuple of :class:`~ciwatch.web.params.Parameter`.
    :ivar tables: name -> :class:`~ciwatch.web.tables.Table`; the first is meant where none is named.
    :ivar live: of what it tells, for :mod:`ciwatch.web.validators`; None where that moves by itself.
    """

    route: str
    view: typing.Callable
    answer: typing.Any
    parameters: tuple = ()
    tables: dict = {}
    live: str | None = "all"

    @property
    def all_parameters(self):
        """Those of the view, and those that say in which format it answers."""
        return (*self.parameters, *_formats(self.tables))

    def __call__(self, request):
        """Answers a request: what is to be written as JSON, or a response."""
        values = params.read(request, self.all_parameters)
        as_csv = values.pop("format", False)
        table = values.pop("list", None) or next(iter(self.tables.values()), None)
        answer = self.view(request, **values)
        if not as_csv:
            _link_next(request.response, request, answer)
            return answer
        response = table.respond(answer, self._file_name(request))
        _link_next(response, request, answer)
        return response

    def _file_name(self, request):
        words = [self.route.removeprefix("api_"), *request.matchdict.values()]
        return "-".join(re.sub(r"[^A-Za-z0-9]+", "-", word).strip("-") for word in words)[:100]


def _formats(tables):
    if tables:
        words = {"json": False, "csv": True}
        yield params.choice("format", "As JSON, or as CSV: a list of it, or the only one.", words, "json")
    if len(tables) > 1:
        yield params.choice("list", "Which of its lists, as CSV.", tables, next(iter(tables)))


def _link_next(response, request, answer):
    """Names the next page of a list in a header, as RFC 8288 has it."""
    if getattr(answer, "has_more", False):
        query = rendering.query(request.GET, page=answer.page + 1)
        response.headers["Link"] = f'<{request.path_url}?{query}>; rel="next"'
