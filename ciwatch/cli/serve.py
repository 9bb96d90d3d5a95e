"""The command that answers browsers."""

import logging
import signal
import socket
import sys

from cliff import command
import waitress

from ciwatch.cli import base
from ciwatch.db import schema
from ciwatch.web import app as web_app


class Serve(command.Command):
    """Serve the dashboard over HTTP with waitress.

    Behind Apache, gunicorn or uWSGI use the WSGI application ciwatch.wsgi:application instead.
    """

    def get_parser(self, prog_name):
        """Adds address and port."""
        parser = super().get_parser(prog_name)
        parser.add_argument("--host", help="the address to answer on (default: [web] host)")
        parser.add_argument("--port", type=int, help="the port; 0 takes a free one (default: [web] port)")
        return parser

    def take_action(self, parsed_args):
        """Serves until it is interrupted."""
        conf = self.app.conf
        host = parsed_args.host or conf.web.host
        port = conf.web.port if parsed_args.port is None else parsed_args.port
        listener = listen(host, port)
        replica = ["replica_connection"] if conf.database.replica_connection else []
        for option in ["connection", *replica]:
            try:
                with base.database(conf, read_only=True, option=option):
                    pass
            except (base.CommandError, schema.SchemaError) as error:
                # No reason to end: it may come, and until then a page says so.
                print(f"ciwatch: {error}; until then visitors get a 503 page", file=self.app.stderr)
        run(conf, listener, self.app.stdout)


def listen(host, port):
    """A listening socket.

    :raises ciwatch.cli.base.CommandError: where the address is taken or is not ours.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise base.CommandError(f"cannot answer on {host} port {port}: {reason}") from error


def address(listener):
    """The URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def run(conf, listener, stdout):
    """Serves on *listener* until it is interrupted."""
    application = web_app.create_app(conf)
    web_app.settle_memory()
    # systemd, and whoever types kill, ask for an end as politely as Ctrl-C.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    print(f"CI Watch answers on {address(listener)} (Ctrl-C ends)", file=stdout, flush=True)
    # That a request waits for a thread is no fault; waitress warns of each one, even of the first ever.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    waitress.serve(application, sockets=[listener], threads=conf.web.threads, ident=None, _quiet=True)
