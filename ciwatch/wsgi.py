"""The application for WSGI servers: ``ciwatch.wsgi:application``.

Reads /etc/ciwatch/ciwatch.conf and the environment; sys.argv belongs to the server.
"""

from ciwatch import service
from ciwatch.web import app

application = app.create_app(service.prepare(argv=[]))
app.settle_memory()
