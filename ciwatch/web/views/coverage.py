"""Who has a CI and who has none."""

import csv
import io

from pyramid import response as responses
from pyramid.view import view_config

from ciwatch.queries import coverage
from ciwatch.web import params
from ciwatch.web import rendering
from ciwatch.web.views import project as project_views

_COLUMNS = (
    *("project", "component", "state", "ci", "title", "gate", "status", "last_report"),
    *("answered", "expected", "answered_low", "answered_high"),
    *("confirmed", "confirmed_or_refuted", "trust_low", "trust_high"),
    *("rules_kept", "rules_broken", "rules_too_few"),
)


@view_config(route_name="coverage", renderer="ciwatch.web:templates/coverage.mako")
def page(request):
    """Project by project, component by component."""
    given = {name: request.GET.get(name, "").strip() for name in ("project", "until", "rules")}
    if not given["project"]:
        given["rules"] = ""
    return rendering.page(request, coverage=find(request), given=given)


@view_config(route_name="api_coverage", renderer="msgspec")
def data(request):
    """The same as data: JSON, or CSV with ``format=csv``."""
    kind = params.choice(request, "format", ("json", "csv"))
    found = find(request)
    if kind != "csv":
        return found
    reply = responses.Response(_csv(found), content_type="text/csv", charset="utf-8")
    reply.content_disposition = 'attachment; filename="coverage.csv"'
    return reply


def find(request):
    """The :class:`~ciwatch.queries.coverage.Coverage` that a request asks for.

    :raises pyramid.httpexceptions.HTTPNotFound: where there is no such project, nor a registered one.
    """
    registry = request.registry["registry_file"].current()
    name = params.text(request, "project") or None
    if name is not None and name not in registry.projects:
        project_views.find(request, name)
    # Of all CIs that there are it would take many seconds.
    with_rules = bool(params.choice(request, "rules", ("yes",)) and name)
    return coverage.read(request.db, registry, params.until(request), name, with_rules)


def _csv(found):
    """A line for each CI of each component, and for each component without one; others have no component."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for project in found.projects:
        for component in project.components:
            for service in component.systems or (None,):
                writer.writerow(_line(project.name, component.name, component.state, service))
        for service in project.others:
            writer.writerow(_line(project.name, "", "", service))
    return text.getvalue()


def _line(project, component, state, service):
    values = [project, component, state]
    if service is not None:
        last_at = service.last_report_at
        values += [service.name, service.title, "yes" if service.is_gate else "no", service.status]
        values.append(rendering.iso(last_at) if last_at else "")
        for rate in (service.answered, service.trust):
            ends = ["" if end is None else f"{end:.4f}" for end in (rate.low, rate.high)]
            values += [rate.n, rate.of, *ends]
        rules = service.rules
        values += ["; ".join(names) for names in (rules.kept, rules.broken, rules.too_few)] if rules else []
    values += [""] * (len(_COLUMNS) - len(values))
    return [_harmless(str(value)) for value in values]


def _harmless(text):
    """*text* such that no spreadsheet takes it for a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
