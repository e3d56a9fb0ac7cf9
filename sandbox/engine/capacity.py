"""How many learners this machine has room for, by the memory that is free. Knows no worker."""

from collections.abc import Iterator
from pathlib import Path

from sandbox.engine.interface import Limits

SHARE = 0.7
"""Of free memory, for learners: the rest is the server's own, and the machine's."""
OVERCOMMIT = 8
"""Learners for whom the memory of one that is at its limit is thought to do: most have imported little, and wait."""


def capacity(limits: Limits, free: int) -> int:
    """Learners at a time, at least 1, where `free` bytes are."""
    most = limits.memory_bytes + limits.workspace_bytes
    return max(1, int(SHARE * free * OVERCOMMIT / most))


def free_memory(root: Path = Path("/")) -> int:
    """Bytes that processes may still take: of the machine, and of each control group that this process is in."""
    return max(0, min(_available(root), *_left(root)))


def _available(root: Path) -> int:
    lines = (root / "proc/meminfo").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))


def _left(root: Path) -> Iterator[int]:
    """A container may show its own group at the top, and a path that leads nowhere in it."""
    yield 1 << 62
    for line in (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines():
        _, kinds, path = line.split(":", 2)
        if not kinds:
            yield from _upwards(root / "sys/fs/cgroup", path, "memory.max", "memory.current")
        elif "memory" in kinds.split(","):
            place = root / "sys/fs/cgroup/memory"
            yield from _upwards(place, path, "memory.limit_in_bytes", "memory.usage_in_bytes")


def _upwards(place: Path, path: str, bound: str, used: str) -> Iterator[int]:
    folder = place / path.lstrip("/")
    for group in (folder, *folder.parents):
        if group == place.parent:
            return
        try:
            yield int((group / bound).read_text()) - int((group / used).read_text())
        except (OSError, ValueError):  # no such group or no such file there, or its word for "no limit": "max"
            continue
