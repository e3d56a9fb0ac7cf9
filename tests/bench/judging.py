"""What judging a step costs, in CPU milliseconds of the server for each entry, save or restart; prints a table.

    python -m tests.bench.judging

Everything that a moment costs is in it: the pure judgement, the texts that the page is told, and their encoding. Over
all steps of all lessons, with an entry that printed as much as is looked at, and with every check still to be done.
"""

import time
from collections.abc import Callable
from statistics import median

from sandbox.codec import encode
from sandbox.lessons.evidence import Entry, Evidence, clip
from sandbox.lessons.judge import Progress, begin, judge, wanted
from sandbox.lessons.lesson import Step
from sandbox.lessons.shelf import open_shelf
from sandbox.lessons.view import progress_view
from sandbox.protocol import Checked, Result, Settled

ROUNDS = 30
MOMENT = Evidence(
    "ran", Entry("changer.printer()", clip("Hello x\n" * 9_000), "ok", ""), files={"a.py": "a = 1\n" * 500}
)


def main() -> None:
    steps = [step for lesson in open_shelf().lessons for step in lesson.steps]
    print(f"{len(steps)} steps, {ROUNDS} moments each       median     worst step")
    report("judged", steps, judged)
    report("judged and told", steps, lambda step: told(step, judged(step)))


def report(what: str, steps: list[Step], run: Callable[[Step], object]) -> None:
    """The best of all rounds for each step: the machine may have other things to do."""
    costs = [min(cost(run, step) for _ in range(ROUNDS)) for step in steps]
    print(f"{what:32} {median(costs):6.3f} ms {max(costs):10.3f} ms")


def cost(run: Callable[[Step], object], step: Step) -> float:
    start = time.process_time()
    run(step)
    return (time.process_time() - start) * 1000


def judged(step: Step) -> Progress:
    progress = begin(step)
    wanted(step, MOMENT, progress)
    return judge(step, MOMENT, progress)


def told(step: Step, progress: Progress) -> str:
    view = progress_view(step, progress)
    results = tuple(Result(**result) for result in view["results"])
    settled = Settled(**view["prediction"]) if view["prediction"] else None
    return encode(Checked("lesson", step.id, view["passed"], results, view["reply"], settled))


if __name__ == "__main__":
    main()
