"""A TCP proxy that misbehaves on command: cuts, stalls, truncates, refuses."""

import contextlib
import socket
import threading


class Proxy:
    """Hands connections to 127.0.0.1:*target* on.

    :ivar port: where it listens.
    """

    def __init__(self, target=None):
        """Listens; *target* may be set later."""
        self.target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._flows = threading.Event()
        self._flows.set()
        self._refuses = False
        self._budget = None
        self._lock = threading.Lock()
        self._open = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Closes all connections."""
        with self._lock:
            connections, self._open = self._open, set()
        for connection in connections:
            _shut(connection)

    def stall(self):
        """Hands nothing on, and closes nothing."""
        self._flows.clear()

    def truncate(self, count):
        """Closes each connection after *count* more bytes from the server."""
        self._budget = count

    def refuse(self):
        """Closes new connections at once."""
        self._refuses = True

    def behave(self):
        """Does none of that any more."""
        self._refuses, self._budget = False, None
        self._flows.set()

    def close(self):
        """Ends."""
        self.behave()
        _shut(self._listener)
        self.cut()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._refuses or self.target is None:
                _shut(client)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=10)
                server.settimeout(None)
            except OSError:
                _shut(client)
                continue
            with self._lock:
                self._open |= {client, server}
            for source, sink, is_answer in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pump, args=(source, sink, is_answer), daemon=True).start()

    def _pump(self, source, sink, is_answer):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                if is_answer and self._budget is not None:
                    data, self._budget = data[: self._budget], max(0, self._budget - len(data))
                    sink.sendall(data)
                    if self._budget == 0:
                        break
                    continue
                sink.sendall(data)
        _shut(source)
        _shut(sink)


def _shut(connection):
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        connection.close()
