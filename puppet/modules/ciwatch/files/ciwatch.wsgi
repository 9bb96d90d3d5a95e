from ciwatch.wsgi import application  # noqa: F401
