"""Are spells found, dated, and nobody called ill who is well?"""

import datetime
import itertools
import math

import sqlalchemy as sa

from benchmarks.accuracy.case import Case
from benchmarks.accuracy.story import moment
from ciwatch.db import models
from ciwatch.insight import regression
from ciwatch.insight import sickness
from ciwatch.insight import silence
from ciwatch.insight.status import Word

#: A spell of fewer changes is bad luck.
MIN_CHANGES = sickness.MIN_CHANGES
IMPROBABLE = sickness.IMPROBABLE
#: Dated well if no more changes than these lie between.
OFF_BY = 2
#: A healthy CI may be called ill in so much of its time.
ILL_SHARE = 0.01
_WEEK = datetime.timedelta(days=7)
_HISTORY = datetime.timedelta(days=regression.NOW_DAYS + regression.BEFORE_DAYS)


def _overlapping(spells, start, end):
    return [spell for spell in spells if spell.started_at <= end and (spell.ended_at or end) >= start]


def _changes(attempts):
    return len({attempt.change for attempt in attempts})


def _longest_run(attempts):
    """The longest run of failures: its attempts."""
    runs = itertools.groupby(attempts, key=lambda attempt: attempt.verdict != "passed")
    return max((list(run) for is_bad, run in runs if is_bad), key=_changes, default=[])


def _usual_rate(attempts, until, spells=()):
    """How often a CI failed in the four weeks before, but for a broken master and *spells* of its own."""
    since = until - sickness.HISTORY.total_seconds()
    before = [
        attempt
        for attempt in attempts
        if since <= attempt.posted_at < until
        and not attempt.broken
        and not any(start <= attempt.posted_at < end for start, end in spells)
    ]
    return max(0.05, sum(attempt.verdict != "passed" for attempt in before) / len(before))


def _between(attempts, one, other):
    """On how many changes there were reports between two times."""
    first, last = sorted((one, other))
    return _changes(attempt for attempt in attempts if first <= attempt.posted_at < last)


def sick(story):
    """Each sick spell: is it found, and dated within two changes at both ends?

    Asked is for those that the definition speaks of: failures on five different changes or more, in a row,
    that chance would not bring at the CI's usual rate. One that a pass breaks off before is none.
    """
    for username, truly in story.truth.sick.items():
        trait, attempts = story.cast[username].trait, story.attempts[username]
        # What was none by the definition counts for how often it usually fails.
        earlier = []
        for start, end in sorted(truly):
            inside = [attempt for attempt in attempts if start <= attempt.posted_at < end]
            if _changes(inside) < MIN_CHANGES:
                continue
            run = _longest_run(inside)
            count = _changes(run)
            is_probable = _usual_rate(attempts, start, earlier) ** count >= IMPROBABLE
            if count < MIN_CHANGES or is_probable:
                why = "broken off" if count < MIN_CHANGES else "probable"
                yield Case("sick, not asked", trait, True, why)
                continue
            earlier.append((start, end))
            found = _overlapping(story.told(username, sickness.SICK), moment(start), moment(end))
            verdicts = " ".join(attempt.verdict[0] for attempt in inside)
            detail = f"seed {story.seed}: {_changes(inside)} changes, {verdicts}"
            yield Case("sick found", trait, bool(found), detail)
            if not found:
                continue
            # What a pass broke off before the run is no part of the spell, by the definition.
            firsts = inside[0].posted_at, run[0].posted_at
            off = min(_between(attempts, found[0].started_at.timestamp(), first) for first in firsts)
            began = f"{found[0].started_at:%d %H:%M} for {moment(firsts[0]):%d %H:%M}, {off} changes"
            yield Case("sick begun", trait, off <= OFF_BY, f"seed {story.seed}: {began}, {verdicts}")
            ended = found[-1].ended_at
            following = [
                attempt
                for attempt in attempts
                if end <= attempt.posted_at and (ended is None or moment(attempt.posted_at) < ended)
            ]
            verdicts = " ".join(attempt.verdict[0] for attempt in following)
            holds = ended is not None and _changes(following) <= OFF_BY
            yield Case("sick ended", trait, holds, f"seed {story.seed}: {verdicts}")


def silent(story):
    """Each silence: is it found?"""
    for username, truly in story.truth.silent.items():
        for start, end in truly:
            if start < story.begin.timestamp():
                continue
            until = story.until if math.isinf(end) else moment(end)
            found = _overlapping(story.told(username, silence.SILENT), moment(start), until)
            detail = f"seed {story.seed}: {moment(start):%d %H:%M} to {until:%d %H:%M}"
            yield Case("silent found", story.cast[username].trait, bool(found), detail)


def healthy(story):
    """Each CI that was never sick nor silent: was it called so?"""
    table = models.StatusPeriod
    statement = sa.select(
        table.ci_system_id, sa.type_coerce(table.word, sa.String()), table.started_at, table.ended_at
    )
    called, watched = {}, {}
    for system_id, word, started_at, ended_at in story.connection.execute(statement):
        seconds = ((ended_at or story.until) - started_at).total_seconds()
        watched[system_id] = watched.get(system_id, 0) + seconds
        if word in (Word.SICK, Word.SILENT):
            called.setdefault(system_id, []).append((str(word), started_at, seconds))
    for username, ci in story.cast.items():
        if ci.sick or ci.silent:
            continue
        system_id = story.ids[username]
        wrong = called.get(system_id, [])
        seconds = sum(each[2] for each in wrong)
        detail = ", ".join(f"{word} {at:%m-%d %H:%M} for {s / 3600:.0f} h" for word, at, s in wrong)
        yield Case(
            "healthy", ci.trait, seconds <= ILL_SHARE * watched[system_id], f"seed {story.seed}: {detail}",
            (seconds, watched[system_id]),
        )  # fmt: skip


def broken(story):
    """Each CI that failed many changes because master was broken: is that called shared, and nobody sick?"""
    for start, end in story.truth.broken:
        if start < story.begin.timestamp():
            continue
        called = []
        for username, ci in story.cast.items():
            hit = [a for a in story.attempts[username] if a.broken and start <= a.asked_at < end]
            failed = [attempt for attempt in hit if attempt.verdict != "passed"]
            if not failed:
                continue
            first, last = moment(failed[0].posted_at), moment(failed[-1].posted_at)
            shared = _overlapping(story.told(username, sickness.SHARED), first, last)
            places = {(attempt.change, attempt.patch_set) for attempt in failed}
            sick = [
                spell
                for spell in _overlapping(story.told(username, sickness.SICK), first, last)
                if 2 * len(places & set(spell.evidence)) > len(spell.evidence)
            ]
            verdicts = " ".join(attempt.verdict[0] for attempt in hit)
            detail = f"seed {story.seed}: {_changes(failed)} changes, {verdicts}, {[s.why for s in sick]}"
            said = [
                a for a in story.attempts[username] if hit[0].posted_at <= a.posted_at <= hit[-1].posted_at
            ]
            count = _changes(_longest_run(said))
            rate = _usual_rate(story.attempts[username], start, story.truth.sick[username])
            if count >= MIN_CHANGES and rate**count < IMPROBABLE:
                called.append(bool(shared))
                yield Case("broken shared", ci.trait, bool(shared), detail)
            yield Case("broken not sick", ci.trait, not sick, detail)
        if called:
            yield Case("breakage", "", 2 * sum(called) >= len(called), f"seed {story.seed}: {called}")


def regressed(story):
    """Each CI that got worse: is it called regressed within a week? And each week of those that did not."""
    for username, ci in story.cast.items():
        told = story.told(username, regression.REGRESSED)
        since = story.truth.worse_since.get(username)
        if since is not None:
            since = moment(since)
            counts = (*_bad(story, username, None, since), *_bad(story, username, since, None))
            soon = [spell.called_at for spell in told if since < spell.called_at <= since + _WEEK]
            detail = f"seed {story.seed}: {[f'{spell.called_at - since}' for spell in told]}"
            yield Case("regressed", ci.trait, bool(soon), detail, counts)
        first = moment(min(at for (name, _), at in story.first_at.items() if name == username))
        week = first + _HISTORY
        while week + _WEEK <= (since or story.until):
            wrong = [spell for spell in told if spell.called_at < week + _WEEK]
            wrong = [spell for spell in wrong if spell.ended_at is None or spell.ended_at > week]
            detail = f"seed {story.seed}: {[(spell.why, str(spell.called_at)) for spell in wrong]}"
            yield Case("steady week", ci.trait, not wrong, detail)
            week += _WEEK


def _bad(story, username, since, until):
    """How many of the first verdicts on patch sets were bad in a time, and how many there were."""
    first = [
        attempt
        for attempt in story.attempts[username]
        if attempt.attempt == 1
        and not attempt.sick
        and not attempt.broken
        and (since is None or moment(attempt.posted_at) >= since)
        and (until is None or moment(attempt.posted_at) < until)
    ]
    return sum(attempt.verdict != "passed" for attempt in first), len(first)
