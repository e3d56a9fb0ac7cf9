"""A workshop opens the link: `python -m tests.bench.herd [LEARNERS]` (default 100).

Each learner opens the page, the websocket and runs a first entry, all at once; then what one of them waits for an entry
while the others type too.
"""

import statistics
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.bench.peers import Sandbox, Server, quantile, serving, table

ENTRIES = 10


def arrive(server: Server) -> tuple[Sandbox, float]:
    """Open the page, the socket and a first entry; the seconds it took."""
    began = time.perf_counter()
    with urllib.request.urlopen(f"http://{server.address}/", timeout=60) as page:
        page.read()
    learner = server.connect()
    assert learner.run("1 + 1") == "2\n"
    return learner, time.perf_counter() - began


def together(work: list[Callable[[], object]]) -> float:
    """Run all at once, a thread each; seconds until the last is done."""
    gate = threading.Barrier(len(work) + 1)

    def wait_and_do(one: Callable[[], object]) -> None:
        gate.wait()
        one()

    with ThreadPoolExecutor(len(work)) as pool:
        futures = [pool.submit(wait_and_do, one) for one in work]
        gate.wait()
        began = time.perf_counter()
        for future in futures:
            future.result()
    return time.perf_counter() - began


def type_entries(learner: Sandbox, waits: list[float]) -> None:
    for number in range(ENTRIES):
        began = time.perf_counter()
        assert learner.run(f"{number} + 1") == f"{number + 1}\n"
        waits.append(time.perf_counter() - began)


def main(server: Server, count: int) -> None:
    arrived: list[tuple[Sandbox, float]] = []
    whole = together([lambda: arrived.append(arrive(server)) for _ in range(count)])
    opening = [took for _, took in arrived]
    waits: list[float] = []
    typing = together([lambda one=one: type_entries(one, waits) for one, _ in arrived])
    rows = [
        ["page, socket and first entry", f"{whole:.2f}", f"{statistics.median(opening):.2f}", f"{max(opening):.2f}"],
        [
            f"{ENTRIES} entries each",
            f"{typing:.2f}",
            f"{statistics.median(waits):.4f}",
            f"{quantile(waits, 0.99):.4f}",
        ],
    ]
    table(f"{count} learners at once", ["what", "all done, s", "median, s", "worst or p99, s"], rows)
    for learner, _ in arrived:
        learner.close()


if __name__ == "__main__":
    learners = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with serving("--capacity", str(learners + 10)) as running:
        main(running, learners)
