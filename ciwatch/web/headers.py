"""Headers of every response: a browser may load nothing from elsewhere, and run nothing but our modules."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # Logs are on hosts of vendors, who need not know what was looked at here.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def includeme(config):
    """Adds the tween, outside of everything else."""
    config.add_tween("ciwatch.web.headers.tween_factory")


def tween_factory(handler, registry):
    """A tween that sets the headers."""

    def tween(request):
        response = handler(request)
        # Nothing else sets them, and to look whether something did takes longer than to add them.
        response.headerlist.extend(_HEADERS.items())
        return response

    return tween
