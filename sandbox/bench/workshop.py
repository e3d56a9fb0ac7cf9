"""A workshop, rehearsed: learners come, sit, and a tenth of them work. Then how many of them there is room for.

It starts a server of its own, with the operator's Python and default settings, and ends it again whatever happens.
Knows the server by its address and its process alone.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from threading import Event

from sandbox.bench.learner import CannotBench, Learner
from sandbox.bench.machine import Spent, available, spent

AT_ONCE = 16
"""Learners that come at a time."""
ACTIVE = 10
"""One learner in so many works at a time."""
PACE = 1.0
"""Seconds from one edit of a learner who works to the next."""
SECONDS = 15.0
"""How long they work, by default."""
SPARE_MEMORY = 0.2
SPARE_PROCESSOR = 0.3
"""Shares of what there is that are left for other things, and for the moment when everybody works."""
TICK = 0.01
"""Seconds; the kernel counts processor time no finer."""
STOP = 10.0
"""Seconds for the server to end."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """How they came in: seconds in all, and of the slowest."""

    seconds: float
    slowest: float


@dataclass(frozen=True, slots=True)
class Work:
    """How those who worked were served: seconds from an edit to what its reload printed, and what was spent."""

    waits: list[float]
    spent: Spent

    @property
    def median(self) -> float:
        return statistics.median(self.waits)

    @property
    def p99(self) -> float:
        return sorted(self.waits)[int(0.99 * (len(self.waits) - 1))]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was measured with `learners`. Memory in bytes: of one of them who sits idle, and what there was before."""

    learners: int
    arrival: Arrival
    memory_each: float
    memory: int
    work: Work
    cores: int

    @property
    def by_memory(self) -> int:
        """How many find memory."""
        return int(self.memory * (1 - SPARE_MEMORY) / self.memory_each)

    @property
    def by_processor(self) -> int:
        """How many find processor time, one in ten working; all of them are served by one process, one core's worth."""
        spent = self.work.spent
        seconds = (1 - SPARE_PROCESSOR) * spent.at * self.learners
        return int(min(self.cores * seconds / max(spent.theirs, TICK), seconds / max(spent.busiest, TICK)))

    @property
    def room(self) -> int:
        return min(self.by_memory, self.by_processor)


def rehearse(learners: int, python: str, say: Callable[[str], None], seconds: float = SECONDS) -> Rehearsal:
    """Do it all, the work for so many seconds; `say` is told what happens now. Raises CannotBench."""
    at_once = max(AT_ONCE, _active(learners))
    with _serving(learners, python) as (process, address), _pool(at_once) as pool:
        before = available()
        say(f"{learners} learners come in ...")
        seats, arrival = _arrive(pool, address, learners)
        memory_each = max(1.0, (before - available()) / learners)
        say(f"{_active(learners)} of them work for {seconds:.0f} s ...")
        work = _work(pool, seats, process.pid, seconds)
        for one in seats:
            one.close()
    return Rehearsal(learners, arrival, memory_each, before, work, os.cpu_count() or 1)


def _active(learners: int) -> int:
    return max(1, learners // ACTIVE)


def _arrive(pool: ThreadPoolExecutor, address: tuple[str, int], learners: int) -> tuple[list[Learner], Arrival]:
    began = time.monotonic()
    arrived = list(pool.map(lambda _: _come_in(address), range(learners)))
    seconds = time.monotonic() - began
    return [one for one, _ in arrived], Arrival(seconds, max(took for _, took in arrived))


def _come_in(address: tuple[str, int]) -> tuple[Learner, float]:
    began = time.monotonic()
    one = Learner(address)
    if one.run("print('here')") != "here\n":
        raise CannotBench("A learner's first entry did not print what it should.")
    return one, time.monotonic() - began


def _work(pool: ThreadPoolExecutor, seats: list[Learner], pid: int, seconds: float) -> Work:
    working, over = seats[: _active(len(seats))], Event()
    for one in working:
        one.save("changer.py", _edit(0))
        one.run("import importlib, changer")
    before = spent(pid)
    waits = [pool.submit(_edit_on, one, over, PACE * place / len(working)) for place, one in enumerate(working)]
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        over.wait(min(left, 5.0))
        for one in seats[len(working) :]:
            one.keep_alive()
    after = spent(pid)
    over.set()
    return Work([wait for one in waits for wait in one.result()], after.since(before))


def _edit_on(one: Learner, over: Event, start: float) -> list[float]:
    """An edit each `PACE` seconds, at its beat even when one took long; the seconds that each took."""
    waits: list[float] = []
    due = time.monotonic() + start
    for number in count(1):
        if over.wait(max(0.0, due - time.monotonic())):
            return waits
        one.save("changer.py", _edit(number))
        said = one.run("_ = importlib.reload(changer); print(changer.value)")
        waits.append(time.monotonic() - due)
        if said != f"{number}\n":
            raise CannotBench(f"A reload printed {said!r} instead of {number}.")
        due += PACE
    return waits


def _edit(number: int) -> str:
    return f"value = {number}\n"


@contextmanager
def _pool(size: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that nobody waits for when something failed: the end of the server ends their conversations."""
    pool = ThreadPoolExecutor(size)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _serving(learners: int, python: str) -> Iterator[tuple["subprocess.Popen[str]", tuple[str, int]]]:
    """A server's process and its address. What the operator's own one is set to does not count here."""
    flags = {"port": "0", "config": os.devnull, "capacity": str(learners + 1), "new-sessions-per-minute": "0"}
    flags |= {"connections": str(learners + 1), "python": python}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_")}
    with tempfile.TemporaryDirectory(prefix="reload-sandbox-bench-") as folder:
        flags["data-dir"] = folder
        command = [sys.executable, "-m", "sandbox", "run", *(f"--{name}={value}" for name, value in flags.items())]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        try:
            yield process, _address(process)
        finally:
            _end(process)


def _address(process: "subprocess.Popen[str]") -> tuple[str, int]:
    assert process.stdout is not None
    found = re.search(r"http://([\d.]+):(\d+)/", process.stdout.readline())
    if found is None:  # it has said why
        raise CannotBench("The server to be measured did not start.")
    return found[1], int(found[2])


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert process.stdout is not None
    process.stdout.close()
