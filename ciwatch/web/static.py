"""Style sheet and pictures: kept by browsers for a year, under an address that changes with the content."""

import hashlib
import pathlib

from pyramid import static

FOLDER = pathlib.Path(__file__).parent / "static"
SPEC = "ciwatch.web:static/"
_YEAR_S = 365 * 24 * 3600


def includeme(config):
    """Serves ``/static`` and adds a content hash to its addresses, computed once."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.iterdir()):
        digest.update(path.read_bytes())
    config.registry["static_digest"] = digest.hexdigest()
    config.add_static_view("static", SPEC, cache_max_age=_YEAR_S)
    version = digest.hexdigest()[:12]
    config.add_cache_buster(SPEC, static.QueryStringConstantCacheBuster(version, "v"))
    # To ask for each of them on each page takes longer than to write some pages.
    config.registry["static_paths"] = {
        path.name: f"/static/{path.name}?v={version}" for path in FOLDER.iterdir()
    }
