"""How long the matrix takes in a browser: until it is loaded, and while it is scrolled.

The simulator's main project as in ``benchmarks.matrix``, 500 patch sets in one page, in Debian's Chromium;
what ``tests/browser`` needs, this needs, too.

    python -m benchmarks.browser [--rounds N]
"""

import argparse
import multiprocessing
import statistics
import sys
import tempfile

from benchmarks import matrix
from ciwatch.demo import characters
from tests.browser import chromium
from tests.browser import worlds

#: What the load event may take, and the longest task while scrolling, in milliseconds.
LOAD_BOUND_MS = 1500
TASK_BOUND_MS = 100

#: (what is shown, query)
PAGES = (("rows of CIs", ""), ("all jobs open", "&jobs=open"))

_STEPS = 40
_LOAD = "performance.getEntriesByType('navigation')[0].loadEventEnd"
# A browser tells of tasks from 50 ms on; script, style, layout and paint are in them.
_WATCH = """() => {
    window.tasks = [];
    new PerformanceObserver(list => window.tasks.push(...list.getEntries().map(each => each.duration)))
        .observe({entryTypes: ['longtask']});
}"""


def scroll(page):
    """The tasks of 50 ms and more, in milliseconds, while a wheel goes over the matrix both ways."""
    box = page.locator(".grid").bounding_box()
    page.evaluate(_WATCH)
    page.mouse.move(box["x"] + box["width"] / 2, min(box["y"] + box["height"] / 2, 700))
    for x, y in ((240, 0), (0, 240), (-240, 0), (0, -240)):
        for _ in range(_STEPS):
            page.mouse.wheel(x, y)
            page.evaluate("new Promise(requestAnimationFrame)")
    page.wait_for_timeout(300)
    return page.evaluate("window.tasks")


def main():
    """Prints milliseconds of each page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="of which the median is printed")
    options = parser.parse_args()
    try:
        chromium.browser()
    except chromium.MissingError as error:
        sys.exit(f"benchmarks.browser {error}")
    with tempfile.TemporaryDirectory() as folder:
        world = worlds.World("matrix", folder)
        recorder = multiprocessing.get_context("spawn").Process(
            target=matrix.record, args=(world.database, 600)
        )
        recorder.start()
        recorder.join()
        world.command("rollup")
        world.start()
        try:
            for what, query in PAGES:
                measure(world, what, query, options.rounds)
        finally:
            world.stop()


def measure(world, what, query, rounds):
    """Prints those of one page."""
    address = f"{world.address}/project/{characters.MAIN_PROJECT}?window=30d&columns=500{query}"
    loads, tasks = [], []
    for _ in range(rounds):
        with chromium.Visit() as visit:
            page = visit.go(address)
            loads.append(page.evaluate(_LOAD))
            page.locator(".grid").scroll_into_view_if_needed()
            tasks.append(max(scroll(page), default=0))
    longest = statistics.median(tasks)
    print(
        f"500 patch sets, {what}: load event median {statistics.median(loads):.0f} ms,"
        f" best {min(loads):.0f} ms (at most {LOAD_BOUND_MS}); longest task while scrolling "
        + (f"median {longest:.0f} ms" if longest else "under 50 ms")
        + f" (at most {TASK_BOUND_MS})"
    )


if __name__ == "__main__":
    main()
