"""The published rules of third-party testing, as far as a machine can check them."""

import datetime
import enum
import functools
import ipaddress
import re
import urllib.parse

import msgspec

from ciwatch.insight import statistics
from ciwatch.insight import wording
from ciwatch.insight.statistics import Rate

#: So many breaches of a rule are told, the newest first.
MOST = 100

#: A rule that is kept so often, of a hundred, is kept: a slip is no habit.
KEPT_OF_HUNDRED = 95

# Bounded, so that a comment without end costs no more than its length.
_LINK = re.compile(r"https?://[^\s<>\"'`()\[\]{}|\\^]{1,2000}", re.IGNORECASE)
# The same links, of each of which only what :func:`_origin` says is found.
_ORIGIN_OF_LINK = re.compile(
    r"(?=(https?://[^\s<>\"'`()\[\]{}|\\^/]{0,2000}))https?://[^\s<>\"'`()\[\]{}|\\^]{1,2000}", re.IGNORECASE
)
_SCHEMES = ("http", "https")
_RECHECK = re.compile(r"recheck(?:[ :,-]{1,3}(?:no bug|bug[ :#]{0,3}\d{1,12}))?[.! ]{0,3}", re.ASCII)
_LONGEST_SAID = 200


class Verdict(enum.StrEnum):
    """Whether a rule is kept."""

    KEPT = "kept"
    BROKEN = "broken"
    TOO_FEW = "too few"


class Breach(msgspec.Struct, frozen=True):
    """A case in which a rule was not kept.

    :ivar at: when the comment was posted, or the answer was due; None where it is about the account.
    :ivar what: a short sentence.
    """

    change: int | None
    patch_set: int | None
    at: datetime.datetime | None
    what: str


class Rule(msgspec.Struct, frozen=True):
    """A rule in words, in how many cases it was kept, and the newest in which it was not.

    :ivar name: a word or two, the same for all CIs.
    :ivar rule: what is asked for, and how it is counted.
    :ivar breach_count: of all, whatever is told of them.
    """

    name: str
    rule: str
    verdict: Verdict
    kept: Rate
    breach_count: int
    breaches: list[Breach]


class Result(msgspec.Struct, frozen=True):
    """A finished report, or one that *is_repeat*: a comment which says its result once more."""

    at: datetime.datetime
    pipeline: str
    verdict: str | None
    is_repeat: bool = False


class Thread(msgspec.Struct, frozen=True):
    """What a CI said of a patch set, and when re-runs were asked for, both in their order.

    :ivar requests: (moment, phrase) of those that it should answer.
    :ivar asked: the moments of all, since nobody else knows what starts it.
    :ivar ended_at: when a newer patch set came, or the change was closed; None while it stands.
    :ivar limit: the time in which an answer is expected.
    :ivar due_at: until when the first answer was expected; None where none is.
    """

    change: int
    patch_set: int
    results: tuple[Result, ...]
    requests: tuple[tuple[datetime.datetime, str], ...]
    asked: tuple[datetime.datetime, ...]
    ended_at: datetime.datetime | None
    limit: datetime.timedelta
    due_at: datetime.datetime | None = None


class Comment(msgspec.Struct, frozen=True):
    """A comment of a CI.

    :ivar logs: (job, address of its log or None) of its builds that passed or failed.
    :ivar is_result: whether it is a finished report that says passed or failed.
    """

    change: int
    patch_set: int
    at: datetime.datetime
    text: str
    logs: tuple[tuple[str, str | None], ...] = ()
    is_result: bool = False


def one_comment(threads):
    """The :class:`Rule` that a CI comments once on a patch set, unless somebody asked again."""
    kept, told, breaches = 0, 0, []
    for thread in threads:
        if not thread.results:
            continue
        told += 1
        found = list(_extra(thread))
        kept += not found
        breaches += found
    return _rule(
        "one comment",
        "A CI posts one result on a patch set, in each of its pipelines, and one more for each request for a"
        " re-run. Counted are patch sets. A comment that tells of a start is no result; one that says a"
        " result once more is, even if it follows at once. Whatever asks for a re-run, in whatever words,"
        " excuses one more result.",
        statistics.rate(kept, told),
        breaches,
    )


def _extra(thread):
    said, excused = set(), {}
    for result in thread.results:
        if result.is_repeat:
            yield Breach(thread.change, thread.patch_set, result.at, "says its result once more")
        elif result.pipeline not in said:
            said.add(result.pipeline)
        else:
            asked = sum(at <= result.at for at in thread.asked)
            used = excused.get(result.pipeline, 0)
            if used < asked:
                excused[result.pipeline] = used + 1
                continue
            where = f" in {wording.name(result.pipeline)}" if result.pipeline else ""
            what = f"another result{where}, and no request for a re-run before it"
            yield Breach(thread.change, thread.patch_set, result.at, what)


def is_request(phrase, own=None):
    """Whether a CI should take a phrase for a request: a bare ``recheck``, with a bug or none, or its own.

    :param own: the CI's own phrase, or None.
    """
    said = " ".join(phrase.lower().split())
    return bool(_RECHECK.fullmatch(said)) or (bool(own) and said == " ".join(own.lower().split()))


def answers_recheck(threads, as_of):
    """The :class:`Rule` that a CI answers a request for a re-run."""
    kept, told, breaches = 0, 0, []
    for thread in threads:
        for asked_at, phrase in thread.requests:
            due_at = asked_at + thread.limit
            answers = (result.at for result in thread.results if not result.is_repeat)
            answered_at = next((at for at in answers if at > asked_at), None)
            if answered_at is None or answered_at > due_at:
                if due_at > as_of or (thread.ended_at is not None and thread.ended_at <= due_at):
                    continue
                after = "" if answered_at is None else f"; it came after {_length(answered_at - asked_at)}"
                what = f"“{wording.name(phrase)}” had no answer within {_length(thread.limit)}{after}"
                breaches.append(Breach(thread.change, thread.patch_set, asked_at, what))
            else:
                kept += 1
            told += 1
    return _rule(
        "answers recheck",
        "When somebody comments “recheck”, or the CI's own phrase, on a patch set on which the CI is expected"
        " or has reported, a finished report follows within the project's limit. Counted are requests,"
        " without those whose time has not passed, and those that a newer patch set, or the end of the"
        " change, made needless before.",
        statistics.rate(kept, told),
        breaches,
    )


def in_time(threads, as_of):
    """The :class:`Rule` that a CI answers each patch set on which it is expected within the limit."""
    kept, told, breaches = 0, 0, []
    for thread in threads:
        if thread.due_at is None:
            continue
        answered_at = next((result.at for result in thread.results if not result.is_repeat), None)
        if answered_at is not None and answered_at <= thread.due_at:
            kept += 1
        elif answered_at is None and thread.ended_at is not None and thread.ended_at <= thread.due_at:
            continue
        elif answered_at is None and thread.due_at >= as_of:
            continue
        else:
            late = (
                "no answer"
                if answered_at is None
                else f"answered {_length(answered_at - thread.due_at)} late"
            )
            breaches.append(Breach(thread.change, thread.patch_set, thread.due_at, late))
        told += 1
    return _rule(
        "in time",
        "A CI answers each patch set on which it is expected within the project's limit. Counted are patch"
        " sets: those that were answered and those that were missed, not those that are pending or were"
        " superseded.",
        statistics.rate(kept, told),
        breaches,
    )


def links_page(comments, page=None):
    """The :class:`Rule` that each comment links to a page about the CI.

    :param comments: a list of :class:`Comment`.
    :param page: the address of its page as the registry has it, or None.
    """
    origins = {_origin(url) for comment in comments for _, url in comment.logs if url}
    log_hosts = set(map(_host, origins))
    page = _bare(page) if page else None
    breaches = [
        Breach(comment.change, comment.patch_set, comment.at, "no link to a page about the CI")
        for comment in comments
        if not _has_page(comment.text, page, log_hosts)
    ]
    return _rule(
        "links its page",
        "Each comment holds a link to a page about the CI: the one that the registry names, an address with"
        " “wiki” in it, or any other http or https address on a host on which none of its logs are. Counted"
        " are comments, those that tell of a start among them.",
        statistics.rate(len(comments) - len(breaches), len(comments)),
        breaches,
    )


def _has_page(text, page, log_hosts):
    # A comment may have hundreds of links, to few hosts.
    hosts = map(_host, set(_ORIGIN_OF_LINK.findall(text)))
    if any(host and host not in log_hosts for host in hosts):
        return True
    if not page and "wiki" not in text.lower():
        return False
    return any(
        "wiki" in link.lower() or (page and _bare(link).startswith(page)) for link in _LINK.findall(text)
    )


def _bare(link):
    return link.split("://", 1)[-1].rstrip("/.,;").lower()


def links_logs(comments):
    """The :class:`Rule` that each build has a log that anybody can open."""
    kept, told, breaches = 0, 0, []
    for comment in comments:
        if not comment.is_result:
            continue
        told += 1
        if what := _missing_logs(comment):
            breaches.append(Breach(comment.change, comment.patch_set, comment.at, what))
        else:
            kept += 1
    return _rule(
        "links its logs",
        "Each build that passed or failed has a link to its log: an http or https address whose host has a"
        " name, and is neither a bare IP address nor localhost. A result that names no job has at least one"
        " such link. Counted are results.",
        statistics.rate(kept, told),
        breaches,
    )


def _missing_logs(comment):
    if not comment.logs:
        links = _LINK.findall(comment.text)
        return None if any(log_fault(link) is None for link in links) else "names no job and links no log"
    faults = [
        (job, fault)
        for job, url in comment.logs
        if (fault := _fault(_origin(url)) if url else _NO_LOG) is not None
    ]
    if not faults:
        return None
    job, fault = faults[0]
    more = f"; so {wording.count(len(faults) - 1, 'more job')}" if len(faults) > 1 else ""
    return f"{wording.name(job)}: {fault}{more}"


def log_fault(url):
    """What is wrong with the address of a log, in words, or None."""
    return _fault(_origin(url)) if url else _NO_LOG


_NO_LOG = "no log"


def _origin(url):
    """The part of an address that tells its scheme and its host: the same for most logs of a CI."""
    if url.startswith("https://") or url.startswith("http://"):
        end = url.find("/", url.find("//") + 2)
        return url if end < 0 else url[:end]
    return "/".join(url.split("/", 3)[:3])


@functools.lru_cache(maxsize=4096)
def _fault(origin):
    try:
        parts = urllib.parse.urlsplit(origin)
        host = parts.hostname
    except ValueError:
        return "its log is at no address"
    if parts.scheme not in _SCHEMES:
        return "its log is at no http address"
    if not host:
        return "its log is at no host"
    if host == "localhost" or host.endswith(".localhost"):
        return "its log is at localhost"
    if is_ip(host):
        return f"its log is at a bare IP address, {wording.name(host)}"
    return None


def is_ip(host):
    """Whether a *host* is an IP address of either kind, in any notation that a browser takes for one."""
    try:
        ipaddress.ip_address(host.strip("[]").split("%", 1)[0])
    except ValueError:
        # 3232235777 and 0xc0a80101 are addresses, too; a name's last part never looks like a number.
        last = host.rstrip(".").rsplit(".", 1)[-1]
        return bool(re.fullmatch(r"\d+|0x[0-9a-f]*", last, re.ASCII | re.IGNORECASE))
    return True


@functools.lru_cache(maxsize=4096)
def _host(origin):
    try:
        return urllib.parse.urlsplit(origin).hostname
    except ValueError:
        return None


def is_named(name):
    """Whether an account's full name is like "Organization Product CI"."""
    words = name.split()
    return len(words) >= 3 and words[-1] == "CI" and all(word[0].isalnum() for word in words)


def named(names):
    """The :class:`Rule` that a CI's accounts are named "Organization Product CI".

    :param names: the full names of its accounts.
    """
    breaches = [
        Breach(None, None, None, f"an account is named “{wording.name(name)}”")
        for name in names
        if not is_named(name)
    ]
    kept = statistics.rate(len(names) - len(breaches), len(names))
    rule = _rule(
        "named",
        "The account's full name is “Organization Product CI”: at least two words, each beginning with a"
        " letter or a digit, and then the word CI, written so. Counted are accounts.",
        kept,
        breaches,
    )
    # There are no more of them than these: a few are enough.
    verdict = Verdict.BROKEN if breaches else Verdict.KEPT if names else Verdict.TOO_FEW
    return msgspec.structs.replace(rule, verdict=verdict)


def _rule(name, rule, kept, breaches):
    breaches.sort(key=lambda breach: (breach.at is not None, breach.at), reverse=True)
    told = [msgspec.structs.replace(breach, what=breach.what[:_LONGEST_SAID]) for breach in breaches[:MOST]]
    return Rule(name, rule, _verdict(kept), kept, len(breaches), told)


def _verdict(kept):
    if not kept.is_enough:
        return Verdict.TOO_FEW
    return Verdict.KEPT if 100 * kept.n >= KEPT_OF_HUNDRED * kept.of else Verdict.BROKEN


def _length(time):
    """A length of time in whole hours, or days: 24 h, 3 days."""
    hours = max(1, round(time.total_seconds() / 3600))
    return f"{hours} h" if hours <= 48 else f"{round(hours / 24)} days"
