"""What learners notice of one who takes all she can: `python -m tests.bench.offenders [LEARNERS]` (default 20).

They type, an entry each fifth of a second or so, first alone, then beside each bomb in turn; all in one run, at the
level that this machine gives. The offender is a process of its own, which takes what she prints and starts again as
soon as the server lets her: after five starts in a row that is one in a second.
"""

import json
import random
import subprocess
import sys
import threading
import time

from tests.bench.peers import Sandbox, quantile, serving, table
from tests.engine.redteam.bombs import BOMBS, ERRORS, LIMITED

SECONDS = 6.0
"""Of each bomb, and of the quiet before and after."""
PAUSE = 0.2


class Typists:
    """Learners who type until the end."""

    def __init__(self, address: str, count: int) -> None:
        self.waits: list[float] = []
        self._over = threading.Event()
        learners = [Sandbox(address, 0) for _ in range(count)]
        self._threads = [threading.Thread(target=self._type, args=(learner,)) for learner in learners]
        for thread in self._threads:
            thread.start()

    def _type(self, learner: Sandbox) -> None:
        while not self._over.wait(PAUSE * random.uniform(0.5, 1.5)):
            began = time.perf_counter()
            assert learner.run("21 * 2") == "42\n"
            self.waits.append(time.perf_counter() - began)
        learner.close()

    def leave(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


def offend(address: str, bomb: str) -> None:
    """Throw it again and again; tell how each ended."""
    offender = Sandbox(address, 0)
    end = time.monotonic() + SECONDS
    ends = set()
    while time.monotonic() < end:
        events = offender.entry(BOMBS[bomb])
        limited = [event["cause"] for event in events if event["kind"] == "limited"]
        ends.add(limited[0] if limited else events[-1]["error"])
        offender.send(kind="restart")
        offender.until("ready")
    print(json.dumps(sorted(ends)))


def beside(typists: Typists, address: str, bomb: str) -> list[str]:
    """The row of one bomb, or of quiet."""
    typists.waits.clear()
    ends = ""
    if bomb in BOMBS:
        command = [sys.executable, "-m", "tests.bench.offenders", "--offend", address, bomb]
        ends = ", ".join(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))
        assert ends == ERRORS.get(bomb, LIMITED.get(bomb)), (bomb, ends)
    else:
        time.sleep(SECONDS)
    waits = list(typists.waits)
    return [bomb, ends, str(len(waits)), *(f"{1000 * quantile(waits, share):.1f}" for share in (0.5, 0.99))]


def main(count: int) -> None:
    with serving("--capacity", str(count + 10)) as server:
        typists = Typists(server.address, count)
        time.sleep(SECONDS / 2)  # until all have begun
        rows = [beside(typists, server.address, bomb) for bomb in ("quiet", *BOMBS, "quiet again")]
        typists.leave()
    quiet = float(rows[0][-1])
    columns = ["beside", "ends as", "entries", "p50, ms", "p99, ms", "p99 to quiet"]
    table(f"{count} learners type", columns, [[*row, f"{float(row[-1]) / quiet:.1f}"] for row in rows])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--offend"]:
        offend(*sys.argv[2:])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
