"""Gerrit's REST API: with an account where there is one, else as anybody.

Source of the format: Gerrit's documentation "REST API" (rest-api), "/changes/" (rest-api-changes), "/groups/"
(rest-api-groups).
"""

import datetime
import email.utils
import json
import urllib.parse

import msgspec
import requests

from ciwatch.gerrit import events

#: Gerrit begins each answer with this line, so that no browser runs it as a script.
GUARD = ")]}'"

#: Seconds to wait for a connection, and for each part of an answer.
TIMEOUT_S = 30

#: Longer answers are not read into memory; a change with thousands of comments has a few MB.
MAX_ANSWER_BYTES = 64 * 1024 * 1024

#: What a question for changes asks to be told of each.
CHANGE_OPTIONS = ("MESSAGES", "ALL_REVISIONS", "CURRENT_FILES", "DETAILED_ACCOUNTS")

# Longer than that nobody means.
_LONGEST_WAIT_S = 24 * 3600


class RestError(Exception):
    """Gerrit did not answer, or with something else; the message is one line that says what to look at.

    :ivar may_pass: whether it may be another story in a while.
    :ivar retry_after_s: how long Gerrit asks to wait, in seconds, or None.
    """

    def __init__(self, message, may_pass=False, retry_after_s=None):
        """Takes the line and what it means."""
        super().__init__(message)
        self.may_pass = may_pass
        self.retry_after_s = retry_after_s


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
    """A Gerrit server's REST API.

    :ivar url: its web address.
    :ivar server_time: what its clock said when it last answered, UTC, or None.
    """

    def __init__(self, url, username=None, password=None):
        """Takes the web address of the Gerrit, and an account with its HTTP password where it wants one."""
        self.url = url.rstrip("/")
        self.server_time = None
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/json"
        self._base = self.url
        if username and password:
            self._session.auth = username, password
            self._base += "/a"

    def version(self):
        """Gerrit's version, such as 3.9.4."""
        return self._get("/config/server/version", str)

    def changes(self, query, start, limit):
        """A page of the changes that a *query* finds, those that were updated last first.

        :param start: how many to leave out.
        :param limit: how many at most.
        :returns: (list of ChangeInfo, dicts, with :data:`CHANGE_OPTIONS`; whether there are more).
        :raises RestError: where Gerrit does not tell them.
        """
        found = self._get("/changes/", list, {"q": query, "S": start, "n": limit, "o": CHANGE_OPTIONS})
        if not all(isinstance(info, dict) for info in found):
            raise self._lacks("what changes have")
        return found, bool(found and found[-1].get("_more_changes"))

    def comments(self, change):
        """The comments on the files of a *change*, a number: a dict of file -> list of CommentInfo, dicts."""
        return self._get(f"/changes/{change}/comments", dict)

    def group_members(self, name):
        """The usernames of the members of the group *name*, and of those in it."""
        path = f"/groups/{urllib.parse.quote(name, safe='')}/members/"
        members = self._get(path, list, {"recursive": ""})
        try:
            return [member["username"] for member in members if member.get("username")]
        except (AttributeError, KeyError, TypeError) as error:
            raise self._lacks("what members have") from error

    def messages(self, change):
        """The comments on *change*, a number, in their order, as a list of :class:`Message`.

        :raises RestError: where Gerrit does not tell them.
        """
        found = self._get(f"/changes/{change}/detail", object)
        try:
            return [_message(entry) for entry in found["messages"]]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise self._lacks(f"what a change has: {error!r}") from error

    def _lacks(self, what):
        return RestError(f"{self.url}: its answer lacks {what}", may_pass=True)

    def _get(self, path, kind, params=None):
        """What Gerrit answers, of the type *kind*."""
        url = self._base + path
        try:
            with self._session.get(url, params=params, timeout=TIMEOUT_S, stream=True) as answer:
                self.server_time = _http_time(answer.headers.get("Date"))
                if not answer.ok:
                    raise _refusal(url, answer)
                body = bytearray()
                for part in answer.iter_content(65536):
                    body += part
                    if len(body) > MAX_ANSWER_BYTES:
                        raise RestError(f"{url}: the answer is longer than {MAX_ANSWER_BYTES} bytes")
        except requests.RequestException as error:
            raise RestError(f"{url}: {_reason(error)}; is [gerrit] url right?", may_pass=True) from error
        text = body.decode(errors="replace")
        if not text.startswith(GUARD):
            raise RestError(
                f"{url}: the answer is not one of Gerrit's; is [gerrit] url right?", may_pass=True
            )
        try:
            found = json.loads(text[len(GUARD) :])
        except ValueError as error:
            raise RestError(f"{url}: the answer is no JSON: {error}", may_pass=True) from error
        if not isinstance(found, kind):
            raise self._lacks("what was asked for")
        return found


def _refusal(url, answer):
    """The :class:`RestError` of a status that is not fine."""
    status = answer.status_code
    if status in (401, 403):
        return RestError(
            f"{url}: Gerrit answered {status} {answer.reason}: it wants an account; set [gerrit] username and"
            " http_password",
        )
    if status == 404:
        return RestError(
            f"{url}: there is no such change or group, or it is not public; is [gerrit] url right?"
        )
    return RestError(
        f"{url}: Gerrit answered {status} {answer.reason}",
        may_pass=status == 429 or status >= 500,
        retry_after_s=_retry_after(answer.headers.get("Retry-After")),
    )


def _retry_after(value):
    """Seconds of a Retry-After header, which has seconds or a date (RFC 9110, 10.2.3); None for none."""
    if not value:
        return None
    if value.strip().isdigit():
        seconds = int(value)
    elif (moment := _http_time(value)) is not None:
        seconds = (moment - datetime.datetime.now(datetime.UTC)).total_seconds()
    else:
        return None
    return min(max(0, seconds), _LONGEST_WAIT_S)


def _http_time(value):
    try:
        moment = email.utils.parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    return moment.astimezone(datetime.UTC) if moment and moment.tzinfo else None


def _message(entry):
    author = entry.get("author") or {}
    known = author.get("username"), author.get("name")
    account = events.Account(
        username=known[0],
        # An anonymous answer may hold no more than the number.
        name=known[1] or (None if known[0] else str(author.get("_account_id", "(unknown)"))),
        tags=tuple(author.get("tags") or ()),
    )
    at = read_time(entry["date"])
    return Message(account, entry.get("_revision_number"), at, entry.get("tag"), str(entry["message"]))


def read_time(text):
    """A moment as Gerrit's REST API writes it, ``2026-11-23 22:25:21.000000000``: UTC, whole seconds.

    :raises ValueError: where it is none.
    """
    return datetime.datetime.fromisoformat(text[:19]).replace(tzinfo=datetime.UTC)


def _reason(error):
    """The innermost reason of a failed request, without the library's layers around it."""
    while error.args and isinstance(error.args[-1], Exception):
        error = error.args[-1]
    reason = getattr(error, "reason", None) or error
    return str(reason).rpartition(": ")[2] or type(error).__name__
