"""The cases, counted: one line for each thing that was asked."""

import collections
import typing

from benchmarks.accuracy import spells

#: Trust may be so many points off, and its interval must hold the truth in such a share of the cases.
BIAS_POINTS = 5
_COVERED = 0.9


class Row(typing.NamedTuple):
    """A line: *holds* is None for a figure that is only told."""

    name: str
    asked: str
    found: str
    holds: bool | None


def rows(cases):
    """The :class:`Row` of each property."""
    by_rule = {}
    for case in cases:
        by_rule.setdefault(case.rule, []).append(case)

    def of(rule):
        return by_rule.get(rule, [])

    yield _share("sick spells of 5 and more changes: found", of("sick found"))
    yield _share("  begun within 2 changes of the truth", of("sick begun"))
    yield _told("  ended within 2 changes (by two passes in a row)", of("sick ended"))
    unasked = collections.Counter(case.detail for case in of("sick, not asked"))
    told = f"{unasked['broken off']} broken off by a pass, {unasked['probable']} no wonder at the CI's rate"
    yield Row("  not asked: none by the definition", "", told, None)
    yield _share("silent CIs: found", of("silent found"))
    yield _healthy(of("healthy"))
    yield _share("flaky jobs: ranked above every steady one", of("flaky"))
    yield _share("15 points worse: called regressed in 7 days", of("regressed"), 0.85)
    for who, some in _by_who(of("regressed, trials")):
        yield _share(f"  20 verdicts a day, {who}", some, 0.85)
    yield _at_most("weeks of steady CIs: called regressed", of("steady week"), 0.05)
    for who, some in _by_who(of("steady week, trials")):
        yield _at_most(f"  20 verdicts a day, {who}", some, 0.05)
    for who, some in _by_who(of("standings")):
        wrong, true = (int(sum(case.counts[n] for case in some)) for n in (0, 1))
        yield Row(f"patch sets {who}", "exactly", f"{wrong} differ, of {true:,}", not wrong)
    yield from _trust(of("trust"))
    yield _share("a broken master: called a shared breakage", of("breakage"))
    yield _told("  of the CIs that failed everything in it", of("broken shared"))
    yield _share("  no CI called sick for it", of("broken not sick"))


def _by_who(cases):
    found = {}
    for case in cases:
        found.setdefault(case.who, []).append(case)
    return found.items()


def _held(cases):
    return f"{sum(case.holds for case in cases)} of {len(cases)}"


def _share(name, cases, least=1.0):
    asked = "all" if least == 1.0 else f"{least * 100:.0f} of 100"
    return Row(name, asked, _held(cases), _is_met(cases, least))


def _is_met(cases, least):
    # What was never asked was not shown.
    return bool(cases) and sum(case.holds for case in cases) >= least * len(cases)


def _at_most(name, cases, most):
    wrong = sum(not case.holds for case in cases)
    asked = f"at most {most * 100:.0f} of 100"
    return Row(name, asked, f"{wrong} of {len(cases)}", bool(cases) and wrong <= most * len(cases))


def _told(name, cases):
    return Row(name, "", _held(cases), None)


def _healthy(cases):
    worst = max((case.counts[0] / case.counts[1] for case in cases), default=0)
    called, watched = (sum(case.counts[n] for case in cases) for n in (0, 1))
    found = f"{_held(cases)}; at worst {worst:.2%} of its days, all {called / (watched or 1):.2%}"
    asked = f"at most {spells.ILL_SHARE * 100:.0f} day in 100"
    return Row("healthy CIs: called sick or silent", asked, found, _is_met(cases, 1.0))


def _trust(cases):
    for who, some in sorted(_by_who(cases)):
        confirmed, true, judged = (int(sum(case.counts[n] for case in some)) for n in range(3))
        if not judged:
            continue
        points = 100 * (confirmed - true) / judged
        found = f"{confirmed} of {judged}, in truth {true}: {points:+.1f}"
        yield Row(f"trust, {who}", f"within {BIAS_POINTS} points", found, abs(points) <= BIAS_POINTS)
    yield _share("trust: the 95 % interval holds the truth", cases, _COVERED)


def render(found):
    """The lines as text, in columns."""
    lines = [("", "asked", "found", "holds")]
    for row in found:
        holds = "" if row.holds is None else "yes" if row.holds else "NO"
        lines.append((row.name, row.asked, row.found, holds))
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
