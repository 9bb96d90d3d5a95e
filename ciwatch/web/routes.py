"""Every address of the site. The more particular ones come first."""

from ciwatch.web import jobs

ROUTES = (
    ("home", "/"),
    ("old_project", "/project"),
    ("project", "/project/{name:.+}"),
    ("ci_list", "/ci"),
    ("ci_job", "/ci/{name:.+}/job/{job:.+}"),
    ("ci_badge", "/ci/{name:.+}/badge.svg"),
    ("ci_feed", "/ci/{name:.+}/feed.atom"),
    ("ci_missed", "/ci/{name:.+}/missed"),
    ("ci_trust", "/ci/{name:.+}/trust"),
    ("ci_patch_sets", "/ci/{name:.+}/patchsets"),
    ("ci_policy", "/ci/{name:.+}/policy"),
    ("ci", "/ci/{name:.+}"),
    ("change", "/change/{number}"),
    ("card", "/card/{change}/{patch_set}"),
    ("log", "/log/{report}/{position}"),
    ("search", "/search"),
    ("coverage", "/coverage"),
    ("upstream", "/upstream"),
    ("status", "/status"),
    ("about", "/about"),
    ("healthz", "/healthz"),
    ("metrics", "/metrics"),
    ("api_projects", "/api/v1/projects"),
    ("api_matrix", "/api/v1/projects/{name:.+}/matrix"),
    ("api_ci_list", "/api/v1/ci"),
    ("api_search", "/api/v1/search"),
    ("api_coverage", "/api/v1/coverage"),
    ("api_upstream", "/api/v1/upstream"),
    ("api_ci_job", "/api/v1/ci/{name:.+}/jobs/{job:.+}"),
    ("api_ci_missed", "/api/v1/ci/{name:.+}/missed"),
    ("api_ci_jobs", "/api/v1/ci/{name:.+}/jobs"),
    ("api_ci_trust", "/api/v1/ci/{name:.+}/trust"),
    ("api_ci_patch_sets", "/api/v1/ci/{name:.+}/patchsets"),
    ("api_ci_policy", "/api/v1/ci/{name:.+}/policy"),
    ("api_ci", "/api/v1/ci/{name:.+}"),
    ("api_status", "/api/v1/status"),
    ("api_change", "/api/v1/changes/{number}"),
    ("api_openapi", "/api/v1/openapi.json"),
)


#: Those that are of a job if there is one of that name: route -> the word before it.
_OF_JOBS = {"ci_job": "job", "api_ci_job": "jobs"}


def includeme(config):
    """Adds the routes."""
    config.add_route_predicate("names_job", jobs.NamesJob)
    for name, pattern in ROUTES:
        options = {"names_job": _OF_JOBS[name]} if name in _OF_JOBS else {}
        config.add_route(name, pattern, **options)
