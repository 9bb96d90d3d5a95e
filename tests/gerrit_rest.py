"""A web server in this process that answers as Gerrit's REST API does, or misbehaves."""

import collections
import datetime
import http.server
import json
import re
import threading
import time
import urllib.parse

import fixtures

GUARD = b")]}'\n"


class GerritRest(fixtures.Fixture):
    """The server.

    :ivar changes: ChangeInfo dicts, those that were updated last first.
    :ivar comments: number of a change -> answer to ``/changes/N/comments``.
    :ivar members: name of a group -> usernames.
    :ivar faults: what the next requests get in place of an answer; functions of the request handler.
    :ivar answer_date: what its clock says, in the words of HTTP, or None for the truth.
    :ivar asked: (time, path, query) of all requests.
    """

    def __init__(self):
        """Knows nothing."""
        super().__init__()
        self.changes, self.comments, self.members = [], {}, {}
        self.faults, self.asked = collections.deque(), []
        self.answer_date = None

    def _setUp(self):
        handler = type("Handler", (_Handler,), {"gerrit": self})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.addCleanup(self._server.server_close)
        self.addCleanup(self._server.shutdown)

    def answer(self, path, query):
        """What Gerrit answers, or None for 404."""
        if path == "/config/server/version":
            return "3.9.4"
        if path == "/changes/":
            return self._page(query)
        if match := re.fullmatch(r"/changes/(\d+)/comments", path):
            return self.comments.get(int(match[1]), {})
        if match := re.fullmatch(r"/groups/(.+)/members/", path):
            members = self.members.get(urllib.parse.unquote(match[1]))
            return members and [{"_account_id": n, "username": name} for n, name in enumerate(members)]
        return None

    def _page(self, query):
        start, count = int(query.get("S", ["0"])[0]), int(query.get("n", ["500"])[0])
        after = re.search(r'after:"([^"]+)"', query["q"][0])
        before = re.search(r'before:"([^"]+)"', query["q"][0])
        found = [
            info
            for info in self.changes
            if (after is None or info["updated"][:19] >= after[1])
            and (before is None or info["updated"][:19] <= before[1])
        ]
        page = [dict(info) for info in found[start : start + count]]
        if start + count < len(found):
            page[-1]["_more_changes"] = True
        return page


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers one request."""

    gerrit = None

    def do_GET(self):
        """Answers, or misbehaves."""
        parts = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(parts.query)
        self.gerrit.asked.append((time.monotonic(), parts.path, query))
        if self.gerrit.faults:
            self.gerrit.faults.popleft()(self)
            return
        answer = self.gerrit.answer(parts.path, query)
        if answer is None:
            self.send(404, b"Not found")
        else:
            self.send(200, GUARD + json.dumps(answer).encode())

    def send(self, status, body, length=None, **headers):
        """An answer; *length* may lie."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp=None):
        """What the clock says."""
        return self.gerrit.answer_date or super().date_time_string(timestamp)

    def log_message(self, *_):
        """Says nothing."""


def refuse(status, **headers):
    """A fault: an answer with this status."""
    return lambda handler: handler.send(status, b"<html><h1>No</h1></html>", **headers)


def say(body):
    """A fault: this body, whatever was asked for."""
    return lambda handler: handler.send(200, body)


def cut(handler):
    """A fault: a body that ends before its end."""
    handler.send(200, GUARD + b'[{"_number": 1', length=5000)
    handler.close_connection = True


def hang_up(handler):
    """A fault: no answer at all."""
    handler.close_connection = True


def change(number, updated, messages=(), **more):
    """A ChangeInfo as Gerrit 3.9 sends it.

    :param updated: an aware datetime.
    :param messages: (seconds before *updated*, username, text, tag or None).
    """
    told = [
        {
            "id": f"{number:020x}{place:020x}",
            "author": {"_account_id": 7, "name": name.title(), "username": name},
            "date": stamp(updated - datetime.timedelta(seconds=before)),
            "message": text,
            "_revision_number": 1,
            **({"tag": tag} if tag else {}),
        }
        for place, (before, name, text, tag) in enumerate(messages)
    ]
    created = stamp(updated - datetime.timedelta(hours=1))
    return {
        "project": "openstack/lantern",
        "branch": "master",
        "change_id": f"I{number:040x}",
        "subject": f"Change {number}",
        "status": "NEW",
        "created": created,
        "updated": stamp(updated),
        "_number": number,
        "owner": {"_account_id": 1, "name": "Ann", "username": "ann"},
        "revisions": {
            f"{number:040x}": {
                "_number": 1,
                "created": created,
                "kind": "REWORK",
                "uploader": {"_account_id": 1, "name": "Ann", "username": "ann"},
            }
        },
        "messages": told,
        **more,
    }


def stamp(moment):
    """A moment as Gerrit's REST API writes it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.000000000")
