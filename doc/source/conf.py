"""How the manual is built. It needs CI Watch installed, no network, and no git."""

extensions = [
    "cliff.sphinxext",
    "oslo_config.sphinxext",
    "sphinx.ext.autodoc",
    "stevedore.sphinxext",
]

project = "CI Watch"
copyright = "CI Watch contributors, Apache License 2.0"

html_theme = "alabaster"
html_theme_options = {
    "description": "What the third-party CI systems of a Gerrit do, and how well",
    "fixed_sidebar": True,
    "page_width": "1100px",
    "sidebar_width": "240px",
}
html_static_path = ["_static"]
html_show_sourcelink = False


autoprogram_cliff_application = "ciwatch"
autoprogram_cliff_app_dist_name = "ciwatch"
autodoc_member_order = "bysource"
