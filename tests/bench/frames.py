"""What the memory picture costs in the browser: script time of each frame while cards glide; prints a table.

    python -m tests.bench.frames [MODULES]

A real page, and a real Python with MODULES modules of nine functions each. One module is reloaded while its old
functions are held, so that all that stands below makes room. Of each step's frames some compare the two pictures, draw
what has changed out of sight, put it in place, and draw the arrows; in the others cards glide. The last column is the
longest collection of garbage in that step, which the browser may put into any frame.
"""

import json
import shutil
import sys
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import BROWSERS, FLAGS
from tests.browser.learner import Learner
from tests.browser.test_picture import SETTLED
from tests.web.serving import sandbox

TOGETHER = 1000
"""Microseconds: callbacks that follow each other sooner are of one frame."""

MOVED = """
window.moved = 0;
let places = [];
const look = () => {
  const found = [...document.querySelectorAll(".thing")].map((one) => one.style.transform);
  window.moved = Math.max(window.moved, found.filter((place, at) => place !== places[at]).length);
  places = found;
};
new MutationObserver(look).observe(document, { subtree: true, attributeFilter: ["style"] });
"""
"""Counts how many cards moved at most."""

POLL = 100
"""Milliseconds: what is asked for in each frame would count as the page's."""

FUNCTIONS = "".join(f"def f{number}():\\n    return {number}\\n\\n" for number in range(9))
ENTRIES = (
    "import importlib",
    "for n in range({modules}):\n    with open(f'mod{n}.py', 'w') as f: _ = f.write('" + FUNCTIONS + "')\n",
    "importlib.invalidate_caches()",
    "for n in range({modules}): globals()[f'mod{n}'] = importlib.import_module(f'mod{n}')\n",
    "held = [mod0.f0, mod0.f1, mod0.f2, mod0.f3]",
    "importlib.reload(mod0)",
)


def main() -> None:
    modules = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with sandbox(output_mib="1") as server, sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, BROWSERS)), None)
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        page = browser.new_page(base_url=f"http://127.0.0.1:{server.port}", viewport={"width": 1440, "height": 900})
        page.add_init_script(MOVED)
        fill(Learner(page).open(), modules)
        report(browser, page)
        browser.close()


def fill(learner: Learner, modules: int) -> None:
    for entry in ENTRIES:
        learner.enter(*entry.replace("{modules}", str(modules)).split("\n"))
        learner.wait()
    learner.page.locator(".thing.s-stale").first.wait_for()
    learner.page.wait_for_function(SETTLED)


def report(browser: Browser, page: Page) -> None:
    cards, arrows = (page.locator(one).count() for one in (".thing", ".wire"))
    print(f"{cards} cards, {arrows} arrows; CPU milliseconds of script in a frame")
    print(f"{'':18} {'cards moved':>12} {'frames':>7} {'median':>7} {'second':>7} {'most':>7} {'collector':>10}")
    for step in ("One step back", "One step forward") * 3:
        page.evaluate("window.moved = 0")
        browser.start_tracing(page=page, categories=["devtools.timeline"])
        page.get_by_label(step).dispatch_event(
            "click"
        )  # a mouse would look in each frame whether the button stands still
        page.wait_for_function("() => window.moved > 0", polling=POLL)
        page.wait_for_function(SETTLED, polling=POLL)
        page.wait_for_timeout(600)
        trace = json.loads(browser.stop_tracing())["traceEvents"]
        spent = frames(trace)
        moved = page.evaluate("window.moved")
        print(
            f"{step:18} {moved:>12} {len(spent):>7} {median(spent):>7.2f} {spent[-2]:>7.2f} {spent[-1]:>7.2f}"
            f" {collector(trace):>10.2f}"
        )


def collector(trace: list[dict[str, Any]]) -> float:
    """The milliseconds of the longest collection of garbage: it may fall into any frame."""
    return max((event.get("dur", 0) / 1000 for event in trace if event["name"] in ("MinorGC", "MajorGC")), default=0.0)


def frames(trace: list[dict[str, Any]]) -> list[float]:
    """The milliseconds that each frame's callbacks took of the processor, the least first."""
    events = [event for event in trace if event["name"] == "FireAnimationFrame" and "tdur" in event]  # whole ones
    spent: list[float] = []
    end = -TOGETHER
    for event in sorted(events, key=lambda one: float(one["ts"])):
        if event["ts"] - end > TOGETHER:
            spent.append(0)
        spent[-1] += event["tdur"] / 1000
        end = event["ts"] + event["dur"]
    return sorted(spent)


if __name__ == "__main__":
    main()
