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


class Name(enum.StrEnum):
    """A word or two for each rule, in the order in which they are told."""

    ONE_COMMENT = "one comment"
    ANSWERS_RECHECK = "answers recheck"
    IN_TIME = "in time"
    LINKS_PAGE = "links its page"
    LINKS_LOGS = "links its logs"
    NAMED = "named"

    # As that of the text: an enum's own hash is many times slower.
    __hash__ = str.__hash__


#: What each of them asks for, and how it is counted.
ASKED = {
    Name.ONE_COMMENT: (
        "A CI posts one result on a patch set, in each of its pipelines, and one more for each request for a"
        " re-run. Counted are patch sets. A comment that tells of a start is no result; one that says a"
        " result once more is, even if it follows at once. Whatever asks for a re-run, in whatever words,"
        " excuses one more result."
    ),
    Name.ANSWERS_RECHECK: (
        "When somebody comments “recheck”, or the CI's own phrase, on a patch set on which the CI is expected"
        " or has reported, a finished report follows within the project's limit. Counted are requests,"
        " without those whose time has not passed, and those that a newer patch set, or the end of the"
        " change, made needless before."
    ),
    Name.IN_TIME: (
        "A CI answers each patch set on which it is expected within the project's limit. Counted are patch"
        " sets: those that were answered and those that were missed, not those that are pending or were"
        " superseded."
    ),
    Name.LINKS_PAGE: (
        "Each comment holds a link to a page about the CI: the one that the registry names, an address with"
        " “wiki” in it, or any other http or https address on a host on which none of its logs are, of those"
        " for the same day's patch sets of the branch. Counted are comments, those that tell of a start among"
        " them."
    ),
    Name.LINKS_LOGS: (
        "Each build that passed or failed has a link to its log: an http or https address whose host has a"
        " name, and is neither a bare IP address nor localhost. A result that names no job has at least one"
        " such link. Counted are results."
    ),
    Name.NAMED: (
        "The account's full name is “Organization Product CI”: at least two words, each beginning with a"
        " letter or a digit, and then the word CI, written so. Counted are accounts."
    ),
}


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


def results(comments):
    """The comments that are results, or say one once more, of a CI's on a patch set in their order.

    :param comments: a list of :class:`~ciwatch.insight.facts.Comment`.
    """
    return [comment for comment in comments if comment.is_finished or comment.is_repeat]


def surplus(comments, requests):
    """Those of some :func:`results` on a patch set that are too many: one is right, unless it is retriggered.

    :param requests: all :class:`~ciwatch.insight.facts.Request` there: nobody else knows what starts it.
    """
    said, excused, found = set(), {}, []
    for result in comments:
        if result.is_repeat:
            found.append(result)
        elif result.pipeline not in said:
            said.add(result.pipeline)
        else:
            asked = sum(request.posted_at <= result.posted_at for request in requests)
            used = excused.get(result.pipeline, 0)
            if used < asked:
                excused[result.pipeline] = used + 1
            else:
                found.append(result)
    return found


def say_surplus(pipeline, is_repeat):
    """In words, what is wrong with a result that is one too many."""
    if is_repeat:
        return "says its result once more"
    where = f" in {wording.name(pipeline)}" if pipeline else ""
    return f"another result{where}, and no request for a re-run before it"


def is_request(phrase, own=None):
    """Whether a CI should take a phrase for a request: a bare ``recheck``, with a bug or none, or its own.

    :param own: the CI's own phrase, or None.
    """
    said = " ".join(phrase.lower().split())
    return bool(_RECHECK.fullmatch(said)) or (bool(own) and said == " ".join(own.lower().split()))


def answer(request, answers, limit):
    """When a request was answered, or None, and whether that was within the limit.

    :param answers: the moments of the CI's finished reports there, in their order.
    """
    answered_at = next((at for at in answers if at > request.posted_at), None)
    return answered_at, answered_at is not None and answered_at <= request.posted_at + limit


def say_unanswered(request, answered_at, limit):
    """In words, how a request was not answered in time."""
    after = "" if answered_at is None else f"; it came after {_length(answered_at - request.posted_at)}"
    return f"“{wording.name(request.phrase)}” had no answer within {_length(limit)}{after}"


def say_late(answered_at, due_at):
    """In words, how a patch set was not answered in time."""
    return "no answer" if answered_at is None else f"answered {_length(answered_at - due_at)} late"


#: In words, what breaks the rule on pages.
NO_PAGE = "no link to a page about the CI"


def log_hosts(comments):
    """The hosts on which the logs of some comments are.

    :param comments: :class:`~ciwatch.insight.facts.Comment` of one CI.
    """
    return set(map(_host, {_origin(url) for comment in comments for _, url in comment.logs if url}))


def has_page(text, page, hosts):
    """Whether a comment links to a page about the CI.

    :param page: the address of its page as the registry has it, or None.
    :param hosts: those on which its logs are.
    """
    return _has_page(text, _bare(page) if page else None, hosts)


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


def has_logs(comment):
    """Whether each build of a result has a log that anybody can open."""
    if comment.logs:
        return all(log_fault(url) is None for _, url in comment.logs)
    return any(log_fault(link) is None for link in _LINK.findall(comment.text))


def say_no_logs(logs):
    """In words, what is wrong with the logs of a result: (job's name, address or None), or none."""
    faults = [(job, fault) for job, url in logs if (fault := log_fault(url)) is not None]
    if not faults:
        return "names no job and links no log"
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
    told = rule(Name.NAMED, len(names) - len(breaches), len(names), len(breaches), breaches)
    # There are no more of them than these: a few are enough.
    verdict = Verdict.BROKEN if breaches else Verdict.KEPT if names else Verdict.TOO_FEW
    return msgspec.structs.replace(told, verdict=verdict)


def rule(name, kept, cases, breach_count, breaches):
    """The :class:`Rule` of a :class:`Name`.

    :param kept: in how many of the *cases*.
    :param breaches: those that are told, of all in whatever order.
    """
    # Those of one moment in the order of their changes.
    breaches = sorted(breaches, key=lambda breach: (breach.change or 0, breach.patch_set or 0))
    breaches.sort(key=lambda breach: (breach.at is not None, breach.at), reverse=True)
    told = [msgspec.structs.replace(breach, what=breach.what[:_LONGEST_SAID]) for breach in breaches[:MOST]]
    rate = statistics.rate(kept, cases)
    return Rule(name.value, ASKED[name], _verdict(rate), rate, breach_count, told)


def _verdict(kept):
    if not kept.is_enough:
        return Verdict.TOO_FEW
    return Verdict.KEPT if 100 * kept.n >= KEPT_OF_HUNDRED * kept.of else Verdict.BROKEN


def _length(time):
    """A length of time in whole hours, or days: 24 h, 3 days."""
    hours = max(1, round(time.total_seconds() / 3600))
    return f"{hours} h" if hours <= 48 else f"{round(hours / 24)} days"
