"""axe-core, which finds what keeps a page from those who hear it, magnify it, or have no mouse."""

import functools
import importlib.resources

#: WCAG 2.2 up to AA, and what axe-core's authors advise beside it. WCAG 2.2 asks for targets of 24 pixels;
#: axe-core has that off unless it is asked for.
ALL = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "rules": {"target-size": {"enabled": True}},
}
#: The rules of these that another colour scheme can break.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}

_OPTIONS = {
    "resultTypes": ["violations"],
    # Else it fetches the style sheets, which the policy of the page forbids.
    "preload": False,
}
_RUN = """options => axe.run(document, options).then(found => found.violations.map(each => ({
    id: each.id, help: each.help, count: each.nodes.length,
    nodes: each.nodes.slice(0, 3).map(node => node.target.join(' ') + ' — ' + node.failureSummary),
})))"""


@functools.cache
def _source():
    # The wheel has the script of Deque's; its few lines of Python load it in a way that a policy forbids.
    return importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text()


def load(page):
    """Brings it into a page, past the page's policy: the debugger may run what a page may not."""
    if not page.evaluate("'axe' in window"):
        session = page.context.new_cdp_session(page)
        session.send("Runtime.evaluate", {"expression": _source()})
        session.detach()


def violations(page, rules=ALL):
    """Sentences, one a rule that is broken, of *rules*: :data:`ALL` or :data:`COLOURS`."""
    load(page)
    return [
        f"{each['id']} ({each['count']}): {each['help']}: " + " ".join(" | ".join(each["nodes"]).split())
        for each in page.evaluate(_RUN, {**_OPTIONS, **rules})
    ]
