"""Every address of the site. The more particular ones come first."""

ROUTES = (
    ("home", "/"),
    ("old_project", "/project"),
    ("project", "/project/{name:.+}"),
    ("ci_list", "/ci"),
    ("ci", "/ci/{name:.+}"),
    ("change", "/change/{number}"),
    ("log", "/log/{report}/{position}"),
    ("coverage", "/coverage"),
    ("upstream", "/upstream"),
    ("status", "/status"),
    ("about", "/about"),
    ("healthz", "/healthz"),
    ("metrics", "/metrics"),
    ("api_projects", "/api/v1/projects"),
    ("api_matrix", "/api/v1/projects/{name:.+}/matrix"),
    ("api_ci_list", "/api/v1/ci"),
    ("api_coverage", "/api/v1/coverage"),
    ("api_upstream", "/api/v1/upstream"),
    ("api_status", "/api/v1/status"),
    ("api_change", "/api/v1/changes/{number}"),
)


def includeme(config):
    """Adds the routes."""
    for name, pattern in ROUTES:
        config.add_route(name, pattern)
