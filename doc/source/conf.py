"""How the manual is built. It needs CI Watch installed, no network, and no git."""

import json
import pathlib

extensions = [
    "cliff.sphinxext",
    "oslo_config.sphinxext",
    "sphinx.ext.autodoc",
    "sphinxcontrib.openapi",
    "stevedore.sphinxext",
]

project = "CI Watch"
copyright = "CI Watch contributors, Apache License 2.0"

# OpenStack's theme asks git which commit it shows, and warns where there is none; a tarball gets Sphinx's.
if (pathlib.Path(__file__).parents[2] / ".git").exists():
    extensions.append("openstackdocstheme")
    html_theme = "openstackdocs"
    openstackdocs_repo_name = "openstack/ci-watch"
    openstackdocs_auto_name = False
    # Whoever reads our manual is nobody else's business.
    html_theme_options = {"analytics_tracking_code": "", "display_badge": False}
html_static_path = ["_static"]
html_show_sourcelink = False


autoprogram_cliff_application = "ciwatch"
autoprogram_cliff_app_dist_name = "ciwatch"
autodoc_member_order = "bysource"


def setup(app):
    """Writes what :doc:`/user/api-reference` is made of: the description of the API that every site has."""
    from ciwatch.web.api import endpoints
    from ciwatch.web.api import openapi

    described = pathlib.Path(__file__).parents[1] / "build" / "openapi.json"
    described.parent.mkdir(exist_ok=True)
    described.write_text(json.dumps(openapi.document(endpoints.ENDPOINTS)))
