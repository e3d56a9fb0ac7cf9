"""Memory as the kernel counts it, by pids of the host: of each learner of a server, of all of it, and of the kernel.

Reading another user's pages takes root. A learner shows as process 2 of a pid namespace of its own; process 1 beside it
shares the zygote's memory, which must not be counted twice.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from sandbox.bench.machine import family

KERNEL = ("SUnreclaim", "KernelStack", "PageTables", "Percpu")
"""Lines of /proc/meminfo that grow with processes and namespaces."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Bytes of a process: its own alone, and with its share of what it shares."""

    private: int
    proportional: int


def pages(pid: int) -> Pages:
    """Raises PermissionError for a process that is not ours to look into."""
    sizes = _sizes(Path(f"/proc/{pid}/smaps_rollup"))
    return Pages(sizes["Private_Clean"] + sizes["Private_Dirty"], sizes["Pss"])


def kernel() -> int:
    """Bytes that the kernel holds for itself, by all who run here."""
    sizes = _sizes(Path("/proc/meminfo"))
    return sum(sizes[name] for name in KERNEL)


def learners(server: int) -> list[int]:
    """The learners' processes, in the order they were started."""
    return _innermost(server, 2)


def whole(server: int) -> int:
    """Bytes of a server and all its processes, each page once."""
    same = _innermost(server, 1)
    return sum(pages(pid).proportional for pid in family(server) if pid not in same)


def _innermost(server: int, number: int) -> list[int]:
    """Those with this number in a learner's namespace."""
    inner = {pid: _numbers(pid) for pid in family(server)}
    deepest = max(map(len, inner.values()))
    return sorted(pid for pid, numbers in inner.items() if len(numbers) == deepest > 1 and numbers[-1] == number)


def _numbers(pid: int) -> list[int]:
    """Its number in each pid namespace, from ours to its own."""
    found = re.search(r"^NSpid:(.*)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return [int(number) for number in found[1].split()] if found else [pid]


def _sizes(path: Path) -> dict[str, int]:
    lines = (re.match(r"(\w+):\s+(\d+) kB", line) for line in path.read_text().splitlines())
    return {line[1]: int(line[2]) * 1024 for line in lines if line}


__all__ = ["Pages", "kernel", "learners", "pages", "whole"]
