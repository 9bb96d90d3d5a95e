"""Gerrit's REST API, read without an account.

Source of the format: Gerrit's documentation "REST API" (rest-api) and "/changes/" (rest-api-changes).
"""

import datetime
import json

import msgspec
import requests

from ciwatch.gerrit import events

#: Gerrit begins each answer with this line, so that no browser runs it as a script.
GUARD = ")]}'"

#: Seconds to wait for a connection, and for each part of an answer.
TIMEOUT_S = 30

#: Longer answers are not read into memory; a change with thousands of comments has a few MB.
MAX_ANSWER_BYTES = 64 * 1024 * 1024


class RestError(Exception):
    """Gerrit did not answer, or with something else; the message is one line that says what to look at."""


class Message(msgspec.Struct, frozen=True):
    """A comment on a change, of ChangeMessageInfo.

    :ivar patch_set: the patch set's number, or None where Gerrit does not say.
    :ivar at: when it was posted, UTC.
    """

    account: events.Account
    patch_set: int | None
    at: datetime.datetime
    tag: str | None
    text: str


class Client:
    """A Gerrit server's REST API."""

    def __init__(self, url):
        """Takes the web address of the Gerrit."""
        self._url = url.rstrip("/")
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/json"

    def messages(self, change):
        """The comments on *change*, a number, in their order, as a list of :class:`Message`.

        :raises RestError: where Gerrit does not tell them.
        """
        found = self._get(f"/changes/{change}/detail")
        try:
            return [_message(entry) for entry in found["messages"]]
        except (KeyError, TypeError, ValueError) as error:
            raise RestError(f"{self._url}: its answer lacks what a change has: {error!r}") from error

    def _get(self, path):
        url = self._url + path
        try:
            with self._session.get(url, timeout=TIMEOUT_S, stream=True) as answer:
                if answer.status_code == 404:
                    raise RestError(f"{url}: there is no such change, or it is not public")
                if not answer.ok:
                    raise RestError(f"{url}: Gerrit answered {answer.status_code} {answer.reason}")
                body = bytearray()
                for part in answer.iter_content(65536):
                    body += part
                    if len(body) > MAX_ANSWER_BYTES:
                        raise RestError(f"{url}: the answer is longer than {MAX_ANSWER_BYTES} bytes")
        except requests.RequestException as error:
            raise RestError(f"{url}: {_reason(error)}; is [gerrit] url right?") from error
        text = body.decode(errors="replace")
        if not text.startswith(GUARD):
            raise RestError(f"{url}: the answer is not one of Gerrit's; is [gerrit] url right?")
        try:
            return json.loads(text[len(GUARD) :])
        except ValueError as error:
            raise RestError(f"{url}: the answer is no JSON: {error}") from error


def _message(entry):
    author = entry.get("author") or {}
    known = author.get("username"), author.get("name")
    account = events.Account(
        username=known[0],
        # An anonymous answer may hold no more than the number.
        name=known[1] or (None if known[0] else str(author.get("_account_id", "(unknown)"))),
        tags=tuple(author.get("tags") or ()),
    )
    at = datetime.datetime.fromisoformat(entry["date"][:19]).replace(tzinfo=datetime.UTC)
    return Message(account, entry.get("_revision_number"), at, entry.get("tag"), str(entry["message"]))


def _reason(error):
    """The innermost reason of a failed request, without the library's layers around it."""
    while error.args and isinstance(error.args[0], Exception):
        error = error.args[0]
    reason = getattr(error, "reason", None) or error
    return str(reason).rpartition(": ")[2] or type(error).__name__
