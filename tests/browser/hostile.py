"""A project whose people and CIs mean harm, or write scripts that few programs expect: as Gerrit's events.

Each text is one that somebody may give to Gerrit: markup, quotes, right-to-left and zero-width characters,
letters under heaps of accents, pictures, and words without end.
"""

import itertools
import json
import random

#: What a script of theirs would leave behind in the page.
TRACE = "__pwned"

_RUN = f"window.{TRACE}=1"
_LONG = "verylongword" * 42

TEXTS = (
    f"<script>{_RUN}</script>",
    f'"><img src=x onerror="{_RUN}">',
    f"'-{_RUN}-'",
    f"</script><svg onload={_RUN}>",
    f"</textarea></title></style><iframe srcdoc='<script>{_RUN}</script>'>",
    "${7*7} {{7*7}} <%= 7*7 %> %s %(x)s \\u003cb\\u003e",
    "\u202egnirts desrever\u202c and \u2066isolated",
    "إصلاح المهلة في الاختبار",
    "תיקון הבדיקה של הליבה",
    "zero\u200bwidth\u200djoin\ufeff\u2060er\u00adsoft",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319a\u0344\u0350\u0301l\u0349g\u034f" * 5,
    "👩‍👩‍👧‍👦 🏳️‍🌈 🚀🔥 ✓✗",
    _LONG,
    "測試修復日本語テスト한국어",
    "&lt;b&gt; &amp; &#x27; ]]> <!-- --> <![CDATA[",
)

_ADDRESSES = (
    "https://logs.basalt.example/{n}",
    f"javascript://%0a{_RUN}",
    "data:text/html,<script>parent.__pwned=1</script>",
    'https://logs.example/{n}"onmouseover="window.__pwned=1',
    "https://logs.example/" + "deep/" * 80 + "{n}",
    "https://[broken/{n}",
    f"vbscript://x/{_RUN}",
    "https://user:secret@logs.example/<script>{n}</script>",
)

_RESULTS = ("SUCCESS",) * 6 + ("FAILURE", "NODE_FAILURE", "SKIPPED", "<B>", "ODD_WORD")

PROJECT = "wick/<b>\"quoted'"
BRANCH = "stable/<i>\u202etnatsni"

_HOUR_S = 3600
_CHANGES = 24


def _word(text):
    """*text* without white space, as the name of a job is."""
    return "".join(text.split()) or "none"


def _accounts():
    """The gate, and a CI of each text: some whose username is it, some whose full name."""
    yield {"username": "zuul", "name": "Zuul"}
    for number, text in enumerate(TEXTS):
        if number % 3 == 0:
            # Where Gerrit gives no username, the full name stands for it.
            yield {"name": f"{text} CI", "email": f"ci{number}@basalt.example"}
        else:
            yield {"username": f"hostile-{number}-ci", "name": f"{text} CI"}


def events(until_s, seed=1):
    """Events of a fortnight before *until_s*, seconds since 1970, in the order of their times."""
    luck = random.Random(seed)
    texts, addresses = itertools.cycle(TEXTS), itertools.cycle(_ADDRESSES)
    accounts, found = list(_accounts()), []
    step_s = 14 * 24 * _HOUR_S // _CHANGES
    for serial in range(_CHANGES):
        at = until_s - 14 * 24 * _HOUR_S + serial * step_s
        patch_set = {
            "number": 1,
            "revision": f"{serial + 1:040x}",
            "kind": "REWORK",
            "createdOn": at,
        }
        subject = next(texts)
        change = {
            "project": PROJECT if serial % 8 else f"{_LONG}/{serial % 16}",
            "branch": BRANCH if serial % 4 == 1 else _LONG if serial % 4 == 3 else "master",
            "id": f"I{serial + 1:040x}",
            "number": 9000 + serial,
            "subject": subject,
            "topic": subject[:200],
            "owner": {"name": subject, "username": f"dev{serial}", "email": "dev@wick.example"},
            "url": f"javascript:{_RUN}",
            "status": "NEW",
        }
        base = {"change": change, "patchSet": patch_set}
        found.append({**base, "type": "patchset-created", "eventCreatedOn": at})
        for number, author in enumerate(accounts):
            if luck.random() < 0.15:
                continue
            lines, is_failed = [], False
            for job in range(3):
                result = luck.choice(_RESULTS)
                is_failed |= result == "FAILURE"
                name = _word(TEXTS[(number + job * 4) % len(TEXTS)]) if job else f"tox-{number}"
                lines.append(f"- {name} {next(addresses).format(n=serial)} : {result} in {job + 1}m 0{job}s")
            verdict = "failed" if is_failed else "succeeded"
            text = (
                f"Patch Set 1: Verified{'-1' if is_failed else '+1'}\n\nBuild {verdict} (check pipeline)."
                f" {subject}\n\n" + "\n".join(lines)
            )
            found.append(
                {
                    **base,
                    "type": "comment-added",
                    "author": author,
                    "comment": text,
                    "eventCreatedOn": at + _HOUR_S + 60 * number,
                }
            )
        found.append(
            {
                **base,
                "type": "comment-added",
                "author": {"username": "mallory", "name": next(texts)},
                "comment": f"Patch Set 1:\n\nrecheck {next(texts)}",
                "eventCreatedOn": at + 3 * _HOUR_S,
            }
        )
    return sorted(found, key=lambda event: event["eventCreatedOn"])


def write(path, until_s):
    """Writes them to a file, one JSON object a line."""
    with open(path, "w") as stream:
        for event in events(until_s):
            stream.write(json.dumps(event) + "\n")
