"""What processes take of this machine, as the kernel counts it. Linux; reads /proc and knows nothing of ours."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.cputime import cpu_time

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of processor time: of each process of a family, of this process, of everybody. `at` is a time."""

    at: float
    family: dict[int, float]
    ours: float
    everybody: float

    def since(self, before: "Spent") -> "Spent":
        """What was spent in between; `at` is how long that took."""
        return Spent(
            self.at - before.at,
            {pid: cpu - before.family.get(pid, 0.0) for pid, cpu in self.family.items()},
            self.ours - before.ours,
            self.everybody - before.everybody,
        )

    @property
    def theirs(self) -> float:
        """By the whole family."""
        return sum(self.family.values())

    @property
    def busiest(self) -> float:
        """By the one of the family that spent most."""
        return max(self.family.values())

    @property
    def others(self) -> float:
        """By neither the family nor us."""
        return max(0.0, self.everybody - self.theirs - self.ours)


def spent(pid: int) -> Spent:
    """Up to now, by the family of `pid`; those of it that have ended do not count."""
    return Spent(time.monotonic(), {one: _cpu(one) for one in family(pid)}, time.process_time(), _busy())


def family(pid: int) -> list[int]:
    """A process and all that came of it and lives."""
    found, parents = [pid], dict(_parents())
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def available() -> int:
    """Bytes of memory that programs may still have, by the kernel's own estimate."""
    return _memory()["MemAvailable"]


def installed() -> int:
    """Bytes of memory that there are."""
    return _memory()["MemTotal"]


def _memory() -> dict[str, int]:
    with open("/proc/meminfo", encoding="ascii") as file:
        lines = (line.replace(":", "").split() for line in file)
        return {name: int(size) * 1024 for name, size, *_ in lines}


def _parents() -> Iterator[tuple[int, int]]:
    for name in os.listdir("/proc"):
        if name.isdecimal() and (fields := _stat(int(name))):
            yield int(name), int(fields[1])


def _cpu(pid: int) -> float:
    """A learner at work takes less than a tick, which is what /proc tells."""
    try:
        return cpu_time(pid)
    except OSError:  # it has ended
        return 0


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may hold anything; none for a process that has ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _busy() -> float:
    """User, nice, system, and interrupts; guests are in user already."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _idle, _wait, hard, soft, *_ = map(int, file.readline().split()[1:])
    return (user + nice + system + hard + soft) / TICK
