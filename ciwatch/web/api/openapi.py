"""The API as an OpenAPI document, made of what the views are made of."""

import datetime
import inspect
import re
import typing

import msgspec

from ciwatch.web import routes
from ciwatch.web import tables
from ciwatch.web.api import answers

_REF = "#/components/schemas/{name}"

_ABOUT = """\
What the pages of CI Watch tell, as data. Times are UTC. A rate is `n` of `of`, with the 95 % Wilson interval
from `low` to `high` of the share behind it, both null where there is nothing to divide by; below `of` = 10 it
is too few to say anything by. Nothing has to be logged in for, and nothing can be changed."""

_PATH_PARAMETERS = {
    "name": ({"type": "string"}, "The name of the project or the CI; it may hold slashes."),
    "job": ({"type": "string"}, "The name of the job; it may hold slashes."),
    "number": ({"type": "integer", "minimum": 0}, "The number of the change in Gerrit."),
}

_ERRORS = {
    "400": "A parameter cannot be; the sentence names it, and what it takes.",
    "404": "There is no such thing, or nobody has heard of it yet.",
    "500": "A fault of the site.",
    "503": "The database is away, or is being upgraded.",
}

_PLACEHOLDER = re.compile(r"\{(\w+)(?::[^}]*)?\}")
_NONE = re.compile(r"\bNone\b")
_ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`")
_ATTRIBUTE = re.compile(r"^:ivar (\w+): (.+?)(?=^:ivar |\Z)", re.MULTILINE | re.DOTALL)


def view(request):
    """This document."""
    return request.registry["openapi"]


def document(endpoints):
    """The OpenAPI document, a dict.

    :param endpoints: the :class:`~ciwatch.web.api.endpoint.Endpoint` of all its addresses.
    """
    answered = [endpoint.answer for endpoint in endpoints]
    schemas, components = msgspec.json.schema_components([*answered, answers.Error], ref_template=_REF)
    moments = _moments(answered)
    for component in components.values():
        _describe(component)
        for name in moments.get(component.get("title"), ()):
            _mark_moment(component["properties"][name])
    patterns = dict(routes.ROUTES)
    return {
        "openapi": "3.1.0",
        "info": {"title": "CI Watch", "version": "1", "description": _ABOUT},
        "paths": {
            _PLACEHOLDER.sub(r"{\1}", patterns[endpoint.route]): {
                "get": _operation(endpoint, patterns[endpoint.route], schema)
            }
            for endpoint, schema in zip(endpoints, schemas, strict=False)
        },
        "components": {"schemas": components, "responses": _errors(schemas[-1])},
    }


def _operation(endpoint, pattern, schema):
    content = {"application/json": {"schema": schema}}
    if endpoint.tables:
        content[tables.CONTENT_TYPE] = {"schema": {"type": "string"}}
    summary, _, more = (endpoint.view.__doc__ or "").partition("\n\n")
    return {
        "operationId": endpoint.route.removeprefix("api_"),
        "summary": _plain(summary),
        "description": _plain(more + _columns(endpoint.tables)),
        "parameters": [
            *(_in_path(name) for name in _PLACEHOLDER.findall(pattern)),
            *(_in_query(parameter) for parameter in endpoint.all_parameters),
        ],
        "responses": {
            "200": {"description": "The answer.", "content": content},
            **{status: {"$ref": f"#/components/responses/{status}"} for status in _ERRORS},
        },
    }


def _columns(lists):
    told = (f"\n\nColumns of {name} as CSV: {', '.join(table.header)}." for name, table in lists.items())
    return "".join(told)


def _in_path(name):
    schema, description = _PATH_PARAMETERS[name]
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": description}


def _in_query(parameter):
    return {
        "name": parameter.name,
        "in": "query",
        "schema": parameter.schema,
        "description": parameter.description,
    }


def _errors(schema):
    content = {"application/json": {"schema": schema}}
    return {status: {"description": words, "content": content} for status, words in _ERRORS.items()}


def _describe(schema):
    """Puts what a docstring says of an attribute where readers of the document look for it."""
    text = inspect.cleandoc(schema.get("description", ""))
    for name, words in _ATTRIBUTE.findall(text):
        if name in schema.get("properties", {}):
            schema["properties"][name]["description"] = _plain(words)
    if text:
        schema["description"] = _plain(_ATTRIBUTE.sub("", text))


def _moments(kinds):
    """Name of a Struct -> the attributes that are moments, of some types and all that these are made of.

    Their library leaves the format of moments away, since it cannot tell that each of ours has a zone.
    """
    found, seen, left = {}, set(), list(kinds)
    while left:
        kind = left.pop()
        left += typing.get_args(kind)
        if kind in seen or not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
            continue
        seen.add(kind)
        for field in msgspec.structs.fields(kind):
            left.append(field.type)
            if datetime.datetime in (field.type, *typing.get_args(field.type)):
                found.setdefault(kind.__name__, set()).add(field.name)
    return found


def _mark_moment(schema):
    for part in schema.get("anyOf", [schema]):
        if part.get("type") == "string":
            part["format"] = "date-time"


def _plain(text):
    """A docstring without what only its own tools read."""
    text = _NONE.sub("null", _ROLE.sub(r"\1", text)).replace("``", "`")
    paragraphs = text.split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs).strip()
