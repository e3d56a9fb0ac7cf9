"""What learners notice of one who takes all she can: `python -m tests.bench.offenders [LEARNERS [ROUNDS [OFFENDER]]]`.

They (20) type, an entry each fifth of a second or so, in slices by themselves and beside an offender, in turn, so that
the machine's moods hit both alike; of each offender all slices of all rounds (8) are put together. She is a process of
her own, which throws her bomb, takes what it prints, and starts again: once a second, as the server lets her.
"""

import json
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from tests.bench.peers import Sandbox, quantile, serving, table
from tests.bench.speed import Speed
from tests.engine.redteam.bombs import BOMBS, ERRORS, LIMITED

SLICE = 3.0
PAUSE = 0.2
LULL = 0.3
"""Seconds after a slice in which nobody counts."""
LARGE = "with open('large.txt', 'w') as file: _ = file.write('x = 1\\n' * 1_300_000)\n"
MANY = "for n in range(80):\n    with open(f'{n}.txt', 'w') as file: _ = file.write('x = 1\\n' * 15_000)\n"
NOTHING = "pass\n"
TIDY = "import os\nfor name in os.listdir(): os.remove(name)\n"
OFFENDERS = BOMBS | {"a large text": LARGE, "many texts": MANY, "a start alone": NOTHING}
ENDS = ERRORS | LIMITED


class Typists:
    """Learners who type until the end."""

    def __init__(self, address: str, count: int) -> None:
        self._waits: list[float] = []
        self._over = threading.Event()
        learners = [Sandbox(address, 0) for _ in range(count)]
        self._threads = [threading.Thread(target=self._type, args=(learner,)) for learner in learners]
        for thread in self._threads:
            thread.start()

    def _type(self, learner: Sandbox) -> None:
        while not self._over.wait(PAUSE * random.uniform(0.5, 1.5)):
            began = time.perf_counter()
            assert learner.run("21 * 2") == "42\n"
            self._waits.append(time.perf_counter() - began)
        learner.close()

    def waits(self) -> list[float]:
        """Seconds that each entry took since this was asked last."""
        waits, self._waits = self._waits, []
        return waits

    def leave(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


class Offender:
    """In a process of her own."""

    def __init__(self, address: str) -> None:
        command = [sys.executable, "-m", "tests.bench.offenders", "--offend", address]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def throw(self, bomb: str) -> set[str]:
        """For a slice; how each ended."""
        assert self._process.stdin and self._process.stdout
        print(bomb, file=self._process.stdin, flush=True)
        return set(json.loads(self._process.stdout.readline()))

    def leave(self) -> None:
        self._process.communicate()


def offend(address: str) -> None:
    offender = Sandbox(address, 0)
    for line in sys.stdin:
        print(json.dumps(sorted(_throw(offender, OFFENDERS[line.strip()]))), flush=True)


def _throw(offender: Sandbox, bomb: str) -> set[str]:
    end = time.monotonic() + SLICE
    ends = set()
    while (began := time.monotonic()) < end:
        events = offender.entry(bomb)
        limited = [event["cause"] for event in events if event["kind"] == "limited"]
        ends.add(limited[0] if limited else events[-1]["error"])
        offender.send(kind="restart")
        offender.until("ready")
        offender.run(TIDY)
        time.sleep(max(0.0, began + 1 - time.monotonic()))
    return ends


@dataclass
class Slices:
    """What was measured of one offender: how her entries ended, and what the others waited."""

    ends: set[str] = field(default_factory=set)
    quiet: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)

    def measure(self, typists: Typists, offender: Offender, bomb: str) -> None:
        typists.waits()
        time.sleep(SLICE)
        self.quiet += typists.waits()
        self.ends |= offender.throw(bomb)
        self.beside += typists.waits()
        time.sleep(LULL)

    def row(self, bomb: str) -> list[str]:
        assert self.ends == {ENDS.get(bomb, "")}, (bomb, self.ends)
        quiet, beside = (
            [quantile(waits, share) * 1000 for share in (0.5, 0.99)] for waits in (self.quiet, self.beside)
        )
        shown = (f"{one:.1f}" for pair in zip(quiet, beside, strict=True) for one in (*pair, pair[1] / pair[0]))
        return [bomb, *self.ends, str(len(self.beside)), *shown]


def main(count: int, rounds: int, offenders: list[str]) -> None:
    speed = Speed()
    slices = {bomb: Slices() for bomb in offenders}
    with serving("--capacity", str(count + 10), "--cpu-seconds", "2", "--session-mib", "100000") as server:
        typists, offender = Typists(server.address, count), Offender(server.address)
        time.sleep(SLICE)  # until all have begun
        for _ in range(rounds):
            for bomb, one in slices.items():
                speed.look()
                one.measure(typists, offender, bomb)
        offender.leave()
        typists.leave()
    columns = ["beside", "ends as", "entries", "p50 ms quiet", "beside", "ratio", "p99 ms quiet", "beside", "ratio"]
    table(f"{count} learners type", columns, [one.row(bomb) for bomb, one in slices.items()])
    print(f"\n{speed}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--offend"]:
        offend(sys.argv[2])
    else:
        learners, rounds, *chosen = (*sys.argv[1:], *("20", "8")[len(sys.argv) - 1 :])
        main(int(learners), int(rounds), chosen or list(OFFENDERS))
